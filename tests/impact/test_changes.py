"""Changes: projections against the run's own, money by hand, refusals, and choices within a budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import BudgetChoice, ChangeEffect, Changes, Doubt, EndPlacebo, Payoff
from cxlink.impact import estimate_impact, stage
from cxlink.impact.changes.doubt import allow_for_doubt, draw_doubts
from cxlink.impact.changes.drawn import ChangeProjection, Projected
from cxlink.impact.changes.money import Purse, worth_of_knowing
from cxlink.impact.changes.plans import Plan, build_plans
from cxlink.impact.changes.stage import Grounds, decide_changes
from cxlink.impact.changes.surface import interpolate
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE
from cxlink.impact.futures import DAYS_A_MONTH, Future, draw_future, expose, expose_thinned
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import simulate_company
from tests.canonical import build_settings, load_company
from tests.impact.true_tags import true_tags

EXACT = 1e-9
"""Relative: the same arithmetic in another order."""
READ_OFF = 1e-4
"""Relative: a polynomial through five sizes, of gains that bend only a little between them."""
DRAWS = 100
FINANCE = {"gross_margin": 0.7, "avoidable_share": 0.6, "cost_per_handle_minute": 0.9, "discount_rate": 0.08}
COURIER = {
    "name": "courier",
    "component": "delivery",
    "reduce": {"low": 0.2, "likely": 0.3, "high": 0.4},
    "cost": {"one_off": 800, "per_month": 20},
    "ramp_months": 3,
}
CHANGES = [
    COURIER,
    {"name": "all", "component": "delivery", "reduce": 1.0},
    {"name": "bot", "component": "support", "reduce": -0.2, "saving": {"per_month": 60}},
    {
        "name": "moved",
        "component": "app",
        "reduce": 0.5,
        "displaced_to": "support",
        "displaced_share": 0.5,
        "adoption": 0.5,
    },
    {
        "name": "sorry",
        "component": "delivery",
        "recovery": {"voucher": 4.0, "per_month_cap": 50.0, "relief": {"low": 0.2, "likely": 0.4, "high": 0.6}},
    },
    {"name": "crashes", "component": "app", "cause": "crash", "reduce": 0.5},
    {"name": "nobody", "component": "nowhere", "reduce": 0.5},
    {"name": "rare", "component": "app", "cause": "never heard", "reduce": 0.5},
    {"name": "made", "component": "app", "reduce": 0.5, "started_on": date(2025, 1, 1)},
]


def chosen(**finance: object) -> Settings:
    return build_settings(
        model={"adjust_for": ["plan", "usage"], "draws": DRAWS}, finance={**FINANCE, **finance}, changes=CHANGES
    )


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    caught: list[Grounds] = []

    def catch(found: Grounds, rng: np.random.Generator) -> Changes:
        caught.append(found)
        return Changes()

    company = simulate_company(customers=1000, seed=3, with_effects=False)
    loaded, settings = load_company(company), chosen(budget=1500.0)
    linked = link(loaded, true_tags(company), settings, divisor=100)
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(1))
    churn = fit_churn(linked, loaded, settings, weights=weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "decide_changes", catch)
        impact = estimate_impact(
            linked, loaded, churn, settings, weights=weights, rng=np.random.default_rng(2), progress=lambda _: None
        )
    loaded.engine.close()
    assert impact.changes.effects == ()
    return caught[0]


@pytest.fixture(scope="module")
def found(grounds: Grounds) -> Changes:
    return decide_changes(grounds, np.random.default_rng(7))


def effect_of(found: Changes, name: str) -> ChangeEffect:
    return next(effect for effect in found.effects if effect.asked.name == name)


def payoff_of(found: Changes, name: str) -> Payoff:
    payoff = effect_of(found, name).payoff
    assert isinstance(payoff, Payoff)
    return payoff


def point(answer: object) -> float:
    assert isinstance(answer, Estimate)
    return answer.point


def project(grounds: Grounds, *names: str) -> tuple[ChangeProjection, tuple[Plan, ...]]:
    asked = [change for change in grounds.settings.changes if change.name in names]
    plans = build_plans(grounds.linked, asked, n_months=12, weights=grounds.weights, rng=np.random.default_rng(4))
    projection = ChangeProjection(
        grounds.base,
        grounds.fits,
        plans,
        n_months=12,
        exposure_days=90,
        discount_rate=0.08,
        rng=np.random.default_rng(5),
        threads=1,
    )
    return projection, plans


def test_all_incidents_removed_are_those_of_the_component_table(grounds: Grounds) -> None:
    projection, _ = project(grounds, "all")
    base = grounds.base
    whole = projection.worlds(base, projection.plans)
    place = grounds.linked.components.index("delivery")
    discount = (1 + 0.08) ** -((np.arange(12) + 0.5) / 12)
    for number in (None, 3):
        gains = whole.expect(number, [((0, 1.0),)]).gains[0]
        told = projection.projector(base).expect(number).alone[place]
        assert gains[CUSTOMERS].sum() == pytest.approx(told[CUSTOMERS], rel=EXACT)
        assert gains[REVENUE] @ discount == pytest.approx(told[REVENUE], rel=EXACT)
        assert gains[COST] @ discount == pytest.approx(told[COST], rel=EXACT)
        assert gains[EXPERIENCE].sum() == pytest.approx(told[EXPERIENCE], rel=EXACT)


def test_a_size_is_read_off_as_it_would_be_projected(grounds: Grounds) -> None:
    projection, _ = project(grounds, "courier")
    sizes = projection.sizes[0]
    assert 0 in sizes
    at = [0.07, 0.31, 0.77]
    exact = projection.worlds(projection.some(10**6), projection.plans).expect(
        2, [((0, size),) for size in (*sizes, *at)]
    )
    values = np.repeat(exact.gains[None, : len(sizes)], len(at), axis=0)
    read = interpolate(values, sizes, np.array(at))
    for row in range(4):
        assert read[:, row].sum(axis=1) == pytest.approx(exact.gains[len(sizes) :, row].sum(axis=1), rel=READ_OFF)


def test_nothing_asked_gains_nothing(grounds: Grounds) -> None:
    projection, _ = project(grounds, "courier", "bot")
    worlds = projection.worlds(projection.some(10**6), projection.plans)
    assert (worlds.expect(None, [((0, 0.0), (1, 0.0))]).gains == 0).all()


def test_what_is_displaced_appears_elsewhere(grounds: Grounds) -> None:
    projection, _ = project(grounds, "moved")
    names = grounds.linked.components
    told = projection.worlds(projection.some(10**6), projection.plans).expect(None, [((0, 0.5),)])
    as_is, other = told.incidents
    less = as_is[names.index("app")].sum() - other[names.index("app")].sum()
    more = other[names.index("support")].sum() - as_is[names.index("support")].sum()
    assert less == pytest.approx(0.25 * as_is[names.index("app")].sum(), rel=0.02)  # half of half of the customers
    assert more == pytest.approx(0.5 * less, rel=0.02)  # but for those who stay a little more or less often


def test_two_changes_of_one_component_do_not_remove_more_than_all(grounds: Grounds) -> None:
    projection, _ = project(grounds, "courier", "all")
    worlds = projection.worlds(projection.some(10**6), projection.plans)
    both, alone = worlds.expect(None, [((0, 0.3), (1, 1.0)), ((1, 1.0),)]).gains
    assert both == pytest.approx(alone, abs=EXACT * np.abs(alone).max())


def test_the_npv_is_the_sum_of_its_parts(found: Changes) -> None:
    effect = effect_of(found, "courier")
    discount = 1.08 ** -((np.arange(12) + 0.5) / 12)
    cost = 800 + 20 * discount.sum()
    assert point(effect.npv) == pytest.approx(point(effect.margin_kept) + point(effect.cost_saved) - cost)
    payoff = payoff_of(found, "courier")
    assert payoff.spent == pytest.approx(cost)
    assert payoff.roi == pytest.approx(point(effect.npv) / cost)
    assert point(effect.margin_kept) == pytest.approx(0.7 * point(effect.revenue_kept))


def test_more_incidents_lose_what_fewer_would_gain(found: Changes) -> None:
    bot = effect_of(found, "bot")
    assert bot.asked.kind == "more"
    assert point(bot.incidents) < 0
    assert point(bot.cost_saved) < 0
    assert point(bot.experience) < 0
    discount = 1.08 ** -((np.arange(12) + 0.5) / 12)
    assert point(bot.npv) == pytest.approx(
        point(bot.margin_kept) + point(bot.cost_saved) + 60 * discount.sum(), rel=EXACT
    )
    assert payoff_of(found, "bot").payback_months == 0


def test_a_recovery_spares_harm_but_no_incident(found: Changes, grounds: Grounds) -> None:
    sorry, every = effect_of(found, "sorry"), effect_of(found, "all")
    assert abs(point(sorry.incidents)) < 0.01 * point(every.incidents)
    assert point(sorry.cost_saved) <= 0
    assert 0 < point(sorry.customers_kept) < point(every.customers_kept)
    discount = 1.08 ** -((np.arange(12) + 0.5) / 12)
    assert payoff_of(found, "sorry").spent == pytest.approx(50.0 * discount.sum())  # the cap binds in every month


def test_a_cause_is_the_part_of_its_component(found: Changes, grounds: Grounds) -> None:
    rows = grounds.linked.incidents
    rows = rows.loc[(rows["component"] == "app") & (rows["incident_day"] >= grounds.linked.from_day)]
    share = (rows["cause"] == "crash").mean()
    fewer = point(effect_of(found, "crashes").incidents)
    projection, _ = project(grounds, "crashes")
    as_is = projection.worlds(grounds.base, projection.plans).expect(None, []).incidents[0]
    whole = as_is[grounds.linked.components.index("app")].sum()
    assert fewer == pytest.approx(0.5 * share * whole, rel=0.05)


def test_the_expected_npv_is_zero_where_it_breaks_even(found: Changes, grounds: Grounds) -> None:
    even = payoff_of(found, "courier").break_even
    assert even is not None
    asked = {**COURIER, "reduce": even}
    at = decide_changes(
        replace(grounds, settings=grounds.settings.model_copy(update={"changes": (build(asked),)})),
        np.random.default_rng(7),
    )
    payoff = payoff_of(at, "courier")
    spread = payoff.quantiles[-1] - payoff.quantiles[0]
    assert abs(point(effect_of(at, "courier").npv)) < 0.1 * spread
    assert 0.3 < payoff.probability < 0.7


def build(change: dict[str, object]) -> object:
    return build_settings(changes=[change]).changes[0]


def test_shares_of_variance_add_up(found: Changes) -> None:
    sources = dict(payoff_of(found, "courier").sources)
    assert sum(sources.values()) == pytest.approx(1.0)
    assert max(sources, key=lambda name: sources[name]) == "size of the change"
    assert dict(payoff_of(found, "all").sources)["size of the change"] == pytest.approx(0.0, abs=EXACT)


def test_what_cannot_be_projected_says_so(found: Changes) -> None:
    nobody, rare = effect_of(found, "nobody"), effect_of(found, "rare")
    assert isinstance(nobody.npv, NotEstimable)
    assert "delivery" in nobody.npv.needs
    assert isinstance(rare.npv, NotEstimable)
    assert "crash" in rare.npv.needs
    assert [effect for effect in found.effects if effect.asked.name == "made"] == []
    codes = [message.code for message in found.messages]
    assert codes.count("CX580") == 2
    assert codes.count("CX584") == 1


def test_without_a_margin_there_is_no_npv_but_the_rest_stands(grounds: Grounds) -> None:
    from cxlink.impact.cells import EffectTable

    settings = chosen(gross_margin=None, budget=100.0).model_copy(update={"changes": (build(COURIER),)})
    table = object.__new__(EffectTable)
    for name in ("_linked", "_churn", "_fits", "_no_price"):
        setattr(table, name, getattr(grounds.table, name))
    table._no_margin = NotEstimable("no gross margin is given", "[finance] gross_margin")
    found = decide_changes(replace(grounds, settings=settings, table=table), np.random.default_rng(1))
    effect = found.effects[0]
    assert isinstance(effect.npv, NotEstimable)
    assert effect.payoff == effect.npv
    assert isinstance(found.budget, NotEstimable)
    assert point(effect.revenue_kept) > 0
    assert [message.code for message in found.messages] == ["CX581"]


def test_those_taken_fit_the_budget_and_pairs_are_near_the_whole(found: Changes) -> None:
    choice = found.budget
    assert isinstance(choice, BudgetChoice)
    assert choice.spent <= 1500.0
    assert len(choice.taken) >= 2
    assert abs(point(choice.npv) - choice.by_pairs) < 0.02 * point(choice.npv)
    assert choice.parts != pytest.approx(point(choice.npv), rel=1e-6)  # "all" leaves nothing to the others of delivery
    assert {name for name, _ in choice.often} == set(choice.considered)


def test_the_number_of_threads_changes_nothing(grounds: Grounds) -> None:
    settings = grounds.settings.model_copy(update={"changes": (build(COURIER),)})
    one, three = (
        decide_changes(replace(grounds, settings=settings, threads=threads), np.random.default_rng(3))
        for threads in (1, 3)
    )
    assert one == three


def a_future(seed: int) -> Future:
    return draw_future(np.full((40, 12), 4.0 / 365), np.random.default_rng(seed))


def test_keeping_all_incidents_is_as_is() -> None:
    future, residual = a_future(1), np.linspace(0, 60, 40)
    as_is, none = expose(future, residual, 12, 90, (0.0, 1.0))
    assert expose_thinned(future, residual, 90, np.ones(12)).share == pytest.approx(as_is.share, abs=EXACT)
    assert expose_thinned(future, residual, 90, np.zeros(12)).share == pytest.approx(none.share, abs=EXACT)


def test_thinned_exposure_is_the_mean_over_what_is_removed() -> None:
    future, residual, rng = a_future(2), np.zeros(40), np.random.default_rng(9)
    kept = np.linspace(1.0, 0.2, 12)
    chance = kept[np.minimum((future.day / DAYS_A_MONTH).astype(int), 11)]
    drawn = []
    for _ in range(2000):
        stays = rng.random(len(chance)) < chance
        left = Future(future.customer[stays], future.day[stays], future.expected, future.met)
        drawn.append(expose(left, residual, 12, 90, (0.0,))[0].share.sum(axis=0))
    mean, error = np.mean(drawn, axis=0), np.std(drawn, axis=0) / np.sqrt(len(drawn))
    exact = expose_thinned(future, residual, 90, kept).share.sum(axis=0)
    assert (np.abs(exact - mean) <= 4 * error + EXACT).all()


def test_payback_is_when_it_stays_paid() -> None:
    purse = Purse(0.7, np.ones(4))
    plan = a_plan(one_off=10.0)
    flows = np.array([[5.0, 5.0, 5.0, 5.0], [12.0, -5.0, 1.0, 3.0], [1.0, 1.0, 1.0, 1.0], [11.0, 0.0, 0.0, 0.0]])
    assert purse.payback(flows, [plan]).tolist() == [2.0, 4.0, np.inf, 1.0]
    assert purse.payback(flows[2:3], [a_plan(one_off=0.0)]).tolist() == [0.0]
    assert purse.npv(flows, [plan]).tolist() == [10.0, 1.0, -6.0, 1.0]


def test_knowing_is_worth_what_a_wrong_decision_loses() -> None:
    assert worth_of_knowing(np.array([3.0, -1.0])) == pytest.approx(0.5)
    assert worth_of_knowing(np.array([-3.0, 1.0])) == pytest.approx(0.5)
    assert worth_of_knowing(np.array([3.0, 1.0])) == 0.0


def a_plan(*, one_off: float) -> Plan:
    asked = build_settings(changes=[{"name": "a", "component": "b", "reduce": 0.1, "cost": {"one_off": one_off}}])
    from cxlink.impact.changes.plans import describe_change

    nothing = np.ones(1)
    return Plan(describe_change(asked.changes[0]), 0, -1, np.ones(4), False, 0.1, nothing, 1.0, nothing, np.inf, None)


def test_money_of_a_month_is_margin_and_cost_less_what_is_paid() -> None:
    gains = np.zeros((1, 1, 4, 4))
    gains[..., REVENUE, :], gains[..., COST, :] = 10.0, 2.0
    flows = Purse(0.5, np.ones(4)).flows(Projected(gains, np.zeros((1, 1, 1, 4))), [a_plan(one_off=0.0)])
    assert flows.tolist() == [[[7.0, 7.0, 7.0, 7.0]]]


def test_doubt_comes_from_controls_else_from_the_strongest_attribute(grounds: Grounds) -> None:
    ratio = Estimate(2.0, 1.5, 2.7, 0.95, "hazard ratio", 100, 30, "test")
    wider = Estimate(1.6, 0.9, 2.8, 0.95, "hazard ratio", 100, 30, "test")
    known = Doubt("delivery", 3.0, 2.0, "plan=pro", 4.0, 3.0, 1.25)
    churn = replace(
        grounds.churn,
        hazard_ratios={"delivery": ratio},
        doubt=(known,),
        placebo=EndPlacebo({}, {"delivery": wider}, 6),
    )
    controls = allow_for_doubt(churn, "delivery")
    assert not isinstance(controls, NotEstimable)
    assert controls.source == "negative controls"
    assert controls.mean == pytest.approx(np.log(2.0 / 1.6))
    attribute = allow_for_doubt(replace(churn, placebo=EndPlacebo()), "delivery")
    assert not isinstance(attribute, NotEstimable)
    assert attribute.spread == pytest.approx(np.log(1.25))
    drawn = draw_doubts(attribute, np.array([0.0, 0.5, 1.0]), np.zeros(3))
    assert drawn == pytest.approx([-np.log(1.25), 0.0, np.log(1.25)])
    nothing = allow_for_doubt(replace(churn, placebo=EndPlacebo(), doubt=()), "delivery")
    assert isinstance(nothing, NotEstimable)
    assert (draw_doubts(nothing, np.ones(3), np.ones(3)) == 0).all()
