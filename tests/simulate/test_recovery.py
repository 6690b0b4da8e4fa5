"""The exported rows hold the effects that the truth states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxlink.simulate import Company, simulate, simulate_company
from cxlink.simulate.world import COMPONENTS
from tests.simulate.recovery import Floats, fit_log_hazard_ratios

PLANTED = np.array([component.log_hazard_ratio for component in COMPONENTS])


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(customers=4000, seed=5, with_effects=False)


@pytest.mark.parametrize(("scenario", "planted"), [("base", PLANTED), ("null", 0 * PLANTED)])
def test_log_hazard_ratios_are_recovered(tmp_path: Path, scenario: str, planted: Floats) -> None:
    simulate(tmp_path, customers=4000, seed=5, scenario=scenario, with_effects=False, with_labels=True)
    estimates, errors = fit_log_hazard_ratios(tmp_path)
    assert (np.abs(estimates - planted) < 3 * errors).all(), (estimates, errors)
    assert (errors < 0.15).all()


def test_frailty_confounds_delivery_and_billing(tmp_path: Path) -> None:
    simulate(tmp_path, customers=4000, seed=5, scenario="frailty", with_effects=False, with_labels=True)
    estimates, errors = fit_log_hazard_ratios(tmp_path)
    assert ((estimates - PLANTED) / errors)[:2].max() > 2


def test_an_unmeasured_cause_moves_incidents_leaving_and_satisfaction() -> None:
    plain, moved = (
        simulate_company(customers=3000, seed=5, scenario=name, with_effects=False) for name in ("base", "unmeasured")
    )
    spreads = []
    for company in (plain, moved):
        delivery = company.incidents[company.incidents["component"] == "delivery"].groupby("customer_id").size()
        count = delivery.reindex(company.customers["customer_id"]).fillna(0).to_numpy()
        stay = (company.customers["ended_on"].fillna(pd.Timestamp("2025-12-31")) - company.customers["acquired_on"]).dt
        rate = count / np.maximum(stay.days.to_numpy(), 90)
        score = company.feedback.groupby("customer_id")["nps"].mean().reindex(company.customers["customer_id"])
        known = score.notna().to_numpy()
        spreads.append(np.corrcoef(rate[known], score[known])[0, 1])
        assert list(company.customers.columns) == list(plain.customers.columns)
    assert spreads[1] < spreads[0] - 0.05


def test_a_mediator_is_exported_as_incidents_left_it_and_changes_nothing_else() -> None:
    plain, moved = (
        simulate_company(customers=1500, seed=5, scenario=name, with_effects=False) for name in ("base", "mediator")
    )
    pd.testing.assert_frame_equal(plain.incidents, moved.incidents)
    pd.testing.assert_frame_equal(plain.customers.drop(columns="usage"), moved.customers.drop(columns="usage"))
    last = moved.customers["ended_on"].fillna(pd.Timestamp("2026-01-01"))
    pairs = moved.incidents[moved.incidents["component"] == "delivery"].merge(
        moved.customers.assign(last=last)[["customer_id", "last"]], on="customer_id"
    )
    recent = pairs.loc[(pairs["last"] - pairs["occurred_on"]).dt.days.between(1, 90), "customer_id"].unique()
    drop = plain.customers["usage"] - moved.customers["usage"]
    met = moved.customers["customer_id"].isin(recent)
    assert (drop[met & (plain.customers["usage"] > 5)] >= 2.4).all()
    assert set(drop[~met].round(1)) <= {0.0, *np.arange(0.0, 2.1, 0.1).round(1)}


def test_few_accounts_have_as_many_records_as_many_customers() -> None:
    plain, few = (
        simulate_company(customers=1000, seed=5, scenario=name, with_effects=False) for name in ("base", "clusters")
    )
    assert len(few.customers) == 25
    assert len(few.tickets) > 0.5 * len(plain.tickets)
    assert few.feedback.groupby("customer_id").size().median() > 10


def test_contraction_shows_in_the_next_charge(company: Company) -> None:
    recurring = company.revenue[company.revenue["kind"] == "recurring"].sort_values(["customer_id", "charged_on"])
    months = recurring["period_end"] - recurring["period_start"]
    monthly = recurring[months < pd.Timedelta(days=40)]
    change = np.log(monthly["amount"]).groupby(monthly["customer_id"]).diff()
    incidents = company.incidents[company.incidents["component"] == "delivery"]
    hits = incidents.merge(monthly[["customer_id", "period_start", "period_end", "invoice_id"]], on="customer_id")
    inside = hits[(hits["occurred_on"] >= hits["period_start"]) & (hits["occurred_on"] <= hits["period_end"])]
    counts = inside.groupby("invoice_id").size().reindex(monthly["invoice_id"]).fillna(0)
    before = pd.Series(counts.to_numpy(), index=monthly.index).groupby(monthly["customer_id"]).shift()
    known = change.notna() & before.notna()
    slope = np.polyfit(before[known], change[known], 1)[0]
    assert slope == pytest.approx(-0.03, abs=0.002)


def test_volumes_are_those_of_a_real_company(company: Company) -> None:
    customers, tickets = company.customers, company.tickets
    assert 20_000 < len(tickets) < 27_000
    first, last = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-12-31")
    entered = customers["acquired_on"].where(customers["acquired_on"] > first, first)
    days_at_risk = (customers["ended_on"].fillna(last) - entered).dt.days + 1
    leavers = (customers["end_reason"] == "voluntary").sum()
    assert 0.015 < leavers / (days_at_risk.sum() / 30.4375) < 0.025
    assert company.feedback.groupby("customer_id").size().max() <= 6


def test_tickets_cost_what_the_truth_says(company: Company) -> None:
    labels = company.labels[company.labels["table"] == "tickets"].set_index("record_id")
    complaints = company.tickets[company.tickets["ticket_id"].map(labels["kind"]) == "complaint"]
    cost = 0.9 * complaints["handle_minutes"] + complaints["credit_amount"].fillna(0)
    means = cost.groupby(complaints["ticket_id"].map(labels["component"])).mean()
    for component in COMPONENTS:
        assert means[component.name] == pytest.approx(component.ticket_cost, rel=0.08)


def test_every_delivery_incident_is_a_failed_delivery(company: Company) -> None:
    failed = company.events[company.events["failed"]][["customer_id", "occurred_at"]]
    incidents = company.incidents[company.incidents["component"] == "delivery"]
    recent = incidents[incidents["occurred_on"] >= failed["occurred_at"].min()][["customer_id", "occurred_on"]]
    assert sorted(map(tuple, failed.to_numpy().tolist())) == sorted(map(tuple, recent.to_numpy().tolist()))


def test_rare_support_leaves_too_few_exposed_leavers() -> None:
    company = simulate_company(customers=4000, seed=5, scenario="rare", with_effects=False)
    leavers = company.customers[company.customers["end_reason"] == "voluntary"][["customer_id", "ended_on"]]
    pairs = company.incidents[company.incidents["component"] == "support"].merge(leavers, on="customer_id")
    age = (pairs["ended_on"] - pairs["occurred_on"]).dt.days
    assert (company.tickets["component"] == "support").sum() > 0
    assert age.between(1, 90).sum() < 10


def test_half_of_the_leavers_announce_it_in_the_cancellation_scenario() -> None:
    company = simulate_company(customers=1000, seed=5, scenario="cancellation", with_effects=False)
    asks = company.labels[company.labels["kind"] == "cancellation"]
    leavers = (company.customers["end_reason"] == "voluntary").sum()
    assert len(asks) / leavers == pytest.approx(0.5, abs=0.08)
    tickets = company.tickets[company.tickets["ticket_id"].isin(asks["record_id"])].merge(
        company.customers[["customer_id", "ended_on"]], on="customer_id"
    )
    assert (tickets["component"] == "billing").all()
    assert (tickets["ended_on"] - tickets["opened_at"].dt.normalize()).dt.days.between(0, 30).all()
