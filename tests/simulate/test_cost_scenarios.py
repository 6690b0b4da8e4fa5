"""Scenarios of cost and currency: what was planted is there, and the run finds it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Estimate
from cxlink.handoff import Linked
from cxlink.impact.prices import fit_price_effect
from cxlink.impact.serving import describe_serving
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.simulate import Company, simulate_company
from cxlink.simulate.currencies import RATE, RATE_AFTER
from tests.canonical import build_settings, load_company, tags_of

CUSTOMERS, SEED, DRAWS = 800, 17, 200


def company_of(scenario: str) -> Company:
    return simulate_company(customers=CUSTOMERS, seed=SEED, scenario=scenario, with_effects=False)


def link_company(company: Company) -> tuple[Linked, np.ndarray]:
    loaded = load_company(company)
    labels = company.labels.loc[(company.labels["kind"] == "complaint") & company.labels["component"].notna()]
    tagged = tags_of(list(labels[["record_id", "table", "component", "cause"]].itertuples(index=False, name=None)))
    chosen = build_settings(model={"adjust_for": ["plan", "region", "usage"]}, finance={"cost_per_handle_minute": 0.9})
    linked = link(loaded, tagged, chosen, divisor=100)
    loaded.engine.close()
    return linked, draw_weights(DRAWS, len(linked.customers), np.random.default_rng(SEED))


def held(company: Company) -> int:
    """How many of the twelve intervals, six by the ledger and six by the model, hold the planted cost."""
    linked, weights = link_company(company)
    true = {one.name: one.ticket_cost * one.ticket_share for one in company.world.components}
    inside = 0
    for one in describe_serving(linked, currency="EUR", weights=weights)[0]:
        for view in (one.by_ledger, one.by_model):
            assert isinstance(view, Estimate)
            inside += view.low <= true[one.component] <= view.high
    return inside


def test_heavy_costs_keep_their_mean_and_are_found_again() -> None:
    company = company_of("heavy_costs")
    minutes = company.tickets["handle_minutes"].to_numpy(dtype=float)
    # a share of 0.4 of some 4,500 tickets: 0.007 is one standard error
    assert (minutes == 0).mean() == pytest.approx(0.4, abs=0.03)
    paid = np.log(minutes[minutes > 0])
    assert paid.std() > 1.4  # planted: 1.5, and the components differ besides
    assert held(company) >= 9  # of twelve, in pairs of one another


def test_contacts_about_two_matters_lose_no_minute_and_no_cent() -> None:
    company, alone = company_of("multi_cause"), company_of("base")
    two = company.labels.loc[(company.labels["table"] == "tickets")]["record_id"].duplicated().sum()
    assert two == len(alone.tickets) - len(company.tickets)
    assert two > 0.05 * len(company.tickets)
    for column in ("handle_minutes", "credit_amount"):
        assert company.tickets[column].sum() == pytest.approx(alone.tickets[column].sum(), rel=1e-9)
    assert set(company.labels["record_id"]) >= set(company.tickets["ticket_id"])


def test_costs_of_contacts_about_two_matters_are_told_apart() -> None:
    assert held(company_of("multi_cause")) >= 9


def test_a_fall_of_the_rate_is_no_contraction() -> None:
    plain, abroad = company_of("base"), company_of("fx")
    one, weights = link_company(plain)
    two, _ = link_company(abroad)
    assert (abroad.revenue["currency"] == "USD").mean() == pytest.approx(0.5, abs=0.1)
    found, nominal = fit_price_effect(one, weights), fit_price_effect(two, weights)
    # the same customers, and the same prices in their own currencies, to the rounding of a cent
    assert nominal.point == pytest.approx(found.point, abs=2e-4)
    error = found.draws.std(axis=0)
    assert (np.abs(nominal.draws.std(axis=0) - error) < 0.1 * error).all()
    # the fall stands in a line of its own
    base, fx = (linked.movements[["contraction", "currency"]].sum() for linked in (one, two))
    assert base["currency"] == 0
    lost = (1 - RATE_AFTER / RATE) * 0.5 * float(one.movements["opening"].max())
    assert fx["currency"] < -0.3 * lost
    assert fx["contraction"] == pytest.approx(base["contraction"] * (1 + 0.5 * (RATE / RATE_AFTER - 1)), rel=0.15)


def test_prices_today_are_at_todays_rate() -> None:
    plain, abroad = (link_company(company_of(name))[0].customers for name in ("base", "fx"))
    both = pd.DataFrame({"plain": plain["monthly_price"], "abroad": abroad["monthly_price"]})[plain["active"]].dropna()
    assert both["abroad"].to_numpy() == pytest.approx(both["plain"].to_numpy(), rel=0.02)
