"""Proportional hazards in grouped time: the complementary log-log model of person-period rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, Labels, check_clusters, read_codes
from cxlink.stats.cloglog_design import CloglogDesign, build_cloglog_design
from cxlink.stats.cloglog_likelihood import score_cloglog
from cxlink.stats.cloglog_rows import read_cloglog_rows
from cxlink.stats.cloglog_scoring import fit_null, maximise_cloglog
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class CloglogFit:
    """A fitted grouped-time hazard model.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        Log hazard ratio per unit of each covariate; of a column of ones or of periods, the log of a period's cumulative
        hazard.
    covariance : ndarray of float64, shape (n_columns, n_columns)
        Inverse of the expected information: model-based, as R's ``vcov(glm)``.
    robust_covariance : ndarray of float64, shape (n_columns, n_columns), or None
        Sandwich clustered on `cluster`, without small-sample factor, as R's ``sandwich::vcovCL(type = "HC0",
        cadjust = FALSE)``; None without clusters.
    log_likelihood : float
        At `beta`.
    null_log_likelihood : float
        Of the model with an intercept alone (and the offset) if the columns contain one, as a column of ones or as
        dummies of all periods; otherwise with all coefficients at zero.
    n_events : int
        Rows with an event and a weight above zero.
    dfbeta : ndarray of float64, shape (n_clusters, n_columns), or None
        Influence of each cluster: with cluster weights w, ``beta(w) ~= beta + (w - 1) @ dfbeta``; None without.
    cluster_ids : ndarray, shape (n_clusters,), or None
        Cluster labels in the order of `dfbeta`, ascending.
    iterations : int
        Scoring steps taken.
    """

    beta: Floats
    covariance: Floats
    robust_covariance: Floats | None
    log_likelihood: float
    null_log_likelihood: float
    n_events: int
    dfbeta: Floats | None
    cluster_ids: Labels | None
    iterations: int


def fit_cloglog(
    X: npt.ArrayLike,
    event: npt.ArrayLike,
    cluster: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-9,
) -> CloglogFit:
    """Fit ``log(-log(1 - hazard)) = offset + X beta`` to one row per customer and period at risk.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Covariates, with whatever intercept or dummies of periods the baseline hazard needs: none is added. Of a large
        matrix only blocks are copied.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether the customer leaves within the row's period. Rows before a customer's entry do not exist.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row; several rows of one customer count as dependent.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more. A row of weight zero counts as absent.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the linear predictor, such as the log of the share of its period that a row is at risk.
    max_iterations : int, default 100
        Scoring steps before giving up; most fits need fewer than ten.
    tolerance : float, default 1e-9
        Longest remaining step, in standard errors.

    Returns
    -------
    CloglogFit
        Coefficients, both covariances and what a one-step bootstrap needs.

    Raises
    ------
    EstimationError
        If there is no event, or nothing but events; a number is missing or infinite; or columns are zero, collinear or
        perfectly separate the events (``error.columns`` names them, counted from zero).

    References
    ----------
    .. [1] Prentice and Gloeckler (1978), Biometrics 34:57-67.
    .. [2] Liang and Zeger (1986), Biometrika 73:13-22, for the sandwich.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> late = rng.random(20_000) < 0.3
    >>> left = rng.random(20_000) < 1 - np.exp(-0.02 * np.where(late, 1.6, 1.0))
    >>> fit = fit_cloglog(np.column_stack((np.ones(20_000), late)), left)
    >>> bool(abs(fit.beta[1] - np.log(1.6)) < 3 * fit.covariance[1, 1] ** 0.5)
    True
    """
    rows = read_cloglog_rows(X, event, weights, offset)
    clusters = None if cluster is None else read_codes("cluster", cluster, rows.matrix.shape[0], EstimationError)
    if clusters is not None:
        check_clusters(clusters[1], EstimationError)
    design = build_cloglog_design(rows)
    start, null = fit_null(design)
    point, iterations = maximise_cloglog(design, start, max_iterations=max_iterations, tolerance=tolerance)
    inverse = np.linalg.inv(point.information)
    dfbeta = None
    if clusters is not None:
        labels, codes = clusters
        codes = codes if rows.used is None else codes[rows.used]
        dfbeta = _sum_scores(design, point.predictor, codes, labels.size) @ inverse @ design.back.T
    return CloglogFit(
        beta=design.back @ point.fitted,
        covariance=design.back @ inverse @ design.back.T,
        robust_covariance=None if dfbeta is None else dfbeta.T @ dfbeta,
        log_likelihood=point.log_likelihood,
        null_log_likelihood=null,
        n_events=int(np.count_nonzero(rows.event)),
        dfbeta=dfbeta,
        cluster_ids=None if clusters is None else clusters[0],
        iterations=iterations,
    )


def _sum_scores(design: CloglogDesign, predictor: Floats, cluster: Integers, n_clusters: int) -> Floats:
    """Weighted scores added up by cluster, shape (n_clusters, n_columns), without keeping those of single rows."""
    score = np.empty(predictor.size)
    for part in design.rows.slices():
        score[part], _ = score_cloglog(design.rows, predictor, part)
    sums = np.empty((n_clusters, design.scale.size))
    for j, column in enumerate(design.read_columns()):
        sums[:, j] = np.bincount(cluster, score * column, n_clusters)
    return sums
