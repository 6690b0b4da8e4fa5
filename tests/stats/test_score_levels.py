"""Levels and differences of scores: coverage counted out and simulated, identities and refusals."""

from __future__ import annotations

from math import factorial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.nps_scale import nps_values
from cxlink.stats.same_customers import compare_same_customers
from cxlink.stats.score_differences import compare_means, compare_nps
from cxlink.stats.score_levels import estimate_mean, estimate_nps

Floats = npt.NDArray[np.float64]
SUMS = 1e-9
TABLES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 10), st.booleans(), st.sampled_from([0.5, 1.0, 2.0])),
    min_size=4,
    max_size=40,
)


def by_hand(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Rocks's interval, from shares."""
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = 1.959963984540054 * ((p + d - (p - d) ** 2) / (n + 3)) ** 0.5
    return max(100 * (p - d - half), -100), min(100 * (p - d + half), 100)


def answers_of(promoters: int, detractors: int, n: int) -> Floats:
    return np.array([10.0] * promoters + [3.0] * detractors + [7.0] * (n - promoters - detractors))


@pytest.mark.parametrize(("promoters", "detractors", "n"), [(15, 7, 36), (0, 0, 5), (5, 0, 5), (300, 300, 1000)])
def test_independent_answers_have_rocks_interval(promoters: int, detractors: int, n: int) -> None:
    found = estimate_nps(answers_of(promoters, detractors, n), np.arange(n))
    assert found.point == pytest.approx(100 * (promoters - detractors) / n, abs=SUMS)
    assert found.effective_n == pytest.approx(n)
    low, high = by_hand(promoters, detractors, n)
    # the score itself is never left out, which matters where all answers are alike
    assert (found.low, found.high) == pytest.approx((min(low, found.point), max(high, found.point)), abs=SUMS)


@pytest.mark.parametrize("n", [8, 15])
@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.8, 0.05), (0.15, 0.6), (0.35, 0.35)])
def test_coverage_in_small_groups_counted_out(n: int, shares: tuple[float, float]) -> None:
    """Every possible sample, with its probability: no simulation."""
    covered = plain = 0.0
    truth = 100 * (shares[0] - shares[1])
    for promoters in range(n + 1):
        for detractors in range(n + 1 - promoters):
            passives = n - promoters - detractors
            ways = factorial(n) / (factorial(promoters) * factorial(detractors) * factorial(passives))
            chance = ways * shares[0] ** promoters * shares[1] ** detractors * (1 - sum(shares)) ** passives
            found = estimate_nps(answers_of(promoters, detractors, n), np.arange(n))
            covered += chance * (found.low <= truth <= found.high)
            plain += chance * (abs(found.point - truth) <= 1.96 * found.std_error)
    # samples are few and lumpy: coverage moves by steps of a sample's chance
    assert 0.92 <= covered <= 0.99
    assert covered > plain


def test_difference_holds_its_level_where_customers_are_shared() -> None:
    rng = np.random.default_rng(2)
    n, repetitions, covered, naive, means = 60, 500, 0, 0, 0
    for _ in range(repetitions):
        own = rng.normal(8, 1.5, n)
        # 40 customers answer in both periods, twenty in each alone; the drop is .5
        customer = np.concatenate((np.arange(50), np.arange(10, 60)))
        later = np.arange(100) >= 50
        latent = own[customer] - 0.5 * later + rng.normal(0, 1, 100)
        scores = np.clip(np.round(latent), 0, 10)
        found = compare_nps(scores, later, customer)
        covered += found.low <= TRUE_DROP <= found.high
        error = np.hypot(found.first.std_error, found.second.std_error)
        naive += abs(found.difference - TRUE_DROP) <= 1.96 * error
        mean = compare_means(latent, later, customer)
        means += mean.low <= -0.5 <= mean.high
        assert found.n_shared == 40
    # three Monte-Carlo standard errors of 500 repetitions are .029
    assert covered / repetitions == pytest.approx(0.95, abs=0.029)
    assert means / repetitions == pytest.approx(0.95, abs=0.029)
    assert naive / repetitions > covered / repetitions + 0.01


def expected_drop() -> float:
    """NPS after less before, from the normal distribution of rounded answers."""
    from scipy.stats import norm

    spread = np.hypot(1.5, 1.0)

    def nps(mean: float) -> float:
        return float(norm.sf(8.5, mean, spread) - norm.cdf(6.5, mean, spread))

    return 100 * (nps(7.5) - nps(8.0))


