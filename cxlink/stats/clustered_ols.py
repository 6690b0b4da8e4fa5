"""Linear and Poisson regression with errors clustered by customer, and each cluster's influence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    Floats,
    Integers,
    Labels,
    check_clusters,
    name_columns,
    read_codes,
    read_matrix,
    read_vector,
    read_weights,
)
from cxlink.stats.errors import EstimationError

RANK_TOLERANCE = 1e-9
"""Share of a column's length that the columns before it must leave unexplained."""


@dataclass(frozen=True, slots=True)
class ClusteredFit:
    """Coefficients with a clustered covariance.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        Coefficients, one per column of the design; no intercept is added.
    covariance : ndarray of float64, shape (n_columns, n_columns)
        Sandwich clustered by `cluster`, without small-sample factor (CR0): ``influence.T @ influence``. Times
        ``n_clusters / (n_clusters - 1) * (n - 1) / (n - n_columns)`` it is the CR1 of Stata and statsmodels.
    n : int
        Rows with a weight above zero.
    n_clusters : int
        Clusters among all rows.
    influence : ndarray of float64, shape (n_clusters, n_columns)
        With cluster weights w, ``beta(w) ~= beta + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    """

    beta: Floats
    covariance: Floats
    n: int
    n_clusters: int
    influence: Floats
    cluster_ids: Labels


