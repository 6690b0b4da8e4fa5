"""The likelihood of proportional odds: rows by answer, value, gradient, information and scores of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from cxlink.stats.arrays import Floats, Integers, check_sizes, name_columns
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError

ROUNDING = 1e-13
"""Variation, relative to its size, up to which a column counts as constant."""


@dataclass(frozen=True, slots=True)
class OrdinalDesign:
    """Rows in the order of their answers, with standardised columns.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_used, n_columns)
        ``original = matrix * scale + center``.
    weights : ndarray of float64, shape (n_used,)
        Above zero.
    begins : ndarray of int, shape (n_levels + 1,)
        First row of each level, and the number of rows.
    center, scale : ndarray of float64, shape (n_columns,)
        Weighted mean and standard deviation.
    """

    matrix: Floats
    weights: Floats
    begins: Integers
    center: Floats
    scale: Floats

    @property
    def n_thresholds(self) -> int:
        """One less than the levels."""
        return self.begins.size - 2

    def limits(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Thresholds below and above each row's answer, less its linear predictor.

        Parameters
        ----------
        parameters : ndarray of float64, shape (n_thresholds + n_columns,)
            Or a step of them.

        Returns
        -------
        lower : ndarray of float64, shape (n_used,)
            Infinite below the first level.
        upper : ndarray of float64, shape (n_used,)
            Infinite above the last level.
        """
        thresholds, predictor = parameters[: self.n_thresholds], self.matrix @ parameters[self.n_thresholds :]
        sizes = np.diff(self.begins)
        lower = np.repeat(np.concatenate(([-np.inf], thresholds)), sizes) - predictor
        upper = np.repeat(np.concatenate((thresholds, [np.inf])), sizes) - predictor
        return lower, upper

    def back(self) -> Floats:
        """Matrix that turns standardised parameters into those of the original columns.

        Returns
        -------
        ndarray of float64, shape (n_thresholds + n_columns, n_thresholds + n_columns)
            To be multiplied from the left.
        """
        turn = np.diag(np.concatenate((np.ones(self.n_thresholds), 1.0 / self.scale)))
        turn[: self.n_thresholds, self.n_thresholds :] = self.center / self.scale
        return turn


@dataclass(frozen=True, slots=True)
class OrdinalPoint:
    """The log-likelihood and its derivatives by thresholds, then coefficients; information is minus the Hessian."""

    parameters: Floats
    log_likelihood: float
    gradient: Floats
    information: Floats


def build_ordinal_design(matrix: Floats, codes: Integers, n_levels: int, weights: Floats) -> OrdinalDesign:
    """Sort rows by level and standardise their columns.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_used, n_columns)
        Without an intercept.
    codes : ndarray of int, shape (n_used,)
        Level of each row, counted from zero; each level has a row.
    n_levels : int
        Two or more.
    weights : ndarray of float64, shape (n_used,)
        Above zero.

    Returns
    -------
    OrdinalDesign
        A copy.

    Raises
    ------
    EstimationError
        If a column is constant or collinear, or its numbers are too large or too small to compute with.
    """
    check_sizes(np.abs(matrix).max(axis=0), EstimationError)
    order = np.argsort(codes, kind="stable")
    matrix, weights = matrix[order], weights[order]
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    constant = tuple(int(j) for j in np.flatnonzero(high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))))
    if constant:
        raise EstimationError(f"{name_columns(constant)}: constant, which the thresholds are already", constant)
    center = weights @ matrix / weights.sum()
    matrix -= center
    scale = np.sqrt(weights @ np.square(matrix) / weights.sum())
    matrix /= scale
    check_columns(matrix * np.sqrt(weights)[:, None])
    begins = np.searchsorted(codes[order], np.arange(n_levels + 1))
    return OrdinalDesign(matrix, weights, begins, center, scale)


