"""A Cox model under other cluster weights: by influence, by one exact step, or fitted again."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, read_codes
from cxlink.stats.cox_design import CoxDesign, build_cox_design, lay_out, read_coefficients, read_cox_rows
from cxlink.stats.errors import CoxError
from cxlink.stats.newton import check_rank, maximise
from cxlink.stats.objective import PlainLikelihood
from cxlink.stats.partial_likelihood import LikelihoodPoint, evaluate
from cxlink.stats.sandwich import sum_by_cluster

Resampling: TypeAlias = Literal["influence", "score", "refit"]
TOLERANCE = 1e-6
"""Longest remaining Newton step of a refit, in standard errors: far below what resampling shows."""

LARGEST_WEIGHT = 1e50
"""Of a cluster in a draw: beyond, sums of squares could overflow."""


def bootstrap_cox(
    X: npt.ArrayLike,
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    cluster: npt.ArrayLike,
    beta: npt.ArrayLike,
    cluster_weights: npt.ArrayLike,
    start: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    ties: Literal["efron", "breslow"] = "efron",
    *,
    method: Resampling = "influence",
) -> Floats:
    """Coefficients of a fitted Cox model for each draw of cluster weights.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.fit_cox`, and so are the others.
    stop : array_like of float, shape (n_rows,)
        End of each row.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    beta : array_like of float, shape (n_columns,)
        The fitted coefficients: ``fit.beta`` of a fit without penalty.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Zero or more, about one on average; clusters in ascending order of their labels. Counts of a bootstrap, or
        exponential weights of a Bayesian one.
    start : array_like of float, shape (n_rows,), optional
        Beginning of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights, by which a cluster's weight is multiplied.
    strata : array_like, shape (n_rows,), optional
        Each stratum has its own baseline.
    ties : {"efron", "breslow"}, default "efron"
        As in the fit.
    method : {"influence", "score", "refit"}, default "influence"
        "influence": the fit's derivative by the weights, one pass for all draws. "score": one Newton step from `beta`
        with the draw's exact score and information, one pass a draw. "refit": to the maximum, some three passes a draw.

    Returns
    -------
    ndarray of float64, shape (n_draws, n_columns)
        Coefficients.

    Raises
    ------
    CoxError
        As :func:`cxlink.stats.fit_cox`; if the number of clusters differs; if `beta` is too large; if a draw has no
        weight, or no event ("score", "refit"); or if a draw has no maximum ("refit").

    References
    ----------
    .. [1] Therneau and Grambsch (2000), Modeling Survival Data, section 7.2, on influence.
    .. [2] Rubin (1981), Annals of Statistics 9:130-134, on exponential weights.
    """
    if method not in get_args(Resampling):
        raise CoxError(f"method must be one of {', '.join(get_args(Resampling))}, not {method}")
    rows = read_cox_rows(X, stop, event, start, weights, strata, ties)
    coefficients = read_coefficients(beta, rows)
    labels, codes = read_codes("cluster", cluster, rows.stop.size, CoxError)
    drawn = _read_draws(cluster_weights, labels.size)
    design = build_cox_design(rows)
    standard = coefficients * design.scale
    if method == "influence":
        return coefficients + (drawn - 1.0) @ _influence(design, standard, codes, labels.size)
    found = np.empty((drawn.shape[0], coefficients.size))
    own = np.ones(rows.stop.size) if rows.weights is None else rows.weights
    for number, draw in enumerate(drawn):
        row_weights = draw[codes] * own
        if not np.any(row_weights[rows.event]):
            raise CoxError(f"no events in draw {number}: no row with a weight above zero ends in an event")
        weighted = (
            lay_out(design.covariates, row_weights[design.used], design.sets, design.used, design.efron)
            if draw.min() > 0
            else build_cox_design(replace(rows, weights=row_weights, event=rows.event & (row_weights > 0)))
        )
        found[number] = _step(weighted, coefficients) if method == "score" else _climb(weighted, coefficients)
    return found


def _read_draws(cluster_weights: npt.ArrayLike, n_clusters: int) -> Floats:
    drawn = np.asarray(cluster_weights, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != n_clusters:
        raise CoxError(f"cluster_weights has shape {drawn.shape}, expected (n_draws, {n_clusters})")
    if not np.all(np.isfinite(drawn)) or np.any(drawn < 0):
        raise CoxError("cluster_weights must be finite and not negative")
    if np.any(drawn > LARGEST_WEIGHT) or not np.all(drawn.max(axis=1, initial=0.0) > 1.0 / LARGEST_WEIGHT):
        raise CoxError("cluster_weights of a draw are all zero, or too large or too small to compute with")
    return drawn


def _influence(design: CoxDesign, standard: Floats, codes: Integers, n_clusters: int) -> Floats:
    point = _evaluate(design, standard)
    scores = sum_by_cluster(design, standard, codes[design.used], n_clusters)
    influence: Floats = np.linalg.solve(point.information, scores.T).T / design.scale
    return influence


def _evaluate(design: CoxDesign, standard: Floats) -> LikelihoodPoint:
    """The likelihood at coefficients that came from outside; refused where its information cannot be inverted."""
    point = evaluate(design, standard)
    if point is None:
        raise CoxError("the likelihood underflows at these coefficients")
    check_rank(point)
    return point


def _step(design: CoxDesign, coefficients: Floats) -> Floats:
    point = _evaluate(design, coefficients * design.scale)
    step = np.linalg.solve(point.information, point.gradient)
    stepped: Floats = coefficients + step / design.scale
    return stepped


def _climb(design: CoxDesign, coefficients: Floats) -> Floats:
    begin = coefficients * design.scale
    point, _, _ = maximise(PlainLikelihood(design), begin, max_iterations=50, tolerance=TOLERANCE)
    fitted: Floats = point.beta / design.scale
    return fitted
