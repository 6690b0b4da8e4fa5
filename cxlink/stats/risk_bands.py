"""Risk sets whose rows differ so much in risk that sums would lose the small ones to rounding.

A difference array takes a row off its running sum when the row leaves. Had it weighed 1e16 times as much as those who
stay, their sum would be gone. So rows are put in bands of similar risk, each band has its own sums, and these count
only at cells where somebody of the band is at risk: what rounding leaves behind elsewhere is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.cell_borders import sum_backwards, sum_forwards
from cxlink.stats.risk_sets import RiskSets

BAND_WIDTH = 12.0
"""Range of the linear predictor within a band."""

LAST_BAND = 64
"""Rows from here on have a risk of exactly zero, however far below they are: one band does."""

SINGLE_BAND = 20.0
"""Up to this range of the linear predictor one band does: at least seven digits of the smallest risk survive."""


@dataclass(frozen=True, slots=True)
class BandedRiskSets(RiskSets):
    """Risk sets that sum each band by itself; each band has borders of its own, one band after another.

    Parameters
    ----------
    occupied : ndarray of bool, shape (n_bands, n_cells)
        Cells with at least one row of the band at risk.
    """

    occupied: Flags

    @property
    def n_borders(self) -> int:
        """Number of borders of all bands."""
        return len(self.occupied) * (int(self.time.size) + self.stratum_first.size - 1)

    def _sum_backwards(self, change: Floats) -> Floats:
        """What is there in each cell, whatever its band, as long as somebody of the band is."""
        total = np.zeros((self.n_cells, *change.shape[1:]))
        for there, own in zip(self.occupied, np.split(change, len(self.occupied)), strict=True):
            total[there] += sum_backwards(own, self.stratum_first)[there]
        return total

    def _sum_forwards(self, per_cell: Floats) -> Floats:
        """Sums for each band over those cells at which somebody of it is."""
        bands = []
        for there in self.occupied:
            own = per_cell.copy()
            own[~there] = 0.0
            bands.append(sum_forwards(own, self.stratum_first))
        return np.concatenate(bands)


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
    bands, number = np.unique(np.minimum(predictor / -BAND_WIDTH, LAST_BAND).astype(np.int32), return_inverse=True)
    own = {field.name: getattr(sets, field.name) for field in fields(RiskSets)}
    own["borders"] = sets.borders + (number * sets.n_borders).astype(np.int32)[:, None]
    return BandedRiskSets(**own, occupied=np.array([_occupied(sets, number == band) for band in range(bands.size)]))


def _occupied(sets: RiskSets, rows: Flags) -> Flags:
    """Cells at which some of these rows are at risk."""
    part = replace(sets, borders=sets.borders[rows])
    return np.asarray(part.sum_at_risk(np.ones(part.borders.shape[0])) > 0.5)
