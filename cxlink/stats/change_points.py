"""When the level of a monthly series changed: how often, and between which months."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

FEWEST = 12
"""Months below which no change is looked for."""

SHORTEST = 3
"""Months that a level lasts at least: one month by itself is an outlier, and a control chart's business."""

SPENT = 3
"""Degrees of freedom that a change takes whose place was looked for."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """One change of level.

    Parameters
    ----------
    at : int
        Position of the first value at the new level.
    low, high : int
        Positions between which that first value lies, at the level of confidence asked for.
    before, after : float
        Mean of each side, up to the neighbouring changes, weighted by precision.
    p_value : float
        Of one more change, given those found before it.
    """

    at: int
    low: int
    high: int
    before: float
    after: float
    p_value: float


def find_change_points(
    values: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    most: int = 3,
    level: float = 0.95,
    n_draws: int = 999,
) -> tuple[ChangePoint, ...]:
    """Find when the level of a series changed.

    Values are independent and normal about a level that is constant between changes, with the given variances times
    one factor of overdispersion, at least one, taken from what the levels leave. Changes are added one by one for as
    long as the best further split gains more than in all but ``1 - level`` of series drawn from the fit without it;
    their places are then those of least squares together. The interval of a place holds the places whose fit is not
    worse than that of the best by more than is seen between the best and the true place in series drawn from the fit.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        In the order of time; months without a value are left out by the caller.
    variances : array-like of float, shape (n,)
        Sampling variance of each value; above zero.
    rng : Generator
        For the drawn series.
    most : int
        Changes to look for.
    level : float
        Of the test and of the intervals, between 0 and 1.
    n_draws : int
        Drawn series.

    Returns
    -------
    tuple of ChangePoint
        In the order of time; empty where the level is one.

    Raises
    ------
    EstimationError
        If there are fewer than 12 values, or a variance is not above zero.

    References
    ----------
    .. [1] Siegmund (1988), Confidence sets in change-point problems, International Statistical Review 56:31-48.
    .. [2] Truong, Oudre, Vayatis (2020), Signal Processing 167:107299 (ruptures).
    """
    y = read_vector("values", values, np.size(values), EstimationError)
    variance = read_vector("variances", variances, len(y), EstimationError)
    if len(y) < FEWEST:
        raise EstimationError(f"there are {len(y)} values, and {FEWEST} are needed to tell a change of level")
    if np.any(variance <= 0):
        raise EstimationError("a variance is not above zero")
    breaks: list[int] = []
    p_values: list[float] = []
    while len(breaks) < most:
        p_value = _test_one_more(y, variance, breaks, rng, n_draws)
        if p_value is None or p_value > 1 - level:
            break
        p_values.append(p_value)
        breaks = _segment(y, 1 / variance, len(breaks) + 1)
    # the changes found together are all needed where the last one is: each is told with the weakest of the tests
    worst = max(p_values, default=1.0)
    return tuple(_describe(y, variance, breaks, k, worst, rng, level, n_draws) for k in range(len(breaks)))


def _test_one_more(
    y: Floats, variance: Floats, breaks: list[int], rng: np.random.Generator, n_draws: int
) -> float | None:
    """How often series without one more change gain as much by a further split; None where nothing can be split."""
    edges = [0, *breaks, len(y)]
    parts = [(a, b) for a, b in itertools.pairwise(edges) if b - a >= 2 * SHORTEST]
    if not parts:
        return None
    level = _levels(y, variance, breaks)
    drawn = level + rng.standard_normal((n_draws, len(y))) * np.sqrt(
        variance * _dispersion(y[None, :], variance, breaks)[0]
    )
    seen, by_chance = (_statistic(one, variance, breaks, parts) for one in (y[None, :], drawn))
    return float((1 + np.sum(by_chance >= seen[0])) / (1 + n_draws))


def _statistic(y: Floats, variance: Floats, breaks: list[int], parts: list[tuple[int, int]]) -> Floats:
    """Gain of the best further split of each series, in units of what is left after it: (n_series,)."""
    gain = np.max([_gains(y[:, a:b], 1 / variance[a:b]).max(axis=1) for a, b in parts], axis=0)
    left = _squares(y, variance, breaks) - gain
    statistic: Floats = gain / np.maximum(1.0, left / (y.shape[1] - len(breaks) - 2))
    return statistic


def _gains(y: Floats, weight: Floats) -> Floats:
    """Squares saved by splitting each series before position SHORTEST, SHORTEST + 1, ...: (n_series, n_places)."""
    total = weight.sum()
    mean = (y @ weight / total)[:, None]
    left = np.cumsum(weight)[SHORTEST - 1 : len(weight) - SHORTEST]
    moved = np.cumsum((y - mean) * weight, axis=1)[:, SHORTEST - 1 : y.shape[1] - SHORTEST]
    gained: Floats = moved**2 * total / (left * (total - left))
    return gained


def _squares(y: Floats, variance: Floats, breaks: list[int]) -> Floats:
    """Squares about the levels over sampling variance, of each series: (n_series,)."""
    edges = [0, *breaks, y.shape[1]]
    total = np.zeros(len(y))
    for a, b in itertools.pairwise(edges):
        weight = 1 / variance[a:b]
        total += ((y[:, a:b] - (y[:, a:b] @ weight / weight.sum())[:, None]) ** 2) @ weight
    return total


def _dispersion(y: Floats, variance: Floats, breaks: list[int]) -> Floats:
    """Variance about the levels over sampling variance, of each series; at least one.

    A change that was looked for saves the squares of about three parameters: its level's, and two for the best place.
    """
    freedom = max(1, y.shape[1] - 1 - SPENT * len(breaks))
    factor: Floats = np.maximum(1.0, _squares(y, variance, breaks) / freedom)
    return factor


def _levels(y: Floats, variance: Floats, breaks: list[int]) -> Floats:
    edges = [0, *breaks, len(y)]
    weight = 1 / variance
    means = [np.full(b - a, np.average(y[a:b], weights=weight[a:b])) for a, b in itertools.pairwise(edges)]
    return np.concatenate(means)


def _segment(y: Floats, weight: Floats, n_breaks: int) -> list[int]:
    """Places of the changes that leave the least squares, all together."""
    from ruptures import Dynp

    from cxlink.stats.weighted_squares import WeightedSquares

    search = Dynp(custom_cost=WeightedSquares(y, weight, SHORTEST), min_size=SHORTEST, jump=1)
    return [int(place) for place in search.fit_predict(y, n_bkps=n_breaks)[:-1]]


def _describe(
    y: Floats,
    variance: Floats,
    breaks: list[int],
    k: int,
    p_value: float,
    rng: np.random.Generator,
    level: float,
    n_draws: int,
) -> ChangePoint:
    """One change with its interval, the neighbouring changes held."""
    edges = [0, *breaks, len(y)]
    a, at, b = edges[k], edges[k + 1], edges[k + 2]
    fitted = _levels(y, variance, breaks)
    factor = _dispersion(y[None, :], variance, breaks)[0]
    weight = 1 / variance[a:b]
    here = at - a - SHORTEST
    drawn = fitted + rng.standard_normal((n_draws, len(y))) * np.sqrt(variance * factor)
    missed = _gains(drawn[:, a:b], weight)
    # in units of each series' own overdispersion, which is not known either
    worse = (missed.max(axis=1) - missed[:, here]) / _dispersion(drawn, variance, breaks)
    # half the error: steps that are found are those that luck made large (measured in benchmarks/change_points.py)
    slack = factor * np.quantile(worse, (1 + level) / 2)
    gains = _gains(y[None, a:b], weight)[0]
    inside = np.flatnonzero(gains >= gains.max() - slack) + a + SHORTEST
    return ChangePoint(at, int(inside.min()), int(inside.max()), float(fitted[at - 1]), float(fitted[at]), p_value)