def fit_clustered_ols(
    X: npt.ArrayLike, y: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> ClusteredFit:
    """Fit (weighted) least squares.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept.
    y : array_like of float, shape (n_rows,)
        Outcome, in any unit.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; a row of weight zero counts as absent.

    Returns
    -------
    ClusteredFit
        Coefficients and their CR0 covariance.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, or a column is zero or collinear (``error.columns`` names it).

    References
    ----------
    .. [1] Liang and Zeger (1986), Biometrika 73:13-22; CR0 and CR1 as in Cameron and Miller (2015), JHR 50:317-372.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64, copy=False)
    n_rows = matrix.shape[0]
    outcome = read_vector("y", y, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    check_clusters(codes, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    root = np.ones(n_rows) if case_weights is None else np.sqrt(case_weights)
    weighted = matrix if case_weights is None else matrix * root[:, None]
    scaled, scale = _scale_columns(weighted)
    solution, _, _, _ = np.linalg.lstsq(scaled, outcome * root, rcond=None)
    beta = solution / scale
    residual = (outcome - matrix @ beta) * root
    bread = np.linalg.inv(scaled.T @ scaled) / np.outer(scale, scale)
    del scaled  # of a million rows, as large as all that follows
    return _finish(beta, bread, weighted * residual[:, None], int(np.count_nonzero(root)), labels, codes)


def fit_poisson(
    X: npt.ArrayLike, counts: npt.ArrayLike, exposure: npt.ArrayLike, cluster: npt.ArrayLike
) -> ClusteredFit:
    """Fit a log-linear rate: ``counts ~ Poisson(exposure * exp(X beta))``.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept.
    counts : array_like of float, shape (n_rows,)
        Zero or more.
    exposure : array_like of float, shape (n_rows,)
        Time each count was collected over; above zero, in the unit the rate should have.
    cluster : array_like, shape (n_rows,)
        Customer of each row.

    Returns
    -------
    ClusteredFit
        Coefficients by statsmodels' GLM; the CR0 covariance allows for over-dispersion.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; a count is negative or an exposure not above zero; a column is zero or
        collinear; or a coefficient is infinite because all counts of some rows are zero (``error.columns`` names it).

    References
    ----------
    .. [1] Gourieroux, Monfort and Trognon (1984), Econometrica 52:701-720: right for any distribution with this mean.
    .. [2] Santos Silva and Tenreyro (2010), Economics Letters 107:310-312, on estimates that do not exist.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    number = read_vector("counts", counts, n_rows, EstimationError)
    span = read_vector("exposure", exposure, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    check_clusters(codes, EstimationError)
    if np.any(number < 0):
        raise EstimationError("counts must not be negative")
    if np.any(span <= 0):
        raise EstimationError("exposure must be above zero")
    if not number.any():
        raise EstimationError("all counts are zero")
    check_columns(matrix)
    _check_zero_counts(matrix, number)
    scale = np.sqrt(np.mean(np.square(matrix), axis=0))
    scaled = matrix / scale
    beta = _fit_poisson_glm(scaled, number, span)
    mean = span * np.exp(scaled @ beta)
    bread = np.linalg.inv(scaled.T @ (scaled * mean[:, None])) / np.outer(scale, scale)
    return _finish(beta / scale, bread, matrix * (number - mean)[:, None], n_rows, labels, codes)


def check_columns(matrix: Floats) -> None:
    """Refuse a column that is zero or that the columns before it explain.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_rows, n_columns)
        Design matrix, times the root of the weights.

    Raises
    ------
    EstimationError
        Naming the columns.
    """
    _scale_columns(matrix)


def _scale_columns(matrix: Floats) -> tuple[Floats, Floats]:
    """Columns of length one, and their lengths, if none is zero or explained by those before it."""
    length = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    zero = tuple(int(j) for j in np.flatnonzero(length == 0.0))
    if zero:
        raise EstimationError(f"{name_columns(zero)}: zero in every row", zero)
    scaled = matrix / length
    triangle: Floats = np.asarray(np.linalg.qr(scaled, mode="r"))
    left = np.zeros(length.size)
    left[: triangle.shape[0]] = np.abs(np.diag(triangle))
    collinear = tuple(int(j) for j in np.flatnonzero(left <= RANK_TOLERANCE))
    if collinear:
        raise EstimationError(f"{name_columns(collinear)}: collinear with the columns before it", collinear)
    return scaled, length


def _finish(beta: Floats, bread: Floats, scores: Floats, n: int, labels: Labels, codes: Integers) -> ClusteredFit:
    """Add up scores by cluster and make the sandwich."""
    by_cluster = np.column_stack([np.bincount(codes, column, labels.size) for column in scores.T])
    influence = by_cluster @ bread
    return ClusteredFit(beta, influence.T @ influence, n, labels.size, influence, labels)


def _check_zero_counts(matrix: Floats, counts: Floats) -> None:
    """Refuse separation: a combination of columns that is zero where counts are positive and of one sign elsewhere."""
    length = np.sqrt(np.einsum("ij,ij->j", matrix, matrix))
    scaled = matrix / length
    rows = scaled[counts > 0]
    _, size, directions = np.linalg.svd(rows.T @ rows)
    lost = directions[size <= RANK_TOLERANCE]
    single = np.eye(length.size)[~rows.any(axis=0)]
    for direction in (*single, *lost):
        if _one_sign(scaled @ direction):
            columns = tuple(int(j) for j in np.flatnonzero(np.abs(direction) > 1e-6))
            raise EstimationError(
                f"{name_columns(columns)}: infinite effect, it sets apart rows whose counts are all zero",
                columns,
            )


def _one_sign(column: Floats) -> bool:
    slack = 1e-9 * float(np.max(np.abs(column)))
    return bool(np.all(column >= -slack) or np.all(column <= slack))


def _fit_poisson_glm(matrix: Floats, counts: Floats, exposure: Floats) -> Floats:
    import warnings

    import statsmodels.api as sm

    model = sm.GLM(counts, matrix, family=sm.families.Poisson(), exposure=exposure)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fit = model.fit(maxiter=100, tol=1e-10, tol_criterion="params")
    except (Warning, np.linalg.LinAlgError, ValueError) as fault:
        raise EstimationError(f"the Poisson regression did not converge: {fault}") from fault
    beta: Floats = np.asarray(fit.params, dtype=np.float64)
    return beta
