"""A made-up company, what a run finds of it, and what companies are drawn from it with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cxlink.churn import fit_churn
from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, Impact, Linked, Loaded, Tagged
from cxlink.impact import estimate_impact
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.selfcheck import Setup, prepare
from cxlink.settings import Settings
from cxlink.simulate import simulate_company
from tests.canonical import build_settings, load_company

CUSTOMERS, DRAWS = 700, 20


@dataclass(frozen=True)
class Run:
    """What a run knows; ``loaded`` keeps its engine open."""

    loaded: Loaded
    linked: Linked
    settings: Settings
    churn: ChurnFit
    impact: Impact

    def prepare(self, most_customers: int = CUSTOMERS) -> Setup | NotEstimable:
        """What ``cxlink selfcheck`` draws companies from."""
        return prepare(self.linked, self.churn, self.impact, self.settings, {}, seed=1, most_customers=most_customers)


@cache
def run() -> Run:
    """A company with three years of 700 customers, tagged without a mistake."""
    company = simulate_company(customers=CUSTOMERS, seed=2, scenario="base", with_effects=False)
    labels = company.labels.loc[company.labels["kind"].isin(["complaint", "cancellation"])]
    tags = labels[["record_id", "table", "component", "cause"]].assign(
        intent=np.where(labels["kind"] == "cancellation", "cancel", ""), evidence="words", source="text", rule=""
    )
    settings = build_settings(
        model={"adjust_for": ["plan", "usage"], "kpi": "nps", "allow_for_silence": False},
        finance={"gross_margin": 0.7, "discount_rate": 0.08, "cost_per_handle_minute": 0.9, "avoidable_share": 0.6},
    )
    loaded = load_company(company)
    linked = link(loaded, Tagged(tags.loc[tags["component"].notna()], "truth", "0", ()), settings, divisor=100)
    return _fit(loaded, linked, settings)


def changed(linked: Linked, settings: Settings | None = None) -> Run:
    """The run on other timelines."""
    known = run()
    return _fit(known.loaded, linked, settings or known.settings)


def only(linked: Linked, component: str) -> Linked:
    """Timelines of a company that knows one component."""
    incidents, tickets = (
        rows.loc[rows["component"] == component].reset_index(drop=True) for rows in (linked.incidents, linked.tickets)
    )
    nothing = linked.experiences.iloc[:0]
    return replace(linked, components=(component,), experiences=nothing, incidents=incidents, tickets=tickets)


@cache
def setup() -> Setup:
    """Prepared from `run`."""
    found = run().prepare()
    assert isinstance(found, Setup)
    return found


def _fit(loaded: Loaded, linked: Linked, settings: Settings) -> Run:
    weights = draw_weights(DRAWS, len(linked.customers), np.random.default_rng(1))
    churn = fit_churn(linked, loaded, settings, weights=weights)
    impact = estimate_impact(
        linked,
        loaded,
        churn,
        settings,
        weights=weights,
        rng=np.random.default_rng(2),
        progress=lambda _: None,
    )
    return Run(loaded, linked, settings, churn, impact)
