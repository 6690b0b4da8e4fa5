"""The median of times of which some have not ended yet, with draws over clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_flags, read_vector
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class CensoredMedian:
    """A median, and the same under other weights.

    Parameters
    ----------
    point : float
        In the unit of the times.
    draws : ndarray of float64, shape (n_draws,)
        Infinite where, under these weights, fewer than half are known to have ended.
    """

    point: float
    draws: Floats


def censored_median(
    stop: npt.ArrayLike, event: npt.ArrayLike, cluster: npt.ArrayLike, cluster_weights: npt.ArrayLike
) -> CensoredMedian:
    """Where the Kaplan-Meier curve falls to one half.

    Parameters
    ----------
    stop : array_like of float, shape (n_rows,)
        Time until the end, or until it was last looked at; zero or more.
    event : array_like of bool, shape (n_rows,)
        Whether it had ended by then.
    cluster : array_like of int, shape (n_rows,)
        Column of `cluster_weights` that each row belongs to.
    cluster_weights : array_like of float, shape (n_draws, n_clusters)
        Weights of the clusters in each draw.

    Returns
    -------
    CensoredMedian
        The first time at which no more than half go on.

    Raises
    ------
    EstimationError
        If a number is missing, there is no row, or half of them are not known to have ended.

    References
    ----------
    .. [1] Kaplan and Meier (1958), JASA 53:457-481.
    """
    place = np.asarray(cluster, dtype=np.intp)
    time = read_vector("stop", stop, len(place), EstimationError)
    ended = read_flags("event", event, len(place), EstimationError)
    weights = np.asarray(cluster_weights, dtype=np.float64)
    if not len(time):
        raise EstimationError("there is no row")
    moments, at = np.unique(time, return_inverse=True)

    def median(weight: Floats | None) -> float:
        gone = np.bincount(at[ended], None if weight is None else weight[ended], len(moments))
        at_risk = np.cumsum(np.bincount(at, weight, len(moments))[::-1])[::-1]
        left = np.cumprod(1.0 - np.divide(gone, at_risk, out=np.zeros(len(moments)), where=at_risk > 0))
        # a curve that lies on one half but for rounding has reached it
        reached = np.flatnonzero(left <= 0.5 + 1e-12)
        return float(moments[reached[0]]) if len(reached) else float("inf")

    point = median(None)
    if np.isinf(point):
        raise EstimationError("fewer than half are known to have ended")
    return CensoredMedian(point, np.array([median(weight[place]) for weight in weights]))
