"""Regression within units and periods, with errors that are right for few units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import orth

from cxlink.stats.arrays import Floats, Integers, name_columns, read_codes, read_matrix, read_vector
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError

LEFT = 1e-8
"""Share of a column's length that units and periods must leave."""

SMALLEST = 1e-12
"""Eigenvalues below count as zero: the units' own means lie there."""


@dataclass(frozen=True, slots=True)
class WithinFit:
    """Slopes within units and periods, and combinations of them.

    Parameters
    ----------
    point : ndarray of float64, shape (n_combinations,)
        Combinations of the slopes.
    std_error : ndarray of float64, shape (n_combinations,)
        Clustered by unit, with the bias-reduced linearisation CR2.
    degrees : ndarray of float64, shape (n_combinations,)
        Degrees of freedom by Satterthwaite, of the t distribution that belongs to each.
    n, n_units, n_periods : int
        Rows, units and periods.
    """

    point: Floats
    std_error: Floats
    degrees: Floats
    n: int
    n_units: int
    n_periods: int


def fit_within(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    unit: npt.ArrayLike,
    period: npt.ArrayLike,
    combinations: npt.ArrayLike | None = None,
) -> WithinFit:
    """Fit least squares with an own level of each unit and of each period.

    Parameters
    ----------
    X : array_like of float, shape (n_rows, n_columns)
        Columns that move within units and periods.
    y : array_like of float, shape (n_rows,)
        Outcome.
    unit, period : array_like, shape (n_rows,)
        Such as team and month; errors are clustered by unit.
    combinations : array_like of float, shape (n_combinations, n_columns), optional
        Weights of the slopes; each slope by itself where absent.

    Returns
    -------
    WithinFit
        Right for few units where the t distribution is used with the degrees given; below four of them, even that is
        not to be relied on.

    Raises
    ------
    EstimationError
        If a number is missing, there are fewer than two units, or a column does not move within units and periods.

    References
    ----------
    .. [1] Bell and McCaffrey (2002), Survey Methodology 28:169-181.
    .. [2] Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36:672-683.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows, n_columns = matrix.shape
    outcome = read_vector("y", y, n_rows, EstimationError)
    units, codes = read_codes("unit", unit, n_rows, EstimationError)
    periods, when = read_codes("period", period, n_rows, EstimationError)
    if len(units) < 2:
        raise EstimationError("fewer than two units")
    dummies = (when[:, None] == np.arange(len(periods))[None, :]).astype(float)
    calendar = orth(_less_means(dummies, codes), rcond=LEFT)
    slopes = _less_means(matrix, codes)
    slopes = slopes - calendar @ (calendar.T @ slopes)
    _check_movement(matrix, slopes)
    weights = np.eye(n_columns) if combinations is None else np.asarray(combinations, dtype=np.float64)
    bread = np.linalg.inv(slopes.T @ slopes)
    beta = bread @ (slopes.T @ outcome)
    explained = np.column_stack([calendar, orth(slopes)])
    residual = _less_means(outcome[:, None], codes)[:, 0]
    residual -= explained @ (explained.T @ residual)
    carried = _adjust(slopes @ bread @ weights.T, explained, codes, len(units))
    by_unit = np.array([residual[rows] @ part for rows, part in carried])
    return WithinFit(
        point=weights @ beta,
        std_error=np.sqrt((by_unit**2).sum(axis=0)),
        degrees=_degrees(carried, explained),
        n=n_rows,
        n_units=len(units),
        n_periods=len(periods),
    )


def _less_means(matrix: Floats, codes: Integers) -> Floats:
    size = np.bincount(codes)
    means = np.column_stack([np.bincount(codes, column) / size for column in matrix.T])
    less: Floats = matrix - means[codes]
    return less


def _check_movement(matrix: Floats, slopes: Floats) -> None:
    before, left = (np.sqrt((part**2).sum(axis=0)) for part in (matrix, slopes))
    still = tuple(int(j) for j in np.flatnonzero(left <= LEFT * before))
    if still:
        raise EstimationError(f"{name_columns(still)}: does not move within units and periods", still)
    check_columns(slopes)


def _adjust(columns: Floats, explained: Floats, codes: Integers, n_units: int) -> list[tuple[Integers, Floats]]:
    """Rows of each unit, and its columns times the inverse root of what the fit leaves of its variance."""
    found = []
    for place in range(n_units):
        rows = np.flatnonzero(codes == place)
        # the unit's own mean is left out of this: columns and residuals have none along it
        left = np.eye(len(rows)) - explained[rows] @ explained[rows].T
        size, direction = np.linalg.eigh(left)
        root = np.where(size > SMALLEST, 1.0 / np.sqrt(np.maximum(size, SMALLEST)), 0.0)
        found.append((rows, (direction * root) @ (direction.T @ columns[rows])))
    return found


def _degrees(carried: list[tuple[Integers, Floats]], explained: Floats) -> Floats:
    """Twice the squared mean of the variance estimate over its variance, where errors are alike and independent."""
    n_combinations = carried[0][1].shape[1]
    degrees = np.zeros(n_combinations)
    for k in range(n_combinations):
        projected = np.array([explained[rows].T @ part[:, k] for rows, part in carried])
        inner = np.diag([float(part[:, k] @ part[:, k]) for _, part in carried]) - projected @ projected.T
        degrees[k] = np.trace(inner) ** 2 / (inner**2).sum()
    return degrees
