"""Levels of scores and their differences: NPS, and means such as those of satisfaction and effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from cxlink.stats.arrays import (
    Flags,
    Floats,
    Integers,
    Labels,
    check_clusters,
    read_case_weights,
    read_codes,
    read_vector,
)
from cxlink.stats.errors import EstimationError
from cxlink.stats.nps_scale import adjust_nps, read_nps

FLAT = 1e-20
"""Clustered variance, as a share of that of an answer, which is rounding."""


@dataclass(frozen=True, slots=True)
class ScoreLevel:
    """A score of one group of answers.

    Parameters
    ----------
    point, low, high : float
        The score and its interval.
    std_error : float
        Clustered: ``sqrt(n_clusters / (n_clusters - 1) * sum(influence ** 2))``, as R's survey package has it.
    influence : ndarray of float64, shape (n_clusters,)
        With cluster weights w, ``point(w) ~= point + (w - 1) @ influence``; zero for customers without an answer.
    cluster_ids : ndarray, shape (n_clusters,)
        Cluster labels in the order of `influence`, ascending.
    n, n_clusters : int
        Answers with a weight above zero, and the customers who gave them.
    design_effect : float
        Variance over that of as many independent answers of equal weight.
    effective_n : float
        Such answers that would tell as much; at most `n`.
    level : float
        Coverage the interval aims at.
    method : {"adjusted_wald", "t"}
        Kind of interval.
    """

    point: float
    low: float
    high: float
    std_error: float
    influence: Floats
    cluster_ids: Labels
    n: int
    n_clusters: int
    design_effect: float
    effective_n: float
    level: float
    method: Literal["adjusted_wald", "t"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers in use, with their weighted mean.

    Parameters
    ----------
    values, weights : ndarray of float64, shape (n,)
        Weights are above zero.
    codes : ndarray of int, shape (n,)
        Place of each answer's customer in `labels`.
    labels : ndarray, shape (n_clusters,)
        Of all customers, including those without an answer in use.
    point : float
        Weighted mean.
    influence : ndarray of float64, shape (n_clusters,)
        What each customer does to it.
    """

    values: Floats
    weights: Floats
    codes: Integers
    labels: Labels
    point: float
    influence: Floats


def estimate_nps(
    scores: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, level: float = 0.95
) -> ScoreLevel:
    """Promoters less detractors, with an interval that holds its level in small groups too.

    Parameters
    ----------
    scores : array_like of float, shape (n_rows,)
        Answers from 0 to 10.
    cluster : array_like, shape (n_rows,)
        Customer of each answer.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; an answer of weight zero counts as absent.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    ScoreLevel
        From -100 to 100. The interval is the adjusted Wald one of the effective number of answers: three are added,
        of which three quarters promote and as many detract. Where all are promoters, or all detractors, or all
        neither, the effective number is that of customers.

    Raises
    ------
    EstimationError
        If an answer is missing or not from 0 to 10, or fewer than two customers answered.

    References
    ----------
    .. [1] Rocks (2016), Interval estimation for the "Net Promoter Score", American Statistician 70:365-372.
    .. [2] Kish (1965), Survey Sampling, on design effects.

    Examples
    --------
    >>> import numpy as np
    >>> found = estimate_nps([10, 9, 9, 8, 7, 7, 6, 3], np.arange(8))
    >>> found.point, round(found.low, 1), round(found.high, 1)
    (12.5, -36.0, 54.2)
    """
    return describe_answers(read_answers(read_nps("scores", scores), cluster, weights), level, is_nps=True)


def estimate_mean(
    values: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, level: float = 0.95
) -> ScoreLevel:
    """Mean of a score, such as of satisfaction or effort.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,)
        Answers, in any unit.
    cluster : array_like, shape (n_rows,)
        Customer of each answer.
    weights : array_like of float, shape (n_rows,), optional
        Zero or more; an answer of weight zero counts as absent.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    ScoreLevel
        In the unit of the answers; Student's interval with one less than the customers as degrees of freedom.

    Raises
    ------
    EstimationError
        If an answer is missing, fewer than two customers answered, or their answers do not differ.
    """
    answers = read_answers(np.asarray(values, dtype=np.float64), cluster, weights)
    return describe_answers(answers, level, is_nps=False)


