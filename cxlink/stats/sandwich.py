"""Score residuals of a Cox model, and the clustered sandwich they make."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from cxlink.stats.arrays import Floats, Integers, Labels, read_codes
from cxlink.stats.cox_design import CoxDesign
from cxlink.stats.errors import CoxError
from cxlink.stats.partial_likelihood import relative_risk, sum_cells, sum_covariates
from cxlink.stats.row_parts import cut

PART = 1 << 14
"""Rows whose residuals are kept at a time, in the processor's cache."""


def read_clusters(cluster: npt.ArrayLike, n_rows: int) -> tuple[Labels, Integers]:
    """Number the customers; in no time where their rows stand one after another, in ascending order.

    Parameters
    ----------
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    n_rows : int
        Length it must have.

    Returns
    -------
    labels : ndarray, shape (n_clusters,)
        Distinct labels, ascending.
    codes : ndarray of int, shape (n_rows,)
        Position of each row's label in `labels`.

    Raises
    ------
    CoxError
        If the shape differs or a numeric label is missing.
    """
    raw = np.asarray(cluster)
    if raw.shape != (n_rows,) or raw.dtype.kind not in "iu" or np.any(raw[1:] < raw[:-1]):
        return read_codes("cluster", raw, n_rows, CoxError)
    return _number_ascending(raw)


def score_residual_parts(design: CoxDesign, beta: Floats) -> Iterator[tuple[slice, Floats]]:
    """Score residuals, some rows at a time.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Yields
    ------
    rows : slice
        Which of the rows in use.
    residuals : ndarray of float64, shape (n_part, n_columns)
        Their derivatives of the log partial likelihood, case weights left out, in the units of the matrix: over
        all rows, times the weights and divided by ``covariates.unit``, they sum to the gradient.

    References
    ----------
    .. [1] Therneau and Grambsch (2000), Modeling Survival Data, sections 4.6 and 7.1; ties by Efron as in R's coxph.
    """
    at = relative_risk(design, beta)
    sets, cells = at.sets, sum_cells(at.sets, at.risk, at.at_risk, design.death_weights, design.efron)
    at_risk, at_events = sum_covariates(design, at)
    risk = at.risk if design.weights is None else at.risk / design.weights
    hazard = sets.accumulate(cells.hazard)
    hazard[sets.death_rows] -= cells.tied_hazard[sets.death_cell]
    hazard *= risk
    covariates = design.covariates
    in_risk, in_events = at_risk.T, at_events.T
    # Sums in the matrix's own units: it need not be standardised row by row.
    mean_hazard = (in_risk * cells.curve0 - in_events * cells.curve1).T * covariates.unit
    mean_hazard += np.outer(cells.hazard, covariates.offset)
    tied_mean_hazard = (in_risk * cells.curve1 - in_events * cells.curve2).T * covariates.unit
    tied_mean_hazard += np.outer(cells.tied_hazard, covariates.offset)
    # Mean covariate of the risk set, averaged over the cell's denominators.
    mean = ((in_risk * cells.hazard - in_events * cells.tied_hazard) / sets.sum_deaths(design.death_weights)).T
    mean = mean * covariates.unit + covariates.offset
    expected = sets.spread(mean_hazard)

    for rows in cut(sets.n_rows, PART):
        block = covariates.matrix[rows]
        residuals = expected(risk[rows], rows)
        residuals -= np.repeat(hazard[rows], block.shape[1]).reshape(block.shape) * block
        events = slice(*np.searchsorted(sets.death_rows, (rows.start, rows.stop)))
        died, cell = sets.death_rows[events], sets.death_cell[events]
        residuals[died - rows.start] += (
            covariates.matrix[died] - mean[cell] - risk[died, np.newaxis] * tied_mean_hazard[cell]
        )
        yield rows, residuals


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
    scores = np.zeros((n_clusters, design.scale.size))
    for rows, residuals in score_residual_parts(design, beta):
        present, own = _number(cluster[rows])
        weights = np.ones(own.size) if design.weights is None else design.weights[rows]
        begins = np.arange(own.size + 1, dtype=np.int32)
        scores[present] += csc_array((weights, own.astype(np.int32), begins), (present.size, own.size)) @ residuals
    scores /= design.covariates.unit
    return scores


def _number(codes: Integers) -> tuple[Labels, Integers]:
    """The distinct codes of some rows, ascending, and which of them each row has."""
    if np.any(codes[1:] < codes[:-1]):
        present, own = np.unique(codes, return_inverse=True)
        return present, own
    return _number_ascending(codes)


def _number_ascending(labels: Labels) -> tuple[Labels, Integers]:
    """The same for labels in ascending order."""
    begins = np.concatenate(([True], labels[1:] > labels[:-1]))
    return labels[begins], np.cumsum(begins) - 1
