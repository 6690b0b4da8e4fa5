"""Whether times are distributed as predicted, censoring allowed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, read_codes, read_flags, read_vector
from cxlink.stats.errors import EstimationError

LEAST_EXPECTED = 5.0
"""Events that a cell of the test of A-calibration must expect, as in any test of Pearson's kind."""


LEAST_CLUSTERS = 30
"""Clusters a cell from which on that test, with clusters, rejects as often as it says."""


@dataclass(frozen=True, slots=True)
class ACalibration:
    """Test of predicted distributions against observed times; every array has shape (n_cells,).

    Parameters
    ----------
    statistic : float
        Chi-squared when predictions are right.
    degrees_of_freedom : int
        One a cell: predictions are fixed before the data are seen, so nothing is estimated.
    p_value : float
        Probability of a statistic at least as large when predictions are right.
    upper : ndarray of float64
        Predicted probability at the upper end of each cell; the last is one.
    observed, expected : ndarray of float64
        Events in each cell, and how many the predictions expect given how long each row was at risk.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    upper: Floats
    observed: Floats
    expected: Floats


def a_calibration(
    cumulative_hazard: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    n_cells: int = 10,
    cluster: npt.ArrayLike | None = None,
) -> ACalibration:
    """Test whether times are distributed as predicted, censoring allowed for.

    Under right predictions the cumulative hazard at which a customer leaves is exponential with mean one. Its range is
    cut into cells that expect equally many events. What a cell expects is the length of it that each row lived through,
    added up: observed less expected is a martingale, whose variance is the expected number and whose increments do not
    depend on one another, whatever the censoring.

    Parameters
    ----------
    cumulative_hazard : array_like of float, shape (n_rows,)
        Predicted cumulative hazard of the event from the landmark to the row's own end; ``-log(1 - risk)`` at that
        time, where there is one cause. With competing causes: of the cause-specific hazard.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether the row ended in the event; rows that left for another cause count as censored. Rows may be cut at a
        horizon.
    n_cells : int, default 10
        Cells; fewer see coarse departures better.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row, when some have several: the covariance is then that among clusters.

    Returns
    -------
    ACalibration
        ``sum((observed - expected)**2 / expected)``, chi-squared with one degree of freedom a cell; with clusters the
        quadratic form in the inverse covariance.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, a hazard is negative, or zero where the event happened; a cell would expect
        fewer than five events; or there are fewer than 30 clusters a cell.

    Notes
    -----
    Derived after the approach of [2]_ to censored data, which [1]_ takes to predictions; not a transcript of a formula
    of theirs. The choice of cells is our own: of cells fixed beforehand, most would lie beyond the horizon.

    References
    ----------
    .. [1] Simonsen and Waagepetersen (2025), BMC Med Res Methodol 25:236.
    .. [2] Akritas (1988), JASA 83:222-230.
    """
    n_rows = np.asarray(cumulative_hazard).size
    hazard = read_vector("cumulative_hazard", cumulative_hazard, n_rows, EstimationError)
    events = read_flags("event", event, n_rows, EstimationError)
    codes = None if cluster is None else read_codes("cluster", cluster, n_rows, EstimationError)[1]
    if np.any(hazard < 0.0) or np.any(events & (hazard == 0.0)):
        raise EstimationError("cumulative_hazard must not be negative, and above zero where the event happened")
    if n_cells < 1 or hazard.sum() < LEAST_EXPECTED * n_cells:
        raise EstimationError(
            f"{hazard.sum():.1f} events are expected: {n_cells} cells need {LEAST_EXPECTED * max(n_cells, 1):.0f}"
        )
    bounds = _cut_equally(hazard, n_cells)
    surplus = np.subtract(bounds[:-1], np.clip(hazard[:, None], bounds[:-1], bounds[1:]))
    expected = -surplus.sum(axis=0)
    cell = np.searchsorted(bounds[1:-1], hazard[events], side="left")
    surplus[np.flatnonzero(events), cell] += 1.0
    statistic = _quadratic_form(surplus, expected, codes)
    return ACalibration(
        statistic=statistic,
        degrees_of_freedom=n_cells,
        p_value=_chi_squared_tail(statistic, n_cells),
        upper=-np.expm1(-bounds[1:]),
        observed=np.bincount(cell, minlength=n_cells).astype(np.float64),
        expected=expected,
    )


def _cut_equally(hazard: Floats, n_cells: int) -> Floats:
    """Bounds of cells that expect equally many events, from zero to infinity; shape (n_cells + 1,)."""
    ordered = np.concatenate(([0.0], np.sort(hazard)))
    # Up to a bound, each row expects as many events as its hazard, at most the bound.
    expected = np.concatenate(([0.0], np.cumsum(np.diff(ordered) * np.arange(hazard.size, 0, -1))))
    inner = np.interp(expected[-1] * np.arange(1, n_cells) / n_cells, expected, ordered)
    return np.concatenate(([0.0], inner, [np.inf]))


def _quadratic_form(surplus: Floats, expected: Floats, cluster: Integers | None) -> float:
    """Observed less expected, squared, over its variance; `surplus` has shape (n_rows, n_cells)."""
    total = surplus.sum(axis=0)
    if cluster is None:
        return float(np.sum(total**2 / expected))
    by_cluster = np.column_stack([np.bincount(cluster, column) for column in surplus.T])
    n_clusters, n_cells = by_cluster.shape
    if n_clusters < LEAST_CLUSTERS * n_cells:
        raise EstimationError(f"{n_clusters} clusters: {n_cells} cells need {LEAST_CLUSTERS * n_cells}")
    covariance = by_cluster.T @ by_cluster
    if np.linalg.matrix_rank(covariance) < n_cells:
        raise EstimationError("some cell has no event, or clusters are too alike: fewer cells are needed")
    return float(total @ np.linalg.solve(covariance, total))


def _chi_squared_tail(statistic: float, degrees_of_freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(degrees_of_freedom, statistic))
