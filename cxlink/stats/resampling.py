"""Intervals for any statistic of weights, by drawing customers with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_codes
from cxlink.stats.errors import EstimationError

MOST_FAILED = 0.05
"""Share of draws that may fail: more, and the interval would be that of the easy draws."""

Draw: TypeAlias = "npt.NDArray[np.intp]"
Over: TypeAlias = Callable[[Callable[[Draw], "Floats | str"], Iterable[Draw]], Iterable["Floats | str"]]


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """Percentile intervals of the numbers a statistic returned.

    Parameters
    ----------
    point : ndarray of float64, shape (n_numbers,)
        The statistic with weight one everywhere.
    low, high : ndarray of float64, shape (n_numbers,)
        Ends of the interval of each.
    replicates : ndarray of float64, shape (n_replicates - n_failed, n_numbers)
        What the draws gave, in their order; for differences and other functions of several numbers.
    n_failed : int
        Draws in which the statistic was not estimable; they are left out.
    reasons : tuple of str
        Why, each reason once.
    level : float
        Coverage the intervals aim at.
    """

    point: Floats
    low: Floats
    high: Floats
    replicates: Floats
    n_failed: int
    reasons: tuple[str, ...]
    level: float


def draw_cluster_weights(
    rng: np.random.Generator, n_clusters: int, n_replicates: int, *, batch: int = 16
) -> Iterator[npt.NDArray[np.intp]]:
    """Draw clusters with replacement, as many as there are.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    n_clusters : int
        Clusters to draw from.
    n_replicates : int
        Draws in all.
    batch : int, default 16
        Draws held in memory at a time; the draws do not depend on it.

    Yields
    ------
    ndarray of int, shape (at most batch, n_clusters)
        How often each cluster was drawn: multinomial, with a sum of `n_clusters` in each row.
    """
    for begin in range(0, n_replicates, batch):
        size = min(batch, n_replicates - begin)
        yield np.stack(
            [np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters) for _ in range(size)]
        )


def bootstrap_clusters(
    statistic: Callable[[Floats], npt.ArrayLike],
    cluster: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    n_replicates: int = 500,
    level: float = 0.95,
    batch: int = 16,
    over: Over = map,
) -> BootstrapInterval:
    """Bootstrap a statistic of row weights, drawing whole clusters.

    Parameters
    ----------
    statistic : callable
        Takes weights of shape (n_rows,), whole numbers from zero; returns one number or a vector of the same length
        each time; raises EstimationError where it cannot.
    cluster : array_like, shape (n_rows,)
        Customer of each row; rows of one customer are drawn together.
    rng : Generator
        Source of randomness; the same one gives the same intervals, however the draws are batched.
    n_replicates : int, default 500
        Draws.
    level : float, default 0.95
        Coverage of the intervals.
    batch : int, default 16
        Draws of clusters held in memory at a time; row weights are made one draw at a time.
    over : callable, default map
        Applies a function to draws and gives the results in their order; one that does so in threads is faster where
        the statistic lets other threads run.

    Returns
    -------
    BootstrapInterval
        With quantiles of the replicates as ends.

    Raises
    ------
    EstimationError
        If the statistic is not estimable, or not finite, on the rows as they are or in more than one draw in twenty; if
        there are fewer than two clusters; or if an option is out of range.

    References
    ----------
    .. [1] Efron (1979), Annals of Statistics 7:1-26; by cluster as in Davison and Hinkley (1997), section 3.8.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.arange(100.0)
    >>> interval = bootstrap_clusters(
    ...     lambda w: np.average(values, weights=w), np.arange(100), np.random.default_rng(1)
    ... )
    >>> bool(interval.low[0] < 49.5 < interval.high[0])
    True
    """
    labels, codes = read_codes("cluster", cluster, np.asarray(cluster).size, EstimationError)
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    if n_replicates < 1 or batch < 1:
        raise EstimationError("n_replicates and batch must be 1 or more")
    if labels.size < 2:
        raise EstimationError(f"{labels.size} clusters: at least two are needed to draw from")
    point = _read_numbers(statistic(np.ones(codes.size)))

    def replicate(draw: Draw) -> Floats | str:
        try:
            return _read_numbers(statistic(draw.astype(np.float64)[codes]))
        except EstimationError as fault:
            return fault.reason

    batches = draw_cluster_weights(rng, labels.size, n_replicates, batch=batch)
    found = list(over(replicate, chain.from_iterable(batches)))
    replicates = [one for one in found if not isinstance(one, str)]
    reasons = [one for one in found if isinstance(one, str)]
    if len(reasons) > MOST_FAILED * n_replicates:
        raise EstimationError(
            f"{len(reasons)} of {n_replicates} bootstrap draws failed, more than one in twenty: {reasons[0]}"
        )
    stacked = np.stack(replicates)
    low, high = np.quantile(stacked, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    return BootstrapInterval(point, low, high, stacked, len(reasons), tuple(dict.fromkeys(reasons)), level)


def _read_numbers(values: npt.ArrayLike) -> Floats:
    numbers = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if not np.all(np.isfinite(numbers)):
        raise EstimationError("the statistic is not a finite number")
    return numbers
