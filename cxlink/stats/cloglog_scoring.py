"""Fisher scoring for the complementary log-log likelihood, with its refusal of infinite coefficients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.stats.arrays import Floats, name_columns
from cxlink.stats.cloglog_design import CloglogDesign
from cxlink.stats.cloglog_likelihood import CloglogPoint, evaluate_cloglog, log_likelihood_along
from cxlink.stats.errors import EstimationError

PATIENCE = 10
"""Steps with the expected information; a well-posed fit needs four to eight. Strong effects let them creep, so that the
observed information takes over, whose steps double the digits."""

SETTLED = 1e-3
"""At the maximum no row's linear predictor moves by more in one step, however little the likelihood gains by it."""

APART = 1e-8
"""Share of the farthest move of any row by which a row may seem to move the wrong way, and is taken to stand still."""


def maximise_cloglog(
    design: CloglogDesign, start: Floats, *, max_iterations: int, tolerance: float
) -> tuple[CloglogPoint, int]:
    """Climb to the maximum of the likelihood.

    Parameters
    ----------
    design : CloglogDesign
        Rows and columns in use.
    start : ndarray of float64, shape (n_columns,)
        Coefficients to begin with.
    max_iterations : int
        Steps before giving up.
    tolerance : float
        Longest remaining step, in standard errors.

    Returns
    -------
    point : CloglogPoint
        The maximum, with the expected information.
    iterations : int
        Steps taken.

    Raises
    ------
    EstimationError
        If a coefficient is infinite, or the maximum is not reached.
    """
    point = evaluate_cloglog(design, start, _predict(design, start))
    step = point.gradient
    for iteration in range(max_iterations):
        step = _scoring_step(design, point)
        length = max(float(point.gradient @ step), 0.0) ** 0.5
        move = design.predict(step)
        reach = float(np.max(np.abs(move)))
        if reach > SETTLED:
            _check_separation(design, step, move, reach)
        elif length <= tolerance:
            return _with_expected_information(design, point, iteration), iteration
        share = _climb(design, point, move)
        if share == 0.0:
            # Rounding, not the data, stops the climb this close to the top.
            if length <= 1e-5 and reach <= SETTLED:
                return _with_expected_information(design, point, iteration), iteration
            raise _no_maximum(design, step, "the likelihood cannot be increased further")
        fitted, predictor = point.fitted + share * step, point.predictor + share * move
        point = evaluate_cloglog(design, fitted, predictor, observed=iteration + 1 >= PATIENCE)
    raise _no_maximum(design, step, f"no maximum after {max_iterations} iterations")


def fit_null(design: CloglogDesign) -> tuple[Floats, float]:
    """Fit the model without covariates, where the climb to the full model begins.

    Parameters
    ----------
    design : CloglogDesign
        Rows and columns in use.

    Returns
    -------
    start : ndarray of float64, shape (n_columns,)
        The intercept alone; all zero where there is none.
    log_likelihood : float
        At these coefficients.

    Raises
    ------
    EstimationError
        If the offset is too large to compute with.
    """
    rows = design.rows
    start = np.zeros(design.scale.size)
    if design.intercept is None:
        return start, log_likelihood_along(rows, _predict(design, start), start, 0.0)
    hazard = float(rows.weights @ rows.event / rows.weights.sum())
    level = np.log(-np.log1p(-hazard))
    if rows.offset is not None:
        # From below: where the hazard is one, the likelihood says nothing about the way back.
        level = min(level - np.average(rows.offset, weights=rows.weights), 1.0 - rows.offset.max())
    one = np.ones(1)
    ones = replace(rows, matrix=np.broadcast_to(one, (rows.matrix.shape[0], 1)))
    alone = CloglogDesign(ones, 0.0 * one, one, 0, one[:, None], one)
    try:
        point, _ = maximise_cloglog(alone, level * one, max_iterations=200, tolerance=1e-9)
    except EstimationError as error:
        raise EstimationError("offset is too large, or differs too much between rows, to compute with") from error
    start[design.intercept] = point.fitted[0]
    return start, point.log_likelihood


def _predict(design: CloglogDesign, fitted: Floats) -> Floats:
    """Linear predictor, offset included."""
    predictor = design.predict(fitted)
    return predictor if design.rows.offset is None else predictor + design.rows.offset


def _with_expected_information(design: CloglogDesign, point: CloglogPoint, iteration: int) -> CloglogPoint:
    return point if iteration < PATIENCE else evaluate_cloglog(design, point.fitted, point.predictor)


def _scoring_step(design: CloglogDesign, point: CloglogPoint) -> Floats:
    """Solve for the step; a direction that lost all information is refused."""
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


def _climb(design: CloglogDesign, point: CloglogPoint, move: Floats) -> float:
    """How much of the step to take: halved until the likelihood does not fall; zero where it always falls.

    Seen from a low hazard the first steps overshoot by far, to where a hazard of one carries no information on the way
    back. So no row is lifted at once from a linear predictor of -a beyond 1, or from a beyond 1 + 2 a.
    """
    slack = 1e-12 * abs(point.log_likelihood)
    share = 1.0 / max(1.0, float(np.max(move / (1.0 + np.abs(point.predictor)))))
    for _ in range(40):
        if log_likelihood_along(design.rows, point.predictor, move, share) >= point.log_likelihood - slack:
            return share
        share /= 2.0
    return 0.0


def _check_separation(design: CloglogDesign, step: Floats, move: Floats, reach: float) -> None:
    """Refuse a likelihood that rises for ever along the step: it lifts no row but events, and lowers no event.

    An event's likelihood rises with its linear predictor, that of any other row falls; so where such a direction
    exists, and only there, is there no maximum. The steps turn into it while all else settles.

    References
    ----------
    .. [1] Albert and Anderson (1984), Biometrika 71:1-10, for the logistic model; the argument is the same.
    """
    event = design.rows.event
    if np.min(move, where=event, initial=0.0) < -APART * reach:
        return
    if np.max(move, where=~event, initial=0.0) > APART * reach:
        return
    columns = _moving_columns(design, step)
    raise EstimationError(f"{name_columns(columns)}: infinite coefficient, the events are perfectly separated", columns)


def _no_maximum(design: CloglogDesign, step: Floats, reason: str) -> EstimationError:
    columns = _moving_columns(design, step)
    return EstimationError(f"{reason}, yet the coefficient of {name_columns(columns)} would move on", columns)


def _moving_columns(design: CloglogDesign, step: Floats) -> tuple[int, ...]:
    """Columns of the design that make up a step, by how far each moves the linear predictor."""
    move = np.abs(design.back @ step) * design.spread
    return tuple(int(j) for j in np.flatnonzero(move > 1e-3 * move.max()))
