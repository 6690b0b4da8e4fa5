"""Whether predicted risks are as high as what happened: on the whole, along the risk, by group and over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, read_codes
from cxlink.stats.brier import observed_risk
from cxlink.stats.censoring import FollowUp, check_varied, read_follow_up, read_risk
from cxlink.stats.cloglog import fit_cloglog
from cxlink.stats.errors import EstimationError

KNOT_SHARES = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
"""Shares of rows below each knot of the curve, after Harrell (2015), Regression Modeling Strategies, table 2.3."""


@dataclass(frozen=True, slots=True)
class ObservedExpected:
    """Observed over expected risk.

    Parameters
    ----------
    observed : float
        Risk at the horizon, by Aalen-Johansen.
    std_error : float
        Of `observed`.
    expected : float
        Mean predicted risk.
    ratio : float
        ``observed / expected``: above one, predictions are too low.
    """

    observed: float
    std_error: float
    expected: float
    ratio: float


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """Observed risk as a line of predicted risk, both on the complementary log-log scale.

    Parameters
    ----------
    intercept : float
        With the slope held at one: the log of the factor that predicted cumulative hazards lack; 0 is right.
    slope : float
        With an intercept of its own: 1 is right, below 1 predictions are too extreme.
    """

    intercept: float
    slope: float


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """Observed risk as a smooth function of predicted risk.

    Parameters
    ----------
    observed : ndarray of float64, shape (n_rows,)
        The curve at each row's prediction.
    ici : float
        Integrated calibration index: mean of ``|predicted - observed|`` over rows.
    e50, e90 : float
        Its median and its 90th percentile: the smallest value that so many rows do not exceed.
    """

    observed: Floats
    ici: float
    e50: float
    e90: float


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """Predicted and observed risk by group of predicted risk; every array has shape (n_groups,), risk ascending.

    Parameters
    ----------
    n_rows : ndarray of float64
        Rows of a group, or their weight.
    n_events : ndarray of float64
        Events of cause 1 by the horizon, or their weight.
    predicted : ndarray of float64
        Mean predicted risk.
    observed : ndarray of float64
        Risk at the horizon by Aalen-Johansen within the group.
    std_error : ndarray of float64
        Of `observed`; zero where there is no event.
    """

    n_rows: Floats
    n_events: Floats
    predicted: Floats
    observed: Floats
    std_error: Floats


def observed_over_expected(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
) -> ObservedExpected:
    """Compare the mean predicted risk with the observed one.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row, for the standard error, when some have several.

    Returns
    -------
    ObservedExpected
        Calibration in the large.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    groups = None if cluster is None else read_codes("cluster", cluster, risks.size, EstimationError)[1]
    observed, std_error = observed_risk(rows, groups)
    expected = float(np.average(risks, weights=rows.weights))
    return ObservedExpected(observed, std_error, expected, observed / expected)


def calibration_line(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
) -> CalibrationLine:
    """Estimate calibration slope and intercept at a horizon.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.

    Returns
    -------
    CalibrationLine
        By binomial regression of the status at the horizon on ``log(-log(1 - risk))``, complementary log-log link, rows
        weighted by the inverse probability of being observed. Unlike a Cox model of the predictions this does not take
        hazards as proportional between the landmark and the horizon, and competing causes need nothing further.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`; if all predicted risks are equal; or if the slope is infinite because
        some risk separates cases from the others.

    References
    ----------
    .. [1] Scheike, Zhang and Gerds (2008), Biometrika 95:205-220, for the regression.
    .. [2] van Geloven et al. (2022), BMJ 377:e069249, for slope and intercept with competing causes.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    check_varied(risks, rows)
    predictor = _log_log(risks)
    known = rows.known_weights()
    ones = np.ones((risks.size, 1))
    intercept = _fit_status(ones, rows.case, known, predictor)
    line = _fit_status(np.column_stack((ones, predictor)), rows.case, known, predictor)
    return CalibrationLine(float(intercept[0]), 1.0 + float(line[1]))


def calibration_curve(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
    *,
    n_knots: int = 4,
) -> CalibrationCurve:
    """Smooth the observed risk along the predicted one.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    n_knots : {3, 4, 5}, default 4
        Knots of the restricted cubic spline, at fixed shares of the rows.

    Returns
    -------
    CalibrationCurve
        The regression of :func:`calibration_line` on a restricted cubic spline of ``log(-log(1 - risk))``. The indices
        are above zero even for perfect predictions, by what the curve owes to chance: it falls with the root of the
        number of events.

    Raises
    ------
    EstimationError
        As :func:`calibration_line`, and if there are too few distinct risks to place the knots.

    References
    ----------
    .. [1] Austin, Harrell and van Klaveren (2020), Statistics in Medicine 39:2714-2742, for the indices; their curves
           are hazard regressions, which take hazards as proportional.
    .. [2] Austin, Putter, Giardiello and van Klaveren (2022), Diagnostic and Prognostic Research 6:2, with competing
           causes.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    check_varied(risks, rows)
    if n_knots not in KNOT_SHARES:
        raise EstimationError(f"n_knots must be 3, 4 or 5, it is {n_knots}")
    predictor = _log_log(risks)
    knots = _quantiles(predictor, rows.weights, KNOT_SHARES[n_knots])
    if np.unique(knots).size < n_knots:
        raise EstimationError(f"too few distinct predicted risks for a smooth curve with {n_knots} knots")
    design = np.column_stack((np.ones(risks.size), predictor, *_bend(predictor, knots)))
    fitted = predictor + design @ _fit_status(design, rows.case, rows.known_weights(), predictor)
    observed = -np.expm1(-np.exp(fitted))
    distance = np.abs(risks - observed)
    e50, e90 = _quantiles(distance, rows.weights, (0.5, 0.9))
    return CalibrationCurve(observed, float(np.average(distance, weights=rows.weights)), float(e50), float(e90))


