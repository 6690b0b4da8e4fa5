"""Score residuals of a Cox model, and the clustered sandwich they make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.cox_design import CoxDesign
from cxlink.stats.partial_likelihood import relative_risk, sum_cells, sum_covariates


def score_residual_columns(design: CoxDesign, beta: Floats) -> Iterator[Floats]:
    """Score residuals, one covariate at a time.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Yields
    ------
    ndarray of float64, shape (n_used,)
        Each row's derivative of the log partial likelihood with respect to one standardised coefficient, case weights
        left out; times the weights they sum to the gradient.

    References
    ----------
    .. [1] Therneau and Grambsch (2000), Modeling Survival Data, sections 4.6 and 7.1; ties by Efron as in R's coxph.
    """
    _, risk, sets = relative_risk(design, beta)
    cells = sum_cells(sets, risk, design.death_weights, design.efron)
    at_risk, at_events = sum_covariates(design, sets, risk)
    if design.weights is not None:
        risk = risk / design.weights
    hazard = sets.accumulate(cells.hazard)
    rows, cell = sets.death_rows, sets.death_cell
    hazard[rows] -= cells.tied_hazard[cell]
    weight = sets.sum_deaths(design.death_weights)
    for column, in_risk, in_events in zip(design.columns, at_risk, at_events, strict=True):
        mean_hazard = in_risk * cells.curve0 - in_events * cells.curve1
        tied_mean_hazard = in_risk * cells.curve1 - in_events * cells.curve2
        # Mean covariate of the risk set, averaged over the cell's denominators.
        mean = (in_risk * cells.hazard - in_events * cells.tied_hazard) / weight
        expected = sets.accumulate(mean_hazard)
        expected[rows] -= tied_mean_hazard[cell]
        residual = risk * (expected - hazard * column)
        residual[rows] += column[rows] - mean[cell]
        yield residual


def sum_by_cluster(design: CoxDesign, beta: Floats, cluster: Integers, n_clusters: int) -> Floats:
    """Weighted score residuals added up by cluster, without keeping those of single rows.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.
    cluster : ndarray of int, shape (n_used,)
        Cluster code of each row in use.
    n_clusters : int
        Number of clusters, including those without a row in use.

    Returns
    -------
    ndarray of float64, shape (n_clusters, n_columns)
        Sums in standardised covariates.
    """
    scores = np.empty((n_clusters, design.scale.size))
    for j, residual in enumerate(score_residual_columns(design, beta)):
        weighted = residual if design.weights is None else residual * design.weights
        scores[:, j] = np.bincount(cluster, weighted, n_clusters)
    return scores
