"""Newton's method for the likelihood of proportional odds, with its refusal of infinite coefficients."""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from cxlink.stats.arrays import Floats, name_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.ordinal_likelihood import OrdinalDesign, OrdinalPoint, evaluate_ordinal

SETTLED = 1e-3
"""At the maximum no row's limit moves by more in one step, however little the likelihood gains by it."""

APART = 1e-8
"""Share of the farthest move of any limit by which one may seem to move the wrong way, and is taken to stand still."""


def fit_thresholds(design: OrdinalDesign) -> OrdinalPoint:
    """Find the maximum without covariates: the shares of the answers.

    Parameters
    ----------
    design : OrdinalDesign
        Rows in use.

    Returns
    -------
    OrdinalPoint
        With coefficients of zero.

    Raises
    ------
    EstimationError
        If an answer has next to no weight.
    """
    total = np.add.reduceat(design.weights, design.begins[:-1])
    share = np.cumsum(total)[:-1] / total.sum()
    point = evaluate_ordinal(design, np.concatenate((logit(share), np.zeros(design.scale.size))))
    if point is None or not np.isfinite(point.log_likelihood):
        raise EstimationError("weights differ too much between answers to compute with")
    return point


def maximise_ordinal(
    design: OrdinalDesign, point: OrdinalPoint, *, max_iterations: int, tolerance: float
) -> tuple[OrdinalPoint, int]:
    """Climb to the maximum of the likelihood.

    It is concave, so that halved steps always lead up.

    Parameters
    ----------
    design : OrdinalDesign
        Rows and columns in use.
    point : OrdinalPoint
        Where to begin.
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Longest remaining step, in standard errors.

    Returns
    -------
    point : OrdinalPoint
        The maximum.
    iterations : int
        Newton steps taken.

    Raises
    ------
    EstimationError
        If a coefficient is infinite, or the maximum is not reached.
    """
    step = point.gradient
    for iteration in range(max_iterations):
        step = _newton_step(design, point)
        length = max(float(point.gradient @ step), 0.0) ** 0.5
        lower, upper = _moves(design, step)
        reach = float(max(np.abs(lower).max(), np.abs(upper).max()))
        if reach > SETTLED:
            _check_separation(design, step, lower, upper, reach)
        elif length <= tolerance:
            return point, iteration
        better = _climb(design, point, step)
        if better is None:
            # Rounding, not the data, stops the climb this close to the top.
            if length <= 1e-5 and reach <= SETTLED:
                return point, iteration
            raise _no_maximum(design, step, "the likelihood cannot be increased further")
        point = better
    raise _no_maximum(design, step, f"no maximum after {max_iterations} iterations")


def _newton_step(design: OrdinalDesign, point: OrdinalPoint) -> Floats:
    try:
        half = np.linalg.cholesky(point.information)
    except np.linalg.LinAlgError:
        _, directions = np.linalg.eigh(point.information)
        columns = _moving_columns(design, directions[:, 0])
        raise EstimationError(
            f"{name_columns(columns)}: infinite coefficient, or too large to compute (no information is left on it)",
            columns,
        ) from None
    step: Floats = np.linalg.solve(half.T, np.linalg.solve(half, point.gradient))
    return step


def _climb(design: OrdinalDesign, point: OrdinalPoint, step: Floats) -> OrdinalPoint | None:
    """Half of the step, and half of that, until the likelihood does not fall."""
    slack = 1e-12 * abs(point.log_likelihood)
    share = 1.0
    for _ in range(40):
        better = evaluate_ordinal(design, point.parameters + share * step)
        if better is not None and better.log_likelihood >= point.log_likelihood - slack:
            return better
        share /= 2.0
    return None


def _moves(design: OrdinalDesign, step: Floats) -> tuple[Floats, Floats]:
    """How far a step moves the limits of each row; those at infinity stand still."""
    lower, upper = design.limits(step)
    return np.where(np.isfinite(lower), lower, 0.0), np.where(np.isfinite(upper), upper, 0.0)


def _check_separation(design: OrdinalDesign, step: Floats, lower: Floats, upper: Floats, reach: float) -> None:
    """Refuse a likelihood that rises for ever along the step: it lifts upper limits and lowers lower ones only.

    A row's likelihood rises with its upper limit and falls with its lower one; so where such a direction exists, and
    only there, is there no maximum. The steps turn into it while all else settles.
    """
    if upper.min() < -APART * reach or lower.max() > APART * reach:
        return
    columns = _moving_columns(design, step)
    raise EstimationError(f"{name_columns(columns)}: infinite coefficient, answers are perfectly separated", columns)


def _no_maximum(design: OrdinalDesign, step: Floats, reason: str) -> EstimationError:
    columns = _moving_columns(design, step)
    return EstimationError(f"{reason}, yet the coefficient of {name_columns(columns)} would move on", columns)


def _moving_columns(design: OrdinalDesign, step: Floats) -> tuple[int, ...]:
    """Columns that make up a step, by how far each moves the linear predictor."""
    move = np.abs(step[design.n_thresholds :]) * np.abs(design.matrix).max(axis=0)
    return tuple(int(j) for j in np.flatnonzero(move > 1e-3 * move.max()))
