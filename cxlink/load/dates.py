"""Which format the dates of a column are in: decided on the whole column, and asked for where it cannot be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cxlink.load.formats import MAX_LENGTH, Clock, DateFormat, clock_of, compile_format, known_formats, read_moment

FEW_CELLS = 0.05
FEW = 0.5
SAMPLE = 1000
Cells = Sequence[tuple[str, int]]
_SERIAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A format that may be the column's."""

    format: DateFormat
    clock: Clock


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the cells of one column in one file say about their format.

    Parameters
    ----------
    readings : tuple of Reading
        One: settled. Several: each reads the column, with different days. None: see `fault`.
    fault : {"", "mixed", "serial", "unknown"}
        Why there is none: day-first and month-first mixed, bare numbers, or no format that is known.
    rivals : tuple of str
        The formats that are mixed.
    """

    readings: tuple[Reading, ...]
    fault: str = ""
    rivals: tuple[str, ...] = ()


def judge_dates(
    cells: Cells, zone: ZoneInfo, configured: str | None, *, months: bool = False, own_zone: ZoneInfo | None = None
) -> Verdict:
    """Try the formats on all cells of a column.

    Parameters
    ----------
    cells : sequence of (str, int)
        Distinct trimmed texts, none empty, and how often each occurs.
    zone : ZoneInfo
        The project's time zone.
    configured : str or None
        The source's setting ``dates``, which is taken as it is.
    months : bool, default False
        Whether a month without a day will do.
    own_zone : ZoneInfo, optional
        The export's, for times that name no offset.

    Returns
    -------
    Verdict
        A format that reads all but a few cells is taken; formats that read the same days count as one.
    """
    if configured is not None:
        own = _configured(configured)
        return Verdict((Reading(own, _clock(cells, own)),))
    total = sum(count for _, count in cells)
    if not total:
        return Verdict((Reading(known_formats()[0], 0),))
    formats = [f for f in known_formats() if months or "%d" in f.name]
    shapes = [f for f in formats if _fits(cells[:SAMPLE], f)]
    readings = {f: _read(cells, f, zone, own_zone) for f in shapes or formats}
    read = {f: _weight(cells, days) for f, days in readings.items()}
    best = max(read.values())
    if _is_serial(cells, best, total):
        return Verdict((), "serial")
    if best < FEW * total:
        return Verdict((), "unknown")
    return _compare(cells, readings, read, best)


def _compare(
    cells: Cells,
    readings: dict[DateFormat, list[datetime | None]],
    read: dict[DateFormat, int],
    best: int,
) -> Verdict:
    leader = next(f for f, weight in read.items() if weight == best)
    rivals: list[DateFormat] = []
    for other, days in readings.items():
        if other is leader or not read[other]:
            continue
        mine, theirs, differing = _weigh(cells, readings[leader], days)
        # one cell of another order is enough where further cells are readable both ways
        if theirs > (0 if differing else FEW_CELLS * mine):
            return Verdict((), "mixed", (leader.name, other.name))
        if differing and not mine and not theirs:
            rivals.append(other)
    return Verdict(tuple(Reading(f, _clock(cells, f)) for f in (leader, *rivals)))


def _weigh(cells: Cells, mine: list[datetime | None], theirs: list[datetime | None]) -> tuple[int, int, int]:
    only_mine = only_theirs = differing = 0
    for (_, count), left, right in zip(cells, mine, theirs, strict=True):
        if left is not None and right is None:
            only_mine += count
        elif right is not None and left is None:
            only_theirs += count
        elif left != right:
            differing += count
    return only_mine, only_theirs, differing


def settle_dates(verdicts: Sequence[Verdict], others: Sequence[str] = ()) -> list[Reading | None]:
    """Let files that settle the format speak for those of the same source that do not.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Of the same column, file by file.
    others : sequence of str
        Names of formats that further files have.

    Returns
    -------
    list of Reading or None
        None where nothing settles it.
    """
    settled = set(others) | {verdict.readings[0].format.name for verdict in verdicts if len(verdict.readings) == 1}
    return [_settle_one(verdict, settled) for verdict in verdicts]


def _settle_one(verdict: Verdict, settled: set[str]) -> Reading | None:
    if len(verdict.readings) == 1:
        return verdict.readings[0]
    fitting = [reading for reading in verdict.readings if reading.format.name in settled]
    return fitting[0] if len(fitting) == 1 else None


def read_cell(text: str, reading: Reading, zone: ZoneInfo, own_zone: ZoneInfo | None = None) -> datetime | None:
    """Read a cell by the format that was settled for its column.

    Parameters
    ----------
    text : str
        Trimmed, not empty.
    reading : Reading
        The column's format; a time on the other clock than the column's, 12 hours or 24, is not read.
    zone : ZoneInfo
        The project's time zone.
    own_zone : ZoneInfo, optional
        The export's, for times that name no offset.

    Returns
    -------
    datetime or None
        None where the cell cannot be read.
    """
    if (reading.clock == 12 or "m" in text.lower()) and clock_of(text, reading.format) not in (reading.clock, 0):
        return None
    return read_moment(text, reading.format, zone, own_zone)


def describe(date_format: str) -> str:
    """Put a format into words.

    Parameters
    ----------
    date_format : str
        In the letters of ``strftime``.

    Returns
    -------
    str
        Such as "day first".
    """
    order = [letter for letter in re.findall(r"%(.)", date_format) if letter in "Yymdb"]
    first = {"Y": "year", "y": "year", "m": "month", "b": "month", "d": "day"}[order[0]]
    return f"{first} first"


def _configured(name: str) -> DateFormat:
    has_time = any(letter in name for letter in ("%H", "%I", "%z", "%p"))
    return compile_format(name, with_time=not has_time)


def _read(cells: Cells, date_format: DateFormat, zone: ZoneInfo, own_zone: ZoneInfo | None) -> list[datetime | None]:
    return [read_moment(text, date_format, zone, own_zone) for text, _ in cells]


def _weight(cells: Cells, days: list[datetime | None]) -> int:
    return sum(count for (_, count), day in zip(cells, days, strict=True) if day is not None)


def _clock(cells: Cells, date_format: DateFormat) -> Clock:
    """The clock that most cells with a time of day are on; those on the other one are held back."""
    if not any("m" in text.lower() for text, _ in cells):
        return 24
    weights = {12: 0, 24: 0, 0: 0}
    for text, count in cells:
        weights[clock_of(text, date_format)] += count
    return 12 if weights[12] > weights[24] else 24


def _fits(cells: Cells, date_format: DateFormat) -> bool:
    return any(len(text) <= MAX_LENGTH and date_format.pattern.fullmatch(text) for text, _ in cells)


def _is_serial(cells: Cells, best: int, total: int) -> bool:
    serial = sum(count for text, count in cells if _SERIAL.fullmatch(text))
    return serial > best and serial >= FEW * total
