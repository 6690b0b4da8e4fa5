"""Newton's method for the partial likelihood, penalised or not, with its two refusals: rank and separation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.stats.arrays import Floats, name_columns
from cxlink.stats.cox_design import CoxDesign
from cxlink.stats.errors import CoxError
from cxlink.stats.objective import Objective
from cxlink.stats.partial_likelihood import LikelihoodPoint

RANK_TOLERANCE = 1e-10
"""Share of a column's variation within risk sets that the columns before it must leave unexplained."""

LAST_STEP, MANY_ROWS = 1e-4, 100_000
"""On many rows the last step, of so many standard errors, is taken on trust: the next would be its square, and a pass
over the rows costs more than the seventh digit of the information is worth."""

PATIENCE = 8
"""Newton steps before separation is suspected; a well-posed fit needs four to seven."""


def maximise(
    objective: Objective, begin: Floats, *, max_iterations: int, tolerance: float
) -> tuple[LikelihoodPoint, float, int]:
    """Climb to the maximum of the partial likelihood.

    Parameters
    ----------
    objective : Objective
        The partial likelihood, with or without a penalty.
    begin : ndarray of float64, shape (n_columns,)
        Coefficients to start from.
    max_iterations : int
        Newton steps before giving up.
    tolerance : float
        Longest remaining step, in standard errors.

    Returns
    -------
    point : LikelihoodPoint
        The maximum, in standardised covariates.
    first_value : float
        The objective where the climb began.
    iterations : int
        Newton steps taken.

    Raises
    ------
    CoxError
        If columns are collinear within risk sets, a coefficient is infinite, or the maximum is not reached.
    """
    design = objective.design
    point = objective.evaluate(begin)
    if point is None:
        raise CoxError("the likelihood underflows where the climb begins: weights differ too much")
    null = point.log_likelihood
    check_rank(point)
    for iteration in range(max_iterations):
        step = newton_step(point)
        length = max(float(point.gradient @ step), 0.0) ** 0.5
        if length <= tolerance:
            return point, null, iteration
        if length <= LAST_STEP and design.used.size >= MANY_ROWS:
            return replace(point, beta=point.beta + step), null, iteration + 1
        if iteration >= PATIENCE and iteration % 4 == 0:
            check_separation(objective, point, step)
        better = _climb(objective, point, step)
        if better is None:
            # Rounding, not the data, stops the climb this close to the top.
            if length <= 1e-5:
                return point, null, iteration
            check_separation(objective, point, step)
            if objective.evaluate(point.beta + step) is None:
                columns = _moving_columns(design, step)
                raise CoxError(f"{name_columns(columns)}: hazard ratios too large to compute, or infinite", columns)
            raise CoxError(f"the likelihood cannot be increased further, yet a step of {length:.1e} s.e. remains")
        point = better
    check_separation(objective, point, newton_step(point))
    raise CoxError(f"no maximum after {max_iterations} iterations")


def newton_step(point: LikelihoodPoint) -> Floats:
    """Solve for the step; a direction that lost all information is refused.

    Parameters
    ----------
    point : LikelihoodPoint
        Where the climb has come to.

    Returns
    -------
    ndarray of float64, shape (n_columns,)
        To be added to the coefficients.

    Raises
    ------
    CoxError
        Naming the column.
    """
    try:
        half = np.linalg.cholesky(point.information)
    except np.linalg.LinAlgError:
        lost = int(np.argmin(np.diag(point.information) / (point.second_moment + 1e-100)))
        raise CoxError(
            f"{name_columns((lost,))}: infinite coefficient, or collinear (its information vanished on the way)",
            (lost,),
        ) from None
    step: Floats = np.linalg.solve(half.T, np.linalg.solve(half, point.gradient))
    return step


def _climb(objective: Objective, point: LikelihoodPoint, step: Floats) -> LikelihoodPoint | None:
    """Take the step, halved until the likelihood does not fall."""
    slack = 1e-12 * abs(point.log_likelihood)
    for halving in range(30):
        candidate = objective.evaluate(point.beta + step / 2**halving)
        if candidate is not None and candidate.log_likelihood >= point.log_likelihood - slack:
            return candidate
    return None


def check_rank(point: LikelihoodPoint) -> None:
    """Refuse columns that the columns before them explain within every risk set.

    Parameters
    ----------
    point : LikelihoodPoint
        The likelihood where the climb begins.

    Raises
    ------
    CoxError
        Naming the columns.
    """
    within = np.diag(point.information)
    flat = tuple(int(j) for j in np.flatnonzero(within <= RANK_TOLERANCE * point.second_moment))
    if flat:
        raise CoxError(f"{name_columns(flat)}: no variation among the rows at risk at any event", flat)
    spread = np.sqrt(within)
    correlation = point.information / np.outer(spread, spread)
    for j in range(1, spread.size):
        before = correlation[:j, :j]
        share = np.linalg.solve(before, correlation[:j, j])
        if 1.0 - correlation[:j, j] @ share <= RANK_TOLERANCE:
            partners = tuple(int(i) for i in np.flatnonzero(np.abs(share) > 1e-6))
            raise CoxError(
                f"{name_columns((j,))}: collinear with {name_columns(partners)} among the rows at risk", (*partners, j)
            )


def check_separation(objective: Objective, point: LikelihoodPoint, step: Floats) -> None:
    """Refuse a likelihood that keeps rising for ever in one direction.

    A concave function that has not fallen sixteen Newton steps further on rises for ever: some combination of
    covariates orders every event before all others at risk with it, and its coefficient is infinite.

    Parameters
    ----------
    objective : Objective
        What is climbed.
    point : LikelihoodPoint
        Where the climb has come to.
    step : ndarray of float64, shape (n_columns,)
        Its next Newton step.

    Raises
    ------
    CoxError
        Naming the columns whose coefficients are infinite.

    References
    ----------
    .. [1] Heinze and Schemper (2001), Biometrics 57:114-119, on monotone likelihood.
    """
    design = objective.design
    along = design.covariates.predict(step)
    reach = float(np.ptp(along))
    if reach == 0.0:
        return
    # Nearer only where the likelihood underflows.
    distances = (max(15.0 / reach, 16.0), 8.0, 4.0)
    ahead = (objective.value_at(point.beta + step * distance) for distance in distances)
    far = next((value for value in ahead if np.isfinite(value)), -np.inf)
    if far < point.log_likelihood - 1e-10 * abs(point.log_likelihood):
        return
    columns = _moving_columns(design, step)
    raise CoxError(f"{name_columns(columns)}: infinite coefficient, the events are perfectly separated", columns)


def _moving_columns(design: CoxDesign, step: Floats) -> tuple[int, ...]:
    """Columns that make up a step, by how far each moves the linear predictor."""
    move = np.abs(step) * np.ptp(design.covariates.matrix, axis=0) / design.covariates.unit
    return tuple(int(j) for j in np.flatnonzero(move > 0.25 * move.max()))
