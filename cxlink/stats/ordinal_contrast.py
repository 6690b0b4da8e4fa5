"""What a proportional-odds fit says of a score: its mean over a base as it is, and with some columns changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from cxlink.stats.arrays import Floats, Labels, read_case_weights, read_matrix, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.ordinal import OrdinalFit


@dataclass(frozen=True, slots=True)
class OrdinalContrast:
    """Means of a score over a base.

    Parameters
    ----------
    as_is, changed, difference : float
        Expected score with the columns as they are, with the changed ones, and the latter less the former.
    covariance : ndarray of float64, shape (3, 3)
        Of the three, in this order: ``influence.T @ influence``.
    influence : ndarray of float64, shape (n_clusters, 3)
        With cluster weights w, ``means(w) ~= means + (w - 1) @ influence``; clusters as in the fit.
    """

    as_is: float
    changed: float
    difference: float
    covariance: Floats
    influence: Floats


@dataclass(frozen=True, slots=True)
class _Mean:
    value: float
    gradient: Floats
    expected: Floats


def contrast_ordinal(
    fit: OrdinalFit,
    X: npt.ArrayLike,
    X_changed: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
) -> OrdinalContrast:
    """Average the expected score over a base, as it is and changed (g-computation).

    Parameters
    ----------
    fit : OrdinalFit
        Of the same columns.
    X : array_like, shape (n_base, n_columns)
        Covariates of the base as they are.
    X_changed : array_like, shape (n_base, n_columns)
        The same rows with the exposure set, such as to zero.
    values : array_like of float, shape (n_levels,)
        Worth of each level of the fit: ``nps_values(fit.levels)`` of `nps_scale` for NPS, ``fit.levels`` for the mean.
    weights : array_like of float, shape (n_base,), optional
        Weights of the rows of the base.
    cluster : array_like, shape (n_base,), optional
        Customer of each row of the base, each one of the fit's: the influences are then those of drawing the base too.
        Where absent the base is taken as given, and only the fit is uncertain.

    Returns
    -------
    OrdinalContrast
        In the unit of `values`.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, all weights are zero, or a customer is not in the fit.

    References
    ----------
    .. [1] Robins (1986), Mathematical Modelling 7:1393-1512, on g-computation.
    """
    base, changed = (read_matrix(design, EstimationError).astype(np.float64) for design in (X, X_changed))
    for name, design in (("X", base), ("X_changed", changed)):
        if design.shape != (base.shape[0], fit.beta.size):
            raise EstimationError(f"{name} has shape {design.shape}, expected ({base.shape[0]}, {fit.beta.size})")
    worth = read_vector("values", values, fit.levels.size, EstimationError)
    own = read_case_weights(weights, base.shape[0], EstimationError)
    share = np.ones(base.shape[0]) if own is None else own
    if not share.any():
        raise EstimationError("all weights are zero")
    share = share / share.sum()
    one, other = (_average(fit, design, worth, share) for design in (base, changed))
    influence = fit.influence @ np.column_stack((one.gradient, other.gradient))
    if cluster is not None:
        codes = _find_clusters(fit.cluster_ids, np.asarray(cluster), base.shape[0])
        for column, mean in enumerate((one, other)):
            influence[:, column] += np.bincount(codes, share * (mean.expected - mean.value), fit.n_clusters)
    influence = np.column_stack((influence, influence[:, 1] - influence[:, 0]))
    return OrdinalContrast(one.value, other.value, other.value - one.value, influence.T @ influence, influence)


def _average(fit: OrdinalFit, X: Floats, worth: Floats, share: Floats) -> _Mean:
    """Mean score and its derivatives; only thresholds at which the worth changes take part."""
    predictor = X @ fit.beta
    expected = np.full(predictor.size, worth[-1])
    gradient = np.zeros(fit.thresholds.size + fit.beta.size)
    bends = np.zeros(predictor.size)
    for j, change in enumerate(np.diff(worth)):
        if change != 0.0:
            below = expit(fit.thresholds[j] - predictor)
            expected -= change * below
            bend = change * share * below * expit(predictor - fit.thresholds[j])
            gradient[j] = -bend.sum()
            bends += bend
    gradient[fit.thresholds.size :] = bends @ X
    return _Mean(float(share @ expected), gradient, expected)


def _find_clusters(known: Labels, cluster: Labels, n_rows: int) -> npt.NDArray[np.intp]:
    if cluster.shape != (n_rows,):
        raise EstimationError(f"cluster has shape {cluster.shape}, expected ({n_rows},)")
    places = np.minimum(np.searchsorted(known, cluster), known.size - 1)
    unknown = int(np.count_nonzero(known[places] != cluster))
    if unknown:
        raise EstimationError(f"cluster names customers whom the fit does not know in {unknown} rows")
    return places
