"""Claims about some of the customers, on a made-up company whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from cxlink.churn import fit_churn
from cxlink.claims import ReadClaim, audit_claims
from cxlink.claims.grammar import parse_claim
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, ChurnFit, Impact, Linked
from cxlink.impact import estimate_impact, estimate_impact_among
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import simulate_company
from tests.canonical import build_settings, load_company
from tests.impact.true_tags import true_tags

N_DRAWS = 100
SLOPE, LEAVING = "+1 NPS = 1% revenue", "detractors: 50% leave in 90 days"
ALL, PRO, OTHERS, NOBODY = "usage >= 0 or usage < 0", "plan = 'pro'", "plan <> 'pro'", "plan = 'none'"


@dataclass(frozen=True)
class Fitted:
    """A company as claims meet it."""

    linked: Linked
    churn: ChurnFit
    impact: Impact
    among: dict[str, Impact]
    settings: Settings
    weights: np.ndarray

    def audit(self, text: str, condition: str) -> AuditedClaim:
        claim = ReadClaim(text, parse_claim(text, currency="EUR"), among=condition)
        found = audit_claims(
            self.linked,
            self.churn,
            self.impact,
            self.settings,
            [claim],
            weights=self.weights,
            impact_among=self.among,
        )
        return found.claims[0]


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    company = simulate_company(customers=1500, seed=3, scenario="base", with_effects=False)
    loaded = load_company(company)
    settings = build_settings(
        model={"adjust_for": ["plan", "region", "usage"], "kpi": "nps", "draws": N_DRAWS},
        finance={
            "gross_margin": company.world.finance.gross_margin,
            "cost_per_handle_minute": 0.9,
            "avoidable_share": 0.6,
        },
        claims=[{"text": SLOPE, "among": condition} for condition in (ALL, PRO, OTHERS, NOBODY)],
    )
    rng = np.random.default_rng(5)
    try:
        linked = link(loaded, true_tags(company), settings, divisor=100)
        weights = draw_weights(N_DRAWS, len(linked.customers), rng)
        churn = fit_churn(linked, loaded, settings, weights=weights)
        impact = estimate_impact(linked, loaded, churn, settings, weights=weights, rng=rng, progress=lambda _: None)
        among = estimate_impact_among(
            linked, loaded, churn, settings, linked.among, weights=weights, seed=np.random.SeedSequence(9)
        )
    finally:
        loaded.engine.close()
    return Fitted(linked, churn, impact, among, settings, weights)


def number_of(answer: object) -> Estimate:
    assert isinstance(answer, Estimate)
    return answer


def test_parts_of_the_population_add_up(fitted: Fitted) -> None:
    """Effects are sums over customers: what two halves gain is what all do, but for the luck of simulated futures."""
    pro, others = fitted.among[PRO], fitted.among[OTHERS]
    assert pro.population + others.population == fitted.impact.population
    for name in ("customers_kept", "revenue_kept", "cost_saved"):
        whole = number_of(getattr(fitted.impact.joint, name))
        parts = sum(number_of(getattr(one.joint, name)).point for one in (pro, others))
        # a tenth of the standard error is what projections allow luck, here three times and of three projections
        assert parts == pytest.approx(whole.point, abs=0.3 * 3 * (whole.high - whole.low) / 3.92)


def test_a_condition_that_all_meet_changes_nothing(fitted: Fitted) -> None:
    of_all, some = fitted.audit(SLOPE, ""), fitted.audit(SLOPE, ALL)
    assert some.verdict == of_all.verdict
    found, whole = number_of(some.estimate), number_of(of_all.estimate)
    assert found.point == pytest.approx(whole.point, abs=0.3 * (whole.high - whole.low) / 3.29)
    assert [rung.answer for rung in some.rungs[:-1]] == [rung.answer for rung in of_all.rungs[:-1]]
    assert some.name == f"{SLOPE}, among {ALL}"
    assert some.reading.startswith(f"Among customers with {ALL}. ")


def test_it_is_told_of_their_own_answers(fitted: Fitted) -> None:
    member = fitted.linked.among[PRO]
    rows = fitted.linked.responses
    own = rows.loc[(rows["customer"] >= 0) & member[rows["customer"].to_numpy()]]
    alone = replace(fitted, linked=replace(fitted.linked, responses=own))
    assert fitted.audit(LEAVING, PRO).estimate == alone.audit(LEAVING, "").estimate
    assert fitted.audit(LEAVING, PRO).estimate != fitted.audit(LEAVING, OTHERS).estimate


def test_it_is_told_of_their_own_money(fitted: Fitted) -> None:
    told = []
    for condition in (PRO, OTHERS):
        found = fitted.audit("+1 NPS = EUR 1000 revenue", condition)
        effect = fitted.among[condition].joint
        told.append(number_of(found.estimate).point)
        # through components: revenue kept over points gained, both over the customers meant
        assert told[-1] == pytest.approx(number_of(effect.revenue_kept).point / number_of(effect.experience).point)
    assert told[0] != pytest.approx(told[1], rel=0.01)


def test_of_few_nothing_is_told(fitted: Fitted) -> None:
    reasons = {
        SLOPE: f"0 active customers are such ({NOBODY}), needs 30",
        LEAVING: "0 detractors answered 90 days ago or earlier, needs 30",
        "promoters are worth 2x detractors": "no known customer answered as one of the promoters",
    }
    for text, reason in reasons.items():
        found = fitted.audit(text, NOBODY)
        assert found.verdict == "not_identifiable"
        assert isinstance(found.estimate, NotEstimable)
        assert found.estimate.reason.startswith(reason)
    assert NOBODY not in fitted.among
