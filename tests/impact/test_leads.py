"""Later incidents: found where customers differ in a hidden way, and no more often than by chance where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.experience import gather_answers
from cxlink.impact.leads import Leads, check_price_leads, check_score_leads
from tests.impact.doubted_company import DAYS, FROM_DAY, draw

COMPANIES = 80
MOST_BY_CHANCE = int(binom.ppf(0.9995, 2 * COMPANIES, 0.05))
"""Of two tests a company at .05: more in one study of two thousand."""


def score_leads(linked: Linked) -> Leads:
    return check_score_leads(linked, gather_answers(linked, "csat", 90), exposure_days=90, unit="CSAT points")


def price_leads(linked: Linked) -> Leads:
    return check_price_leads(linked, np.ones(2, dtype=bool))


def p_values(leads: Leads) -> list[float]:
    found = [lead.p_value for lead in leads.by_component]
    assert all(p is not None for p in found)
    return [p for p in found if p is not None]


def test_where_nothing_is_hidden_one_in_twenty_is_found() -> None:
    """Also where unhappy customers leave: they meet nothing any more, and are left out."""
    scores, prices = [], []
    for seed in range(COMPANIES):
        linked = draw(seed, leaving=0.5)
        scores += p_values(score_leads(linked))
        prices += p_values(price_leads(linked))
    for found in (scores, prices):
        assert sum(p <= 0.05 for p in found) <= MOST_BY_CHANCE
        # p values are even: not too large either
        assert np.mean(found) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / len(found)))


def test_a_hidden_kind_of_customer_is_found_in_its_component_only() -> None:
    linked = draw(1, customers=1500, hidden_scores=1.0, hidden_prices=0.02)
    for leads, sign in ((score_leads(linked), -1), (price_leads(linked), -1)):
        delivery, support = leads.by_component
        assert isinstance(delivery.answer, Estimate)
        assert delivery.answer.point * sign > 0
        assert delivery.p_value is not None
        assert delivery.p_value < 1e-4
        assert support.p_value is not None
        assert support.p_value > 0.01
        assert leads.joint is not None
        assert leads.joint < 1e-3


def test_answers_whose_customer_left_or_is_not_observed_after_them_do_not_count() -> None:
    linked = draw(2, leaving=1.0)
    lead = score_leads(linked).by_component[0].answer
    people = linked.customers
    ends = (people["acquired_day"] + people["stop"]).to_numpy()[linked.responses["customer"]]
    followed = linked.responses["responded_day"].to_numpy() + 180 < np.minimum(ends, FROM_DAY + DAYS)
    assert isinstance(lead, Estimate)
    assert lead.n == linked.responses["customer"][followed].nunique()


def test_few_answers_before_an_incident_are_refused() -> None:
    linked = draw(3, customers=60)
    linked.incidents.drop(linked.incidents.index[linked.incidents["component"] == "support"], inplace=True)
    support = score_leads(linked).by_component[1]
    assert isinstance(support.answer, NotEstimable)
    assert support.p_value is None


def test_what_is_not_estimated_has_no_lead() -> None:
    leads = check_price_leads(draw(4), np.zeros(2, dtype=bool))
    assert all(isinstance(lead.answer, NotEstimable) for lead in leads.by_component)
    assert leads.joint is None
