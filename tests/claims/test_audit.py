"""Claims held against a made-up company whose truth is known, and against what it cannot tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.claims import ReadClaim, audit_claims, read_library
from cxlink.claims.audit import choose_deciding
from cxlink.claims.gates import find_faults
from cxlink.claims.grammar import parse_claim
from cxlink.claims.ladder import Climbed, Ladder
from cxlink.claims.model import SlopeClaim
from cxlink.claims.panel import Panel
from cxlink.claims.scale import Scale
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, ChurnFit, Impact, Linked, Rung
from cxlink.impact import estimate_impact
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import Company, simulate_company
from tests.canonical import build_settings, load_company
from tests.impact.true_tags import true_tags

N_DRAWS = 100


@dataclass(frozen=True)
class Fitted:
    """A company as claims meet it."""

    company: Company
    linked: Linked
    churn: ChurnFit
    impact: Impact
    settings: Settings
    weights: np.ndarray

    def audit(self, *texts: str) -> list[AuditedClaim]:
        claims = [ReadClaim(text, parse_claim(text, currency="EUR")) for text in texts]
        found = audit_claims(self.linked, self.churn, self.impact, self.settings, claims, weights=self.weights)
        return list(found.claims)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    company = simulate_company(customers=1500, seed=3, scenario="base", repetitions=8)
    loaded = load_company(company)
    settings = build_settings(
        model={"adjust_for": ["plan", "region", "usage"], "kpi": "nps", "draws": N_DRAWS},
        finance={"gross_margin": company.world.finance.gross_margin},
        claims=[{"text": "+1 NPS = 1% revenue"}],
    )
    rng = np.random.default_rng(5)
    try:
        linked = link(loaded, true_tags(company), settings, divisor=100)
        weights = draw_weights(N_DRAWS, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        impact = estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
    finally:
        loaded.engine.close()
    return Fitted(company, linked, churn, impact, settings, weights)


def worth_of(fitted: Fitted) -> float:
    effects = fitted.company.effects
    assert effects is not None
    return 100 * effects.joint.revenue_kept / effects.as_is["revenue"] / effects.joint.experience


def number_of(answer: object) -> Estimate:
    assert isinstance(answer, Estimate)
    return answer


def test_claims_around_the_truth(fitted: Fitted) -> None:
    worth = worth_of(fitted)
    true, high, low, wrong = fitted.audit(*(f"+1 NPS = {k * worth:+.9f}% revenue" for k in (1, 3, 1 / 4, -1)))
    assert true.verdict in {"supported", "imprecise"}
    assert (high.verdict, low.verdict, wrong.verdict) == ("overstated", "understated", "contradicted")
    estimate, times = number_of(high.estimate), number_of(high.inflation)
    assert high.decided_by == "through components"
    assert estimate.level == 0.9
    # the truth within three standard errors
    assert abs(estimate.point - worth) < 3 * (estimate.high - estimate.low) / (2 * 1.645)
    assert times.level == 0.95
    assert times.point == pytest.approx(3 * worth / estimate.point)
    assert "3" in high.sentence
    assert all(one.power is not None and one.power.of_claim > 0.9 for one in (true, high, wrong))


def test_every_rung_is_shown_and_each_lever(fitted: Fitted) -> None:
    (one,) = fitted.audit("+1 NPS = 1% revenue")
    assert [rung.name for rung in one.rungs] == [
        "between customers",
        "between customers, adjusted",
        "within customers",
        "within customers, corrected",
        "later outcome, adjusted",
        "second half of the time",
        "through components",
    ]
    assert one.naive == one.rungs[0].answer
    assert one.estimate == one.rungs[-1].answer
    assert [rung.name for rung in one.levers] == list(fitted.linked.components)
    assert all(number_of(rung.answer).unit == one.unit for rung in one.rungs if isinstance(rung.answer, Estimate))


def test_units_of_one_claim_agree(fitted: Fitted) -> None:
    texts = ("+10 NPS = 5% revenue", "+1 NPS = 0.5% revenue", "-2 NPS = -1% revenue", "+1 of score = 0.5% revenue")
    audited = fitted.audit(*texts)
    for one in audited:
        assert one.claimed == pytest.approx(0.5)
        assert one.estimate == audited[0].estimate
        assert one.verdict == audited[0].verdict


def test_money_of_all_and_of_one_customer_agree(fitted: Fitted) -> None:
    people = fitted.impact.population
    whole, one = fitted.audit(f"+1 NPS = EUR {1000 * people} margin", "+1 NPS = EUR 1000 margin a customer")
    assert whole.verdict == one.verdict
    assert number_of(whole.estimate).point == pytest.approx(people * number_of(one.estimate).point)
    assert number_of(whole.inflation).low == pytest.approx(number_of(one.inflation).low)


def test_churn_and_retention_are_each_other_turned_round(fitted: Fitted) -> None:
    churn, kept = fitted.audit("+10 NPS = -2 pp churn", "+10 NPS = +2 pp retention")
    assert churn.verdict == kept.verdict
    assert number_of(churn.estimate).point == pytest.approx(-number_of(kept.estimate).point)


def test_a_point_of_every_answer_is_so_many_points_of_nps(fitted: Fitted) -> None:
    scores = fitted.linked.responses["nps"].dropna()
    points = 100 * scores.isin([6, 8]).mean()
    answer, nps = fitted.audit("each 0-10 point = 10% revenue", f"+1 NPS = {10 / points:.9f}% revenue")
    assert answer.claimed == pytest.approx(nps.claimed)
    assert answer.verdict == nps.verdict


def test_what_cannot_be_told_is_said(fitted: Fitted) -> None:
    audited = fitted.audit(
        "+1 CSAT = 1% revenue",
        "+25% NPS = 5% revenue",
        "+1 NPS = 1% revenue in 60 months",
        "+1 NPS = 1% revenue in 3 months",
        "detractors: 50% leave in 10 years",
    )
    assert [one.verdict for one in audited] == ["not_identifiable"] * len(audited)
    assert all(isinstance(one.estimate, NotEstimable) and one.why and one.settle for one in audited)
    assert "no unit" in audited[1].why
    assert "horizon_months = 3" in str(audited[3].rungs[-1].answer)


def test_without_keys_nothing_is_told(fitted: Fitted) -> None:
    responses = fitted.linked.responses.assign(customer=-1)
    blind = replace(fitted, linked=replace(fitted.linked, responses=responses))
    audited = blind.audit("+1 NPS = 1% revenue", "detractors: 50% leave in 90 days", "promoters are worth 2x")
    assert [one.verdict for one in audited] == ["not_identifiable"] * 3


def test_where_a_component_is_in_doubt_its_worth_decides_nothing(fitted: Fitted) -> None:
    weak = replace(
        fitted.churn, doubt=tuple(replace(one, attribute="usage", times_to_explain=0.5) for one in fitted.churn.doubt)
    )
    (one,) = replace(fitted, churn=weak).audit("+1 NPS = 1% revenue")
    assert one.verdict == "not_identifiable"
    assert "usage" in one.why


def test_where_components_cannot_tell_the_corrected_estimate_within_customers_decides(fitted: Fitted) -> None:
    ladder = drifting(fitted)
    refused = Climbed(Rung("through components", NotEstimable("nothing moved the score", "incidents"), ""), None)
    decides, faults = choose_deciding(ladder.climb(), refused, (), ladder)
    assert (decides.rung.name, faults) == ("within customers, corrected", ())
    decides, faults = choose_deciding(drifting(fitted, before=0.3).climb(), refused, (), drifting(fitted, before=0.3))
    assert len(faults) == 1


def test_worth_of_groups_is_told_of_their_own_revenue(fitted: Fitted) -> None:
    two, half = fitted.audit("promoters are worth 3x detractors", "detractors are worth 0.3x promoters")
    assert {two.verdict, half.verdict} <= {"overstated", "no_effect_shown"}
    more, less = number_of(two.estimate).point / 100, number_of(half.estimate).point / 100
    assert (1 + more) * (1 + less) == pytest.approx(1.0)


def test_leaving_of_a_group_is_counted_with_those_not_followed_to_the_end(fitted: Fitted) -> None:
    (one,) = fitted.audit("detractors: 50% leave in 90 days")
    assert one.verdict == "overstated"
    naive, estimate = number_of(one.naive), number_of(one.estimate)
    assert naive.point < estimate.point
    # of those old enough, the plain share is right too; within three standard errors
    linked, people = fitted.linked, fitted.linked.customers
    rows = linked.responses.loc[(linked.responses["customer"] >= 0) & (linked.responses["nps"] <= 6)]
    who, day = rows["customer"].to_numpy(), rows["responded_day"].to_numpy()
    ends = (people["acquired_day"] + people["stop"] - 1).to_numpy()[who]
    old = (day <= linked.to_day - 90) & (ends > day) & people["at_risk"].to_numpy()[who] & (day >= linked.from_day)
    left = (people["event"].to_numpy()[who] == 1) & (ends - day <= 90)
    assert estimate.point == pytest.approx(100 * left[old].mean(), abs=3 * (estimate.high - estimate.low) / 3.29)


MONTHS, SLOPE, CHANCE = 6, 0.05, 0.8


def drifting(fitted: Fitted, *, before: float = 0.0, hidden: float = 0.0) -> Ladder:
    """Answers whose views drift and move revenue; ``before``: revenue moved first; ``hidden``: tenure moves both."""
    rng, n, times = np.random.default_rng(8), 1000, 6
    who = np.repeat(np.arange(n), times)
    view, told = rng.normal(size=n), []
    for _ in range(times):
        told.append(view.copy())
        view = 0.5 * view + np.sqrt(0.75) * rng.normal(size=n)
    drawn, tenure = np.column_stack(told).ravel(), rng.normal(size=len(who))
    score = drawn + CHANCE * rng.normal(size=len(who)) + hidden * tenure
    revenue = 10 + SLOPE * drawn[:, None] + hidden * tenure[:, None] + rng.normal(size=(len(who), MONTHS))
    day = fitted.linked.from_day + 150.0 * np.tile(np.arange(times), n)
    panel = Panel(
        customer=who,
        day=day.astype(np.int64),
        raw=score,
        value=score,
        columns=np.column_stack([tenure, rng.normal(size=len(who))]),
        names=("tenure", "first year"),
        quarters=np.zeros((len(who), 0)),
        price=np.full(len(who), 10.0) + rng.normal(size=len(who)),
        revenue=revenue,
        left=np.zeros((len(who), MONTHS), dtype=bool),
        revenue_followed=np.full(len(who), MONTHS),
        left_followed=np.full(len(who), MONTHS),
        change_before=before * score + rng.normal(size=len(who)),
        has_prices=True,
    )
    claim = SlopeClaim(1.0, "csat", 1.0, "money", "revenue", "EUR", a_customer=True)
    scale = Scale(claim, "csat", 1000, 1.0, "EUR", MONTHS)
    return Ladder(fitted.linked, panel, scale, fitted.weights)


def test_chance_in_answers_is_taken_off_within_customers(fitted: Fitted) -> None:
    rungs = {one.rung.name: number_of(one.rung.answer) for one in drifting(fitted).climb()}
    within, corrected, true = rungs["within customers"], rungs["within customers, corrected"], MONTHS * SLOPE
    assert within.high < true
    # three standard errors
    assert corrected.point == pytest.approx(true, abs=3 * (corrected.high - corrected.low) / 3.29)
    assert corrected.low > within.point


def test_slopes_between_answers_pass_their_tests_or_do_not_decide(fitted: Fitted) -> None:
    assert find_faults(drifting(fitted)) == ()
    assert "before it was given" in find_faults(drifting(fitted, before=0.3))[0]
    strong = find_faults(drifting(fitted, hidden=3.0))
    assert "tenure" in strong[0]


def test_the_library_is_tested_claim_by_claim(fitted: Fitted) -> None:
    library = read_library("EUR")
    audit = audit_claims(fitted.linked, fitted.churn, fitted.impact, fitted.settings, library, weights=fitted.weights)
    assert [one.source for one in audit.claims] == [one.source for one in library]
    for read, one in zip(library, audit.claims, strict=True):
        assert one.sentence
        assert read.claim is not None or one.verdict == "not_identifiable"
    assert audit.messages == ()


def test_the_same_draws_give_the_same_audit(fitted: Fitted) -> None:
    assert fitted.audit("+1 NPS = 1% revenue") == fitted.audit("+1 NPS = 1% revenue")
