"""Which sign is the decimal mark: decided on a whole column, never cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cxlink.currencies import strip_mark

Mark = Literal[".", ","]
MARKS: tuple[Mark, ...] = (".", ",")
MAX_DIGITS = 40
MINORITY = 0.01
_SPACES = "[ \u00a0\u202f\u2009'\u2019]"
_OTHER: Mapping[Mark, Mark] = {".": ",", ",": "."}
_PATTERNS: Mapping[Mark, re.Pattern[str]] = {
    mark: re.compile(
        rf"(?P<whole>[0-9]+|[1-9][0-9]{{0,2}}(?:{re.escape(other)}[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?:{_SPACES}[0-9]{{3}})+"
        rf"|[1-9][0-9]?(?:{re.escape(other)}[0-9]{{2}})+{re.escape(other)}[0-9]{{3}})?"
        rf"(?:{re.escape(mark)}(?P<part>[0-9]*))?"
    )
    for mark, other in _OTHER.items()
}
_GROUPING = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number exactly as written: sign, digits before and after the decimal mark."""

    negative: bool
    whole: str
    part: str

    def __float__(self) -> float:
        """Give the nearest double."""
        value = float(f"{self.whole or '0'}.{self.part or '0'}")
        return -value if self.negative else value


def read_numeral(text: str, mark: Mark) -> Numeral | None:
    """Read a number by a strict ASCII grammar.

    Parameters
    ----------
    text : str
        Trimmed. Groups of thousands may be set off by the other mark, a space, a no-break space or an apostrophe;
        negatives may be written ``-1``, ``1-`` or ``(1)``.
    mark : {".", ","}
        The decimal mark.

    Returns
    -------
    Numeral or None
        None for anything else: NaN, infinity, exponents, hexadecimals, ``_``, digits of other scripts.
    """
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    elif text[:1] in ("-", "+"):
        negative, text = text[0] == "-", text[1:].lstrip()
    elif text.endswith("-"):
        negative, text = True, text[:-1].rstrip()
    match = _PATTERNS[mark].fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        return None
    whole = _GROUPING.sub("", match["whole"] or "0").lstrip("0") or "0"
    part = match["part"] or ""
    if len(whole) + len(part) > MAX_DIGITS:
        return None
    return Numeral(negative and (whole + part).strip("0") != "", whole, part)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the cells of a column speak for a decimal point and for a decimal comma.

    Parameters
    ----------
    only : mapping of mark to int
        Cells that only this mark reads.
    differing : int
        Cells that both read, as different numbers: 1,234.
    """

    only: Mapping[Mark, int]
    differing: int


def weigh_marks(cells: Iterable[tuple[str, int]]) -> Evidence:
    """Count what the cells of a column say about its decimal mark.

    Parameters
    ----------
    cells : iterable of (str, int)
        Trimmed text and how often it occurs.

    Returns
    -------
    Evidence
        Counts of cells.
    """
    only: dict[Mark, int] = {".": 0, ",": 0}
    differing = 0
    for text, count in cells:
        if text.isascii() and text.isdigit():
            continue
        stripped = strip_mark(text)[0]
        point, comma = read_numeral(stripped, "."), read_numeral(stripped, ",")
        if point is not None and comma is None:
            only["."] += count
        elif comma is not None and point is None:
            only[","] += count
        elif point is not None and comma is not None and float(point) != float(comma):
            differing += count
    return Evidence(only, differing)


def possible_marks(evidence: Evidence) -> tuple[Mark, ...]:
    """List the marks under which a column can be read without guessing.

    Parameters
    ----------
    evidence : Evidence
        From `weigh_marks`.

    Returns
    -------
    tuple of Mark
        One: settled. Two: both read the column, as different numbers. None: the column mixes both.
    """
    point, comma = evidence.only["."], evidence.only[","]
    if not point and not comma:
        return MARKS if evidence.differing else (".",)
    less, more = sorted((point, comma))
    if less > (0 if evidence.differing else MINORITY * more):
        return ()
    return (".",) if point > comma else (",",)


def settle_marks(choices: Sequence[tuple[Mark, ...]]) -> list[Mark | None]:
    """Let files that settle the decimal mark speak for those of the same source that do not.

    Parameters
    ----------
    choices : sequence of tuple of Mark
        Possible marks of the same column, file by file.

    Returns
    -------
    list of Mark or None
        None where nothing settles it.
    """
    settled = {marks[0] for marks in choices if len(marks) == 1}
    common = next(iter(settled)) if len(settled) == 1 else None
    return [marks[0] if len(marks) == 1 else (common if marks else None) for marks in choices]
