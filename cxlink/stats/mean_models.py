"""Regressions of a mean that know its variance only in shape: log odds, or a log mean with a power variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    Floats,
    Integers,
    Labels,
    check_clusters,
    check_sizes,
    name_columns,
    read_case_weights,
    read_codes,
    read_flags,
    read_matrix,
    read_vector,
)
from cxlink.stats.clustered_ols import ClusteredFit, check_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.mean_climb import Mean, climb, log_mean, log_odds


@dataclass(frozen=True, slots=True)
class MeanRows:
    """Checked rows of a regression.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_rows, n_columns)
        Design.
    weights : ndarray of float64, shape (n_rows,)
        Case weights; ones where none were given.
    offset : ndarray of float64, shape (n_rows,)
        Zeros where none was given.
    labels : ndarray, shape (n_clusters,)
        Customers, ascending.
    codes : ndarray of int, shape (n_rows,)
        Customer of each row.
    """

    matrix: Floats
    weights: Floats
    offset: Floats
    labels: Labels
    codes: Integers


def fit_logit(
    X: npt.ArrayLike,
    event: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
) -> ClusteredFit:
    """Fit ``log(p / (1 - p)) = offset + X beta`` to the probability of an event.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether it happened.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more; a row of weight zero counts as absent.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the log odds.

    Returns
    -------
    ClusteredFit
        Log odds ratios and their CR0 covariance.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; all rows or none have the event; or a column is zero, collinear or sets
        events apart from other rows (``error.columns`` names it).

    References
    ----------
    .. [1] Albert and Anderson (1984), Biometrika 71:1-10, on estimates that do not exist.
    """
    rows = read_mean_rows(X, cluster, weights, offset)
    events = read_flags("event", event, rows.codes.size, EstimationError)
    used = rows.weights > 0
    if not events[used].any() or events[used].all():
        raise EstimationError("all rows have the event, or none has: there is nothing to tell them apart")
    return _fit(rows, log_odds(events.astype(np.float64)[used], rows.weights[used]))


def fit_log_mean(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    *,
    power: float = 2.0,
) -> ClusteredFit:
    """Fit ``log E(y) = offset + X beta``, with a variance in proportion to a power of the mean.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix; add a column of ones for an intercept.
    y : array_like of float, shape (n_rows,)
        Zero or more, above zero under a power of 2; in any unit.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more; a row of weight zero counts as absent.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the log mean, such as the log of the months it was collected over.
    power : float, default 2
        Of the variance, 1 to 2. 1: Poisson; between: Tweedie; 2: Gamma. Coefficients are right under any, if the mean
        is; the nearer the power, the narrower they are.

    Returns
    -------
    ClusteredFit
        Coefficients and their CR0 covariance, by the expected information, as R's ``sandwich::vcovCL`` has it.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; `y` is negative, all zero, or zero under a power of 2; `power` is out of
        range; or a column is zero, collinear, or sets apart rows that are all zero (``error.columns`` names it).

    References
    ----------
    .. [1] McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapters 8 and 9.
    .. [2] Jorgensen (1987), JRSS B 49:127-162.
    """
    if not 1.0 <= power <= 2.0:
        raise EstimationError("power must lie between 1 and 2")
    rows = read_mean_rows(X, cluster, weights, offset)
    values = read_vector("y", y, rows.codes.size, EstimationError)
    used = rows.weights > 0
    if np.any(values[used] < 0):
        raise EstimationError("y must not be negative")
    unit = float(values[used].mean())
    if unit == 0.0:
        raise EstimationError("y is zero in every row")
    if power == 2.0 and not values[used].all():
        raise EstimationError("y is zero in some rows: under a Gamma variance their likelihood has no top")
    # in units of the mean, so that powers of it neither overflow nor vanish
    rows = MeanRows(rows.matrix, rows.weights, rows.offset - np.log(unit), rows.labels, rows.codes)
    return _fit(rows, log_mean(values[used] / unit, rows.weights[used], power))


def read_mean_rows(
    X: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None, offset: npt.ArrayLike | None
) -> MeanRows:
    """Check what every regression of a mean receives.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Design matrix.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), or None
        Case weights.
    offset : array_like of float, shape (n_rows,), or None
        Known part of the linear predictor.

    Returns
    -------
    MeanRows
        All of it as arrays.

    Raises
    ------
    EstimationError
        If a shape differs, a number is missing, infinite or too large, or a single customer is left.
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    case_weights = read_case_weights(weights, n_rows, EstimationError)
    case_weights = np.ones(n_rows) if case_weights is None else case_weights
    if not case_weights.any():
        raise EstimationError("all weights are zero")
    known = np.zeros(n_rows) if offset is None else read_vector("offset", offset, n_rows, EstimationError)
    check_clusters(codes[case_weights > 0], EstimationError)
    check_sizes(np.abs(matrix).max(axis=0), EstimationError)
    return MeanRows(matrix, case_weights, known, labels, codes)


def _fit(rows: MeanRows, mean: Mean) -> ClusteredFit:
    used = rows.weights > 0
    matrix = rows.matrix[used]
    root = np.sqrt(rows.weights[used])
    weighted = matrix * root[:, None]
    check_columns(weighted)
    # An orthonormal basis of the columns: steps are as exact as the columns are apart.
    scale = np.sqrt(np.einsum("ij,ij->j", weighted, weighted))
    triangle = np.linalg.qr(weighted / scale, mode="r")
    back: Floats = np.linalg.inv(triangle) / scale[:, None]
    basis = matrix @ back
    top = climb(basis, rows.offset[used], mean, _namer(matrix, back))
    inverse = np.linalg.inv(basis.T @ (basis * top.expected[:, None]))
    codes, n_clusters = rows.codes[used], rows.labels.size
    by_cluster = np.column_stack([np.bincount(codes, top.score * column, n_clusters) for column in basis.T])
    influence = by_cluster @ inverse @ back.T
    return ClusteredFit(back @ top.fitted, influence.T @ influence, int(used.sum()), n_clusters, influence, rows.labels)


def _namer(matrix: Floats, back: Floats) -> Callable[[Floats, str], EstimationError]:
    """Make errors that name the columns which make up a step."""
    reach = np.abs(matrix).max(axis=0)

    def name(step: Floats, reason: str) -> EstimationError:
        move = np.abs(back @ step) * reach
        columns = tuple(int(j) for j in np.flatnonzero(move > 1e-3 * move.max()))
        return EstimationError(f"{name_columns(columns)}: {reason}", columns)

    return name
