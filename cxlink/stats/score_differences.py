"""Differences of scores between two groups of answers, whose customers may be the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from cxlink.stats.arrays import Floats, Labels, read_flags
from cxlink.stats.errors import EstimationError
from cxlink.stats.nps_scale import adjust_nps, read_nps
from cxlink.stats.score_levels import Answers, ScoreLevel, clustered_error, describe_answers, read_answers


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """Score of the second group less that of the first.

    Parameters
    ----------
    difference, low, high : float
        With its interval.
    std_error : float
        Clustered over the customers of both groups.
    influence : ndarray of float64, shape (n_clusters,)
        With cluster weights w, ``difference(w) ~= difference + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    first, second : ScoreLevel
        Of each group.
    n_shared : int
        Customers who answered in both.
    correlation : float
        Of the two scores, through the customers in both.
    level : float
        Coverage the interval aims at.
    method : {"adjusted_wald", "t"}
        Kind of interval.
    """

    difference: float
    low: float
    high: float
    std_error: float
    influence: Floats
    cluster_ids: Labels
    first: ScoreLevel
    second: ScoreLevel
    n_shared: int
    correlation: float
    level: float
    method: Literal["adjusted_wald", "t"]


def compare_nps(
    scores: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> ScoreDifference:
    """Difference of NPS between two groups of answers.

    Parameters
    ----------
    scores : array_like of float, shape (n_rows,)
        Answers from 0 to 10.
    second : array_like of bool, shape (n_rows,)
        Whether an answer is of the second group, such as the later period.
    cluster : array_like, shape (n_rows,)
        Customer of each answer; the same name in both groups is the same customer.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; an answer of weight zero counts as absent.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    ScoreDifference
        The interval adds three answers to each group's effective number, as that of each level does.

    Raises
    ------
    EstimationError
        If an answer is missing or not from 0 to 10, or fewer than two customers answered in a group.

    References
    ----------
    .. [1] Rocks (2016), Interval estimation for the "Net Promoter Score", American Statistician 70:365-372.
    """
    return _compare(read_nps("scores", scores), second, cluster, weights, level, is_nps=True)


def compare_means(
    values: npt.ArrayLike,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> ScoreDifference:
    """Difference of a mean score between two groups of answers.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,)
        Answers, in any unit.
    second : array_like of bool, shape (n_rows,)
        Whether an answer is of the second group.
    cluster : array_like, shape (n_rows,)
        Customer of each answer; the same name in both groups is the same customer.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; an answer of weight zero counts as absent.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    ScoreDifference
        Student's interval; its degrees of freedom are Welch's, at most one less than the customers.

    Raises
    ------
    EstimationError
        If an answer is missing, fewer than two customers answered in a group, or those of a group do not differ.

    References
    ----------
    .. [1] Welch (1947), Biometrika 34:28-35.
    """
    return _compare(np.asarray(values, dtype=np.float64), second, cluster, weights, level, is_nps=False)


def _compare(
    values: Floats,
    second: npt.ArrayLike,
    cluster: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    level: float,
    *,
    is_nps: bool,
) -> ScoreDifference:
    later = read_flags("second", second, values.size, EstimationError)
    groups = (read_answers(values, cluster, weights, ~later), read_answers(values, cluster, weights, later))
    first, last = (describe_answers(group, level, is_nps=is_nps) for group in groups)
    took_part = [np.isin(np.arange(group.labels.size), group.codes) for group in groups]
    n_either = int(np.count_nonzero(took_part[0] | took_part[1]))
    influence = last.influence - first.influence
    std_error = clustered_error(influence, n_either)
    lengths = float(np.linalg.norm(first.influence) * np.linalg.norm(last.influence))
    correlation = float(first.influence @ last.influence) / lengths if lengths > 0.0 else 0.0
    difference = last.point - first.point
    if is_nps:
        center, error = _adjust(groups, (first, last), correlation)
        half = float(ndtri(0.5 + level / 2.0)) * error
        low, high = max(center - half, -200.0), min(center + half, 200.0)
    else:
        half = float(stdtrit(_degrees(first, last, n_either), 0.5 + level / 2.0)) * std_error
        low, high = difference - half, difference + half
    return ScoreDifference(
        difference=difference,
        low=min(low, difference),
        high=max(high, difference),
        std_error=std_error,
        influence=influence,
        cluster_ids=first.cluster_ids,
        first=first,
        second=last,
        n_shared=int(np.count_nonzero(took_part[0] & took_part[1])),
        correlation=correlation,
        level=level,
        method=first.method,
    )


def _adjust(
    groups: tuple[Answers, Answers], levels: tuple[ScoreLevel, ScoreLevel], correlation: float
) -> tuple[float, float]:
    """Center and standard error of the difference of two adjusted scores."""
    spreads = [np.average(np.square(group.values - group.point), weights=group.weights) for group in groups]
    (one, its_error), (other, others_error) = (
        adjust_nps(level.point, float(spread), level.effective_n) for level, spread in zip(levels, spreads, strict=True)
    )
    variance = its_error**2 + others_error**2 - 2.0 * correlation * its_error * others_error
    return other - one, max(variance, 0.0) ** 0.5


def _degrees(first: ScoreLevel, last: ScoreLevel, n_either: int) -> float:
    """Welch's degrees of freedom, as if no customer were in both; then there are no more than paired ones."""
    one, other = first.std_error**2, last.std_error**2
    welch = (one + other) ** 2 / (one**2 / (first.n_clusters - 1) + other**2 / (last.n_clusters - 1))
    return min(welch, n_either - 1.0)
