"""How much of a spread lies within customers, and how much between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances by the method of moments, and the same under other weights.

    Parameters
    ----------
    within, between : float
        Of one customer's rows around the customer's level, and of the levels; the second may be negative.
    within_draws, between_draws : ndarray of float64, shape (n_draws,)
        With the clusters counted as often as their weights say.
    n, n_clusters, n_repeated : int
        Rows, clusters, and clusters of at least two rows.
    """

    within: float
    between: float
    within_draws: Floats
    between_draws: Floats
    n: int
    n_clusters: int
    n_repeated: int


def variance_components(y: npt.ArrayLike, cluster: npt.ArrayLike, cluster_weights: npt.ArrayLike) -> VarianceComponents:
    """Part a variance by a one-way analysis of variance with random levels.

    Parameters
    ----------
    y : array_like of float, shape (n_rows,)
        What is measured.
    cluster : array_like of int, shape (n_rows,)
        Column of `cluster_weights` that each row belongs to.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Weights of the clusters in each draw; clusters without a row count for nothing.

    Returns
    -------
    VarianceComponents
        Unbiased for any distribution of levels and rows; clusters may be of any size.

    Raises
    ------
    EstimationError
        If a number is missing, there are fewer than two clusters, or none has two rows.

    References
    ----------
    .. [1] Searle, Casella and McCulloch (1992), Variance Components, section 3.6.
    """
    place = np.asarray(cluster, dtype=np.intp)
    value = read_vector("y", y, len(place), EstimationError)
    weights = np.asarray(cluster_weights, dtype=np.float64)
    size = np.bincount(place, minlength=weights.shape[1]).astype(float)
    present = (size > 0).astype(float)
    if present.sum() < 2:
        raise EstimationError("fewer than two customers")
    if not (size > 1).any():
        raise EstimationError("no customer has two rows")
    # around the mean, so that squares of large numbers do not cancel
    centred = value - value.mean()
    total = np.bincount(place, centred, len(size))
    level = total / np.maximum(size, 1.0)
    inside = np.bincount(place, (centred - level[place]) ** 2, len(size))

    def components(weight: Floats) -> tuple[Floats, Floats]:
        """Of each row of weights."""
        n, k = weight @ size, weight @ present
        within = (weight @ inside) / (n - k)
        mean = (weight @ total) / n
        apart = weight @ (size * level**2) - n * mean**2
        typical_size = (n - (weight @ size**2) / n) / (k - 1.0)
        return within, (apart / (k - 1.0) - within) / typical_size

    within, between = components(np.ones((1, len(size))))
    within_draws, between_draws = components(weights)
    return VarianceComponents(
        float(within[0]),
        float(between[0]),
        within_draws,
        between_draws,
        len(value),
        int(present.sum()),
        int((size > 1).sum()),
    )
