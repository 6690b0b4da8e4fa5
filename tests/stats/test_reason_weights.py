"""Shares of customers who name a reason, log odds ratios and shrinking: by hand, by simulation, by invariants."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from cxlink.stats import EstimationError, log_odds_ratios, named_shares, shrink

Z = 1.959963984540054


def test_with_one_answer_a_customer_the_interval_is_wilsons() -> None:
    named = np.zeros((80, 3))
    named[:7, 0], named[:, 1] = 1, 1
    found = named_shares(named, np.arange(80))
    for column, count in enumerate((7, 80, 0)):
        low, high = proportion_confint(count, 80, method="wilson")
        assert (found.low[column], found.high[column]) == pytest.approx((low, high), abs=1e-12)
    assert found.naming.tolist() == [7, 80, 0]
    assert found.n_customers == 80


def test_a_customer_counts_once_however_often_they_answer() -> None:
    # ann names it once in four answers, bob always, cleo never: (1/4 + 1 + 0) / 3
    found = named_shares([[1], [0], [0], [0], [1], [1], [0]], list("aaaabbc"))
    assert found.share[0] == pytest.approx(1.25 / 3)
    assert (found.naming[0], found.n_customers) == (2, 3)


def test_shares_hold_the_truth_where_customers_answer_several_times() -> None:
    rng = np.random.default_rng(4)
    held = []
    for _ in range(400):
        # each customer's own share is beta(1, 9): mean .1, and answers of one customer hang together
        own = rng.beta(1, 9, 120)
        cluster = np.repeat(np.arange(120), rng.integers(1, 6, 120))
        found = named_shares(rng.random((len(cluster), 1)) < own[cluster][:, None], cluster)
        held.append(bool(found.low[0] <= 0.1 <= found.high[0]))
    # of 400 intervals at 95% fewer than 366 hold the truth once in 1,000 suites
    assert sum(held) >= 366


def test_log_odds_ratio_by_hand() -> None:
    # 12 detractors, 8 name it; 10 promoters, 1 names it; .5 more in each cell
    found = log_odds_ratios(
        [[1]] * 8 + [[0]] * 4 + [[1]] + [[0]] * 9, [1] * 12 + [0] * 10, [0] * 12 + [1] * 10, range(22)
    )
    assert found.log_ratio[0] == pytest.approx(np.log(8.5 * 9.5 / (4.5 * 1.5)), rel=1e-12)
    assert found.std_error[0] == pytest.approx(np.sqrt(1 / 8.5 + 1 / 4.5 + 1 / 1.5 + 1 / 9.5), rel=1e-12)
    assert (found.naming[0], found.sparing[0]) == (9, 13)


def test_who_counts_on_both_sides_makes_the_error_smaller_where_answers_are_alike() -> None:
    rng = np.random.default_rng(5)
    grumbles = rng.random(200) < 0.3
    named = np.concatenate([grumbles, grumbles])[:, None]
    first = np.arange(400) < 200
    paired = log_odds_ratios(named, first, ~first, np.tile(np.arange(200), 2))
    apart = log_odds_ratios(named, first, ~first, np.arange(400))
    assert paired.log_ratio[0] == apart.log_ratio[0] == 0
    # all that is left is the half customers that were added
    assert paired.std_error[0] < 0.2 * apart.std_error[0]


def test_groups_the_other_way_round_turn_the_sign() -> None:
    rng = np.random.default_rng(6)
    named, group = rng.random((300, 4)) < 0.2, rng.integers(0, 3, 300)
    cluster = rng.integers(0, 120, 300)
    one = log_odds_ratios(named, group == 0, group == 2, cluster)
    other = log_odds_ratios(named, group == 2, group == 0, cluster)
    order = rng.permutation(300)
    shuffled = log_odds_ratios(named[order], group[order] == 0, group[order] == 2, cluster[order])
    assert one.log_ratio == pytest.approx(-other.log_ratio, abs=1e-12)
    assert one.std_error == pytest.approx(other.std_error, rel=1e-12)
    assert shuffled.log_ratio == pytest.approx(one.log_ratio, abs=1e-12)


def test_planted_log_odds_are_within_three_errors() -> None:
    rng = np.random.default_rng(7)
    truth, base = np.array([2.0, 1.2, 0.5, 0.0, -0.8, 1.0]), np.log(0.1 / 0.9)
    group = rng.integers(0, 2, 4000)
    odds = np.exp(base + group[:, None] * truth)
    found = log_odds_ratios(rng.random((4000, 6)) < odds / (1 + odds), group == 1, group == 0, np.arange(4000))
    assert (np.abs(found.log_ratio - truth) < 3 * found.std_error).all()
    assert found.std_error.max() < 0.2


def test_errors_are_those_of_customers_and_not_of_answers() -> None:
    rng = np.random.default_rng(8)
    drawn, told = [], []
    for _ in range(300):
        own = rng.beta(1, 4, 100)
        cluster = np.repeat(np.arange(100), 6)
        named, first = rng.random((600, 1)) < own[cluster][:, None], rng.random(600) < 0.5
        found = log_odds_ratios(named, first, ~first, cluster)
        drawn.append(found.log_ratio[0])
        told.append(found.std_error[0])
    # a standard deviation from 300 draws is known to 4%
    assert np.mean(told) == pytest.approx(np.std(drawn), rel=0.12)


def test_shrinking_by_hand() -> None:
    """Equal errors of 1: scatter 10 on 4 degrees, variance between 1.5, factor 2/4 * 1/2.5 = .2."""
    found = shrink([0.0, 1.0, 2.0, 3.0, 4.0], np.ones(5))
    assert found.mean == pytest.approx(2.0)
    assert found.spread == pytest.approx(np.sqrt(1.5))
    assert found.value == pytest.approx([0.4, 1.2, 2.0, 2.8, 3.6])
    # 1 - (1 - 1/5) * .2 = .84, and 2/2 * .2^2 * (1 + 1.5)/2.5 = .04 times the squared distance
    assert np.square(found.std_error) == pytest.approx(0.84 + 0.04 * np.array([4, 1, 0, 1, 4]))


def test_few_estimates_have_a_weak_prior() -> None:
    found = shrink([1.0, -1.0], [2.0, 0.1])
    assert found.is_weak
    assert found.value == pytest.approx([0.5, -4 / 4.01])
    assert found.std_error[0] == pytest.approx(np.sqrt(2.0))


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0])
def test_shrunken_intervals_hold_the_truth_on_the_whole(spread: float) -> None:
    rng = np.random.default_rng(9)
    held, closer = [], []
    for _ in range(300):
        truth = 0.8 + spread * rng.standard_normal(10)
        error = rng.uniform(0.2, 0.6, 10)
        raw = truth + error * rng.standard_normal(10)
        found = shrink(raw, error)
        held.append(np.abs(found.value - truth) <= Z * found.std_error)
        closer.append(np.square(found.value - truth).sum() - np.square(raw - truth).sum())
    # 3,000 intervals, those of one company hanging together through mean and spread
    assert 0.92 <= np.mean(held) <= 0.995
    assert np.mean(closer) < 0


@pytest.mark.parametrize(
    ("named", "cluster", "words"),
    [([[2]], [1], "0 or 1"), ([[1], [0]], [1], "cluster"), (np.zeros((0, 1)), [], "shape")],
)
def test_what_is_no_table_is_refused(named: object, cluster: object, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        named_shares(named, cluster)  # type: ignore[arg-type]  # wrong on purpose


def test_groups_and_errors_that_make_no_sense_are_refused() -> None:
    with pytest.raises(EstimationError, match="both groups"):
        log_odds_ratios([[1], [0]], [1, 1], [1, 0], [1, 2])
    with pytest.raises(EstimationError, match="no answer"):
        log_odds_ratios([[1], [0]], [1, 1], [0, 0], [1, 2])
    with pytest.raises(EstimationError, match="above zero"):
        shrink([1.0], [0.0])
