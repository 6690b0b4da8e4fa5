"""Spread within customers and between them."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError, variance_components


def test_two_customers_by_hand() -> None:
    """Mean squares of 1, 3 and 5, 7: 2 within, 16 between; (16 - 2) / 2 rows each."""
    found = variance_components([1.0, 3.0, 5.0, 7.0], [0, 0, 1, 1], np.ones((1, 2)))
    assert (found.within, found.between) == pytest.approx((2.0, 7.0))
    assert found.within_draws[0] == pytest.approx(2.0)
    assert (found.n, found.n_clusters, found.n_repeated) == (4, 2, 2)


def test_unequal_customers_as_the_analysis_of_variance_of_r_has_them() -> None:
    """``anova(lm(y ~ factor(id)))`` of R 4.2.2: mean squares 13.7121212121 (df 3) and 3 (df 7).

    The typical size is (11 - (4 + 9 + 25 + 1) / 11) / 3.
    """
    y = [3.0, 5.0, 9.0, 4.0, 8.0, 1.0, 2.0, 3.0, 4.0, 2.5, 6.0]
    who = [0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3]
    found = variance_components(y, who, np.ones((1, 4)))
    typical = (11 - 39 / 11) / 3
    assert found.within == pytest.approx(3.0)
    assert found.between == pytest.approx((13.7121212121 - 3.0) / typical)


def test_weights_are_customers_counted_more_than_once() -> None:
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(6), [1, 2, 3, 4, 5, 2])
    y = rng.normal(size=len(who))
    weights = np.array([[2, 1, 0, 1, 3, 1]])
    found = variance_components(y, who, weights)
    rows = [np.flatnonzero(who == label) for label in range(6) for _ in range(weights[0, label])]
    again = variance_components(
        y[np.concatenate(rows)], np.repeat(np.arange(8), [len(part) for part in rows]), np.ones((1, 8))
    )
    assert found.within_draws[0] == pytest.approx(again.within)
    assert found.between_draws[0] == pytest.approx(again.between)


def test_planted_spreads_come_back_and_intervals_hold_them() -> None:
    """Skewed gaps, unequal numbers: within 2 (exponential), between 0.5; 200 companies of 150 customers."""
    rng = np.random.default_rng(11)
    points, held = [], 0
    for _ in range(200):
        size = rng.integers(1, 12, 150)
        who = np.repeat(np.arange(150), size)
        y = rng.normal(0, 0.5, 150)[who] + rng.exponential(2, len(who))
        weights = rng.standard_exponential((200, 150))
        found = variance_components(y, who, weights / weights.mean(axis=1, keepdims=True))
        points.append((found.within, found.between))
        low, high = np.quantile(found.within_draws, [0.025, 0.975])
        held += low <= 4.0 <= high
    means, errors = np.mean(points, axis=0), np.std(points, axis=0) / np.sqrt(200)
    assert (np.abs(means - [4.0, 0.25]) < 3.5 * errors).all()
    # 95% of 200, less what chance takes once in a thousand suites and skewed squares take always
    assert held >= 178


@pytest.mark.parametrize(
    ("y", "who", "reason"),
    [([1.0, 2.0], [0, 0], "fewer than two"), ([1.0, 2.0], [0, 1], "no customer"), ([np.inf, 2.0], [0, 1], "infinite")],
)
def test_what_cannot_be_told_is_refused(y: list[float], who: list[int], reason: str) -> None:
    with pytest.raises(EstimationError, match=reason):
        variance_components(y, who, np.ones((1, 2)))