def calibration_table(
    risk: npt.ArrayLike,
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    horizon: float,
    weights: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
    n_groups: int = 10,
) -> CalibrationTable:
    """Compare predicted and observed risk by group of predicted risk.

    Parameters
    ----------
    risk, stop, cause : array_like, shape (n_rows,)
        Predicted risk, time since the landmark and cause, as for :func:`cxlink.stats.brier.brier_score`.
    horizon : float
        In the unit of `stop`.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row, for the standard error, when some have several.
    n_groups : int, default 10
        Groups of equal numbers of rows. Rows of the same risk stay together, so there may be fewer.

    Returns
    -------
    CalibrationTable
        One row a group.

    Raises
    ------
    EstimationError
        As :func:`cxlink.stats.brier.brier_score`, and if a group is not followed up to the horizon.
    """
    rows = read_follow_up(stop, cause, horizon, weights)
    risks = read_risk(risk, rows)
    if n_groups < 2:
        raise EstimationError(f"n_groups must be 2 or more, it is {n_groups}")
    clusters = None if cluster is None else read_codes("cluster", cluster, risks.size, EstimationError)[1]
    bounds = np.unique(_quantiles(risks, rows.weights, np.arange(1, n_groups) / n_groups))
    group = np.searchsorted(bounds, risks, side="left")
    lines = []
    for number in np.unique(group[rows.weights > 0]):
        mine = (group == number) & (rows.weights > 0)
        part = FollowUp(
            rows.stop[mine], rows.cause[mine], rows.weights[mine], horizon, rows.case[mine], rows.control[mine]
        )
        try:
            observed = observed_risk(part, None if clusters is None else clusters[mine])
        except EstimationError as fault:
            raise EstimationError(f"group {number + 1} of {n_groups} by risk: {fault.reason}") from fault
        predicted = float(np.average(risks[mine], weights=part.weights))
        lines.append((float(part.weights.sum()), float(part.weights @ part.case), predicted, *observed))
    return CalibrationTable(*np.array(lines).T)


def _log_log(risk: Floats) -> Floats:
    result: Floats = np.log(-np.log1p(-risk))
    return result


def _bend(predictor: Floats, knots: Floats) -> list[Floats]:
    """Columns of a restricted cubic spline beside the linear one: straight beyond the outer knots."""
    last, before = knots[-1], knots[-2]
    columns = []
    for knot in knots[:-2]:
        column = np.maximum(predictor - knot, 0.0) ** 3
        column -= np.maximum(predictor - before, 0.0) ** 3 * (last - knot) / (last - before)
        column += np.maximum(predictor - last, 0.0) ** 3 * (before - knot) / (last - before)
        columns.append(column / (last - knots[0]) ** 2)
    return columns


def _quantiles(values: Floats, weights: Floats, shares: npt.ArrayLike) -> Floats:
    """Smallest values that these shares of the weight do not exceed."""
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    # A share that falls on a step must not miss it by rounding.
    wanted = np.asarray(shares) * below[-1] * (1.0 - 1e-12)
    result: Floats = values[order][np.searchsorted(below, wanted, side="left")]
    return result


def _fit_status(design: Floats, case: Flags, weights: Floats, offset: Floats) -> Floats:
    """Coefficients of the regression of the status at the horizon, beside an offset."""
    try:
        return fit_cloglog(design, case, weights=weights, offset=offset).beta
    except EstimationError as fault:
        raise EstimationError(
            f"no line or curve of observed risk fits these predictions (X: one, their log(-log), bends): {fault.reason}"
        ) from fault
