"""Like for like: how the customers who answered twice changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from cxlink.stats.arrays import Floats, Labels, read_case_weights, read_codes, read_flags, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.score_levels import clustered_error


@dataclass(frozen=True, slots=True)
class SameCustomers:
    """How customers who answered in both groups changed.

    Parameters
    ----------
    difference, low, high : float
        Mean of the customers' own differences, second less first, with Student's interval.
    std_error : float
        Of the difference.
    influence : ndarray of float64, shape (n_clusters,)
        With cluster weights w, ``difference(w) ~= difference + (w - 1) @ influence``; zero for all others.
    cluster_ids : ndarray, shape (n_clusters,)
        Of all customers, ascending.
    first, second : float
        Their scores.
    n_clusters : int
        Customers in both.
    level : float
        Coverage the interval aims at.
    """

    difference: float
    low: float
    high: float
    std_error: float
    influence: Floats
    cluster_ids: Labels
    first: float
    second: float
    n_clusters: int
    level: float


def compare_same_customers(
    values: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> SameCustomers:
    """Like for like: only customers who answered in both groups, each of them once in each.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,)
        Answers, in any unit; for NPS those of :func:`cxlink.stats.nps_scale.nps_values`.
    second : array_like of bool, shape (n_rows,)
        Whether an answer is of the second group.
    cluster : array_like, shape (n_rows,)
        Customer of each answer.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more. Several answers of a customer in a group are averaged by them; the customer then counts by the
        mean weight of all of them.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    SameCustomers
        The paired comparison.

    Raises
    ------
    EstimationError
        If an answer is missing, fewer than two customers answered in both groups, or all of them changed alike.
    """
    answers = np.asarray(values, dtype=np.float64)
    n_rows = answers.size
    answers = read_vector("values", answers, n_rows, EstimationError)
    later = read_flags("second", second, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    given = read_case_weights(weights, n_rows, EstimationError)
    own = np.ones(n_rows) if given is None else given
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    total = np.stack([np.bincount(codes, own * group, labels.size) for group in (~later, later)])
    sums = np.stack([np.bincount(codes, own * group * answers, labels.size) for group in (~later, later)])
    both = np.flatnonzero((total > 0.0).all(axis=0))
    if both.size < 2:
        raise EstimationError(f"{both.size} customers answered in both groups, at least two are needed")
    weight = total.sum(axis=0)[both] / np.bincount(codes, own > 0.0, labels.size)[both]
    first, last = sums[:, both] / total[:, both]
    difference = float(np.average(last - first, weights=weight))
    influence = np.zeros(labels.size)
    influence[both] = weight / weight.sum() * (last - first - difference)
    if np.ptp(last - first) == 0.0:
        raise EstimationError("all customers in both groups changed alike: no interval can be given")
    std_error = clustered_error(influence, both.size)
    half = float(stdtrit(both.size - 1, 0.5 + level / 2.0)) * std_error
    return SameCustomers(
        difference=difference,
        low=difference - half,
        high=difference + half,
        std_error=std_error,
        influence=influence,
        cluster_ids=labels,
        first=float(np.average(first, weights=weight)),
        second=float(np.average(last, weights=weight)),
        n_clusters=both.size,
        level=level,
    )
