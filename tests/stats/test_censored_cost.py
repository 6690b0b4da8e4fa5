"""Mean cost under censoring: exact without it and by its derivatives, and the planted mean where few are followed.

Tolerances: sums in another order (`SUMS`); coverage of `REPETITIONS` intervals of 95% lies within three Monte Carlo
standard errors, and so does the mean error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats.censored_cost import estimate_censored_cost
from cxlink.stats.errors import EstimationError

Floats = npt.NDArray[np.float64]
SUMS, REPETITIONS = 1e-9, 200
BORDERS = np.arange(1.0, 13.0)


def spend(life: Floats, until: Floats, own: Floats, rng: np.random.Generator) -> Floats:
    """Monthly costs seen up to `until`: dear starts, a customer's own level, and a dear month before leaving."""
    months = np.arange(12)
    there = np.clip(np.minimum(life, until)[:, None] - months, 0.0, 1.0)
    start = 20.0 * (months == 0)
    last = 30.0 * ((life[:, None] > months) & (life[:, None] <= months + 1) & (life <= until)[:, None])
    cost: Floats = there * (own[:, None] * rng.gamma(0.5, 2.0, (life.size, 12)) * 5.0 + start) + last
    return cost


def draw(rng: np.random.Generator, n: int, *, censored: bool = True) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    own = rng.gamma(2.0, 0.5, n)
    life = rng.exponential(10.0 * np.sqrt(own))  # dear customers stay longer
    seen = rng.uniform(0.5, 16.0, n) if censored else np.full(n, np.inf)
    stop = np.minimum(life, seen)
    return spend(life, seen, own, rng), np.minimum(stop, 1e6), life <= seen


def test_the_planted_mean_is_covered_where_the_complete_cases_are_far_off() -> None:
    rng = np.random.default_rng(1)
    truth = draw(np.random.default_rng(2), 200_000, censored=False)[0].sum(axis=1)
    found = []
    for _ in range(REPETITIONS):
        cost, stop, ended = draw(rng, 400)
        one = estimate_censored_cost(cost, stop, ended, BORDERS, np.arange(400))
        found.append((one.mean, one.std_error, one.complete_case_mean))
    mean, error, naive = np.array(found).T
    covered = np.mean(np.abs(mean - truth.mean()) <= 1.96 * error)
    noise = mean.std(ddof=1) / np.sqrt(REPETITIONS) + truth.std() / np.sqrt(truth.size)
    assert abs(mean.mean() - truth.mean()) < 3 * noise
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / REPETITIONS))
    assert naive.mean() < truth.mean() - 20 * noise


@pytest.mark.parametrize("rounded", [False, True])
def test_influences_are_derivatives_by_the_weights_of_customers(rounded: bool) -> None:
    rng = np.random.default_rng(3)
    cost, stop, ended = draw(rng, 120)
    stop = np.ceil(stop) if rounded else stop  # ties of leaving, censoring and borders
    customer = np.arange(120) // 2
    weights = rng.uniform(0.5, 2.0, 120)

    def mean(w: Floats) -> float:
        return estimate_censored_cost(cost, stop, ended, BORDERS, customer, weights * w[customer]).mean

    found = estimate_censored_cost(cost, stop, ended, BORDERS, customer, weights)
    for _ in range(5):
        step = 1e-5 * rng.normal(size=60)
        slope = (mean(1.0 + step) - mean(1.0 - step)) / 2
        assert step @ found.influence == pytest.approx(slope, rel=1e-5)
    assert found.std_error == pytest.approx(float(np.sqrt(np.square(found.influence).sum())), rel=SUMS)


def test_without_censoring_it_is_the_mean() -> None:
    cost, stop, ended = draw(np.random.default_rng(4), 300, censored=False)
    found = estimate_censored_cost(cost, stop, ended, BORDERS, np.arange(300))
    spent = cost.sum(axis=1)
    assert found.mean == pytest.approx(spent.mean(), rel=SUMS)
    assert found.std_error == pytest.approx(spent.std() / np.sqrt(300), rel=SUMS)
    assert found.complete_case_mean == pytest.approx(spent.mean(), rel=SUMS)
    np.testing.assert_allclose(found.by_interval, cost.mean(axis=0), rtol=SUMS)
    assert (found.n, found.n_complete, found.largest_weight) == (300, 300, 1.0)


def test_by_hand() -> None:
    # ten each: known for two months; censored in the second month; left after one and a half
    stop = np.repeat([2.0, 1.2, 1.5], 10)
    ended = np.repeat([0, 0, 1], 10)
    cost = np.repeat([[1.0, 10.0], [2.0, np.nan], [3.0, 5.0]], 10, axis=0)
    found = estimate_censored_cost(cost, stop, ended, [1.0, 2.0], np.arange(30))
    # the second month is known of two in three
    np.testing.assert_allclose(found.by_interval, [2.0, (10.0 + 5.0) / 3 * 1.5], rtol=SUMS)
    assert found.complete_case_mean == pytest.approx((11.0 + 8.0) / 2)
    assert found.n_complete == 20
    assert found.largest_weight == pytest.approx(1.5)


def test_whole_weights_count_rows_and_order_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    cost, stop, ended = draw(rng, 200)
    weights = rng.integers(0, 4, 200)
    found = estimate_censored_cost(cost, stop, ended, BORDERS, np.arange(200), weights)
    again = rng.permutation(np.repeat(np.arange(200), weights))
    repeated = estimate_censored_cost(cost[again], stop[again], ended[again], BORDERS, again)
    assert found.mean == pytest.approx(repeated.mean, rel=SUMS)
    assert found.std_error == pytest.approx(repeated.std_error, rel=SUMS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"borders": BORDERS[::-1]}, "borders must ascend"),
        ({"borders": BORDERS[:3]}, "one column of cost an interval"),
        ({"cluster": np.arange(200) % 29}, "29 customers"),
        ({"stop": np.zeros(200)}, "stop must be above zero"),
        ({"cost": np.full((200, 12), np.nan)}, "cost is missing"),
        ({"ended": np.full(200, 2)}, "ended must be 0 or 1"),
        ({"stop": np.linspace(1, 9, 200), "ended": np.zeros(200)}, "nobody is followed up to the horizon"),
    ],
)
def test_means_that_cannot_be_are_refused(change: dict[str, Any], message: str) -> None:
    cost, stop, ended = draw(np.random.default_rng(6), 200)
    given = {"cost": cost, "stop": stop, "ended": ended, "borders": BORDERS, "cluster": np.arange(200)}
    with pytest.raises(EstimationError, match=message):
        estimate_censored_cost(**{**given, **change})
