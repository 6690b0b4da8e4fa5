"""Which days count: the window that the sources cover together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from cxlink.errors import DataError
from cxlink.settings import ProjectSettings

MAX_UNCOVERED_DAYS = 31


def observed_window(
    project: ProjectSettings, as_of: date | None, covered: Mapping[str, tuple[date, date]]
) -> tuple[date, date]:
    """Settle the first and the last observed day.

    Parameters
    ----------
    project : ProjectSettings
        Its ``observed_from`` and ``observed_to`` win over what the data covers.
    as_of : date or None
        Wins over ``observed_to``.
    covered : mapping of str to (date, date)
        First and last day of each table that is a record of time; a table without rows is absent.

    Returns
    -------
    tuple of date
        First and last day, both included.

    Raises
    ------
    DataError
        If the tables share no day, the settings leave none, or the cut-off is long after the last record (CX125).
    """
    first = project.observed_from or max((days[0] for days in covered.values()), default=None)
    last = as_of or project.observed_to or min((days[1] for days in covered.values()), default=None)
    if first is None or last is None:
        raise DataError("CX125", "all sources", "no row has a day.", "Check the exports.")
    if first > last:
        spans = "; ".join(f"{table} {days[0]} to {days[1]}" for table, days in covered.items())
        raise DataError(
            "CX125",
            "all sources",
            f"no day lies between {first} and {last}: the sources cover {spans}.",
            "Export the same period, or set observed_from and observed_to in [project].",
        )
    _check_covered(last, covered)
    return first, last


def _check_covered(last: date, covered: Mapping[str, tuple[date, date]]) -> None:
    """Refuse a cut-off that the data does not reach: days without records would count as days without an event."""
    ends = {table: days[1] for table, days in covered.items()}
    if ends and max(ends.values()) + timedelta(days=MAX_UNCOVERED_DAYS) < last:
        table = max(ends, key=lambda name: ends[name])
        raise DataError(
            "CX125",
            "all sources",
            f"the cut-off {last} is long after the last record ({table}, {ends[table]}).",
            "Set observed_to in [project] or --as-of to a day that the exports reach.",
        )