TRUE_DROP = expected_drop()


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_influence_is_the_derivative_and_order_does_not_matter(table: list[tuple[int, int, bool, float]]) -> None:
    customer, scores, later, weights = (np.array(column) for column in zip(*table, strict=True))
    if any(np.unique(customer[group]).size < 2 for group in (later, ~later)):
        return
    found = compare_nps(scores, later, customer, weights)
    assert -200 <= found.low <= found.difference <= found.high <= 200
    assert found.first.low <= found.first.point <= found.first.high
    h = 1e-5
    for place, name in enumerate(found.cluster_ids):
        ends = [compare_nps(scores, later, customer, weights * (1 + s * h * (customer == name))) for s in (1, -1)]
        slope = (ends[0].difference - ends[1].difference) / (2 * h)
        assert found.influence[place] == pytest.approx(slope, abs=1e-6)
    order = np.random.default_rng(0).permutation(len(table))
    again = compare_nps(scores[order], later[order], customer[order], weights[order])
    assert (again.low, again.high) == pytest.approx((found.low, found.high), abs=SUMS)
    turned = compare_nps(scores, ~later, customer, weights)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=SUMS)


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_same_customers_are_paired(table: list[tuple[int, int, bool, float]]) -> None:
    customer, scores, later, weights = (np.array(column) for column in zip(*table, strict=True))
    values = nps_values(scores)
    both = np.intersect1d(customer[later], customer[~later])
    apart = [
        np.average(values[later & (customer == c)], weights=weights[later & (customer == c)])
        - np.average(values[~later & (customer == c)], weights=weights[~later & (customer == c)])
        for c in both
    ]
    if both.size < 2 or np.ptp(apart) == 0:
        with pytest.raises(EstimationError, match=r"in both groups|alike"):
            compare_same_customers(values, later, customer, weights)
        return
    found = compare_same_customers(values, later, customer, weights)
    assert found.n_clusters == both.size
    assert found.difference == pytest.approx(
        np.average(apart, weights=[weights[customer == c].mean() for c in both]), abs=SUMS
    )
    assert found.second - found.first == pytest.approx(found.difference, abs=SUMS)
    np.testing.assert_array_equal(np.flatnonzero(~np.isin(found.cluster_ids, both) & (found.influence != 0)), [])
    for place, name in enumerate(found.cluster_ids):
        ends = [
            compare_same_customers(values, later, customer, weights * (1 + s * 1e-5 * (customer == name))).difference
            for s in (1, -1)
        ]
        assert found.influence[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


def test_a_group_that_differs_in_mix_alone_is_unchanged_like_for_like() -> None:
    rng = np.random.default_rng(4)
    own = np.concatenate((np.full(50, 9.0), np.full(50, 5.0)))
    customer = np.concatenate((np.arange(100), np.arange(0, 50), np.arange(50, 60)))
    later = np.arange(160) >= 100
    values = own[customer] + rng.normal(0, 0.1, 160)
    assert compare_means(values, later, customer).low > 0.9
    same = compare_same_customers(values, later, customer)
    assert same.low < 0 < same.high < 0.1


def test_equal_weights_and_repeated_answers() -> None:
    scores, customer = np.array([10, 9, 7, 3, 6, 9.0]), np.array([1, 1, 2, 2, 3, 3])
    found = estimate_nps(scores, customer, np.full(6, 3.0))
    assert found.std_error == pytest.approx(estimate_nps(scores, customer).std_error)
    # An answer given twice by the same customer tells no more than once.
    once = estimate_nps(scores, np.arange(6))
    twice = estimate_nps(np.repeat(scores, 2), np.repeat(np.arange(6), 2))
    assert twice.std_error == pytest.approx(once.std_error)
    assert (once.effective_n, twice.effective_n) == pytest.approx((6, 12 * 5 / 11))
    assert twice.low < once.low
    absent = estimate_nps([*scores, 0.0], [*customer, 9], [1] * 6 + [0])
    assert (absent.n, absent.n_clusters, absent.point) == (6, 3, found.point)
    assert absent.influence[-1] == 0.0


def test_refusals() -> None:
    with pytest.raises(EstimationError, match="not from 0 to 10 in 2 rows, the first is row 1"):
        estimate_nps([5, 11, -1], [1, 2, 3])
    with pytest.raises(EstimationError, match="missing"):
        estimate_nps([5, np.nan], [1, 2])
    with pytest.raises(EstimationError, match="single customer"):
        estimate_nps([5, 9], [1, 1])
    with pytest.raises(EstimationError, match="do not differ"):
        estimate_mean([0.1, 0.1, 0.1], [1, 2, 3], [1, 2, 3])
    with pytest.raises(EstimationError, match="no answer"):
        estimate_mean([1.0, 2.0], [1, 2], [0, 0])
    with pytest.raises(EstimationError, match="level"):
        estimate_mean([1.0, 2.0], [1, 2], level=95)
    with pytest.raises(EstimationError, match="no answer"):
        compare_nps([1, 2], [1, 1], [1, 2])
    with pytest.raises(EstimationError, match="1 customers answered in both"):
        compare_same_customers([1, 2, 3], [0, 1, 1], [1, 1, 2])
