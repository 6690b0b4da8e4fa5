"""Time spent up to a horizon: the restricted mean, and what each cause takes from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.errors import EstimationError
from cxlink.stats.incidence import Steps, read_incidence_rows, take_steps
from cxlink.stats.kaplan_meier import SurvivalCurve
from cxlink.stats.risk_sets import RiskSets


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """A mean of times, each counted up to a horizon.

    Parameters
    ----------
    mean, std_error : float
        In the unit of the times.
    horizon : float
        As asked for.
    """

    mean: float
    std_error: float
    horizon: float


@dataclass(frozen=True, slots=True)
class TimeLost:
    """Mean time up to a horizon that competing causes take; every array has shape (n_causes,).

    Parameters
    ----------
    causes : ndarray of int
        Ascending, without 0.
    mean, std_error : ndarray of float64
        In the unit of `stop`: the area under each cause's cumulative incidence; the horizon less their sum is the mean
        time spent.
    horizon : float
        As asked for.
    """

    causes: Integers
    mean: Floats
    std_error: Floats
    horizon: float


def restricted_mean(curve: SurvivalCurve, horizon: float, *, last_seen: float | None = None) -> RestrictedMean:
    """Mean time to the event, counted up to a horizon: the area under the survival function.

    Parameters
    ----------
    curve : SurvivalCurve
        From :func:`cxlink.stats.kaplan_meier`.
    horizon : float
        Above zero, in the unit of the curve.
    last_seen : float, optional
        Last time at which anybody was at risk, censored rows included. None: the last event.

    Returns
    -------
    RestrictedMean
        With the standard error that follows from Greenwood's formula, as R's ``print(survfit(...), rmean=)``.

    Raises
    ------
    EstimationError
        If `horizon` is not above zero, `last_seen` is before the last event, or the curve is not known up to it.

    References
    ----------
    .. [1] Royston and Parmar (2013), BMC Med Res Methodol 13:152.
    """
    _check_horizon(horizon)
    end = float(curve.time[-1]) if last_seen is None else last_seen
    if not (np.isfinite(end) and end >= curve.time[-1]):
        raise EstimationError("last_seen must be finite and not before the last event")
    if horizon > end and curve.survival[-1] > 0.0:
        raise EstimationError(f"the curve is known up to {end:g} only, the horizon is {horizon:g}")
    before = curve.time < horizon
    area = _areas(curve.time[before], curve.survival[before], horizon)
    mean = float(min(float(curve.time[0]), horizon) + area[0]) if area.size else float(horizon)
    n, d = curve.n_at_risk[before], curve.n_events[before]
    left = n - d
    growth = np.divide(d, n * left, out=np.zeros(n.size), where=left > 0)
    return RestrictedMean(mean, float(np.sqrt(np.sum(area**2 * growth))), float(horizon))


def time_lost(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
) -> TimeLost:
    """Mean time up to a horizon that each cause takes.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        As for :func:`cxlink.stats.aalen_johansen`, and so are the others.
    cause : array_like of int, shape (n_rows,)
        Why the row ended at `stop`; 0: it was censored.
    horizon : float
        Above zero, in the unit of `stop`.
    start : array_like of float, shape (n_rows,), optional
        The row is at risk strictly after `start`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row.

    Returns
    -------
    TimeLost
        With the infinitesimal jackknife's standard error, as R's ``residuals(survfit(...), type = "auc")``.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.aalen_johansen`, and if `horizon` is not above zero or nobody is at risk there.

    References
    ----------
    .. [1] Andersen (2013), Statistics in Medicine 32:5278-5285.
    """
    _check_horizon(horizon)
    rows = read_incidence_rows(stop, cause, start, weights, cluster)
    if horizon > rows.last_seen:
        raise EstimationError(f"nobody is at risk after {rows.last_seen:g}, the horizon is {horizon:g}")
    steps = take_steps(rows)
    reached = int(np.searchsorted(rows.sets.time, horizon, side="right"))
    time = rows.sets.time[:reached]
    means, errors = np.empty(rows.causes.size), np.empty(rows.causes.size)
    for k in range(rows.causes.size):
        means[k] = float(np.sum(np.diff(np.append(time, horizon)) * steps.risen[:reached, k]))
        influence = _influence(rows.sets, steps, rows.which, k, horizon) * rows.weights
        if rows.groups is not None:
            influence = np.asarray(np.bincount(rows.groups[0], influence, rows.groups[1]), dtype=np.float64)
        errors[k] = np.sqrt(influence @ influence)
    return TimeLost(rows.causes, means, errors, float(horizon))


def _influence(sets: RiskSets, steps: Steps, which: Integers, k: int, horizon: float) -> Floats:
    """Influence of each row on the area under the incidence of cause k.

    The influence on the incidence itself is ``risen(t) G(t) - F(t)`` over the cells at which the row is at risk, and a
    jump at its own event (see `aalen_johansen`); each is integrated over t up to the horizon.
    """
    reached = int(np.searchsorted(sets.time, horizon, side="right"))
    width = np.diff(np.append(sets.time[:reached], horizon))
    risen = steps.risen[:reached, k]
    through = np.divide(1.0, steps.stays * steps.at_risk, out=np.zeros(sets.n_cells), where=steps.stays > 0.0)
    direct = steps.before / steps.at_risk
    fixed = np.cumsum((direct * steps.hazards[:, k] + steps.risen[:, k] * through * steps.hazard)[:reached])
    growing = np.cumsum((through * steps.hazard)[:reached])
    after_risen, after = _after(width * risen), _after(width)
    area = _capped_areas(width * risen, growing, after_risen) - _capped_areas(width, fixed, after)
    influence = area[np.minimum(sets.last + 1, reached)] - area[np.minimum(sets.first, reached)]
    mine = sets.death_cell < reached
    cell = sets.death_cell[mine]
    own = direct[cell] * (which[mine] == k) * after[cell]
    own -= (after_risen[cell] - steps.risen[cell, k] * after[cell]) * through[cell]
    influence[sets.death_rows[mine]] += own
    return influence


def _capped_areas(width: Floats, grown: Floats, after: Floats) -> Floats:
    """Sum of width times what had grown by each cell, capped at what had by cell e, for e from none to all."""
    so_far = np.concatenate(([0.0], np.cumsum(width * grown)))
    capped: Floats = so_far + np.concatenate(([0.0], grown)) * np.append(after, 0.0)
    return capped


def _after(parts: Floats) -> Floats:
    """Sum from each place to the end."""
    total: Floats = np.cumsum(parts[::-1])[::-1]
    return total


def _areas(time: Floats, survival: Floats, horizon: float) -> Floats:
    """Area under the curve from each event to the horizon."""
    return _after(np.diff(np.append(time, horizon)) * survival)


def _check_horizon(horizon: float) -> None:
    if not (np.isfinite(horizon) and horizon > 0):
        raise EstimationError("the horizon must be finite and above zero")
