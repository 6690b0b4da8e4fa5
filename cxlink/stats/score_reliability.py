"""How much of a score is a customer's view, and how much is chance, from three answers in a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import read_codes, read_vector
from cxlink.stats.errors import EstimationError

MIN_CUSTOMERS = 30


@dataclass(frozen=True, slots=True)
class ScoreReliability:
    """Reliability of one answer, and of how a customer's answers differ.

    Parameters
    ----------
    answer : float
        Share of the variance of answers that is not chance.
    within : float
        The same of the differences within customers: a slope within customers is this many times its true size.
    n_customers : int
        With three answers or more.
    """

    answer: float
    within: float
    n_customers: int


def estimate_reliability(
    score: npt.ArrayLike, day: npt.ArrayLike, cluster: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> ScoreReliability:
    """Part views from chance by three adjacent answers.

    Where views drift and chance is fresh each time, the correlation of first and third answer is what drift leaves,
    those of neighbours are dimmed by chance besides; their product over it is the reliability.

    Parameters
    ----------
    score, day : array_like of float, shape (n_rows,)
        Answers and when they were given.
    cluster : array_like, shape (n_rows,)
        Customer of each.
    weights : array_like of float, shape (n_clusters,), optional
        Of the customers, ascending by label.

    Returns
    -------
    ScoreReliability
        Shares between 0 and 1.

    Raises
    ------
    EstimationError
        If fewer than 30 customers answered three times, or answers do not hang together as that takes.

    References
    ----------
    .. [1] Heise (1969), American Sociological Review 34:93-101.
    """
    value = np.asarray(score, dtype=np.float64)
    when = read_vector("day", day, len(value), EstimationError)
    value = read_vector("score", value, len(value), EstimationError)
    labels, codes = read_codes("cluster", cluster, len(value), EstimationError)
    by_customer = np.ones(labels.size) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.lexsort((when, codes))
    value, codes = value[order], codes[order]
    first = np.flatnonzero(codes[2:] == codes[:-2])
    n_customers = len(np.unique(codes[first]))
    if n_customers < MIN_CUSTOMERS:
        raise EstimationError(f"{n_customers} customers answered three times, needs {MIN_CUSTOMERS}")
    triples = np.column_stack([value[first], value[first + 1], value[first + 2]])
    weight = by_customer[codes[first]]
    covariance = np.cov(triples.T, aweights=np.maximum(weight, 1e-12))
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all() or covariance[0, 2] <= 0:
        raise EstimationError("answers further apart do not go together")
    correlation = covariance / np.outer(spread, spread)
    reliable = float(correlation[0, 1] * correlation[1, 2] / correlation[0, 2])
    if reliable <= 0:
        raise EstimationError("neighbouring answers do not go together")
    reliable = min(reliable, 1.0)
    within = _within_share(triples, weight, reliable)
    if within <= 0:
        raise EstimationError("all that differs within customers may be chance")
    return ScoreReliability(reliable, within, n_customers)


def _within_share(triples: np.ndarray, weight: np.ndarray, reliable: float) -> float:
    less = triples - triples.mean(axis=1, keepdims=True)
    within = float(np.average((less**2).sum(axis=1) / 2, weights=weight))
    mean = np.average(triples, axis=0, weights=weight)
    total = float(np.average(((triples - mean) ** 2).mean(axis=1), weights=weight))
    return 1.0 - (1.0 - reliable) * total / within if within > 0 else 0.0
