"""Paths after first events against simulated truth, where two-way effects and plain imputation go wrong."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from cxlink.stats import EstimationError, EventPath, breakdown_trend, follow_first_event
from cxlink.stats.event_path import Base
from tests.stats.staggered import Staggered, customers_who_leave

Z = 1.959963984540054


def follow(made: Staggered, base: Base = "month before", attributes: np.ndarray | None = None) -> EventPath:
    weights = np.random.default_rng(5).standard_exponential((100, len(made.event)))
    weights /= weights.mean(axis=1, keepdims=True)
    return follow_first_event(
        made.revenue,
        entered=made.entered,
        left=made.left,
        event=made.event,
        weights=weights,
        attributes=attributes,
        base=base,
    )


def errors_of(made: list[Staggered], base: Base = "month before") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate less truth, its standard errors, and truth, one row a simulation."""
    paths = [follow(one, base=base) for one in made]
    truth = np.array([one.truth() for one in made])
    return np.array([path.point for path in paths]) - truth, np.array([p.draws.std(axis=0) for p in paths]), truth


def two_way_effect(made: Staggered) -> float:
    """The coefficient of "after the first event" beside levels of customers and months."""
    after = (np.arange(made.revenue.shape[1]) >= np.floor(made.event)[:, None]).astype(float)

    def within(values: np.ndarray) -> np.ndarray:
        less: np.ndarray = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
        return less

    return float((within(after) * within(made.revenue)).sum() / (within(after) ** 2).sum())


def imputed_effect(made: Staggered) -> float:
    """Mean effect by imputation from levels of customers and months, fitted where nothing has been met yet."""
    months = made.revenue.shape[1]
    there = np.arange(months) >= np.ceil(made.entered)[:, None]
    before = there & (np.arange(months) < np.floor(made.event)[:, None])
    calendar = np.zeros(months)
    for _ in range(300):
        level = ((made.revenue - calendar) * before).sum(axis=1) / np.maximum(before.sum(axis=1), 1)
        calendar = ((made.revenue - level[:, None]) * before).sum(axis=0) / np.maximum(before.sum(axis=0), 1)
    after = there & ~before & (before.sum(axis=1) > 0)[:, None]
    return float((made.revenue - level[:, None] - calendar)[after].mean())


def test_nothing_is_found_where_events_do_nothing_though_customers_leave() -> None:
    made = [customers_who_leave(1500, np.random.default_rng([seed, 3]), meets=0.05) for seed in range(12)]
    error, width, truth = errors_of(made)
    assert not truth.any()
    # four standard errors of the mean of twelve
    assert (np.abs(error.mean(axis=0)) <= 4 * width.mean(axis=0) / np.sqrt(len(made)) + 1e-12).all()
    # 12 simulations of 18 months: 216 intervals, of which 5% miss; that 15% do has no chance worth naming
    assert (np.abs(error) > Z * width).mean() < 0.15
    # who met an event lived to meet it, so plain imputation sees a gain of more than 1 (a twentieth of revenue)
    assert min(imputed_effect(one) for one in made) > 1


@pytest.mark.parametrize("base", ["month before", "months before"])
def test_the_truth_is_found_where_events_cut_prices_and_drive_customers_away(base: Base) -> None:
    made = [customers_who_leave(1500, np.random.default_rng([seed, 4]), ratio=1.6, price_cut=0.1) for seed in range(8)]
    error, width, truth = errors_of(made, base)
    assert (truth[:, -6:] < -2).all()
    assert (np.abs(error.mean(axis=0)) <= 4 * width.mean(axis=0) / np.sqrt(len(made)) + 1e-12).all()


def test_attributes_that_move_events_and_leaving_are_taken_out() -> None:
    """Half of the customers meet events twice as often and leave three times as often; events do nothing."""
    raw, adjusted = [], []
    for seed in range(6):
        calm, busy = (
            customers_who_leave(800, np.random.default_rng([seed, k, 6]), meets=meets, leaves=leaves)
            for k, (meets, leaves) in enumerate([(0.02, 0.01), (0.04, 0.03)])
        )
        made = Staggered(
            *(np.concatenate([getattr(calm, one.name), getattr(busy, one.name)]) for one in fields(Staggered))
        )
        group = np.repeat([[0.0], [1.0]], 800, axis=0)
        raw.append(follow(made).point[18])
        # the second column says the same: it is left out
        path = follow(made, attributes=np.hstack([group, 2 * group]))
        adjusted.append([path.point[18], path.draws[:, 18].std()])
    error, width = np.mean(adjusted, axis=0)
    assert abs(error) < 3 * width / np.sqrt(6)
    assert np.mean(raw) < -3 * width / np.sqrt(6)


