"""What everybody asked would answer, and how many of whom do, by a shared-parameter model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from cxlink.stats.arrays import Floats, read_matrix, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.shared_parameter import SharedParameterFit

STEP = 1e-4
"""Of the central differences, in units of the parameters (log odds)."""


@dataclass(frozen=True, slots=True)
class StandardisedLevels:
    """Sums of expected answers over rows.

    Parameters
    ----------
    point : ndarray of float64, shape (n_sums,)
        In the unit of the values.
    influence : ndarray of float64, shape (n_clusters, n_sums)
        With cluster weights w, ``point(w) ~= point + (w - 1) @ influence``; the rows taken as given.
    """

    point: Floats
    influence: Floats


def standardise_levels(
    fit: SharedParameterFit, X: npt.ArrayLike, values: npt.ArrayLike, row_weights: npt.ArrayLike
) -> StandardisedLevels:
    """Sum what rows would be expected to answer, whether or not they would.

    Parameters
    ----------
    fit : SharedParameterFit
        The model.
    X : array_like, shape (n, n_columns)
        Of any rows, with the columns of the fit.
    values : array_like of float, shape (n_levels,)
        Of each level: such as -100, 0 and 100.
    row_weights : array_like of float, shape (n, n_sums)
        Weight of each row in each sum.

    Returns
    -------
    StandardisedLevels
        Expectations are over the clusters' own levels and the noise of answers.

    Raises
    ------
    EstimationError
        If shapes differ.
    """
    matrix = np.asarray(read_matrix(X, EstimationError), dtype=np.float64)
    worth = read_vector("values", values, fit.n_levels, EstimationError)
    weights = np.asarray(row_weights, dtype=np.float64)
    n_columns = len(fit.parts.slopes)
    if matrix.shape[1] != n_columns or weights.ndim != 2 or len(weights) != len(matrix):
        raise EstimationError(f"X needs {n_columns} columns, and row_weights as many rows as X")
    here = fit.parts
    gradient = np.zeros((weights.shape[1], len(fit.theta)))
    linear = matrix @ here.slopes
    by_linear, by_sd = np.zeros(len(matrix)), np.zeros(len(matrix))
    by_threshold = np.zeros((len(matrix), fit.n_levels - 1))
    for node, share in zip(fit.nodes, fit.node_weights, strict=True):
        above = expit(linear[:, None] + here.sd * node - here.thresholds)
        density = share * np.diff(worth) * above * (1.0 - above)
        by_linear += density.sum(axis=1)
        by_sd += here.sd * node * density.sum(axis=1)
        by_threshold -= density
    by_step = np.cumsum(by_threshold[:, ::-1], axis=1)[:, ::-1]
    by_step[:, 1:] *= np.diff(here.thresholds)
    point = weights.T @ expect_levels(fit, matrix, worth)
    gradient[:, :n_columns] = weights.T @ (by_linear[:, None] * matrix)
    gradient[:, n_columns] = weights.T @ by_sd
    gradient[:, n_columns + 1 : n_columns + fit.n_levels] = weights.T @ by_step
    return StandardisedLevels(point, fit.influence @ gradient.T)


def expect_levels(fit: SharedParameterFit, X: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
    """What each row would be expected to answer, whether or not it would.

    Parameters
    ----------
    fit : SharedParameterFit
        The model.
    X : array_like, shape (n, n_columns)
        Of any rows, with the columns of the fit.
    values : array_like of float, shape (n_levels,)
        Of each level.

    Returns
    -------
    ndarray of float64, shape (n,)
        In the unit of the values.

    Raises
    ------
    EstimationError
        If shapes differ.
    """
    matrix = np.asarray(read_matrix(X, EstimationError), dtype=np.float64)
    worth = read_vector("values", values, fit.n_levels, EstimationError)
    here = fit.parts
    if matrix.shape[1] != len(here.slopes):
        raise EstimationError(f"X needs {len(here.slopes)} columns")
    linear = matrix @ here.slopes
    expected = np.full(len(matrix), worth[0])
    for node, share in zip(fit.nodes, fit.node_weights, strict=True):
        expected += share * (expit(linear[:, None] + here.sd * node - here.thresholds) @ np.diff(worth))
    return expected


def share_answering(fit: SharedParameterFit, X: npt.ArrayLike) -> StandardisedLevels:
    """Share of those asked that answers, among those who would give each level.

    Parameters
    ----------
    fit : SharedParameterFit
        The model.
    X : array_like, shape (n, n_columns)
        Of those asked.

    Returns
    -------
    StandardisedLevels
        ``point`` has one share a level, 0..1.

    Raises
    ------
    EstimationError
        If X has other columns than the fit.
    """
    matrix = np.asarray(read_matrix(X, EstimationError), dtype=np.float64)
    if matrix.shape[1] != len(fit.parts.slopes):
        raise EstimationError(f"X needs {len(fit.parts.slopes)} columns")
    gradient = np.empty((fit.n_levels, len(fit.theta)))
    for place in range(len(fit.theta)):
        moved = np.zeros(len(fit.theta))
        moved[place] = STEP
        above, below = (_shares(replace(fit, theta=fit.theta + sign * moved), matrix) for sign in (1, -1))
        gradient[:, place] = (above - below) / (2 * STEP)
    return StandardisedLevels(_shares(fit, matrix), fit.influence @ gradient.T)


def _shares(fit: SharedParameterFit, matrix: Floats) -> Floats:
    here = fit.parts
    constant, slope, curvature = here.asking
    linear, by_column = matrix @ here.slopes, matrix @ here.asking_slopes
    would, do = np.zeros(fit.n_levels), np.zeros(fit.n_levels)
    for node, weight in zip(fit.nodes, fit.node_weights, strict=True):
        eta = linear + here.sd * node
        above = expit(eta[:, None] - here.thresholds)
        ones, zeros = np.ones((len(eta), 1)), np.zeros((len(eta), 1))
        chance = np.hstack([ones, above]) - np.hstack([above, zeros])
        answering = expit(constant + by_column + eta * (slope + curvature * eta))
        would += weight * chance.sum(axis=0)
        do += weight * (answering @ chance)
    return do / would