def read_answers(
    values: Floats, cluster: npt.ArrayLike, weights: npt.ArrayLike | None, kept: Flags | None = None
) -> Answers:
    """Check answers and average them.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows,)
        Answers, on the scale that is averaged.
    cluster : array_like, shape (n_rows,)
        Customer of each answer.
    weights : array_like of float, shape (n_rows,), or None
        Zero or more.
    kept : ndarray of bool, shape (n_rows,), optional
        Answers that count.

    Returns
    -------
    Answers
        Those kept with a weight above zero.

    Raises
    ------
    EstimationError
        If an answer is missing, or fewer than two customers have one.
    """
    values = read_vector("values", values, values.size, EstimationError)
    labels, codes = read_codes("cluster", cluster, values.size, EstimationError)
    own = read_case_weights(weights, values.size, EstimationError)
    full = np.ones(values.size) if own is None else own
    used = full > 0.0 if kept is None else (full > 0.0) & kept
    if not used.any():
        raise EstimationError("there is no answer with a weight above zero")
    values, full, codes = values[used], full[used], codes[used]
    check_clusters(codes, EstimationError)
    # A mean of equal answers is that answer, without rounding.
    point = float(values[0] if np.ptp(values) == 0.0 else np.average(values, weights=full))
    influence: Floats = np.bincount(codes, full / full.sum() * (values - point), labels.size).astype(np.float64)
    return Answers(values, full, codes, labels, point, influence)


def describe_answers(answers: Answers, level: float, *, is_nps: bool) -> ScoreLevel:
    """Put an interval around the mean of answers.

    Parameters
    ----------
    answers : Answers
        For NPS on its scale of 100, 0 and -100.
    level : float
        Of the interval.
    is_nps : bool
        Whether the interval is the adjusted Wald one, or Student's.

    Returns
    -------
    ScoreLevel
        As :func:`estimate_nps` or :func:`estimate_mean`.

    Raises
    ------
    EstimationError
        If `level` is out of range, or customers do not differ and Student's interval is asked for.
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    n, n_clusters = answers.values.size, np.unique(answers.codes).size
    spread = float(np.average(np.square(answers.values - answers.point), weights=answers.weights))
    std_error = clustered_error(answers.influence, n_clusters)
    is_flat = std_error**2 <= FLAT * spread or spread == 0.0
    design_effect = 1.0 if is_flat else std_error**2 * (n - 1) / spread
    effective_n = float(n_clusters) if is_flat else min(n / design_effect, float(n))
    if is_nps:
        center, error = adjust_nps(answers.point, spread, effective_n)
        half = float(ndtri(0.5 + level / 2.0)) * error
        low, high = max(center - half, -100.0), min(center + half, 100.0)
    elif is_flat:
        raise EstimationError("customers do not differ in their answers: no interval can be given")
    else:
        half = float(stdtrit(n_clusters - 1, 0.5 + level / 2.0)) * std_error
        low, high = answers.point - half, answers.point + half
    return ScoreLevel(
        point=answers.point,
        low=min(low, answers.point),
        high=max(high, answers.point),
        std_error=std_error,
        influence=answers.influence,
        cluster_ids=answers.labels,
        n=n,
        n_clusters=n_clusters,
        design_effect=design_effect,
        effective_n=effective_n,
        level=level,
        method="adjusted_wald" if is_nps else "t",
    )


def clustered_error(influence: Floats, n_clusters: int) -> float:
    """Standard error of what customers move.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_all_clusters,)
        Zero for those who take no part.
    n_clusters : int
        Customers who take part.

    Returns
    -------
    float
        With the factor ``n_clusters / (n_clusters - 1)``.
    """
    return float(np.sqrt(n_clusters / (n_clusters - 1) * np.square(influence).sum()))
