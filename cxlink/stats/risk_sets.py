"""Who is at risk at each event: rows (start, stop] as ranges of event cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.errors import EstimationError

LEAST_SHARE = 1e-10
"""Share of all case weights that must be at risk at each event: below, rounding of the others would show in it."""

MANY_STRATA = 256
"""From here on strata share one cumulative sum: a loop over them would take longer than the sums."""


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Distinct events ("cells": one stratum, one time) and the rows at risk at each.

    Row i is at risk at cells ``first[i] .. last[i]``, both included, and at none when ``first[i] > last[i]``: cells are
    sorted by stratum, then time, so the range is contiguous and no row needs sorting.

    Parameters
    ----------
    first, last : ndarray of int, shape (n_rows,)
        First and last cell at which a row is at risk.
    time : ndarray of float64, shape (n_cells,)
        Time of each cell, in the unit of `stop`.
    stratum : ndarray of int, shape (n_cells,)
        Stratum code of each cell.
    stratum_first : ndarray of int, shape (n_strata_with_events + 1,)
        First cell of each stratum that has events, and ``n_cells`` at the end.
    death_rows : ndarray of int, shape (n_events,)
        Rows that end in an event.
    death_cell : ndarray of int, shape (n_events,)
        Their cells.
    has_entry : bool
        Whether some row enters after the first cell of its stratum.
    """

    first: Integers
    last: Integers
    time: Floats
    stratum: Integers
    stratum_first: Integers
    death_rows: Integers
    death_cell: Integers
    has_entry: bool

    @property
    def n_cells(self) -> int:
        """Number of distinct events."""
        return int(self.time.size)

    def sum_at_risk(self, values: Floats) -> Floats:
        """Add up a number per row over each cell's risk set.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rows,)
            Any unit.

        Returns
        -------
        ndarray of float64, shape (n_cells,)
            Sum over the rows at risk, by one difference array and one cumulative sum from the last cell backwards.
        """
        change = np.asarray(np.bincount(self.last, values, self.n_cells), dtype=np.float64)
        if self.has_entry:
            before_entry = np.bincount(self.first, values, self.n_cells + 1)[1:]
            before_entry[self.stratum_first[1:] - 1] = 0.0
            change -= before_entry
        return self._sum_backwards(change)

    def _sum_backwards(self, change: Floats) -> Floats:
        """Cumulative sum from the last cell of each stratum to its first."""
        if self.stratum_first.size > MANY_STRATA:
            total = np.append(np.cumsum(change[::-1])[::-1], 0.0)
            carried: Floats = total[:-1] - np.repeat(total[self.stratum_first[1:]], np.diff(self.stratum_first))
            return carried
        for begin, end in zip(self.stratum_first[:-1], self.stratum_first[1:], strict=True):
            change[begin:end] = np.cumsum(change[begin:end][::-1])[::-1]
        return change

    def sum_deaths(self, values: Floats) -> Floats:
        """Add up a number per event over the events tied in each cell.

        Parameters
        ----------
        values : ndarray of float64, shape (n_events,)
            In the order of `death_rows`.

        Returns
        -------
        ndarray of float64, shape (n_cells,)
            Sum over each cell's events.
        """
        return np.asarray(np.bincount(self.death_cell, values, self.n_cells), dtype=np.float64)

    def accumulate(self, per_cell: Floats) -> Floats:
        """Add up a number per cell over the cells at which each row is at risk.

        Parameters
        ----------
        per_cell : ndarray of float64, shape (n_cells,)
            Such as hazard increments.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            The sum over ``first .. last``.
        """
        total = np.concatenate(([0.0], np.cumsum(per_cell)))
        result: Floats = total[self.last + 1]
        result -= total[self.first]
        return result

    def largest_in_stratum(self, values: Floats) -> Floats | float:
        """Find each stratum's largest number.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rows,)
            Every row is at risk at some cell.

        Returns
        -------
        ndarray of float64, shape (n_rows,), or float
            The largest number of each row's stratum; one number when there is one stratum.
        """
        n_strata = self.stratum_first.size - 1
        if n_strata == 1:
            return float(values.max())
        own = np.repeat(np.arange(n_strata), np.diff(self.stratum_first))[self.last]
        largest = np.full(n_strata, -np.inf)
        np.maximum.at(largest, own, values)
        return largest[own]

    def select(self, rows: Flags) -> RiskSets:
        """Keep some rows; every event must be among them.

        Parameters
        ----------
        rows : ndarray of bool, shape (n_rows,)
            Rows to keep.

        Returns
        -------
        RiskSets
            The same cells over fewer rows.
        """
        position = np.cumsum(rows) - 1
        return RiskSets(
            first=self.first[rows],
            last=self.last[rows],
            time=self.time,
            stratum=self.stratum,
            stratum_first=self.stratum_first,
            death_rows=position[self.death_rows],
            death_cell=self.death_cell,
            has_entry=self.has_entry,
        )


