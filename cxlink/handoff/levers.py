"""Gains by component, size and horizon, draw by draw: for a page on which a reader chooses a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

QUANTITIES = ("customers_kept", "revenue_kept", "cost_saved", "experience")
"""Order of the gains."""


@dataclass(frozen=True, slots=True)
class Levers:
    """Gains of fewer incidents of each component alone, in full from the cut-off on and for all active customers.

    Between the sizes a gain is read off the polynomial through all of them and through nothing at size 0.

    Parameters
    ----------
    components : tuple of str
        Those of which anything can be told.
    sizes : ndarray
        (n_sizes,) shares of incidents removed, ascending; the last is 1.
    months : tuple of int
        Horizons, ascending; the last is that of the run.
    discount : ndarray
        (n_horizons,) what one unit of money in every month of it is worth today, at mid-month.
    point : ndarray
        (n_components, n_sizes, 4, n_horizons) gains at the point estimate, in the order of `QUANTITIES`: customers at
        the end of the horizon, money discounted, KPI points as a mean over the horizon.
    draws : ndarray
        (n_draws, n_components, n_sizes, 4, n_horizons).
    """

    components: tuple[str, ...]
    sizes: np.ndarray
    months: tuple[int, ...]
    discount: np.ndarray
    point: np.ndarray
    draws: np.ndarray
