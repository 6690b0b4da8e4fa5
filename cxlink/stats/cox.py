"""Cox regression for rows (start, stop] with delayed entry, ties, weights, strata and clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Labels, check_clusters
from cxlink.stats.cox_design import CoxDesign, build_cox_design, read_cox_rows
from cxlink.stats.errors import CoxError
from cxlink.stats.newton import maximise
from cxlink.stats.objective import FirthLikelihood, Objective, RidgeLikelihood
from cxlink.stats.partial_likelihood import log_likelihood_at
from cxlink.stats.sampled_climb import climb_with_sample
from cxlink.stats.sandwich import read_clusters, score_residual_parts, sum_by_cluster


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A fitted Cox model.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        Log hazard ratio per unit of each covariate.
    covariance : ndarray of float64, shape (n_columns, n_columns)
        Inverse of the information, a ridge penalty included: model-based.
    robust_covariance : ndarray of float64, shape (n_columns, n_columns), or None
        Sandwich clustered on `cluster`, without small-sample factor, as R's ``coxph(cluster=)``; None without clusters.
    log_likelihood, null_log_likelihood : float
        Log partial likelihood at `beta` and at zero, without any penalty.
    n_events : int
        Rows with an event and a weight above zero.
    score_residuals : ndarray of float64, shape (n_rows, n_columns), or None
        Each row's score, case weights left out, as R's ``residuals(type="score")``; zero for rows never at risk or of
        weight zero; None when not asked for.
    dfbeta : ndarray of float64, shape (n_clusters, n_columns), or None
        Influence of each cluster: with cluster weights w, ``beta(w) ~= beta + (w - 1) @ dfbeta``; None without.
    cluster_ids : ndarray, shape (n_clusters,), or None
        Cluster labels in the order of `dfbeta`, ascending.
    iterations : int
        Newton steps taken.
    converged : bool
        Always True: a fit that does not converge is a :class:`CoxError`.
    """

    beta: Floats
    covariance: Floats
    robust_covariance: Floats | None
    log_likelihood: float
    null_log_likelihood: float
    n_events: int
    score_residuals: Floats | None
    dfbeta: Floats | None
    cluster_ids: Labels | None
    iterations: int
    converged: bool


def fit_cox(
    X: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    *,
    ridge: npt.ArrayLike | None = None,
    firth: bool = False,
    max_iterations: int = 50,
    tolerance: float = 1e-8,
    keep_score_residuals: bool = True,
) -> CoxFit:
    """Fit a Cox model to rows ``(start, stop]``.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Covariates; no intercept. Centred and scaled inside.
    stop : array_like of float, shape (n_rows,)
        End of each row, in any unit. Times count as tied only when exactly equal: use whole days.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether the row ends in an event at `stop`.
    start : array_like of float, shape (n_rows,), optional
        The row is at risk strictly after `start`: delayed entry and time-varying covariates. None: from the beginning.
    cluster : array_like, shape (n_rows,), optional
        Customer of each row; several rows of one customer count as dependent.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, zero or more. A row of weight zero counts as absent. With Efron's ties each of d tied events
        carries their mean weight, as in R.
    strata : array_like, shape (n_rows,), optional
        Each stratum has its own baseline hazard.
    ties : {"efron", "breslow"}, default "efron"
        Treatment of tied events.
    ridge : array_like of float, shape (n_columns,) or (), optional
        Penalty, zero or more, of each coefficient: ``sum(ridge * beta**2) / 2`` is taken off the log likelihood, in the
        covariates' own units, as R's ``ridge(theta =, scale = FALSE)``. Intervals around shrunken coefficients do not
        hold their level.
    firth : bool, default False
        Whether half the log determinant of the information is added: coefficients stay finite where columns separate
        the events. Takes two more passes a column and step.
    max_iterations : int, default 50
        Newton steps before giving up.
    tolerance : float, default 1e-8
        Longest remaining Newton step, in standard errors.
    keep_score_residuals : bool, default True
        Whether to return `score_residuals`: one more array of the size of `X`.

    Returns
    -------
    CoxFit
        Coefficients, both covariances and what a one-step bootstrap needs.

    Raises
    ------
    CoxError
        If there is no event; a number is missing, infinite or too large; ``start >= stop``; there are clusters but only
        one; or columns are constant, collinear or perfectly separate the events (``error.columns`` names them, counted
        from zero).

    References
    ----------
    .. [1] Therneau and Grambsch (2000), Modeling Survival Data: Extending the Cox Model.
    .. [2] Lin and Wei (1989), JASA 84:1074-1078, for the sandwich.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> X = rng.normal(size=(2000, 1))
    >>> stop = np.ceil(300 * rng.exponential(np.exp(-0.5 * X[:, 0])))
    >>> fit = fit_cox(X, stop=np.minimum(stop, 365), event=stop <= 365)
    >>> bool(abs(fit.beta[0] - 0.5) < 3 * fit.covariance[0, 0] ** 0.5)
    True
    """
    rows = read_cox_rows(X, stop, event, start, weights, strata, ties)
    clusters = None if cluster is None else read_clusters(cluster, rows.stop.size)
    design = build_cox_design(rows)
    if clusters is not None:
        check_clusters(clusters[1][design.used], CoxError)
    penalised, zero = _penalised(design, ridge, firth=firth), np.zeros(design.scale.size)
    if penalised is None:
        point, null, iterations = climb_with_sample(design, rows, max_iterations=max_iterations, tolerance=tolerance)
    else:
        point, null, iterations = maximise(penalised, zero, max_iterations=max_iterations, tolerance=tolerance)
    covariance = np.linalg.inv(point.information)
    dfbeta = None
    if clusters is not None:
        labels, codes = clusters
        scores = sum_by_cluster(design, point.beta, codes[design.used], labels.size)
        dfbeta = (scores @ covariance) / design.scale
    return CoxFit(
        beta=point.beta / design.scale,
        covariance=covariance / np.outer(design.scale, design.scale),
        robust_covariance=None if dfbeta is None else dfbeta.T @ dfbeta,
        log_likelihood=point.log_likelihood if penalised is None else log_likelihood_at(design, point.beta),
        null_log_likelihood=null if penalised is None else log_likelihood_at(design, zero),
        n_events=int(design.sets.death_rows.size),
        score_residuals=_all_score_residuals(design, point.beta) if keep_score_residuals else None,
        dfbeta=dfbeta,
        cluster_ids=None if clusters is None else clusters[0],
        iterations=iterations,
        converged=True,
    )


def _penalised(design: CoxDesign, ridge: npt.ArrayLike | None, *, firth: bool) -> Objective | None:
    if ridge is None:
        return FirthLikelihood(design) if firth else None
    if firth:
        raise CoxError("ridge and firth are two answers to the same trouble: choose one")
    penalty = np.asarray(ridge, dtype=np.float64)
    if penalty.shape not in {(), design.scale.shape}:
        raise CoxError(f"ridge has shape {penalty.shape}, expected () or {design.scale.shape}")
    penalty = np.broadcast_to(penalty, design.scale.shape)
    if not np.all(np.isfinite(penalty)) or np.any(penalty < 0):
        raise CoxError("ridge must be finite and not negative")
    return RidgeLikelihood(design, penalty / design.scale**2)


def _all_score_residuals(design: CoxDesign, beta: Floats) -> Floats:
    """Score residuals of all rows, in the covariates' own units."""
    residuals = np.zeros((design.used.size, design.scale.size))
    used = np.flatnonzero(design.used)
    unit = design.scale / design.covariates.unit
    for rows, part in score_residual_parts(design, beta):
        residuals[used[rows]] = part * unit
    return residuals