def test_two_way_effects_are_wrong_where_effects_grow() -> None:
    rng = np.random.default_rng(8)
    n, months = 1200, 24
    event = np.where(rng.random(n) < 0.75, rng.choice([4.5, 9.5, 14.5], n), np.inf)
    since = np.maximum(np.arange(months) - np.floor(event)[:, None] + 1, 0)
    without = 50 + rng.normal(0, 5, n)[:, None] + np.arange(months) * 0.2 + rng.normal(0, 1, (n, months))
    made = Staggered(without - 0.5 * since, without, np.full(n, -100.0), np.full(n, np.inf), event)
    after = np.arange(months) >= np.floor(event)[:, None]
    truth = float((made.revenue - made.without)[after].mean())
    assert abs(two_way_effect(made) - truth) > 0.25 * abs(truth)
    path, errors = follow(made), follow(made).draws.std(axis=0)
    assert (np.abs(path.point - made.truth())[:6] < 5 * errors[:6] + 1e-12).all()
    np.testing.assert_allclose(path.point, made.truth(), atol=5 * errors.max())


def test_the_order_of_customers_and_the_currency_do_not_matter() -> None:
    made = customers_who_leave(400, np.random.default_rng(2), price_cut=0.2)
    order = np.random.default_rng(3).permutation(400)
    moved = Staggered(
        *(100 * part[order] for part in (made.revenue, made.without)),
        *(part[order] for part in (made.entered, made.left, made.event)),
    )
    one, other = follow(made), follow(moved)
    np.testing.assert_allclose(100 * one.point, other.point, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(one.customers, other.customers)
    assert other.base == pytest.approx(100 * one.base)


def test_later_data_does_not_change_earlier_months() -> None:
    made = customers_who_leave(600, np.random.default_rng(6), price_cut=0.2)
    event = np.where(made.event < 12, made.event, np.inf)
    raised = made.revenue.copy()
    raised[:, 20:] *= 3
    one, other = (follow(Staggered(part, part, made.entered, made.left, event)) for part in (made.revenue, raised))
    np.testing.assert_array_equal(one.point[:14], other.point[:14])


def test_without_others_nobody_is_compared() -> None:
    n = 30
    path = follow(Staggered(np.ones((n, 6)), np.ones((n, 6)), np.full(n, -5.0), np.full(n, np.inf), np.full(n, 3.5)))
    assert (path.n_events, path.n_alone) == (n, n)
    assert np.isnan(path.point).all()


@pytest.mark.parametrize(("event", "left"), [(-0.5, np.inf), (4.0, 3.0)])
def test_events_outside_the_time_at_risk_are_refused(event: float, left: float) -> None:
    with pytest.raises(EstimationError, match="within the panel"):
        follow_first_event(np.ones((1, 6)), entered=[-1.0], left=[left], event=[event], weights=np.ones((2, 1)))


def test_a_hidden_trend_of_the_size_seen_undoes_what_is_no_larger() -> None:
    rng = np.random.default_rng(1)
    before = np.array([0.3, 0.2, 0.1, 0.0])
    draws = np.column_stack([before + 0.001 * rng.normal(size=(400, 4)), -1 + 0.001 * rng.normal(size=400)])
    # -1 over five steps of 0.1: twice the trend seen
    assert breakdown_trend(before, -1.0, 5.0, draws) == pytest.approx(2.0, rel=0.03)
    assert breakdown_trend(before, -0.001, 5.0, draws) == 0.0
    with pytest.raises(EstimationError, match="two months"):
        breakdown_trend([0.0], 1.0, 1.0, np.ones((4, 2)))


def test_the_breakdown_is_below_the_truth_as_often_as_it_says() -> None:
    # the trend that undoes the effect is exactly 1 of the largest seen: breakdowns above it are errors
    rng = np.random.default_rng(4)
    trend, steps, error = np.array([0.4, 0.1, 0.05, 0.0]), 4.0, 0.08
    effect = steps * 0.3
    chance = rng.normal(0, error, (600, 5))
    spread = rng.normal(0, error, (200, 5))
    found = [
        breakdown_trend(trend + one[:4], effect + one[4], steps, np.append(trend, effect) + spread) for one in chance
    ]
    assert np.mean(np.array(found) > 1.0) <= 0.05
