"""Who is at risk at each event: rows (start, stop] as ranges of event cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.cell_borders import Borders, place_at_borders, sum_backwards, sum_forwards
from cxlink.stats.errors import EstimationError
from cxlink.stats.row_parts import cut

LEAST_SHARE = 1e-10
"""Share of all case weights that must be at risk at each event: below, rounding of the others would show in it."""

PART, TABLE_PART = 1 << 16, 1 << 14
"""Rows summed at a time; and looked up in a table."""


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Distinct events ("cells": one stratum, one time) and the rows at risk at each.

    Cells are sorted by stratum, then time: a row is at risk at a contiguous range of them, and no row needs sorting. A
    range is kept by its two borders (see `cell_borders`), among the strata that have events.

    Parameters
    ----------
    borders : ndarray of int32, shape (n_rows, 1) or (n_rows, 2)
        Border after the last cell at which a row is at risk; then, with late entry, the border before the first. A row
        whose two borders are the wrong way round, or one and the same, is never at risk.
    time : ndarray of float64, shape (n_cells,)
        Time of each cell, in the unit of `stop`.
    stratum : ndarray of int, shape (n_cells,)
        Stratum code of each cell.
    stratum_first : ndarray of int, shape (n_strata_with_events + 1,)
        First cell of each stratum that has events, and ``n_cells`` at the end.
    death_rows : ndarray of int, shape (n_events,)
        Rows that end in an event, ascending.
    death_cell : ndarray of int, shape (n_events,)
        Their cells.
    """

    borders: Borders
    time: Floats
    stratum: Integers
    stratum_first: Integers
    death_rows: Integers
    death_cell: Integers

    @property
    def n_cells(self) -> int:
        """Number of distinct events."""
        return int(self.time.size)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.borders.shape[0])

    @property
    def n_borders(self) -> int:
        """Number of borders between cells."""
        return int(self.time.size) + int(self.stratum_first.size) - 1

    @property
    def has_entry(self) -> bool:
        """Whether rows may enter after the first cell of their stratum."""
        return bool(self.borders.shape[1] == 2)

    @property
    def first(self) -> Integers:
        """First cell at which a row is at risk, shape (n_rows,); beyond its last if it never is."""
        own = self._own_stratum()
        if self.has_entry:
            return np.asarray(self.borders[:, 1] - own, dtype=np.intp)
        return self.stratum_first[own]

    @property
    def last(self) -> Integers:
        """Last cell at which a row is at risk, shape (n_rows,)."""
        return np.asarray(self.borders[:, 0] - 1 - self._own_stratum(), dtype=np.intp)

    @property
    def ever_at_risk(self) -> Flags:
        """Rows that are at risk at some cell, shape (n_rows,)."""
        if self.has_entry:
            return np.asarray(self.borders[:, 1] < self.borders[:, 0])
        if self.stratum_first.size == 2:
            return np.asarray(self.borders[:, 0] > 0)
        return np.asarray(self.first <= self.last)

    def _own_stratum(self) -> Integers:
        """Which of the strata with events each row is in, counted from zero, by where it leaves."""
        n_strata = self.stratum_first.size - 1
        if n_strata == 1:
            return np.zeros(self.n_rows, dtype=np.intp)
        of_border = np.repeat(np.arange(n_strata), np.diff(self.stratum_first) + 1)
        return of_border[self.borders[:, 0]]

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
        change = np.zeros(self.n_borders)
        for rows in self._parts():
            change += self._place(values, rows) @ np.ones(rows.stop - rows.start)
        return self._sum_backwards(change)

    def sum_rows_at_risk(self, values: Floats, matrix: Floats) -> Floats:
        """Add up a number per row, times that row of a matrix, over each cell's risk set.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rows,)
            Any unit.
        matrix : ndarray of float64, shape (n_rows, n_columns)
            Such as covariates; row by row in memory.

        Returns
        -------
        ndarray of float64, shape (n_cells, n_columns)
            Sums over the rows at risk.
        """
        change = np.zeros((self.n_borders, matrix.shape[1]))
        for rows in self._parts():
            change += self._place(values, rows) @ matrix[rows]
        return self._sum_backwards(change)

    def _parts(self) -> list[slice]:
        """Parts of the rows, each large beside its sums by border."""
        return cut(self.n_rows, max(PART, 4 * self.n_borders))

    def _place(self, values: Floats, rows: slice) -> csc_array:
        return place_at_borders(values[rows], self.borders[rows], self.n_borders)

    def _sum_backwards(self, change: Floats) -> Floats:
        return sum_backwards(change, self.stratum_first)

    def _sum_forwards(self, per_cell: Floats) -> Floats:
        return sum_forwards(per_cell, self.stratum_first)

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

    def sum_death_rows(self, values: Floats, matrix: Floats) -> Floats:
        """Add up a number per event, times that row of a matrix, over the events tied in each cell.

        Parameters
        ----------
        values : ndarray of float64, shape (n_events,)
            In the order of `death_rows`.
        matrix : ndarray of float64, shape (n_rows, n_columns)
            Such as covariates; row by row in memory.

        Returns
        -------
        ndarray of float64, shape (n_cells, n_columns)
            Sums over each cell's events.
        """
        total = np.zeros((self.n_cells, matrix.shape[1]))
        for rows in self._parts():
            events = slice(*np.searchsorted(self.death_rows, (rows.start, rows.stop)))
            begins = np.zeros(rows.stop - rows.start + 1, dtype=np.int32)
            begins[self.death_rows[events] - rows.start + 1] = 1
            np.cumsum(begins, out=begins)
            cell = self.death_cell[events].astype(np.int32)
            place = csc_array((values[events], cell, begins), shape=(self.n_cells, begins.size - 1))
            total += place @ matrix[rows]
        return total

    def accumulate(self, per_cell: Floats) -> Floats:
        """Add up a number per cell over the cells at which each row is at risk.

        Parameters
        ----------
        per_cell : ndarray of float64, shape (n_cells,)
            Such as hazard increments.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            The sum over the row's cells.
        """
        total = self._sum_forwards(per_cell)
        result = np.empty(self.n_rows)
        for rows in cut(self.n_rows, TABLE_PART):
            np.take(total, self.borders[rows, 0], out=result[rows], mode="clip")
            if self.has_entry:
                result[rows] -= total[self.borders[rows, 1]]
        return result

    def spread(self, per_cell: Floats) -> Callable[[Floats, slice], Floats]:
        """Make ready to add up several numbers per cell over the cells at which rows are at risk.

        Parameters
        ----------
        per_cell : ndarray of float64, shape (n_cells, n_columns)
            Such as hazard increments times mean covariates.

        Returns
        -------
        callable
            Takes a factor per row, shape (n_part,), and which rows these are; gives the rows' sums times their factors,
            shape (n_part, n_columns).
        """
        total = self._sum_forwards(per_cell)
        return lambda values, rows: place_at_borders(values, self.borders[rows], self.n_borders).T @ total

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
        own = self._own_stratum()
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
        return replace(self, borders=self.borders[rows], death_rows=position[self.death_rows])


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
    death_rows = np.flatnonzero(event)
    borders = np.empty((stop.size, 1 if start is None else 2), dtype=np.int32)
    borders[:, 0] = _count_up_to(times, stop)
    if start is not None:
        borders[:, 1] = _count_up_to(times, start)
    if strata is not None:
        return _within_strata(times, borders, strata, death_rows)
    n_cells = times.size
    return RiskSets(
        borders=borders,
        time=times,
        stratum=np.zeros(n_cells, dtype=np.intp),
        stratum_first=np.array([0, n_cells]),
        death_rows=death_rows,
        death_cell=borders[death_rows, 0].astype(np.intp) - 1,
    )