def check_shares(sets: RiskSets, weights: Floats, error: type[EstimationError]) -> None:
    """Refuse late entry with weights so unlike that a heavy row's rounding drowns a light risk set.

    Parameters
    ----------
    sets : RiskSets
        Risk sets over n_used rows.
    weights : ndarray of float64, shape (n_used,)
        Case weights above zero.
    error : type of EstimationError
        What to raise.

    Raises
    ------
    EstimationError
        If the rows at risk at some event weigh next to nothing beside all others.
    """
    if sets.has_entry and sets.sum_at_risk(weights).min() < LEAST_SHARE * weights.sum():
        raise error("weights differ too much: at some event those at risk weigh next to nothing beside all others")


def build_risk_sets(stop: Floats, event: Flags, start: Floats | None, strata: Integers | None) -> RiskSets:
    """Index the distinct events and find the range of them at which each row is at risk.

    Parameters
    ----------
    stop : ndarray of float64, shape (n_rows,)
        Last moment at risk; times are compared exactly.
    event : ndarray of bool, shape (n_rows,)
        Whether the row ends in an event; at least one is True.
    start : ndarray of float64, shape (n_rows,), or None
        The row is at risk strictly after this moment; None: from the beginning.
    strata : ndarray of int, shape (n_rows,), or None
        Stratum codes from zero; None: one stratum.

    Returns
    -------
    RiskSets
        Cells sorted by stratum, then time.
    """
    times = np.unique(stop[event])
    last = _count_up_to(times, stop) - 1
    first = np.zeros_like(last) if start is None else _count_up_to(times, start)
    death_rows = np.flatnonzero(event)
    if strata is None:
        keys = np.arange(times.size)
    else:
        offset = strata * times.size
        keys = np.unique(offset[death_rows] + last[death_rows])
        # A row that outlives its stratum's cells, or ends before them, gets first > last: no cell lies in between.
        last = np.searchsorted(keys, offset + last, side="right") - 1
        first = np.searchsorted(keys, offset + first, side="left")
    stratum = keys // times.size
    stratum_first = np.flatnonzero(np.diff(stratum, prepend=-1, append=stratum[-1] + 1))
    return RiskSets(
        first=first,
        last=last,
        time=times[keys % times.size],
        stratum=stratum,
        stratum_first=stratum_first,
        death_rows=death_rows,
        death_cell=last[death_rows],
        has_entry=start is not None,
    )


def _count_up_to(times: Floats, values: Floats) -> Integers:
    """How many of the ascending times are at or before each value; whole days are looked up in a table."""
    lowest, width = times[0], times[-1] - times[0]
    if width > values.size or (values != np.floor(values)).any():
        return np.searchsorted(times, values, side="right")
    table = np.searchsorted(times, lowest + np.arange(-1.0, width + 1.0), side="right")
    found: Integers = table[np.clip(values - (lowest - 1.0), 0.0, width + 1.0).astype(np.intp)]
    return found
