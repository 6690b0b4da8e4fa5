"""Cumulative incidence of competing causes, exact with ties and late entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.incidence import IncidenceRows, Steps, read_incidence_rows, take_steps


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
        If there is no event; a number is missing, infinite or too large; ``start >= stop``; a cause is not a whole
        number from zero upwards; weights differ too much for late entry; or all rows are of one cluster.

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
    rows = read_incidence_rows(stop, cause, start, weights, cluster)
    wanted = read_vector("times", times, np.asarray(times).size, EstimationError)
    steps = take_steps(rows)
    reached = np.searchsorted(rows.sets.time, wanted, side="right")
    padded = np.vstack((np.zeros(rows.causes.size), steps.risen))
    return CumulativeIncidence(
        times=wanted,
        causes=rows.causes,
        incidence=padded[reached],
        std_error=_standard_errors(rows, steps, reached),
        n_at_risk=_count_at_risk(wanted, rows),
    )


def _standard_errors(rows: IncidenceRows, steps: Steps, reached: Integers) -> Floats:
    """Root of the sum of squared influences, shape (n_times, n_causes).

    A row's martingale increment dM at cell u moves the incidence of cause k at t by ``before(u) dM_k(u) / Y(u)``
    directly, and by ``-(risen_k(t) - risen_k(u)) / stays(u) dM(u) / Y(u)`` through the survivors it takes away from
    later cells. Split into sums over u that do not depend on t, each costs one cumulative sum.
    """
    sets, which = rows.sets, rows.which
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
            influence *= rows.weights
            if rows.groups is not None:
                influence = np.bincount(rows.groups[0], influence, rows.groups[1])
            result[i, k] = np.sqrt(influence @ influence)
    return result


def _count_at_risk(times: Floats, rows: IncidenceRows) -> Floats:
    """Rows with ``start < time <= stop``."""
    left = np.searchsorted(rows.stops, times, side="left")
    entered = rows.stops.size if rows.starts is None else np.searchsorted(rows.starts, times, side="left")
    return np.asarray(entered - left, dtype=np.float64)
