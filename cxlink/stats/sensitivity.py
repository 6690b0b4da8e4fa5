"""How strong something unmeasured would have to be to explain a regression's coefficient away.

For least squares, in shares of variance (Cinelli and Hazlett 2020); for ratios of risks see `cxlink.stats.e_values`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from cxlink.stats.arrays import Floats, read_matrix, read_vector
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient of least squares, as its sensitivity is reckoned from.

    Parameters
    ----------
    estimate : float
        In the outcome's unit per unit of the exposure.
    error : float
        Classical standard error, as if rows were independent and alike: the algebra of shares of variance holds for no
        other.
    df : int
        Rows less columns.
    clustered_error : float, optional
        Standard error clustered by customer. Where given, intervals and t values rest on it, and a confounder is taken
        to change it as it changes the classical one.
    n_clusters : int, optional
        Customers: t values have one degree of freedom fewer.
    """

    estimate: float
    error: float
    df: int
    clustered_error: float | None = None
    n_clusters: int | None = None


@dataclass(frozen=True, slots=True)
class Robustness:
    """How much a confounder would have to explain.

    Parameters
    ----------
    partial_r2 : float
        Share of the outcome's remaining variance that the exposure explains; a confounder that explains all of what
        remains of the outcome must explain this much of the exposure to bring the estimate to zero.
    value : float
        Robustness value: a confounder that explains this share of what remains of both exposure and outcome takes the
        share `q` off the estimate; any weaker in both does not.
    value_of_interval : float
        The same for the interval: such a confounder makes it touch what is left of the estimate. Zero where it already
        does.
    q : float
        Share of the estimate to be explained away.
    level : float
        Of the interval.
    """

    partial_r2: float
    value: float
    value_of_interval: float
    q: float
    level: float


