"""Choices within a budget: the linear programme against every subset."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.portfolio import Aim, choose_each_draw, choose_portfolio, mean_of_worst, portfolio_value, try_all

SOLVED = 1e-6
"""Relative to the largest value: what the solver's own tolerances leave open between two choices."""


def draw_projects(seed: int, n: int, n_draws: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    worth = rng.normal(0.5, 1.0, n) + rng.normal(0, 1.0, (n_draws, n)) + rng.normal(0, 0.5, (n_draws, 1))
    pairs = rng.normal(0, 0.3, n * (n - 1) // 2) + rng.normal(0, 0.1, (n_draws, n * (n - 1) // 2))
    return worth, pairs, rng.uniform(0.0, 2.0, n)


@pytest.mark.parametrize("aim", ["mean", "cvar"])
def test_of_fifteen_projects_the_programme_takes_what_trying_every_subset_takes(aim: Aim) -> None:
    worth, pairs, cost = draw_projects(1, 15, 20)
    solved = choose_portfolio(worth, pairs, cost, 6.0, aim=aim)
    tried = try_all(worth, pairs, cost, 6.0, aim=aim)
    assert solved.taken.tolist() == tried.taken.tolist()
    assert solved.value == pytest.approx(tried.value)
    assert 0 < solved.taken.sum() < 15


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 6),
    budget=st.floats(0.0, 8.0),
    aim=st.sampled_from(["mean", "cvar"]),
)
def test_no_subset_is_worth_more(seed: int, n: int, budget: float, aim: Aim) -> None:
    worth, pairs, cost = draw_projects(seed, n, 12)
    solved = choose_portfolio(worth, pairs, cost, budget, aim=aim)
    tried = try_all(worth, pairs, cost, budget, aim=aim)
    assert cost[solved.taken].sum() <= budget * (1 + SOLVED) + SOLVED
    assert solved.value >= tried.value - SOLVED * np.abs(worth).max()


def test_a_pair_that_is_worth_less_than_its_parts_is_not_taken_for_their_sum() -> None:
    worth, together = np.array([[3.0, 2.0, 1.0]]), np.array([[-2.5, 0.0, 0.0]])
    chosen = choose_portfolio(worth, together, [1.0, 1.0, 1.0], 2.0)
    assert chosen.taken.tolist() == [True, False, True]
    assert chosen.value == pytest.approx(4.0)


def test_the_worst_fifth_avoids_what_the_mean_takes() -> None:
    worth = np.column_stack([np.repeat([20.0, -10.0], 10), np.full(20, 1.0)])
    nothing = np.zeros((20, 1))
    assert choose_portfolio(worth, nothing, [1.0, 1.0], 1.0).taken.tolist() == [True, False]
    assert choose_portfolio(worth, nothing, [1.0, 1.0], 1.0, aim="cvar").taken.tolist() == [False, True]


def test_the_mean_of_the_worst_counts_the_border_in_part() -> None:
    assert mean_of_worst([4.0, 1.0, 2.0, 3.0], 0.5) == pytest.approx(1.5)
    assert mean_of_worst([4.0, 1.0, 2.0, 3.0], 0.375) == pytest.approx((1.0 + 0.5 * 2.0) / 1.5)
    assert mean_of_worst([4.0, 1.0], 1.0) == pytest.approx(2.5)


def test_nothing_is_taken_where_nothing_is_worth_it() -> None:
    chosen = choose_portfolio([[-1.0, -2.0]], [[0.5]], [0.0, 0.0], 10.0)
    assert not chosen.taken.any()
    assert chosen.value == 0.0
    assert portfolio_value([[-1.0, -2.0]], [[0.5]], [True, True]) == pytest.approx(-2.5)


@pytest.mark.parametrize("n", [4, 11])
def test_each_draw_is_chosen_for_by_itself(n: int) -> None:
    worth, pairs, cost = draw_projects(3, n, 5)
    found = choose_each_draw(worth, pairs, cost, 3.0)
    for b, taken in enumerate(found):
        assert taken.tolist() == try_all(worth[[b]], pairs[[b]], cost, 3.0).taken.tolist()


def test_what_cannot_be_chosen_from_is_refused() -> None:
    with pytest.raises(EstimationError, match="same projects"):
        choose_portfolio([[1.0, 2.0]], [[0.0, 0.0]], [1.0, 1.0], 1.0)
    with pytest.raises(EstimationError, match="missing or infinite"):
        choose_portfolio([[np.nan]], np.zeros((1, 0)), [1.0], 1.0)
    with pytest.raises(EstimationError, match="negative"):
        choose_portfolio([[1.0]], np.zeros((1, 0)), [-1.0], 1.0)
    with pytest.raises(EstimationError, match="too many subsets"):
        try_all(np.ones((1, 16)), np.zeros((1, 120)), np.ones(16), 1.0)
