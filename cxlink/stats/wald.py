"""Wald's test from influences, with few clusters allowed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as fisher

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

RANK_TOLERANCE = 1e-10
"""Share of the largest variance below which a direction of numbers has none."""


@dataclass(frozen=True, slots=True)
class WaldTest:
    """Whether some numbers are zero.

    Parameters
    ----------
    statistic : float
        Wald's, with the clustered covariance: about chi-squared in many clusters.
    degrees : int
        Numbers tested.
    p_value : float
        By Hotelling's F, which allows for the number of clusters.
    """

    statistic: float
    degrees: int
    p_value: float


def wald_test(numbers: Floats, influence: Floats, n_clusters: int) -> WaldTest:
    """Test that all numbers are zero.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_numbers,)
        Estimates.
    influence : ndarray of float64, shape (n_all_clusters, n_numbers)
        With cluster weights w, ``numbers(w) ~= numbers + (w - 1) @ influence``.
    n_clusters : int
        Clusters that took part.

    Returns
    -------
    WaldTest
        Of all numbers at once.

    Raises
    ------
    EstimationError
        If there are too few clusters, or the numbers depend on one another.

    References
    ----------
    .. [1] Hotelling (1931), Annals of Mathematical Statistics 2:360-378.
    """
    if numbers.size >= n_clusters:
        raise EstimationError(f"{n_clusters} clusters are too few to test {numbers.size} numbers")
    scale = np.sqrt(np.einsum("ij,ij->j", influence, influence))
    if not scale.all():
        raise EstimationError("a number does not vary between clusters")
    scaled = influence / scale
    covariance = scaled.T @ scaled
    if np.linalg.eigvalsh(covariance)[0] <= RANK_TOLERANCE:
        raise EstimationError("the numbers cannot be told apart")
    target = numbers / scale
    statistic = float(target @ np.linalg.solve(covariance, target))
    share = (n_clusters - numbers.size) / (n_clusters * numbers.size)
    p_value = float(fisher.sf(statistic * share, numbers.size, n_clusters - numbers.size))
    return WaldTest(statistic, numbers.size, p_value)
