"""Companies drawn from known parts: they give these parts back, and nothing in them happens when it cannot.

A part comes back where its mean over the companies lies within three Monte-Carlo standard errors of what was drawn
from: 47 numbers in all, of which one would stray in 13% of studies. The seed is fixed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.design import build_design, fit_design
from cxlink.churn.exposure import primary_windows
from cxlink.churn.rows import build_rows
from cxlink.impact.costs import fit_serving_cost
from cxlink.impact.experience import fit_experience
from cxlink.impact.prices import fit_price_effect
from cxlink.selfcheck.incidents import dispersion, draw_days, lay_out
from cxlink.selfcheck.sample import take_customers
from cxlink.selfcheck.synthetic import Company, draw_company
from cxlink.selfcheck.worlds import AS_FOUND, NONE
from tests.selfcheck.made_up import run, setup

COMPANIES, STRAY = 30, 3.0


def draw(number: int, world: int = AS_FOUND) -> Company:
    here = setup()
    rng = np.random.default_rng([3, world, number])
    return draw_company(here.template, here.worlds[world], "nps", here.settings.model.exposure_days, rng)


@cache
def drawn() -> tuple[Company, ...]:
    return tuple(draw(number) for number in range(COMPANIES))


def assert_comes_back(found: np.ndarray, truth: np.ndarray) -> None:
    """Of what a company refuses (NaN), the mean is over the others: too few incidents say nothing of their effect."""
    n = (~np.isnan(found)).sum(axis=0)
    assert (n >= COMPANIES // 4).all()
    error = np.nanstd(found, axis=0, ddof=1) / np.sqrt(n)
    assert (error > 0).all()
    assert np.abs((np.nanmean(found, axis=0) - truth) / error).max() < STRAY


def log_ratios(company: Company) -> np.ndarray:
    linked, here = company.linked, setup()
    windows = primary_windows(linked.components, here.settings.model.exposure_days)
    rows = build_rows(linked, windows, band_edges=here.parts.hazards.band_edges)
    every = np.ones(len(linked.components), dtype=bool)
    names = (*linked.components, *linked.covariate_names)
    return fit_design(build_design(rows, linked.covariates, rows.exposed, names, every), rows).beta


def test_hazard_ratios_come_back() -> None:
    world = setup().worlds[AS_FOUND].hazards
    n = len(world.log_hazard_ratio) + len(world.coefficients)
    found = np.array([log_ratios(company)[:n] for company in drawn()])
    assert_comes_back(found, np.concatenate([world.log_hazard_ratio, world.coefficients]))


def test_effects_on_score_and_price_and_what_incidents_cost_come_back() -> None:
    here = setup()
    once = np.ones((1, len(here.template.staying)))
    world, score, price, cost = here.worlds[AS_FOUND], [], [], []
    for company in drawn():
        fit = fit_experience(company.linked, company.answers, once)
        score.append(np.where([one is None for one in fit.refusals], fit.point, np.nan))
        price.append(fit_price_effect(company.linked, once).point)
        cost.append(fit_serving_cost(company.linked, here.settings.finance, {}, once).point)
    # an effect that the run itself could not tell is drawn as none, and told in no company
    told = np.array([one is None for one in here.parts.experience.refusals], dtype=bool)
    assert told.any()
    assert_comes_back(np.array(score)[:, told], world.experience.point[told])
    told = here.parts.prices.estimable
    assert_comes_back(np.array(price)[:, told], world.prices.point[told])
    assert_comes_back(np.array(cost), here.parts.costs.point)


@pytest.mark.parametrize("world", [AS_FOUND, NONE])
def test_as_many_leave_and_meet_incidents_as_in_the_data(world: int) -> None:
    companies = drawn() if world == AS_FOUND else [draw(number, world) for number in range(COMPANIES)]
    counts = [[(one.linked.customers["event"] == kind).sum() for kind in (1, 2)] for one in companies]
    assert_comes_back(np.array(counts, dtype=float), setup().counts[:2])
    # customers who stay longer in a company meet more in it: as many in all, not in each
    incidents = np.array([(one.linked.incidents["incident_day"] >= one.linked.from_day).sum() for one in companies])
    n = len(setup().template.incidents)
    assert incidents.mean() == pytest.approx(setup().counts[4 : 4 + n].sum(), rel=0.05)


def test_nothing_happens_before_acquisition_or_after_the_end() -> None:
    for company in drawn()[:5]:
        linked = company.linked
        customers = linked.customers
        assert (customers["stop"] > customers["start"]).all()
        assert (customers["stop"] <= customers["tenure"]).all()
        assert ((customers["event"] == 0) == customers["active"]).all()
        assert (customers.loc[customers["active"], "stop"] == customers.loc[customers["active"], "tenure"]).all()
        for rows, day in (
            (linked.incidents, "incident_day"),
            (linked.experiences, "experienced_day"),
            (linked.tickets, "opened_day"),
            (linked.responses, "responded_day"),
            (linked.price_changes, "after_day"),
        ):
            assert len(rows)
            who = customers.loc[rows["customer"]]
            tenure = rows[day].to_numpy() - who["acquired_day"].to_numpy()
            assert (tenure >= 0).all()
            assert (tenure < who["stop"].to_numpy()).all()
        assert not linked.incidents.duplicated(["customer", "component", "incident_day"]).any()
        # history before the window is as long as an incident counts
        earliest = linked.from_day - setup().settings.model.exposure_days
        assert linked.incidents["incident_day"].min() >= earliest
        assert (linked.incidents["incident_day"] < linked.from_day).any()


def test_customers_and_when_they_joined_are_those_of_the_data() -> None:
    at_risk = run().linked.customers.loc[run().linked.customers["at_risk"]]
    for name in ("customer_id", "acquired_day", "start"):
        assert (draw(0).linked.customers[name].to_numpy() == at_risk[name].to_numpy()).all()


def test_the_same_seed_draws_the_same_company() -> None:
    one, other, next_one = draw(1), draw(1), draw(2)
    for name in ("customers", "incidents", "responses", "tickets", "price_changes", "experiences"):
        pd.testing.assert_frame_equal(getattr(one.linked, name), getattr(other.linked, name))
    assert (one.answers.value == other.answers.value).all()
    assert not one.linked.customers["stop"].equals(next_one.linked.customers["stop"])


def test_a_sample_has_as_many_leavers_as_it_should() -> None:
    linked = run().linked
    at_risk = linked.customers.loc[linked.customers["at_risk"]]
    taken, keys = take_customers(linked, 200, np.random.default_rng(4))
    assert len(taken.customers) == len(keys) == 200
    assert (taken.customers["customer"] == np.arange(200)).all()
    for kind in (0, 1, 2):
        expected = 200 * (at_risk["event"] == kind).mean()
        assert abs((taken.customers["event"] == kind).sum() - expected) <= 1
    # a row belongs to the customer it belonged to
    names = linked.customers["customer_id"].to_numpy()
    before = linked.incidents.loc[linked.incidents["customer"].isin(keys)]
    after = taken.customers["customer_id"].to_numpy()[taken.incidents["customer"]]
    assert (names[before["customer"]] == after).all()
    assert (taken.covariates == linked.covariates[keys]).all()


def test_rates_beyond_chance_come_back_as_their_variance() -> None:
    rng = np.random.default_rng(6)
    incidence = setup().template.incidents[0].incidence
    flat = replace(incidence, edges=np.array([0]), point=np.array([np.log(0.004)]), columns=np.arange(0))
    n = 20_000
    rhythm = lay_out(flat, np.zeros((n, 0)), np.zeros(n, dtype=int), np.full(n, 400), np.full(n, 40))
    for variance in (0.0, 0.5):
        times = np.ones(n) if variance == 0 else rng.gamma(1 / variance, variance, n)
        customer, day = draw_days(rhythm, times, rng)
        assert day.min() >= 0
        assert day.max() < 400
        counts = np.bincount(customer, minlength=n)
        # 1.6 incidents each: the variance is known to about 0.02
        assert dispersion(counts, rhythm.expected.sum(axis=1)) == pytest.approx(variance, abs=0.06)
