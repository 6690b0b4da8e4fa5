"""Weights that add up to known margins of the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers, check_clusters, read_codes, read_vector, read_weights
from cxlink.stats.errors import EstimationError
from cxlink.stats.response_weights import WeightedMean, effective_number

TOTALS = 1e-6
"""Share by which the totals of two margins may differ, as printed counts do."""


@dataclass(frozen=True, slots=True)
class RakedWeights:
    """Weights whose sums by level are those of the base.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_rows,)
        Base weight times one factor a margin.
    factors : tuple of ndarray of float64
        Of each margin, by level.
    levels : tuple of ndarray of int
        Level of each row in each margin.
    ratio : tuple of float
        Smallest and largest of weight over base weight, each over the mean of that.
    effective_n : float
        Kish's number of rows.
    iterations : int
        Rounds over all margins.
    """

    weights: Floats
    factors: tuple[Floats, ...]
    levels: tuple[Integers, ...]
    ratio: tuple[float, float]
    effective_n: float
    iterations: int


def rake_weights(
    margins: Sequence[npt.ArrayLike],
    targets: Sequence[npt.ArrayLike],
    weights: npt.ArrayLike | None = None,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> RakedWeights:
    """Scale weights until their sums by level match each margin in turn (iterative proportional fitting).

    Parameters
    ----------
    margins : sequence of array_like of int, each of shape (n_rows,)
        Level of each row, counted from zero.
    targets : sequence of array_like of float, each of shape (n_levels,)
        Customers of the base at each level; the margins must have one total.
    weights : array_like of float, shape (n_rows,), optional
        Base weights, such as those of a response model; zero or more. One where absent.
    tolerance : float, default 1e-10
        Largest share by which a sum may miss its target.
    max_iterations : int, default 1000
        Rounds before giving up.

    Returns
    -------
    RakedWeights
        Weights as close to the base weights, in relative entropy, as the margins allow.

    Raises
    ------
    EstimationError
        If there is no margin, a level has a target but no row or a row but no target, totals differ, or margins cannot
        all be met.

    References
    ----------
    .. [1] Deming and Stephan (1940), Annals of Mathematical Statistics 11:427-444.
    .. [2] Deville, Sarndal and Sautory (1993), JASA 88:1013-1020.
    """
    if not margins or len(margins) != len(targets):
        raise EstimationError("margins and targets must be equally many, one at least")
    n_rows = np.asarray(margins[0]).size
    given = read_weights(weights, n_rows, EstimationError)
    base = np.ones(n_rows) if given is None else given
    if not base.any():
        raise EstimationError("all weights are zero")
    wanted = [_read_target(place, target) for place, target in enumerate(targets)]
    levels = [
        _read_levels(place, margin, target, base)
        for place, (margin, target) in enumerate(zip(margins, wanted, strict=True))
    ]
    totals = [float(target.sum()) for target in wanted]
    if max(totals) - min(totals) > TOTALS * max(totals):
        raise EstimationError("the margins have different totals")
    wanted = [target * (totals[0] / total) for target, total in zip(wanted, totals, strict=True)]
    factors = [np.ones(target.size) for target in wanted]
    current = base * (totals[0] / base.sum())
    factors[0] *= totals[0] / base.sum()
    for iteration in range(max_iterations + 1):
        missed = max(
            float(np.abs(np.bincount(level, current, target.size)[target > 0.0] / target[target > 0.0] - 1.0).max())
            for level, target in zip(levels, wanted, strict=True)
        )
        if missed <= tolerance:
            ratio = current[base > 0.0] / base[base > 0.0]
            ends = float(ratio.min() / ratio.mean()), float(ratio.max() / ratio.mean())
            number = float(effective_number(current))
            return RakedWeights(current, tuple(factors), tuple(levels), ends, number, iteration)
        for place, (level, target) in enumerate(zip(levels, wanted, strict=True)):
            sums = np.bincount(level, current, target.size)
            step = np.divide(target, sums, out=np.ones(target.size), where=target > 0.0)
            factors[place] *= step
            current = current * step[level]
    raise EstimationError(
        f"the margins are not met after {max_iterations} rounds, a sum misses by {missed:.1e} of it: they may "
        "contradict each other in combinations without a row; join levels, or leave a margin out"
    )


def mean_of_raked(raked: RakedWeights, values: npt.ArrayLike, cluster: npt.ArrayLike) -> WeightedMean:
    """Mean under raked weights, with what raking does to its uncertainty.

    Parameters
    ----------
    raked : RakedWeights
        Of the same rows.
    values : array_like of float, shape (n_rows,)
        Answers.
    cluster : array_like, shape (n_rows,)
        Customer of each row.

    Returns
    -------
    WeightedMean
        Its influences are those of what the margins leave unexplained of the answers: the base's margins, and the base
        weights of each customer, are taken as given.

    Raises
    ------
    EstimationError
        If shapes differ, an answer is missing, or all rows are of one customer.

    References
    ----------
    .. [1] Deville and Sarndal (1992), Calibration estimators in survey sampling, JASA 87:376-382.
    """
    n_rows = raked.weights.size
    answers = read_vector("values", values, n_rows, EstimationError)
    labels, codes = read_codes("cluster", cluster, n_rows, EstimationError)
    check_clusters(codes[raked.weights > 0.0], EstimationError)
    point = float(np.average(answers, weights=raked.weights))
    dummies = np.column_stack(
        [level[:, None] == np.arange(factor.size) for level, factor in zip(raked.levels, raked.factors, strict=True)]
    ).astype(np.float64)
    root = np.sqrt(raked.weights)
    slopes, _, _, _ = np.linalg.lstsq(dummies * root[:, None], answers * root, rcond=None)
    left = raked.weights * (answers - dummies @ slopes)
    influence: Floats = np.bincount(codes, left, labels.size) / raked.weights.sum()
    return WeightedMean(point, float(influence @ influence), influence, labels)


def _read_target(place: int, target: npt.ArrayLike) -> Floats:
    counts = np.asarray(target, dtype=np.float64)
    if counts.ndim != 1 or not np.all(np.isfinite(counts)) or np.any(counts < 0.0) or not counts.any():
        raise EstimationError(f"target of margin {place} must be counts of zero or more, not all zero")
    return counts


def _read_levels(place: int, margin: npt.ArrayLike, target: Floats, base: Floats) -> Integers:
    numbers = read_vector(f"margin {place}", margin, base.size, EstimationError)
    levels = numbers.astype(np.intp)
    if np.any(levels != numbers) or levels.min() < 0 or levels.max() >= target.size:
        raise EstimationError(f"margin {place} must hold whole numbers from 0 to {target.size - 1}")
    sums = np.bincount(levels, base, target.size)
    lost, stray = (target > 0.0) & (sums == 0.0), (target == 0.0) & (sums > 0.0)
    for kind, wrong in (("a target but no row", lost), ("rows but no target", stray)):
        if wrong.any():
            names = ", ".join(map(str, np.flatnonzero(wrong)))
            raise EstimationError(f"margin {place}, level {names}: {kind}; join it with another level")
    return levels