@dataclass(frozen=True, slots=True)
class Strength:
    """What a confounder, or a covariate, explains of what the others leave.

    Parameters
    ----------
    exposure : float
        Share of the exposure's variance.
    outcome : float
        Share of the outcome's variance.
    """

    exposure: float
    outcome: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A coefficient as it would be with the confounder among the covariates.

    Parameters
    ----------
    estimate, error, t : float
        Estimate moved towards zero by the confounder, and beyond; its standard error; their ratio.
    low, high : float
        Interval.
    level : float
        Of the interval.
    """

    estimate: float
    error: float
    t: float
    low: float
    high: float
    level: float


def measure_coefficient(X: npt.ArrayLike, y: npt.ArrayLike, column: int) -> Coefficient:
    """Fit least squares, with the classical error.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept.
    y : array_like of float, shape (n_rows,)
        Outcome.
    column : int
        Of the exposure.

    Returns
    -------
    Coefficient
        Without clusters: add them with `dataclasses.replace`.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, a column is zero or collinear, or there are no more rows than columns.
    """
    matrix, outcome = _read(X, y)
    rest = np.delete(matrix, column, axis=1)
    exposure, remaining = _residual(rest, matrix[:, column]), _residual(rest, outcome)
    df = matrix.shape[0] - matrix.shape[1]
    if df < 2:
        raise EstimationError(f"{matrix.shape[0]} rows for {matrix.shape[1]} columns: too few to tell an error")
    spread = float(exposure @ exposure)
    estimate = float(exposure @ remaining) / spread
    left = remaining - estimate * exposure
    return Coefficient(estimate, float(np.sqrt(left @ left / df / spread)), df)


def measure_strength(X: npt.ArrayLike, y: npt.ArrayLike, column: int, covariate: npt.ArrayLike) -> Strength:
    """What a measured covariate explains of exposure and outcome, the other columns given.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix of the outcome, the exposure and the covariate included.
    y : array_like of float, shape (n_rows,)
        Outcome.
    column : int
        Of the exposure.
    covariate : array_like of int, shape (n_covariate_columns,)
        Columns of the covariate, several for one with several classes.

    Returns
    -------
    Strength
        Partial R2 of the covariate with the exposure, and with the outcome, the exposure given.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, a column is zero or collinear, or nothing of the exposure or the outcome is
        left to be explained.
    """
    matrix, outcome = _read(X, y)
    chosen = np.atleast_1d(np.asarray(covariate, dtype=np.intp))
    if chosen.size == 0 or column in chosen:
        raise EstimationError("covariate must name columns other than the exposure's")
    others = np.delete(matrix, np.append(chosen, column), axis=1)
    with_covariate = np.delete(matrix, column, axis=1)
    return Strength(
        exposure=_explained(others, with_covariate, matrix[:, column]),
        outcome=_explained(np.delete(matrix, chosen, axis=1), matrix, outcome),
    )


def robustness_value(coefficient: Coefficient, *, q: float = 1.0, level: float = 0.95) -> Robustness:
    """How much a confounder would have to explain to take a share of the estimate away.

    Parameters
    ----------
    coefficient : Coefficient
        The estimate.
    q : float, default 1.0
        Share of the estimate to be explained away; 1: all of it.
    level : float, default 0.95
        Of the interval that should then touch what is left.

    Returns
    -------
    Robustness
        Shares of variance.

    Raises
    ------
    EstimationError
        If an error or degree of freedom is not above zero, or an option is out of range.

    References
    ----------
    .. [1] Cinelli and Hazlett (2020), JRSS B 82:39-67.

    Examples
    --------
    >>> darfur = Coefficient(estimate=0.09731582, error=0.02325654, df=783)
    >>> found = robustness_value(darfur)
    >>> round(found.value, 4), round(found.value_of_interval, 4)
    (0.1388, 0.0763)
    """
    critical = _check(coefficient, level)
    if not q > 0.0:
        raise EstimationError("q must be above 0")
    t = coefficient.estimate / coefficient.error
    f = q * abs(t) / float(np.sqrt(coefficient.df))
    # What the interval takes up of the estimate; the confounder takes one degree of freedom.
    wide = critical * _widening(coefficient) / float(np.sqrt(coefficient.df - 1))
    if f <= wide:
        of_interval = 0.0
    elif f * wide < 1.0:
        of_interval = _solve(f - wide)
    else:
        # So strong an estimate that explaining more of the outcome would narrow the interval faster than move it.
        of_interval = (f**2 - wide**2) / (1.0 + f**2)
    return Robustness(t**2 / (t**2 + coefficient.df), _solve(f), of_interval, q, level)


def bound_confounder(covariate: Strength, *, times: float = 1.0, times_outcome: float | None = None) -> Strength:
    """The most that a confounder so many times as strong as a covariate explains.

    Parameters
    ----------
    covariate : Strength
        Of the measured covariate.
    times : float, default 1.0
        How many times as much of the exposure the confounder explains, beyond the other covariates.
    times_outcome : float, optional
        The same for the outcome; `times` where absent.

    Returns
    -------
    Strength
        Bounds; that of the outcome is at most 1.

    Raises
    ------
    EstimationError
        If such a confounder would have to explain more of the exposure than there is.

    References
    ----------
    .. [1] Cinelli and Hazlett (2020), section 4.4 and its supplement.
    """
    for_outcome = times if times_outcome is None else times_outcome
    if not (0.0 <= covariate.exposure < 1.0 and 0.0 <= covariate.outcome < 1.0):
        raise EstimationError("the covariate must explain less than all of exposure and outcome")
    if not (times >= 0.0 and for_outcome >= 0.0):
        raise EstimationError("times must not be negative")
    of_exposure = times * covariate.exposure / (1.0 - covariate.exposure)
    if of_exposure >= 1.0:
        raise EstimationError(
            f"nothing can be {times:g} times as strong as this covariate: it would explain more of the exposure than "
            "there is"
        )
    shared = of_exposure * covariate.exposure / (1.0 - times * covariate.exposure)
    factor = (np.sqrt(for_outcome) + np.sqrt(shared)) ** 2 / (1.0 - shared)
    return Strength(of_exposure, float(min(1.0, factor * covariate.outcome / (1.0 - covariate.outcome))))


def adjust_for_confounder(coefficient: Coefficient, confounder: Strength, *, level: float = 0.95) -> Adjusted:
    """The coefficient if a confounder of that strength, working away from zero, had been adjusted for.

    Parameters
    ----------
    coefficient : Coefficient
        The estimate without it.
    confounder : Strength
        What it explains.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    Adjusted
        Nearer to zero, or beyond it.

    Raises
    ------
    EstimationError
        If an error or degree of freedom is not above zero, a share lies outside 0 to 1 (the exposure's must be below
        1), or `level` is out of range.

    References
    ----------
    .. [1] Cinelli and Hazlett (2020), JRSS B 82:39-67, section 3.
    """
    critical = _check(coefficient, level)
    exposure, outcome = confounder.exposure, confounder.outcome
    if not (0.0 <= exposure < 1.0 and 0.0 <= outcome <= 1.0):
        raise EstimationError("a confounder explains between none and all of the outcome, and less than all exposure")
    df, error = coefficient.df, coefficient.error
    bias = error * np.sqrt(df * outcome * exposure / (1.0 - exposure))
    sign = -1.0 if coefficient.estimate < 0.0 else 1.0
    estimate = sign * (abs(coefficient.estimate) - float(bias))
    after = error * _widening(coefficient) * float(np.sqrt((1.0 - outcome) / (1.0 - exposure) * df / (df - 1)))
    t = estimate / after if after > 0.0 else float(np.copysign(np.inf, estimate))
    return Adjusted(estimate, after, t, estimate - critical * after, estimate + critical * after, level)


def _check(coefficient: Coefficient, level: float) -> float:
    """Critical t value, of what is left when a confounder takes one degree of freedom."""
    numbers = (coefficient.error, _widening(coefficient))
    if not np.isfinite(coefficient.estimate) or not all(np.isfinite(one) and one > 0.0 for one in numbers):
        raise EstimationError("a coefficient must be finite and its errors above zero")
    df = coefficient.df - 1 if coefficient.n_clusters is None else coefficient.n_clusters - 1
    if coefficient.df < 2 or df < 1:
        raise EstimationError("too few rows or customers for a t value")
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    return float(student.ppf((1.0 + level) / 2.0, df))


def _widening(coefficient: Coefficient) -> float:
    clustered = coefficient.clustered_error
    return 1.0 if clustered is None else clustered / coefficient.error


def _solve(f: float) -> float:
    return (float(np.sqrt(f**4 + 4.0 * f**2)) - f**2) / 2.0


def _read(X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    check_columns(matrix)
    return matrix, read_vector("y", y, matrix.shape[0], EstimationError)


def _residual(columns: Floats, values: Floats) -> Floats:
    if columns.shape[1] == 0:
        return values
    scale = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    solution, _, _, _ = np.linalg.lstsq(columns / scale, values, rcond=None)
    left: Floats = values - (columns / scale) @ solution
    return left


def _explained(few: Floats, many: Floats, values: Floats) -> float:
    before, after = _residual(few, values), _residual(many, values)
    if not before @ before > 0.0:
        raise EstimationError("the other columns leave nothing to be explained")
    return float(1.0 - (after @ after) / (before @ before))
