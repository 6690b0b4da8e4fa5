"""How long customers stayed under observation, and what a prediction is judged on at a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, read_vector, read_weights
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class CensoringCurve:
    """Steps of the probability of not being censored; every array has shape (n_times,).

    Parameters
    ----------
    time : ndarray of float64
        Distinct times at which rows were censored, ascending, in the unit of `stop`.
    uncensored : ndarray of float64
        Probability of being under observation beyond each time.
    """

    time: Floats
    uncensored: Floats

    def beyond(self, times: npt.ArrayLike) -> Floats:
        """Probability of being under observation beyond some times.

        Parameters
        ----------
        times : array_like of float
            Of any shape, in the unit of `time`.

        Returns
        -------
        ndarray of float64
            Of the same shape; one before the first censoring, constant after the last.
        """
        return self._look_up(times, "right")

    def just_before(self, times: npt.ArrayLike) -> Floats:
        """Probability of being under observation up to just before some times.

        Parameters
        ----------
        times : array_like of float
            Of any shape, in the unit of `time`.

        Returns
        -------
        ndarray of float64
            Of the same shape: censoring at the time itself is left out, since events of that time come first.
        """
        return self._look_up(times, "left")

    def _look_up(self, times: npt.ArrayLike, side: Literal["left", "right"]) -> Floats:
        steps = np.concatenate(([1.0], self.uncensored))
        result: Floats = steps[np.searchsorted(self.time, np.asarray(times, dtype=np.float64), side=side)]
        return result


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of each customer after a landmark; every array has shape (n_rows,).

    Parameters
    ----------
    stop : ndarray of float64
        Time since the landmark.
    cause : ndarray of float64
        0: censored; 1: the cause of interest; 2 and above: competing causes.
    weights : ndarray of float64
        Case weights.
    horizon : float
        Time since the landmark up to which events count.
    case : ndarray of bool
        Left for the cause of interest by the horizon.
    control : ndarray of bool
        Known not to have done so: still there beyond the horizon, or left for another cause before.
    """

    stop: Floats
    cause: Floats
    weights: Floats
    horizon: float
    case: Flags
    control: Flags

    def known_weights(self) -> Floats:
        """Case weights, over the probability that the row's status at the horizon is known.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            Zero for rows censored by the horizon.
        """
        curve = _fit_censoring(self.stop, self.cause, self.weights)
        return self.weights * _invert(curve, self.stop, self.cause, self.horizon)