def evaluate_ordinal(design: OrdinalDesign, parameters: Floats) -> OrdinalPoint | None:
    """The log-likelihood and its first two derivatives.

    Parameters
    ----------
    design : OrdinalDesign
        Rows in use.
    parameters : ndarray of float64, shape (n_thresholds + n_columns,)
        Thresholds, then coefficients of the standardised columns.

    Returns
    -------
    OrdinalPoint or None
        None where thresholds do not ascend.

    Notes
    -----
    With ``F`` the logistic function, an answer between the limits b and a has the probability ``F(a) - F(b) = F(a)
    F(-b) (1 - exp(b - a))``: this form loses no digits, and falls into a part of each row and one of each level.
    """
    n_thresholds, weights = design.n_thresholds, design.weights
    gaps = np.diff(parameters[:n_thresholds])
    if np.any(gaps <= 0.0):
        return None
    lower, upper = design.limits(parameters)
    first, last = design.begins[:-1], n_thresholds
    total = np.add.reduceat(weights, first)
    inner = total[1:-1]
    value = float(weights @ (log_expit(upper) + log_expit(-lower)) + inner @ np.log(-np.expm1(-gaps)))
    below, above = expit(lower), expit(-upper)
    bend_lower, bend_upper = weights * below * expit(-lower), weights * above * expit(upper)

    gradient = np.empty(parameters.size)
    pull = inner * np.exp(-gaps) / -np.expm1(-gaps)
    slopes = np.add.reduceat(weights * above, first)[:-1] - np.add.reduceat(weights * below, first)[1:]
    slopes[1:] += pull
    slopes[:-1] -= pull
    gradient[:last] = slopes
    gradient[last:] = (weights * (below - above)) @ design.matrix

    stiff = pull / -np.expm1(-gaps)
    diagonal = np.add.reduceat(bend_upper, first)[:-1] + np.add.reduceat(bend_lower, first)[1:]
    diagonal[1:] += stiff
    diagonal[:-1] += stiff
    information = np.empty((parameters.size, parameters.size))
    information[:last, :last] = np.diag(diagonal) - np.diag(stiff, 1) - np.diag(stiff, -1)
    cross = _sum_levels(design, bend_upper)[:-1] + _sum_levels(design, bend_lower)[1:]
    information[:last, last:], information[last:, :last] = -cross, -cross.T
    information[last:, last:] = design.matrix.T @ (design.matrix * (bend_lower + bend_upper)[:, None])
    return OrdinalPoint(parameters, value, gradient, information)


def sum_ordinal_scores(design: OrdinalDesign, parameters: Floats, cluster: Integers, n_clusters: int) -> Floats:
    """Weighted scores of rows, added up by cluster.

    Parameters
    ----------
    design : OrdinalDesign
        Rows in use.
    parameters : ndarray of float64, shape (n_thresholds + n_columns,)
        Thresholds, then coefficients of the standardised columns.
    cluster : ndarray of int, shape (n_used,)
        Cluster of each row of the design.
    n_clusters : int
        Clusters, including those without a row in use.

    Returns
    -------
    ndarray of float64, shape (n_clusters, n_thresholds + n_columns)
        They sum to the gradient.
    """
    lower, upper = design.limits(parameters)
    below, above = expit(lower), expit(-upper)
    gaps = np.concatenate(([np.inf], np.diff(parameters[: design.n_thresholds]), [np.inf]))
    pull = np.repeat(np.exp(-gaps) / -np.expm1(-gaps), np.diff(design.begins))
    # An answer pulls the threshold above it up and the one below it down.
    to_upper, to_lower = design.weights * (above + pull), -design.weights * (below + pull)
    scores = np.zeros((n_clusters, parameters.size))
    for level, (begin, end) in enumerate(zip(design.begins[:-1], design.begins[1:], strict=True)):
        mine = cluster[begin:end]
        if level < design.n_thresholds:
            scores[:, level] += np.bincount(mine, to_upper[begin:end], n_clusters)
        if level > 0:
            scores[:, level - 1] += np.bincount(mine, to_lower[begin:end], n_clusters)
    residual = design.weights * (below - above)
    for j, column in enumerate(design.matrix.T):
        scores[:, design.n_thresholds + j] = np.bincount(cluster, residual * column, n_clusters)
    return scores


def _sum_levels(design: OrdinalDesign, weights: Floats) -> Floats:
    """Weighted sums of the columns by level."""
    cuts = zip(design.begins[:-1], design.begins[1:], strict=True)
    return np.stack([weights[begin:end] @ design.matrix[begin:end] for begin, end in cuts])
