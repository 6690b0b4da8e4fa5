"""True effects: what must hold for any correct do() contrast."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from cxlink.simulate import Company, simulate_company
from cxlink.simulate.satisfaction import draw_answers, expected_nps, nps_answers
from cxlink.simulate.scenarios import build_world
from cxlink.simulate.shares import shapley_weights
from cxlink.simulate.truth import Effects


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(customers=800, seed=2, repetitions=8)


@pytest.fixture(scope="module")
def effects(company: Company) -> Effects:
    assert company.effects is not None
    return company.effects


def test_the_population_is_the_active_customers(company: Company, effects: Effects) -> None:
    assert effects.population == company.customers["ended_on"].isna().sum()


def test_components_without_effect_keep_no_customer_and_no_money(effects: Effects) -> None:
    for name in ("support", "product"):
        assert effects.alone[name].customers_kept == pytest.approx(0, abs=1e-9)
        assert effects.alone[name].revenue_kept == pytest.approx(0, abs=1e-6)
        assert effects.alone[name].cost_saved > 0
        assert effects.alone[name].experience > 0


def test_effects_are_ordered_as_planted(effects: Effects) -> None:
    kept = [effects.alone[name].customers_kept for name in ("delivery", "billing", "app")]
    assert kept == sorted(kept, reverse=True)
    assert min(kept) > 0


def test_parts_of_money_add_up(effects: Effects) -> None:
    for effect in (*effects.alone.values(), effects.joint):
        assert effect.margin_kept == pytest.approx(0.7 * effect.revenue_kept)
        assert effect.net_benefit == pytest.approx(effect.margin_kept + effect.cost_saved)


def test_stopping_everything_saves_all_avoidable_cost(effects: Effects) -> None:
    assert effects.joint.cost_saved == pytest.approx(effects.as_is["avoidable_cost"])


def test_the_joint_effect_on_customers_is_below_the_sum_of_the_parts(effects: Effects) -> None:
    assert 0 < effects.joint.customers_kept < sum(effect.customers_kept for effect in effects.alone.values())


def test_monte_carlo_error_is_small(effects: Effects) -> None:
    delivery, error = effects.alone["delivery"], effects.alone_error["delivery"]
    assert error.net_benefit < 0.05 * delivery.net_benefit


def test_nothing_is_kept_in_the_null_world() -> None:
    null = simulate_company(customers=200, seed=2, scenario="null", repetitions=2).effects
    assert null is not None
    for effect in null.alone.values():
        assert np.allclose(astuple(effect)[:3], 0)
        assert effect.experience == pytest.approx(0)


def test_orders_have_no_horizon_but_an_experience() -> None:
    company = simulate_company(customers=300, seed=2, scenario="orders")
    assert company.effects is None
    assert company.observed_experience["delivery"] > company.observed_experience["product"]
    assert company.customers["ended_on"].isna().all()


def test_expected_scores_are_those_of_drawn_answers() -> None:
    tastes = build_world("base", customers=1).satisfaction
    rng = np.random.default_rng(1)
    for level in (4.0, 7.2, 9.1):
        scores = nps_answers(draw_answers(tastes, np.full(200_000, level), rng))
        observed = 100 * ((scores >= 9).mean() - (scores <= 6).mean())
        assert float(expected_nps(tastes, np.array(level))) == pytest.approx(observed, abs=0.6)


def test_joint_shares_add_up_to_the_joint_effect() -> None:
    company = simulate_company(customers=300, seed=2, repetitions=8, with_joint_shares=True)
    assert company.effects is not None
    total = np.sum([astuple(part) for part in company.joint_shares.values()], axis=0)
    joint, error = astuple(company.effects.joint), astuple(company.effects.joint_error)
    assert (np.abs(total - joint) < 6 * np.array(error) + 1e-6).all()
    assert company.joint_shares["support"].margin_kept == pytest.approx(0, abs=1e-6)


def test_shapley_weights_split_a_known_game() -> None:
    values = np.array([0.0, 1.0, 2.0, 5.0])
    assert np.allclose(shapley_weights(2) @ values, [2.0, 3.0])
