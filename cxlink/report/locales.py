"""How numbers and dates are written where people read another language, and which way a page is read.

The document holds texts as English writes them; a rendering that has a locale rewrites the numbers in them. All of them
or none: ``1.204`` and ``1,204`` on one page would be read as the same number by nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w,.]*\d)(?!\w)")
_DATE = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Locale:
    """How a language writes numbers and dates, in ASCII digits.

    Parameters
    ----------
    language : str
        BCP 47.
    decimal, thousands : str
        Marks.
    date : str
        With ``{y}``, ``{m}`` and ``{d}``; English keeps ISO 8601, as its readers disagree on day and month.
    direction : str
        ``ltr`` or ``rtl``.
    """

    language: str
    decimal: str
    thousands: str
    date: str
    direction: str = "ltr"

    @property
    def is_mirrored(self) -> bool:
        """Whether the page is read from right to left."""
        return self.direction == "rtl"

    def write(self, text: str) -> str:
        """Rewrite the numbers and dates in a text of ours.

        Parameters
        ----------
        text : str
            As English writes them; names of others are not to be passed.

        Returns
        -------
        str
            The same words.
        """
        if self.language == ENGLISH:
            return text
        return _NUMBER.sub(self._number, _DATE.sub(self._date, text))

    def _number(self, found: re.Match[str]) -> str:
        return found[1].replace(",", self.thousands) + (found[2] or "").replace(".", self.decimal)

    def _date(self, found: re.Match[str]) -> str:
        return self.date.format(y=found[1], m=found[2], d=found[3])


ENGLISH = "en"
LOCALES = {
    one.language: one
    for one in (
        Locale(ENGLISH, ".", ",", "{y}-{m}-{d}"),
        Locale("ar", ".", ",", "{d}/{m}/{y}", "rtl"),
        Locale("de", ",", ".", "{d}.{m}.{y}"),
        Locale("es", ",", ".", "{d}/{m}/{y}"),
        Locale("he", ".", ",", "{d}.{m}.{y}", "rtl"),
        Locale("lv", ",", _NO_BREAK, "{d}.{m}.{y}."),
        Locale("pt", ",", ".", "{d}/{m}/{y}"),
    )
}


def locale_of(language: str) -> Locale:
    """Find the locale of a language.

    Parameters
    ----------
    language : str
        As in ``[report] language``.

    Returns
    -------
    Locale
        English where the language is not known: a document of a later version may name one.
    """
    return LOCALES.get(language, LOCALES[ENGLISH])