def censoring_distribution(
    stop: npt.ArrayLike, cause: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> CensoringCurve:
    """Estimate the distribution of the time to censoring by the reverse Kaplan-Meier method.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        End of each row, in any unit.
    cause : array_like of int, shape (n_rows,)
        Why the row ended at `stop`; 0: it was censored.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, taken as numbers of equal rows.

    Returns
    -------
    CensoringCurve
        Where events and censoring are tied, events come first: they are no longer at risk of being censored then. As
        R's ``prodlim(reverse = TRUE)``. One everywhere when nothing was censored.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; a time is not above zero; or a cause is not a whole number from zero up.

    References
    ----------
    .. [1] Gerds and Schumacher (2006), Biometrical Journal 48:1029-1040.
    """
    return _fit_censoring(*_read_rows(stop, cause, weights))


def ipcw_weights(
    stop: npt.ArrayLike, cause: npt.ArrayLike, horizon: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """Weigh rows whose status at a horizon is known by the inverse probability of that.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        Time since the landmark; above zero.
    cause : array_like of int, shape (n_rows,)
        Why the row ended at `stop`; 0: it was censored.
    horizon : float
        In the unit of `stop`; above zero.
    weights : array_like of float, shape (n_rows,), optional
        Case weights; they go into the censoring distribution only.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        ``1 / G(stop-)`` for rows that ended in an event of any cause by the horizon, ``1 / G(horizon)`` for rows beyond
        it, zero for rows censored up to and including it, with G the censoring distribution of all rows: censoring
        must not depend on the risk.

    Raises
    ------
    EstimationError
        As :func:`censoring_distribution`, and if no row goes beyond the horizon.

    References
    ----------
    .. [1] Gerds and Schumacher (2006), Biometrical Journal 48:1029-1040.

    Examples
    --------
    >>> ipcw_weights(stop=[1, 2, 3, 9], cause=[1, 0, 1, 0], horizon=5)
    array([1. , 0. , 1.5, 1.5])
    """
    stops, causes, case_weights = _read_rows(stop, cause, weights)
    check_horizon(stops, case_weights, horizon)
    return _invert(_fit_censoring(stops, causes, case_weights), stops, causes, horizon)


def read_follow_up(
    stop: npt.ArrayLike, cause: npt.ArrayLike, horizon: float, weights: npt.ArrayLike | None
) -> FollowUp:
    """Check what became of customers after a landmark.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        Time since the landmark; above zero.
    cause : array_like of int, shape (n_rows,)
        Why the row ended at `stop`.
    horizon : float
        In the unit of `stop`; above zero.
    weights : array_like of float, shape (n_rows,), or None
        Case weights.

    Returns
    -------
    FollowUp
        The same, with each row's status at the horizon.

    Raises
    ------
    EstimationError
        As :func:`ipcw_weights`, and if there is no event of the cause of interest by the horizon.
    """
    stops, causes, case_weights = _read_rows(stop, cause, weights)
    check_horizon(stops, case_weights, horizon)
    case = (causes == 1) & (stops <= horizon)
    if not np.any(case & (case_weights > 0)):
        raise EstimationError("no event of cause 1 by the horizon, in rows with a weight above zero")
    return FollowUp(stops, causes, case_weights, horizon, case, (stops > horizon) | (causes > 1))


def read_risk(risk: npt.ArrayLike, rows: FollowUp) -> Floats:
    """Check predicted risks.

    Parameters
    ----------
    risk : array_like of float, shape (n_rows,)
        Predicted probability of leaving for cause 1 by the horizon.
    rows : FollowUp
        What became of the same customers.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        The same risks.

    Raises
    ------
    EstimationError
        If a risk is missing or does not lie between 0 and 1, both excluded.
    """
    risks = read_vector("risk", risk, rows.stop.size, EstimationError)
    outside = np.flatnonzero((risks <= 0.0) | (risks >= 1.0))
    if outside.size:
        raise EstimationError(
            f"risk must lie between 0 and 1, both excluded; {outside.size} rows do not, the first is row {outside[0]}"
        )
    return risks


def check_varied(risk: Floats, rows: FollowUp) -> None:
    """Refuse predictions that are all the same.

    Parameters
    ----------
    risk : ndarray of float64, shape (n_rows,)
        Predicted risks.
    rows : FollowUp
        Rows of weight zero do not count.

    Raises
    ------
    EstimationError
        If they are.
    """
    if np.ptp(risk[rows.weights > 0]) == 0.0:
        raise EstimationError("all predicted risks are equal: they rank nobody")


def check_horizon(stop: Floats, weights: Floats, horizon: float) -> None:
    """Refuse a horizon beyond which nobody is followed.

    Parameters
    ----------
    stop : ndarray of float64, shape (n_rows,)
        Time since the landmark.
    weights : ndarray of float64, shape (n_rows,)
        Case weights.
    horizon : float
        In the unit of `stop`.

    Raises
    ------
    EstimationError
        If it is not above zero, or nobody is at risk beyond it.
    """
    if not (np.isfinite(horizon) and horizon > 0.0):
        raise EstimationError("horizon must be above zero")
    if not np.any((stop > horizon) & (weights > 0)):
        raise EstimationError(
            "nobody is at risk beyond the horizon: a row censored at the horizon itself is of unknown status, "
            "a customer known to be there at its end needs a later stop"
        )


def _read_rows(
    stop: npt.ArrayLike, cause: npt.ArrayLike, weights: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    n_rows = np.asarray(stop).shape[0] if np.ndim(stop) == 1 else 0
    stops = read_vector("stop", stop, n_rows, EstimationError)
    causes = read_vector("cause", cause, n_rows, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    if np.any(stops <= 0.0):
        raise EstimationError("stop must be above zero: it is the time since the landmark")
    if np.any((causes < 0) | (causes != np.round(causes))):
        raise EstimationError("cause must be a whole number, 0 for censored rows")
    return stops, causes, np.ones(n_rows) if case_weights is None else case_weights


def _fit_censoring(stop: Floats, cause: Floats, weights: Floats) -> CensoringCurve:
    censored = (cause == 0) & (weights > 0)
    time, which = np.unique(stop[censored], return_inverse=True)
    leaving = np.bincount(which, weights[censored], time.size)
    order = np.argsort(stop)
    # Summed from the last row backwards, so that nothing is left of rounding where nobody is left.
    later = np.append(np.cumsum(weights[order][::-1])[::-1], 0.0)
    staying = later[np.searchsorted(stop[order], time, side="right")]
    return CensoringCurve(time, np.asarray(np.cumprod(staying / (staying + leaving)), dtype=np.float64))


def _invert(curve: CensoringCurve, stop: Floats, cause: Floats, horizon: float) -> Floats:
    beyond = stop > horizon
    known = beyond | (cause > 0)
    probability = np.where(beyond, curve.beyond(horizon), curve.just_before(stop))
    return np.divide(1.0, probability, out=np.zeros(stop.size), where=known)
