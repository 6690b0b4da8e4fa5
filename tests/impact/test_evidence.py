"""Placebos judged together, the grade that follows, and that nothing of grade D becomes money."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.recovery import settings_of, true_tags
from cxlink.churn import fit_churn
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, Impact, Linked, Loaded, Placebo
from cxlink.impact import estimate_impact
from cxlink.impact.evidence import gather_evidence, grade_component, judge, p_of, q_values
from cxlink.impact.experience import gather_answers
from cxlink.impact.prices import fit_price_effect
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import simulate_company
from tests.canonical import load_company

DRAWS = 50
NONE = NotEstimable("there is none", "some")


def estimate(point: float, low: float, high: float, unit: str = "NPS points") -> Estimate:
    return Estimate(point, low, high, 0.95, unit, 900, 90, "by hand")


def placebo(name: str, p: float | None, size: float = 3.0) -> Placebo:
    return Placebo(name, "later incidents and scores", estimate(size, size - 1, size + 1) if p is not None else NONE, p)


def test_placebos_are_judged_by_q_and_by_size() -> None:
    tested = [
        (placebo("large", 0.001), 10.0),
        (placebo("small", 0.001), 100.0),
        (placebo("no effect", 0.001), None),
        (placebo("by chance", 0.03), 10.0),
        (placebo("refused", None), 10.0),
    ]
    large, small, alone, chance, refused = judge(tested)
    # Benjamini and Hochberg: the third smallest of four tests at .001 stands for .001 * 4 / 3
    assert large.q_value == pytest.approx(0.001 * 4 / 3)
    assert (large.failed, small.failed, alone.failed, chance.failed, refused.failed) == (
        True,
        False,
        True,
        False,
        False,
    )
    assert small.small
    assert refused.q_value is None


def test_p_values_are_those_of_the_interval() -> None:
    assert p_of(estimate(1.96, 0.0, 3.92)) == pytest.approx(0.05, abs=1e-3)
    ratio = estimate(np.exp(0.3), np.exp(0.3 - 1.96 * 0.1), np.exp(0.3 + 1.96 * 0.1), "hazard ratio")
    assert p_of(ratio) == pytest.approx(0.0027, abs=1e-4)
    assert p_of(NONE) is None
    assert q_values([ratio, NONE, ratio]) == (p_of(ratio), None, p_of(ratio))


def test_grades() -> None:
    assert grade_component([NONE, estimate(1, 0, 2)], ()) == "C"
    assert grade_component([NONE, NONE], ()) == "D"
    assert grade_component([estimate(1, 0, 2)], ("its later incidents go with earlier scores",)) == "D"


@cache
def company(scenario: str, customers: int, seed: int) -> tuple[Linked, Loaded, ChurnFit, Settings, np.ndarray]:
    made = simulate_company(customers=customers, seed=seed, scenario=scenario, with_effects=False)
    loaded, settings = load_company(made), settings_of(made)
    linked = link(loaded, true_tags(made), settings, divisor=100)
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(1))
    return linked, loaded, fit_churn(linked, loaded, settings, weights=weights), settings, weights


def impact_of(scenario: str, customers: int, seed: int, churn: ChurnFit | None = None) -> Impact:
    linked, loaded, fitted, settings, weights = company(scenario, customers, seed)
    rng = np.random.default_rng(2)
    return estimate_impact(linked, loaded, churn or fitted, settings, weights=weights, rng=rng, progress=lambda _: None)


def test_nothing_of_grade_d_becomes_money() -> None:
    churn = company("base", 800, 3)[2]
    ends = {**churn.placebo.ratios, "delivery": estimate(3.0, 2.5, 3.6, "hazard ratio")}
    as_is = impact_of("base", 800, 3)
    held = impact_of("base", 800, 3, replace(churn, placebo=replace(churn.placebo, ratios=ends)))
    by_name = {effect.component: effect for effect in held.components}
    before = {effect.component: effect for effect in as_is.components}
    delivery = by_name["delivery"]
    assert (before["delivery"].grade, delivery.grade) == ("C", "D")
    assert isinstance(before["delivery"].margin_kept, Estimate)
    money: list[Answer] = [delivery.revenue_kept, delivery.margin_kept, delivery.net_benefit, delivery.customers_kept]
    money += [delivery.tenth[key] for key in ("revenue_kept", "margin_kept", "net_benefit")]
    money += [delivery.joint_share[key] for key in ("margin_kept", "net_benefit")]
    for answer in money:
        assert isinstance(answer, NotEstimable)
        assert "descriptive (D): its incidents go with ends that nobody chose" in answer.reason
    # shown as description, and counted
    assert delivery.hazard_ratio == before["delivery"].hazard_ratio
    assert isinstance(delivery.experience, Estimate)
    assert isinstance(delivery.cost_saved, Estimate)
    assert isinstance(before["delivery"].cost_saved, Estimate)
    # net of what kept customers cost: nobody is said to be kept
    assert delivery.cost_saved.point > before["delivery"].cost_saved.point
    assert (delivery.rank_best, delivery.rank_worst) == (None, None)
    assert "CX530" in delivery.warnings
    assert any(m.code == "CX530" and m.message.startswith("delivery") for m in held.messages)
    assert any(m.code == "CX504" and "delivery" in m.message for m in held.messages)
    # together leaves it out as well
    assert isinstance(held.joint.revenue_kept, Estimate)
    assert isinstance(as_is.joint.revenue_kept, Estimate)
    assert held.joint.revenue_kept.point < as_is.joint.revenue_kept.point
    assert by_name["billing"].grade == "C"
    assert isinstance(by_name["billing"].margin_kept, Estimate)


def test_a_cause_that_is_not_exported_is_found() -> None:
    """It moves incidents of delivery and billing, leaving and satisfaction; their later incidents tell of it."""
    linked, _, churn, settings, weights = company("unmeasured", 3000, 1)
    answers, prices = gather_answers(linked, "nps", 90), fit_price_effect(linked, weights)
    found = gather_evidence(linked, churn, answers, prices, ("no such",), exposure_days=90, unit="NPS points")
    assert set(found.reasons) == {"delivery", "billing"}
    assert found.joint_scores is not None
    assert found.joint_scores < 0.001
    assert settings.model.negative_controls == ()


def test_few_accounts_of_many_seats_are_refused_everywhere() -> None:
    impact = impact_of("clusters", 2000, 1)
    for effect in impact.components:
        for answer in (effect.hazard_ratio, effect.experience, effect.revenue_kept, effect.margin_kept):
            assert isinstance(answer, NotEstimable)
        assert isinstance(effect.net_benefit, NotEstimable)
        assert effect.grade == "D"
    assert not isinstance(impact.doubts, NotEstimable)
    assert not any(one.p_value is not None for one in impact.doubts.placebos)
    assert impact.doubts.winner is None
