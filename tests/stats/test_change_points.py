"""Changes of level: places against exhaustive search, error rates on drawn series, invariants."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from benchmarks.change_points import score
from cxlink.stats.change_points import SHORTEST, _segment, find_change_points
from cxlink.stats.errors import EstimationError

SERIES = 200


def squares(values: np.ndarray, weights: np.ndarray, breaks: tuple[int, ...]) -> float:
    edges = [0, *breaks, len(values)]
    parts = [(values[a:b], weights[a:b]) for a, b in pairwise(edges)]
    return float(sum((w * (v - np.average(v, weights=w)) ** 2).sum() for v, w in parts))


@pytest.mark.parametrize("seed", range(5))
def test_places_are_those_of_an_exhaustive_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, weights = 1e6 + rng.normal(0, 1, 16).cumsum(), rng.uniform(0.2, 3, 16)
    candidates = [pair for pair in combinations(range(SHORTEST, 16 - SHORTEST + 1), 2) if pair[1] - pair[0] >= SHORTEST]
    best = min(candidates, key=lambda pair: squares(values, weights, pair))
    assert tuple(_segment(values, weights, 2)) == best


def test_a_level_that_does_not_change_is_said_to_change_in_one_of_twenty() -> None:
    for factor in (1.0, 2.5):
        one = score(SERIES, 24, factor, 0.0, 12, seed=2)
        # four standard errors of a share of 5% among so many
        assert one.found / SERIES <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / SERIES)


def test_a_step_of_three_deviations_is_found_and_its_month_held() -> None:
    for factor in (1.0, 2.5):
        one = score(SERIES, 30, factor, 3.0, 24, seed=3)
        assert one.found >= 0.95 * SERIES
        # intervals of 95%, less four standard errors
        assert one.held / one.found >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / one.found)


def test_units_and_level_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    values, variances = rng.normal(0, 1, 30), rng.uniform(0.5, 2, 30)
    values[20:] += 4
    plain = find_change_points(values, variances, rng=np.random.default_rng(1))
    other = find_change_points(7 + 100 * values, 1e4 * variances, rng=np.random.default_rng(1))
    assert [(one.at, one.low, one.high) for one in plain] == [(one.at, one.low, one.high) for one in other]
    assert plain[0].at == 20
    assert other[0].after == pytest.approx(7 + 100 * plain[0].after)


def test_one_month_by_itself_is_no_change_of_level() -> None:
    values = np.zeros(24)
    values[15] = 8.0
    assert find_change_points(values, np.ones(24), rng=np.random.default_rng(1)) == ()


def test_too_few_months_and_variances_of_nothing_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(EstimationError, match="11 values"):
        find_change_points(np.zeros(11), np.ones(11), rng=rng)
    with pytest.raises(EstimationError, match="variance"):
        find_change_points(np.zeros(12), np.zeros(12), rng=rng)
