"""Cumulative incidence of competing causes, exact with ties and late entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, read_codes, read_vector, read_weights
from cxlink.stats.errors import EstimationError
from cxlink.stats.risk_sets import RiskSets, build_risk_sets


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Probability of having left for each cause by each time.

    Parameters
    ----------
    times : ndarray of float64, shape (n_times,)
        As asked for, in the unit of `stop`.
    causes : ndarray of int, shape (n_causes,)
        Cause of each column, ascending; without 0.
    incidence : ndarray of float64, shape (n_times, n_causes)
        Up to and including each time; ``1 - incidence.sum(axis=1)`` is the probability of still being there.
    std_error : ndarray of float64, shape (n_times, n_causes)
        From the infinitesimal jackknife, as in R's ``survfit`` of several states.
    n_at_risk : ndarray of float64, shape (n_times,)
        Rows with ``start < time <= stop``; beyond the last of them the incidence is not known.
    """

    times: Floats
    causes: Integers
    incidence: Floats
    std_error: Floats
    n_at_risk: Floats


@dataclass(frozen=True, slots=True)
class _Steps:
    """Increments at each cell.

    `at_risk`, `before`, `hazard` (of any cause) and `stays` (``1 - hazard``) have shape (n_cells,); `risen`, the
    incidence by each cell, and `hazards` have shape (n_cells, n_causes).
    """

    at_risk: Floats
    before: Floats
    hazard: Floats
    stays: Floats
    risen: Floats
    hazards: Floats


