"""Proportional-odds logistic regression of ordered answers, with errors clustered by customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import (
    Floats,
    Labels,
    check_clusters,
    read_case_weights,
    read_codes,
    read_matrix,
    read_vector,
)
from cxlink.stats.errors import EstimationError
from cxlink.stats.ordinal_likelihood import build_ordinal_design, sum_ordinal_scores
from cxlink.stats.ordinal_maximum import fit_thresholds, maximise_ordinal

MOST_LEVELS = 100
"""Answers told apart: more, and what came in is no scale of answers but a measurement."""


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """Thresholds and coefficients of ``logit P(y <= level j) = thresholds[j] - x beta``.

    Parameters
    ----------
    levels : ndarray of float64, shape (n_levels,)
        Answers that occur, ascending.
    empty : tuple of float
        Categories that were named but do not occur: each is one with the level below it, or above at the lower end.
    thresholds : ndarray of float64, shape (n_levels - 1,)
        Ascending.
    beta : ndarray of float64, shape (n_columns,)
        Log odds ratios of a higher answer; above zero: the column goes with higher answers.
    covariance : ndarray of float64, shape (n_parameters, n_parameters)
        Of thresholds, then coefficients: sandwich clustered by `cluster`, without small-sample factor (CR0).
    model_covariance : ndarray of float64, shape (n_parameters, n_parameters)
        Inverse information: right only where rows are independent.
    influence : ndarray of float64, shape (n_clusters, n_parameters)
        With cluster weights w, ``parameters(w) ~= parameters + (w - 1) @ influence``; thresholds first.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    log_likelihood, null_log_likelihood : float
        At the maximum, and with thresholds alone.
    n, n_clusters : int
        Rows with a weight above zero; clusters among all rows.
    iterations : int
        Newton steps taken.
    """

    levels: Floats
    empty: tuple[float, ...]
    thresholds: Floats
    beta: Floats
    covariance: Floats
    model_covariance: Floats
    influence: Floats
    cluster_ids: Labels
    log_likelihood: float
    null_log_likelihood: float
    n: int
    n_clusters: int
    iterations: int


def fit_ordinal(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    categories: npt.ArrayLike | None = None,
    max_iterations: int = 60,
    tolerance: float = 1e-8,
) -> OrdinalFit:
    """Fit a proportional-odds model; with two levels it is logistic regression.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Covariates, without an intercept: the thresholds are that.
    y : array_like of float, shape (n_rows,)
        Answers, such as 0 to 10; their order counts, their distances do not.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; a row of weight zero counts as absent.
    categories : array_like of float, optional
        Answers that were possible; one that did not occur is told as empty. Those that occur where absent.
    max_iterations : int, default 60
        Newton steps before giving up.
    tolerance : float, default 1e-8
        Longest remaining step, in standard errors.

    Returns
    -------
    OrdinalFit
        At the maximum of the likelihood.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, an answer is none of the categories, fewer than two or more than a hundred
        levels occur, a column is constant, collinear or has an infinite coefficient (``error.columns`` names it), or
        there is no maximum.

    References
    ----------
    .. [1] McCullagh (1980), Regression models for ordinal data, JRSS B 42:109-142.
    .. [2] Albert and Anderson (1984), Biometrika 71:1-10, on estimates that do not exist.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> late = rng.random(2000) < 0.3
    >>> score = np.clip(np.round(8 - 2 * late + 1.5 * rng.logistic(size=2000)), 0, 10)
    >>> fit = fit_ordinal(late[:, None], score, np.arange(2000))
    >>> bool(abs(fit.beta[0] + 2 / 1.5) < 3 * fit.covariance[-1, -1] ** 0.5)
    True
    """
    matrix = read_matrix(X, EstimationError).astype(np.float64)
    n_rows = matrix.shape[0]
    answers = read_vector("y", y, n_rows, EstimationError)
    labels, clusters = read_codes("cluster", cluster, n_rows, EstimationError)
    case_weights = read_case_weights(weights, n_rows, EstimationError)
    full = np.ones(n_rows) if case_weights is None else case_weights
    used = np.flatnonzero(full)
    if used.size == 0:
        raise EstimationError("all weights are zero")
    check_clusters(clusters[used], EstimationError)
    levels, codes = np.unique(answers[used], return_inverse=True)
    empty = _find_empty(levels, categories)
    if levels.size < 2:
        raise EstimationError("all answers are the same")
    if levels.size > MOST_LEVELS:
        raise EstimationError(f"y holds {levels.size} different answers, more than {MOST_LEVELS}")
    design = build_ordinal_design(matrix[used], codes, levels.size, full[used])
    null = fit_thresholds(design)
    point, iterations = maximise_ordinal(design, null, max_iterations=max_iterations, tolerance=tolerance)
    inverse = np.linalg.inv(point.information)
    by_cluster = clusters[used][np.argsort(codes, kind="stable")]
    back = design.back()
    influence = sum_ordinal_scores(design, point.parameters, by_cluster, labels.size) @ (inverse @ back.T)
    parameters = back @ point.parameters
    return OrdinalFit(
        levels=levels,
        empty=empty,
        thresholds=parameters[: design.n_thresholds],
        beta=parameters[design.n_thresholds :],
        covariance=influence.T @ influence,
        model_covariance=back @ inverse @ back.T,
        influence=influence,
        cluster_ids=labels,
        log_likelihood=point.log_likelihood,
        null_log_likelihood=null.log_likelihood,
        n=used.size,
        n_clusters=labels.size,
        iterations=iterations,
    )


def _find_empty(levels: Floats, categories: npt.ArrayLike | None) -> tuple[float, ...]:
    if categories is None:
        return ()
    possible = np.unique(np.asarray(categories, dtype=np.float64))
    if not np.isin(levels, possible).all():
        raise EstimationError("y holds an answer that is none of the categories")
    return tuple(float(value) for value in np.setdiff1d(possible, levels))