def _within_strata(times: Floats, borders: Borders, strata: Integers, death_rows: Integers) -> RiskSets:
    """Turn borders between all times of events into borders between each stratum's own cells."""
    offset = strata * times.size
    keys = np.unique(offset[death_rows] + borders[death_rows, 0] - 1)
    stratum = keys // times.size
    stratum_first = np.flatnonzero(np.diff(stratum, prepend=-1, append=stratum[-1] + 1))
    with_events = stratum[stratum_first[:-1]]
    rank = np.searchsorted(with_events, strata)
    # Rows of a stratum without events get one border twice.
    nowhere = with_events[np.minimum(rank, with_events.size - 1)] != strata
    own = np.empty_like(borders)
    for k in range(borders.shape[1]):
        own[:, k] = np.searchsorted(keys, offset + borders[:, k]) + rank
    own[nowhere] = 0
    return RiskSets(
        borders=own,
        time=times[keys % times.size],
        stratum=stratum,
        stratum_first=stratum_first,
        death_rows=death_rows,
        death_cell=(own[death_rows, 0] - 1 - rank[death_rows]).astype(np.intp),
    )


def _count_up_to(times: Floats, values: Floats) -> npt.NDArray[Any]:
    """How many of the ascending times are at or before each value; looked up in a table where times are whole days."""
    lowest, width = times[0], times[-1] - times[0]
    if width > values.size or (times != np.floor(times)).any():
        return np.searchsorted(times, values, side="right")
    table = np.searchsorted(times, lowest + np.arange(-1.0, width + 1.0), side="right").astype(np.int32)
    found = np.empty(values.size, dtype=np.int32)
    for rows in cut(values.size, TABLE_PART):
        day = np.floor(values[rows])
        day -= lowest - 1.0
        np.clip(day, 0.0, width + 1.0, out=day)
        np.take(table, day.astype(np.int32), out=found[rows], mode="clip")
    return found
