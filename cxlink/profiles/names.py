"""Names of columns, compared as people compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

JOINT = " - "
_APART = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Fold a name, so that ``created_at``, ``Created At`` and ``CREATED  AT`` are one.

    Parameters
    ----------
    name : str
        As in a header.

    Returns
    -------
    str
        Lower-case words with one space between; the name itself where it has no letters, such as ``#``.
    """
    return _APART.sub(" ", name.casefold()).strip() or name.strip()


def fold_words(text: str) -> str:
    """Fold a text for a search of words: case and accents do not count.

    Parameters
    ----------
    text : str
        A question or a word in any script.

    Returns
    -------
    str
        Without combining marks.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def split_name(name: str) -> list[str]:
    """Split a name that was joined from several rows.

    Parameters
    ----------
    name : str
        Such as ``"V1 - ResponseID"``.

    Returns
    -------
    list of str
        Its parts.
    """
    return name.split(JOINT)


def find_name(wanted: Iterable[str], header: Sequence[str], *, parts: bool = False) -> str | None:
    """Find the first of several names in a header.

    Parameters
    ----------
    wanted : iterable of str
        In the order of preference.
    header : sequence of str
        Names as in the file.
    parts : bool
        Whether a part of a name that was joined from several rows will do.

    Returns
    -------
    str or None
        The header's own spelling; a whole name before a part of one.
    """
    folded: dict[str, str] = {}
    for name in header:
        folded.setdefault(fold_name(name), name)
    if parts:
        for name in header:
            for part in split_name(name):
                folded.setdefault(fold_name(part), name)
    for name in wanted:
        if name in header:
            return name
        if fold_name(name) in folded:
            return folded[fold_name(name)]
    return None