def aalen_johansen(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    times: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
) -> CumulativeIncidence:
    """Estimate cumulative incidences from rows ``(start, stop]``.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        End of each row, in any unit.
    cause : array_like of int, shape (n_rows,)
        Why the row ended at `stop`; 0: it was censored.
    times : array_like of float, shape (n_times,)
        When the incidence is wanted, in the unit of `stop`, in any order.
    start : array_like of float, shape (n_rows,), optional
        The row is at risk strictly after `start`. None: from the beginning.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more; taken as sampling weights in the standard error.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row, when some have several: their rows count as dependent. None: each row by itself.

    Returns
    -------
    CumulativeIncidence
        Censored rows count as at risk at their own `stop`, as everywhere in survival analysis. Without late entry and
        weights the standard error equals the delta-method one with multinomial (Greenwood) increments.

    Raises
    ------
    EstimationError
        If there is no event; a number is missing or infinite; ``start >= stop``; or a cause is not a whole number from
        zero upwards.

    References
    ----------
    .. [1] Aalen and Johansen (1978), Scand J Statist 5:141-150.
    .. [2] Therneau, Ou and Atkinson (2024), Infinitesimal jackknife estimates, vignette of R's survival package.

    Examples
    --------
    >>> result = aalen_johansen(stop=[1, 2, 2, 3], cause=[1, 2, 0, 1], times=[1, 2, 3])
    >>> result.incidence
    array([[0.25, 0.  ],
           [0.25, 0.25],
           [0.75, 0.25]])
    """
    n_rows = np.asarray(stop).shape[0] if np.ndim(stop) == 1 else 0
    stops = read_vector("stop", stop, n_rows, EstimationError)
    starts = None if start is None else read_vector("start", start, n_rows, EstimationError)
    reasons = read_vector("cause", cause, n_rows, EstimationError)
    wanted = read_vector("times", times, np.asarray(times).size, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    labels, codes = (None, None) if cluster is None else read_codes("cluster", cluster, n_rows, EstimationError)
    if starts is not None and np.any(starts >= stops):
        raise EstimationError("start is not before stop in some rows")
    if np.any((reasons < 0) | (reasons != np.round(reasons))):
        raise EstimationError("cause must be a whole number, 0 for censored rows")
    row_weights = np.ones(n_rows) if case_weights is None else case_weights
    event = (reasons > 0) & (row_weights > 0)
    if not event.any():
        raise EstimationError("no events: every row is censored or has weight zero")
    sets = build_risk_sets(stops, event, starts, None)
    used = (sets.first <= sets.last) & (row_weights > 0)
    sets = sets.select(used)
    causes, which = np.unique(reasons[event], return_inverse=True)
    steps = _take_steps(sets, row_weights[used], which, causes.size)
    reached = np.searchsorted(sets.time, wanted, side="right")
    padded = np.vstack((np.zeros(causes.size), steps.risen))
    groups = None if codes is None or labels is None else (codes[used], labels.size)
    return CumulativeIncidence(
        times=wanted,
        causes=causes.astype(np.intp),
        incidence=padded[reached],
        std_error=_standard_errors(sets, steps, which, row_weights[used], groups, reached),
        n_at_risk=_count_at_risk(wanted, stops, starts, row_weights > 0),
    )


def _take_steps(sets: RiskSets, weights: Floats, which: Integers, n_causes: int) -> _Steps:
    """Hazards and incidence at each cell; `which` is the cause of each event, in the order of `death_rows`."""
    death_weights = weights[sets.death_rows]
    at_risk = sets.sum_at_risk(weights)
    events = np.bincount(sets.death_cell * n_causes + which, death_weights, sets.n_cells * n_causes)
    hazards = events.reshape(sets.n_cells, n_causes) / at_risk[:, None]
    hazard = hazards.sum(axis=1)
    # Where everyone at risk leaves, rounding must not leave a sliver behind.
    stays = np.where(hazard > 1.0 - 1e-12, 0.0, 1.0 - hazard)
    before = np.concatenate(([1.0], np.cumprod(stays)[:-1]))
    return _Steps(at_risk, before, hazard, stays, np.cumsum(before[:, None] * hazards, axis=0), hazards)


def _standard_errors(
    sets: RiskSets,
    steps: _Steps,
    which: Integers,
    weights: Floats,
    groups: tuple[Integers, int] | None,
    reached: Integers,
) -> Floats:
    """Root of the sum of squared influences, shape (n_times, n_causes).

    A row's martingale increment dM at cell u moves the incidence of cause k at t by ``before(u) dM_k(u) / Y(u)``
    directly, and by ``-(risen_k(t) - risen_k(u)) / stays(u) dM(u) / Y(u)`` through the survivors it takes away from
    later cells. Split into sums over u that do not depend on t, each costs one cumulative sum.
    """
    through = np.divide(1.0, steps.stays * steps.at_risk, out=np.zeros(sets.n_cells), where=steps.stays > 0.0)
    direct = steps.before / steps.at_risk
    result = np.empty((reached.size, steps.hazards.shape[1]))
    for k in range(result.shape[1]):
        risen = steps.risen[:, k]
        fixed = np.concatenate(([0.0], np.cumsum(direct * steps.hazards[:, k] + risen * through * steps.hazard)))
        growing = np.concatenate(([0.0], np.cumsum(through * steps.hazard)))
        for i, cells in enumerate(reached):
            so_far = risen[cells - 1] if cells else 0.0
            end = np.minimum(sets.last + 1, cells)
            begin = np.minimum(sets.first, cells)
            influence = so_far * (growing[end] - growing[begin]) - (fixed[end] - fixed[begin])
            mine = sets.death_cell < cells
            cell = sets.death_cell[mine]
            own = direct[cell] * (which[mine] == k) - (so_far - risen[cell]) * through[cell]
            influence[sets.death_rows[mine]] += own
            influence *= weights
            if groups is not None:
                influence = np.bincount(groups[0], influence, groups[1])
            result[i, k] = np.sqrt(influence @ influence)
    return result


def _count_at_risk(times: Floats, stop: Floats, start: Floats | None, present: Flags) -> Floats:
    """Rows with ``start < time <= stop``."""
    left = np.searchsorted(np.sort(stop[present]), times, side="left")
    entered = (
        int(np.count_nonzero(present))
        if start is None
        else np.searchsorted(np.sort(start[present]), times, side="left")
    )
    return np.asarray(entered - left, dtype=np.float64)
