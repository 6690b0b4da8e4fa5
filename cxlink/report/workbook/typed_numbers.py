"""Numbers as people type them into cells: percentages, decimal commas, text."""

from __future__ import annotations

import math
import re

from cxlink.errors import ConfigError

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)*")


def read_number(cell: object, place: str, what: str) -> float | None:
    """Read a cell as a number.

    Parameters
    ----------
    cell : object
        As the reader of workbooks gives it.
    place : str
        For the error.
    what : str
        What the cell says, such as ``gross margin``.

    Returns
    -------
    float or None
        None of an empty cell. ``65%`` is 0.65.

    Raises
    ------
    ConfigError
        If it is no number (CX673), or may be two (CX674).
    """
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise _no_number(place, what)
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise _no_number(place, what)
        return float(cell)
    text = cell.strip().replace("\u2212", "-")
    if not text:
        return None
    percent = text.endswith("%")
    digits = text.removesuffix("%").translate(_SPACES)
    if not digits.isascii() or not _PLAIN.fullmatch(digits):
        raise _no_number(place, what)
    number = float(_with_point(digits, place, what, is_percent=percent))
    return number / 100 if percent else number


def _with_point(digits: str, place: str, what: str, *, is_percent: bool) -> str:
    """Settle which mark is the decimal one, where the cell itself settles it."""
    marks = [character for character in digits if character in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, rest = digits.rpartition(last)
    if len(set(marks)) == 2 and marks.count(last) == 1:
        other = marks[0]
        return _ungrouped(whole, other, place, what) + "." + rest
    if len(marks) > 1:
        return _ungrouped(digits, last, place, what)
    if len(rest) == 3 and not is_percent and whole.lstrip("+-") not in ("", "0") and len(whole.lstrip("+-")) <= 3:
        one, other = f"{whole}{rest}", f"{float(f'{whole}.{rest}'):g}"
        remedy = f"Write {one}, or {other}, as a number and not as text."
        raise ConfigError("CX674", place, f"{what} may be {one} or {other}.", remedy)
    return f"{whole}.{rest}"


def _ungrouped(digits: str, mark: str, place: str, what: str) -> str:
    first, *groups = digits.split(mark)
    if not 1 <= len(first.lstrip("+-")) <= 3 or any(len(group) != 3 or not group.isdigit() for group in groups):
        raise _no_number(place, what)
    return first + "".join(groups)


def _no_number(place: str, what: str) -> ConfigError:
    return ConfigError("CX673", place, f"{what} is not a number.", "Write a number alone, such as 0.65, 65% or 1500.")
