"""Which days count: the window that the sources cover together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cxlink.errors import DataError
from cxlink.handoff import Message
from cxlink.settings import ProjectSettings

MAX_UNCOVERED_DAYS = 31

FEWEST_GAPS, RECENT_GAPS, USUAL = 5, 400, 0.99
"""Gaps between days with rows that tell how often rows come, of which the latest count, and the share that is usual."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """First and last day with a row of a table, and for how many days after the last one silence is usual."""

    first: date
    last: date
    quiet: int = 0


def coverage_of(days: np.ndarray) -> Coverage:
    """Tell which days a table covers, from the days on which it has rows.

    Where customers are charged on the first of each month, an export of a whole year ends on the first of December;
    where two answers come a week, it ends some days before the last. No day is lost by that: silence is usual for as
    long as all but a hundredth of the latest gaps between days with rows, and for 30 days at most.

    Parameters
    ----------
    days : ndarray of datetime64[D]
        Different days with rows, ascending; at least one.

    Returns
    -------
    Coverage
        No silence is usual where there are fewer than five gaps.
    """
    gaps = np.diff(days.astype("datetime64[D]").astype(np.int64))[-RECENT_GAPS:]
    usual = int(np.quantile(gaps, USUAL, method="higher")) if len(gaps) >= FEWEST_GAPS else 1
    first, last = (days[k].astype("datetime64[D]").item() for k in (0, -1))
    return Coverage(first, last, min(usual, MAX_UNCOVERED_DAYS) - 1)


def covered_to(covered: Mapping[str, Coverage]) -> date | None:
    """Find the last day that all tables cover.

    Parameters
    ----------
    covered : mapping of str to Coverage
        By table.

    Returns
    -------
    datetime.date or None
        Not after the last row of the freshest table; None where there is no table.
    """
    freshest = max((one.last for one in covered.values()), default=None)
    if freshest is None:
        return None
    return min(min(one.last + timedelta(days=one.quiet), freshest) for one in covered.values())


def tell_quiet(covered: Mapping[str, Coverage], observed_to: date, *, chosen: bool) -> list[Message]:
    """Say which tables are taken to reach the cut-off although their rows end before.

    Parameters
    ----------
    covered : mapping of str to Coverage
        By table.
    observed_to : datetime.date
        The cut-off.
    chosen : bool
        Whether the user chose it; nothing is said then.

    Returns
    -------
    list of Message
        CX127, or nothing.
    """
    early = [
        f"{table} ({one.last}; {one.quiet} days without a row are usual)"
        for table, one in covered.items()
        if one.last < observed_to
    ]
    if chosen or not early:
        return []
    text = f"the cut-off is {observed_to}, which all sources are taken to reach, also {', '.join(early)}."
    remedy = "If an export was made earlier than the others, set observed_to in [project]."
    return [Message("CX127", "info", "load", text, remedy)]


def observed_window(project: ProjectSettings, as_of: date | None, covered: Mapping[str, Coverage]) -> tuple[date, date]:
    """Settle the first and the last observed day.

    Parameters
    ----------
    project : ProjectSettings
        Its ``observed_from`` and ``observed_to`` win over what the data covers.
    as_of : date or None
        Wins over ``observed_to``.
    covered : mapping of str to Coverage
        Of each table that is a record of time; a table without rows is absent.

    Returns
    -------
    tuple of date
        First and last day, both included.

    Raises
    ------
    DataError
        If the tables share no day, the settings leave none, or the cut-off is long after the last record (CX125).
    """
    first = project.observed_from or max((one.first for one in covered.values()), default=None)
    last = as_of or project.observed_to or covered_to(covered)
    if first is None or last is None:
        raise DataError("CX125", "all sources", "no row has a day.", "Check the exports.")
    if first > last:
        spans = "; ".join(f"{table} {one.first} to {one.last}" for table, one in covered.items())
        raise DataError(
            "CX125",
            "all sources",
            f"no day lies between {first} and {last}: the sources cover {spans}.",
            "Export the same period, or set observed_from and observed_to in [project].",
        )
    _check_covered(last, covered)
    return first, last


def _check_covered(last: date, covered: Mapping[str, Coverage]) -> None:
    """Refuse a cut-off that the data does not reach: days without records would count as days without an event."""
    ends = {table: one.last for table, one in covered.items()}
    if ends and max(ends.values()) + timedelta(days=MAX_UNCOVERED_DAYS) < last:
        table = max(ends, key=lambda name: ends[name])
        raise DataError(
            "CX125",
            "all sources",
            f"the cut-off {last} is long after the last record ({table}, {ends[table]}).",
            "Set observed_to in [project] or --as-of to a day that the exports reach.",
        )
