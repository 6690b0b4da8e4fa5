"""Risk sets whose rows differ so much in risk that sums would lose the small ones to rounding.

A difference array takes a row off its running sum when the row leaves. Had it weighed 1e16 times as much as those who
stay, their sum would be gone. So rows are put in bands of similar risk, each band has its own sums, and these count
only at cells where somebody of the band is at risk: what rounding leaves behind elsewhere is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.risk_sets import RiskSets

BAND_WIDTH = 12.0
"""Range of the linear predictor within a band."""

LAST_BAND = 64
"""Rows from here on have a risk of exactly zero, however far below they are: one band does."""

SINGLE_BAND = 20.0
"""Up to this range of the linear predictor one band does: at least seven digits of the smallest risk survive."""


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of similar risk.

    Parameters
    ----------
    rows : ndarray of int, shape (n_band,)
        Which rows.
    sets : RiskSets
        Their ranges over all cells; without events.
    occupied : ndarray of bool, shape (n_cells,)
        Cells with at least one of them at risk.
    """

    rows: Integers
    sets: RiskSets
    occupied: Flags


@dataclass(frozen=True, slots=True)
class BandedRiskSets(RiskSets):
    """Risk sets that sum each band by itself.

    Parameters
    ----------
    bands : tuple of Band
        Every row is in one.
    """

    bands: tuple[Band, ...]

    def sum_at_risk(self, values: Floats) -> Floats:
        """Add up a number per row over each cell's risk set.

        Parameters
        ----------
        values : ndarray of float64, shape (n_rows,)
            Proportional to the risk.

        Returns
        -------
        ndarray of float64, shape (n_cells,)
            Sum over the rows at risk.
        """
        total = np.zeros(self.n_cells)
        for band in self.bands:
            total += np.where(band.occupied, band.sets.sum_at_risk(values[band.rows]), 0.0)
        return total

    def accumulate(self, per_cell: Floats) -> Floats:
        """Add up a number per cell over the cells at which each row is at risk.

        Parameters
        ----------
        per_cell : ndarray of float64, shape (n_cells,)
            Inversely proportional to the risk of those at risk.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            The sum over ``first .. last``.
        """
        result = np.empty(self.first.size)
        for band in self.bands:
            result[band.rows] = band.sets.accumulate(np.where(band.occupied, per_cell, 0.0))
        return result


def split_by_risk(sets: RiskSets, predictor: Floats) -> RiskSets:
    """Put rows into bands where their risks differ too much for one sum.

    Parameters
    ----------
    sets : RiskSets
        Risk sets; every row is at risk at some cell.
    predictor : ndarray of float64, shape (n_rows,)
        Linear predictor, at most zero.

    Returns
    -------
    RiskSets
        The same object in the usual case.
    """
    if predictor.min() > -SINGLE_BAND:
        return sets
    number = np.minimum(predictor / -BAND_WIDTH, LAST_BAND).astype(np.intp)
    own = {field.name: getattr(sets, field.name) for field in fields(RiskSets)}
    bands = tuple(_build_band(sets, np.flatnonzero(number == band)) for band in np.unique(number))
    return BandedRiskSets(**own, bands=bands)


def _build_band(sets: RiskSets, rows: Integers) -> Band:
    """Take some rows out of the risk sets, without events."""
    nobody = np.empty(0, dtype=np.intp)
    part = RiskSets(
        first=sets.first[rows],
        last=sets.last[rows],
        time=sets.time,
        stratum=sets.stratum,
        stratum_first=sets.stratum_first,
        death_rows=nobody,
        death_cell=nobody,
        has_entry=sets.has_entry,
    )
    return Band(rows, part, part.sum_at_risk(np.ones(rows.size)) > 0.5)
