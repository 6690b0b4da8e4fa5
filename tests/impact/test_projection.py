"""The projection against days counted one by one, and against what must hold in any future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.impact.futures import DAYS_A_MONTH, Exposure, Future, draw_future, expect_exposure, expose
from cxlink.impact.gcomp import REMOVED
from cxlink.impact.projection import Parts, World, monthly_hazards, renewal_matrix
from cxlink.impact.sampling import draw_customers, sampling_error
from cxlink.impact.shapley import draw_orders, parts_by_orders, shapley_parts

N_MONTHS, EXPOSURE_DAYS = 6, 45
STEPS = 40


@settings(max_examples=60, deadline=None)
@given(
    incidents=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 180)), max_size=8),
    residual=st.lists(st.integers(0, 80), min_size=3, max_size=3),
)
def test_exposed_days_are_those_of_a_diary(incidents: list[tuple[int, float]], residual: list[int]) -> None:
    ordered = sorted(incidents)
    customer, day = np.array([who for who, _ in ordered], int), np.array([when for _, when in ordered], float)
    future = Future(customer, day, np.ones((3, N_MONTHS)), np.ones((3, N_MONTHS)))
    shares = (0.0, 0.1, 0.5, 1.0)
    found = expose(future, np.array(residual, float), N_MONTHS, EXPOSURE_DAYS, shares)
    moments = (np.arange(N_MONTHS * STEPS) + 0.5) * DAYS_A_MONTH / STEPS
    for who in range(3):
        acting = [(moments >= when) & (moments < when + EXPOSURE_DAYS) for owner, when in ordered if owner == who]
        covers = np.sum(acting, axis=0) if acting else np.zeros(len(moments))
        for share, exposure in zip(shares, found, strict=True):
            # expected over which incidents a partial removal takes; three or more at once count as two
            expected = np.where(moments < residual[who], 1.0, 1.0 - share ** np.minimum(covers, 2))
            expected = np.where((covers == 0) & (moments >= residual[who]), 0.0, expected)
            by_month = expected.reshape(N_MONTHS, STEPS).mean(axis=1)
            slack = (2 * len(ordered) + 1) / STEPS  # each edge of a window can fall inside one step
            many = np.where(covers > 2, covers, 0).reshape(N_MONTHS, STEPS).mean(axis=1) * share
            assert (np.abs(exposure.share[who] - by_month) <= slack + many).all()
            assert (exposure.share <= 1 + 1e-9).all()
            assert exposure.count == pytest.approx((1 - share) * np.ones((3, N_MONTHS)))


def test_thinning_is_the_mean_over_lotteries() -> None:
    rng = np.random.default_rng(8)
    future = draw_future(np.full((300, N_MONTHS), 0.01), rng)
    residual = rng.integers(0, 60, 300).astype(float)
    thinned = expose(future, residual, N_MONTHS, EXPOSURE_DAYS, (0.3,))[0].share.mean()
    played = []
    for _ in range(60):
        kept = rng.random(len(future.day)) >= 0.3
        left = Future(future.customer[kept], future.day[kept], future.expected, future.met)
        played.append(expose(left, residual, N_MONTHS, EXPOSURE_DAYS, (0.0,))[0].share.mean())
    assert thinned == pytest.approx(np.mean(played), abs=3 * np.std(played) / np.sqrt(60) + 0.004)


@pytest.mark.parametrize("covered_months", [1, 3, 12])
def test_prices_hear_of_incidents_as_charges_come_due(covered_months: int) -> None:
    rng = np.random.default_rng(5)
    matrix = renewal_matrix(covered_months, 12)
    happened, waited, moment = rng.random(200_000), rng.random(200_000) * covered_months, rng.random(200_000)
    for lag in range(12):
        share = np.mean(happened + waited <= lag + moment)
        assert matrix[0, lag] == pytest.approx(share, abs=0.005)
    assert np.tril(matrix, -1).sum() == 0


def test_hazards_are_integrated_over_bands() -> None:
    edges, rates = np.array([0, 90, 365]), np.array([0.004, 0.002, 0.001])
    tenure = np.array([0.0, 80.0, 360.0, 5000.0])
    found = monthly_hazards(tenure, edges, rates, np.array([1.0, 1.0, 2.0, 1.0]), 12)
    fine = (np.arange(120_000) + 0.5) * 12 * DAYS_A_MONTH / 120_000
    for row, (start, risk) in enumerate(zip(tenure, [1, 1, 2, 1], strict=True)):
        rate = rates[np.searchsorted(edges, start + fine, side="right") - 1] * risk
        assert found[row] == pytest.approx(rate.reshape(12, -1).mean(axis=1) * DAYS_A_MONTH, rel=1e-4)


def _world(rng: np.random.Generator, n_components: int = 4, n_active: int = 50) -> tuple[World, int]:
    rates = rng.uniform(0.0005, 0.004, (n_components, n_active, 12))
    parts = Parts(
        voluntary=rng.uniform(0.01, 0.03, (n_active, 12)),
        involuntary=np.full((n_active, 12), 0.003),
        log_hazard_ratio=rng.normal(0.4, 0.3, n_components),
        churn_known=np.ones(n_components, dtype=bool),
        price=rng.uniform(10, 90, n_active),
        log_price_change=rng.normal(-0.02, 0.01, n_components),
        experience_level=rng.normal(20, 5, n_active),
        experience_change=rng.normal(-20, 5, n_components),
        cost=rng.uniform(2, 20, n_components),
        discount=1.08 ** -((np.arange(12) + 0.5) / 12),
        renewals=((np.arange(n_active), renewal_matrix(1, 12)),),
    )
    choices = []
    for k in range(n_components):
        future, residual = draw_future(rates[k], rng), rng.integers(0, 60, n_active).astype(float)
        found = expose(future, residual, 12, 90, tuple(REMOVED.values()))
        choices.append(dict(zip(REMOVED, found, strict=True)))
    return World(parts, choices), n_components


@pytest.mark.parametrize("seed", range(5))
def test_shapley_parts_add_up_to_the_joint_effect(seed: int) -> None:
    rng = np.random.default_rng(seed)
    world, n = _world(rng)
    as_is = world.totals(["as is"] * n)

    def value(members: frozenset[int]) -> np.ndarray:
        return world.totals(["none" if k in members else "as is" for k in range(n)]).minus(as_is)

    joint = value(frozenset(range(n)))
    assert shapley_parts(value, n).sum(axis=0) == pytest.approx(joint, rel=1e-9)
    assert parts_by_orders(value, n, draw_orders(n, 2, rng)).sum(axis=0) == pytest.approx(joint, rel=1e-9)


def test_shapley_of_a_known_game() -> None:
    worth = {(): 0, (0,): 0, (1,): 0, (2,): 0, (0, 1): 90, (0, 2): 80, (1, 2): 70, (0, 1, 2): 120}
    parts = shapley_parts(lambda members: np.array([worth[tuple(sorted(members))]], float), 3)
    assert parts[:, 0] == pytest.approx([45, 40, 35])


def test_without_an_effect_nothing_is_gained_but_cost() -> None:
    n_active = 20
    parts = Parts(
        voluntary=np.full((n_active, 12), 0.02),
        involuntary=np.zeros((n_active, 12)),
        log_hazard_ratio=np.zeros(1),
        churn_known=np.ones(1, dtype=bool),
        price=np.full(n_active, 10.0),
        log_price_change=np.zeros(1),
        experience_level=np.full(n_active, 30.0),
        experience_change=np.zeros(1),
        cost=np.array([5.0]),
        discount=np.ones(12),
        renewals=(),
    )
    count = np.ones((n_active, 12))
    world = World(
        parts,
        [
            {
                "as is": Exposure(np.full((n_active, 12), 0.9), count, count),
                "none": Exposure(0 * count, 0 * count, 0 * count),
            }
        ],
    )
    gain = world.totals(["none"]).minus(world.totals(["as is"]))
    ends = np.exp(-0.02 * np.arange(13))
    assert gain[[0, 1, 3]] == pytest.approx(0)
    assert -gain[2] == pytest.approx(n_active * 5 * ((ends[1:] + ends[:-1]) / 2).sum())


def test_a_future_holds_as_many_incidents_as_its_rate_says() -> None:
    rates = np.full((4000, 12), 0.003)
    future = draw_future(rates, np.random.default_rng(3))
    expected = rates.sum() * DAYS_A_MONTH
    assert len(future.day) == pytest.approx(expected, abs=4 * np.sqrt(expected))
    assert (np.diff(future.customer) >= 0).all()


def test_what_is_not_known_acts_on_in_every_world() -> None:
    n_active = 20
    ratio = np.log(2.0)
    known, unknown = (_one_component(n_active, ratio, known=flag) for flag in (True, False))
    assert known.totals(["none"]).customers > known.totals(["as is"]).customers
    assert unknown.totals(["none"]).customers == unknown.totals(["as is"]).customers
    assert unknown.totals(["as is"]).customers == known.totals(["as is"]).customers


def _one_component(n_active: int, ratio: float, *, known: bool) -> World:
    parts = Parts(
        voluntary=np.full((n_active, 12), 0.02),
        involuntary=np.zeros((n_active, 12)),
        log_hazard_ratio=np.array([ratio]),
        churn_known=np.array([known]),
        price=np.full(n_active, 10.0),
        log_price_change=np.zeros(1),
        experience_level=np.full(n_active, 30.0),
        experience_change=np.zeros(1),
        cost=np.zeros(1),
        discount=np.ones(12),
        renewals=(),
    )
    exposed = np.full((n_active, 12), 0.5)
    return World(
        parts, [{"as is": Exposure(exposed, exposed, exposed), "none": Exposure(0 * exposed, 0 * exposed, 0 * exposed)}]
    )


def test_expected_exposure_is_the_mean_over_futures() -> None:
    rng = np.random.default_rng(4)
    rates = rng.uniform(0.0005, 0.006, (40, 12))
    residual = rng.integers(0, 80, 40).astype(float)
    shares = (0.0, 0.1, 1.0)
    found = expect_exposure(rates, residual, 90, shares)
    n_futures = 400
    drawn = np.zeros((n_futures, len(shares), 40, 12))
    for number in range(n_futures):
        exposures = expose(draw_future(rates, rng), residual, 12, 90, shares)
        drawn[number] = [exposure.share for exposure in exposures]
    error = drawn.std(axis=0) / np.sqrt(n_futures)
    for place, share in enumerate(shares):
        # five Monte-Carlo standard errors of 480 numbers, and a step of ten days in which an edge may fall
        assert (np.abs(found[place].share - drawn[:, place].mean(axis=0)) < 5 * error[place] + 0.17).all()
        assert found[place].share.mean() == pytest.approx(drawn[:, place].mean(), rel=0.02)
        assert found[place].count == pytest.approx((1 - share) * rates * DAYS_A_MONTH)


def test_a_sample_stands_for_all_and_knows_its_error() -> None:
    rng = np.random.default_rng(7)
    n = 20_000
    price = rng.lognormal(3, 1.2, n)
    kind = rng.random(n) < 0.3
    gains = price * rng.exponential(0.02, n) * np.where(kind, 2.0, 0.5)
    order = np.lexsort((rng.random(n), kind))
    sums, errors = [], []
    for _ in range(200):
        weight = draw_customers(price, order, 1000, rng)
        kept = weight > 0
        assert abs(kept.sum() - 1000) <= 1
        assert weight[kept].min() >= 1 - 1e-12
        sums.append(float(weight @ gains))
        errors.append(float(sampling_error(gains[kept], np.array([sums[-1]]), weight[kept], is_sample=True)))
    spread = np.std(sums)
    # three Monte-Carlo standard errors of the mean of 200 samples
    assert np.mean(sums) == pytest.approx(gains.sum(), abs=3 * spread / np.sqrt(200))
    # on the large side, as drawing with replacement is: customers are drawn in order, and by what they pay
    assert 0.95 * spread < np.mean(errors) < 2 * spread


def test_who_pays_most_is_surely_in_the_sample() -> None:
    rng = np.random.default_rng(8)
    price = np.append(np.full(5000, 10.0), [100_000.0, 200_000.0])
    weight = draw_customers(price, np.arange(5002), 400, rng)
    assert weight[-2:] == pytest.approx([1.0, 1.0])
    assert weight.sum() == pytest.approx(5002, rel=0.02)
