"""Whether a model of mean costs has the right family and the right link, told as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, read_vector
from cxlink.stats.clustered_ols import ClusteredFit
from cxlink.stats.errors import EstimationError
from cxlink.stats.mean_models import fit_log_mean, fit_logit, read_mean_rows

VARIED = 1e-9
"""Spread of the linear predictor below which there is nothing to look at."""

ROUNDED = 1e-9
"""Share of a mean below which a residual is rounding."""


@dataclass(frozen=True, slots=True)
class FamilyCheck:
    """Which power of the mean the variance goes with.

    Parameters
    ----------
    power : float
        0: normal; 1: Poisson; 2: Gamma; 3: inverse Gaussian.
    std_error : float
        Clustered by customer; the means are taken for known.
    """

    power: float
    std_error: float


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """Whether the square of the linear predictor tells more than the predictor alone.

    Parameters
    ----------
    curvature : float
        Coefficient of the square; zero under the right link and columns.
    std_error : float
        Clustered by customer; the predictor is taken for known.
    """

    curvature: float
    std_error: float


def check_family(
    fit: ClusteredFit,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
) -> FamilyCheck:
    """Estimate how the variance goes with the mean, by the modified Park test.

    Parameters
    ----------
    fit : ClusteredFit
        From :func:`cxlink.stats.mean_models.fit_log_mean`.
    X : array_like, shape (n_rows, n_columns)
        Design matrix of the fit, as are the others.
    y : array_like of float, shape (n_rows,)
        Amounts.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the log mean.

    Returns
    -------
    FamilyCheck
        Slope of the log squared residual on the log mean: a Gamma regression of the one on the other.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, all predictions are the same, or some amounts are exactly as predicted.

    References
    ----------
    .. [1] Manning and Mullahy (2001), Journal of Health Economics 20:461-494.
    """
    predictor = _predict(fit, X, cluster, weights, offset)
    amounts = read_vector("y", y, predictor.size, EstimationError)
    mean = np.exp(predictor)
    residual = np.where(_used(weights, mean.size), np.abs(amounts - mean), mean)
    if np.any(residual <= ROUNDED * mean):
        raise EstimationError("some amounts are exactly as predicted: their squared residuals have no log")
    squared = np.square(residual)
    found = fit_log_mean(np.column_stack((np.ones(predictor.size), predictor)), squared, cluster, weights)
    return FamilyCheck(float(found.beta[1]), float(np.sqrt(found.covariance[1, 1])))


def check_log_link(
    fit: ClusteredFit,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    *,
    power: float = 2.0,
) -> LinkCheck:
    """Fit the mean again to its linear predictor and the square of it, by Pregibon's test.

    Parameters
    ----------
    fit : ClusteredFit
        From :func:`cxlink.stats.mean_models.fit_log_mean`.
    X : array_like, shape (n_rows, n_columns)
        Design matrix of the fit, as are the others.
    y : array_like of float, shape (n_rows,)
        Amounts.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the log mean: it counts as part of the predictor.
    power : float, default 2
        Of the variance.

    Returns
    -------
    LinkCheck
        Above zero: the mean rises faster with the predictor than its exponential.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, or the predictions are too few to have a square.

    References
    ----------
    .. [1] Pregibon (1980), Applied Statistics 29:15-24.
    """
    squared = _with_square(_predict(fit, X, cluster, weights, offset))
    return _curvature(fit_log_mean(squared, y, cluster, weights, power=power))


def check_logit_link(
    fit: ClusteredFit,
    X: npt.ArrayLike,
    event: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
) -> LinkCheck:
    """Fit the events again to their log odds and the square of them, by Pregibon's test.

    Parameters
    ----------
    fit : ClusteredFit
        From :func:`cxlink.stats.mean_models.fit_logit`.
    X : array_like, shape (n_rows, n_columns)
        Design matrix of the fit, as are the others.
    event : array_like of bool or 0/1, shape (n_rows,)
        Whether it happened.
    cluster : array_like, shape (n_rows,)
        Customer of each row.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the log odds: it counts as part of the predictor.

    Returns
    -------
    LinkCheck
        Zero under the right link and columns.

    Raises
    ------
    EstimationError
        If a number is missing or infinite, or the predictions are too few to have a square.

    References
    ----------
    .. [1] Pregibon (1980), Applied Statistics 29:15-24.
    """
    squared = _with_square(_predict(fit, X, cluster, weights, offset))
    return _curvature(fit_logit(squared, event, cluster, weights))


def _predict(
    fit: ClusteredFit,
    X: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    offset: npt.ArrayLike | None,
) -> Floats:
    rows = read_mean_rows(X, cluster, weights, offset)
    if rows.matrix.shape[1] != fit.beta.size:
        raise EstimationError(f"X has {rows.matrix.shape[1]} columns, the fit has {fit.beta.size}")
    predictor: Floats = rows.offset + rows.matrix @ fit.beta
    if np.ptp(predictor[rows.weights > 0]) <= VARIED:
        raise EstimationError("all predictions are the same: they show neither family nor link")
    return predictor


def _used(weights: npt.ArrayLike | None, n_rows: int) -> Flags:
    used: Flags = np.ones(n_rows, dtype=bool) if weights is None else np.asarray(weights, dtype=np.float64) > 0
    return used


def _with_square(predictor: Floats) -> Floats:
    return np.column_stack((np.ones(predictor.size), predictor, np.square(predictor)))


def _curvature(found: ClusteredFit) -> LinkCheck:
    return LinkCheck(float(found.beta[2]), float(np.sqrt(found.covariance[2, 2])))
