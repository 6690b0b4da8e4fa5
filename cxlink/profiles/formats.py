"""How dates and amounts of a column are written: the loader's own decisions, on the whole file, put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cxlink.load.dates import Reading, describe, judge_dates
from cxlink.load.numerals import MARKS, Mark, possible_marks, weigh_marks
from cxlink.profiles.drafts import Cells

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column says about its format.

    Parameters
    ----------
    words : str
        For a comment.
    choices : tuple of str
        Settings between which a person must choose; empty where nothing is to be chosen.
    fault : str
        Why the loader will refuse the column; "" where it will not.
    reading : Reading or None
        The format of dates, where it is settled.
    mark : {".", ",", None}
        The decimal mark, where it is settled.
    rivals : tuple of Reading
        Formats of dates that all read the column.
    """

    words: str = ""
    choices: tuple[str, ...] = ()
    fault: str = ""
    reading: Reading | None = None
    mark: Mark | None = None
    rivals: tuple[Reading, ...] = ()


def judge_day_column(cells: Cells, *, months: bool) -> Finding:
    """Tell the format of a column of dates.

    Parameters
    ----------
    cells : tuple of (str, int)
        Distinct texts, none empty.
    months : bool
        Whether a month without a day will do.

    Returns
    -------
    Finding
        Settled, ambiguous or refused.
    """
    if not cells:
        return Finding("no dates in it")
    verdict = judge_dates(cells, UTC_ZONE, None, months=months)
    names = tuple(reading.format.name for reading in verdict.readings)
    if len(names) == 1:
        return Finding(f"dates read as {names[0]}", reading=verdict.readings[0])
    if names:
        words = " or ".join(f"{describe(name)} ({name})" for name in names)
        return Finding(f"the whole column can be read as {words}", names, rivals=verdict.readings)
    if verdict.fault == "mixed":
        return Finding(f"mixes {' and '.join(verdict.rivals)}", verdict.rivals, "the dates mix two formats")
    if verdict.fault == "serial":
        text = "the dates are bare numbers, as a spreadsheet program or an API writes them; export them as dates"
        return Finding(text, (), text)
    return Finding("no known format of dates reads it", (), "no known format of dates reads it")


def resolve_days(findings: Mapping[str, Finding]) -> tuple[dict[str, Finding], str, str]:
    """Let a column that settles the format of dates speak for the others of its file.

    Parameters
    ----------
    findings : mapping of str to Finding
        By canonical column.

    Returns
    -------
    findings : dict of str to Finding
        With what one column settles for all.
    format : str
        The format, where other columns need it; "" otherwise.
    settled_by : str
        A canonical column that settles it.
    """
    settled = {f.reading.format.name: ours for ours, f in findings.items() if f.reading is not None}
    open_ones = {ours: f for ours, f in findings.items() if f.rivals}
    if len(settled) != 1 or not open_ones:
        return dict(findings), "", ""
    ((name, settled_by),) = settled.items()
    found = {
        ours: Finding(f"dates read as {name}, as {settled_by} settles it", reading=reading)
        for ours, f in open_ones.items()
        if (reading := next((r for r in f.rivals if r.format.name == name), None)) is not None
    }
    return {**findings, **found}, name if found else "", settled_by


def judge_amount_column(cells: Cells) -> Finding:
    """Tell the decimal mark of a column of amounts or numbers.

    Parameters
    ----------
    cells : tuple of (str, int)
        Distinct texts, none empty.

    Returns
    -------
    Finding
        Settled, ambiguous or refused.
    """
    marks = possible_marks(weigh_marks(cells))
    if marks == MARKS:
        return Finding("the comma or the point can mean decimals or thousands", MARKS)
    if not marks:
        return Finding("some numbers have a decimal point and some a decimal comma", MARKS, "mixed decimal marks")
    words = "decimal comma" if marks == (",",) else "decimal point" if _has_part(cells) else "whole numbers"
    return Finding(words if cells else "empty in this file", mark=marks[0])


def _has_part(cells: Cells) -> bool:
    return any("." in text for text, _ in cells)
