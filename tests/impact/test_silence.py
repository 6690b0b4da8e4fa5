"""Effects on the score where answering hangs on it: the truth of a made-up company, with invitations and without.

In the company, those far from indifference answer more often, so that effects among answers are about a third too
large. The truth of each is what all who were asked would have answered. Tolerance: four standard errors of the
estimate, which six numbers would all keep in more than 99.9% of companies; that the effects among answers do not is
shown too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from cxlink.churn import fit_churn
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Answering, Impact, Linked, Loaded
from cxlink.impact import estimate_impact
from cxlink.impact.asked import gather_asked
from cxlink.impact.experience import gather_answers
from cxlink.impact.score import fit_score
from cxlink.link import link
from cxlink.pipeline import draw_weights
from cxlink.settings import Settings
from cxlink.simulate import Company, simulate_company
from tests.canonical import build_settings, load_company
from tests.impact.true_tags import true_tags

STRAY = 4.0
CUSTOMERS = 3_000


@dataclass(frozen=True)
class Here:
    """A company with its timelines."""

    company: Company
    loaded: Loaded
    linked: Linked
    settings: Settings


@cache
def here() -> Here:
    company = simulate_company(customers=CUSTOMERS, seed=4, with_effects=False)
    settings = build_settings(model={"adjust_for": ["plan", "region", "usage"], "kpi": "nps", "draws": 100})
    loaded = load_company(company)
    return Here(company, loaded, link(loaded, true_tags(company), settings, divisor=100), settings)


@cache
def impact_of(*, with_invitations: bool) -> Impact:
    found = here()
    linked = found.linked if with_invitations else replace(found.linked, silent=None)
    rng = np.random.default_rng(1)
    weights = draw_weights(100, len(linked.customers), rng)
    churn = fit_churn(linked, found.loaded, found.settings, weights=weights)
    return estimate_impact(
        linked, found.loaded, churn, found.settings, weights=weights, rng=rng, progress=lambda _: None
    )


def assert_truth_is_held(answering: Answering) -> None:
    truth = here().company.asked_experience
    assert set(truth) == set(answering.effect_of_all)
    far = []
    for name, answer in answering.effect_of_all.items():
        assert isinstance(answer, Estimate)
        error = (answer.high - answer.low) / 3.92
        assert abs(answer.point - truth[name]) < STRAY * error, name
        among = answering.effect_among_answers[name]
        assert isinstance(among, Estimate)
        far.append(abs(among.point - truth[name]) > STRAY * error)
    assert any(far)


def test_with_invitations_effects_are_those_on_all_asked() -> None:
    answering = impact_of(with_invitations=True).answering
    assert isinstance(answering, Answering)
    assert answering.known_from == "invitations"
    assert answering.every_days is None
    assert_truth_is_held(answering)


def test_without_invitations_the_spacing_of_answers_tells_how_often_people_were_asked() -> None:
    answering = impact_of(with_invitations=False).answering
    assert isinstance(answering, Answering)
    assert answering.known_from == "spacing"
    assert answering.every_days == here().company.world.satisfaction.survey_every_days
    assert_truth_is_held(answering)


def test_the_component_table_holds_the_effects_on_all() -> None:
    """The contrast of worlds moves with the effect of an incident: their quotients are alike."""
    allowed = impact_of(with_invitations=True)
    answering = allowed.answering
    assert isinstance(answering, Answering)
    quotients = []
    for effect in allowed.components:
        incident = answering.effect_of_all[effect.component]
        assert isinstance(incident, Estimate)
        assert isinstance(effect.experience, Estimate)
        if incident.low < 0 < incident.high:
            continue
        quotients.append(-effect.experience.point / incident.point)
        assert "all who were asked" in effect.experience.method
    assert len(quotients) >= 4
    assert 0 < min(quotients) <= max(quotients) < 1
    assert any(message.code == "CX509" for message in allowed.messages)
    assert not any(message.code == "CX505" for message in allowed.messages)


def test_the_level_lies_between_what_the_silent_could_make_of_it() -> None:
    answering = impact_of(with_invitations=True).answering
    assert isinstance(answering, Answering)
    for answer in (answering.among_answers, answering.weighted, answering.of_all, answering.bounds):
        assert isinstance(answer, Estimate)
    bounds = answering.bounds
    assert isinstance(bounds, Estimate)
    for answer in (answering.among_answers, answering.weighted, answering.of_all):
        assert isinstance(answer, Estimate)
        assert bounds.low < answer.low < answer.high < bounds.high


def test_where_no_effect_can_be_told_the_level_still_is() -> None:
    found = here()
    linked = replace(found.linked, incidents=found.linked.incidents.iloc[:0])
    weights = np.ones((2, len(linked.customers)))
    answers = gather_answers(linked, "nps", 90)
    fit, answering = fit_score(linked, answers, "nps", None, found.settings.model, weights, np.random.default_rng(1))
    assert all(refusal is not None for refusal in fit.refusals)
    assert isinstance(answering, Answering)
    assert isinstance(answering.of_all, Estimate)
    assert isinstance(answering.among_answers, Estimate)
    # those far from indifference, mostly promoters, answer more often
    assert answering.of_all.high < answering.among_answers.point
    assert all(isinstance(answer, NotEstimable) for answer in answering.effect_of_all.values())


def test_answers_about_single_events_are_left_as_they_are() -> None:
    found = here()
    responses = found.linked.responses.copy()
    responses.loc[0, "event_component"] = "delivery"
    linked = replace(found.linked, responses=responses)
    asked = gather_asked(linked, gather_answers(linked, "nps", 90), 90, np.random.default_rng(1))
    assert isinstance(asked, NotEstimable)
    assert "single events" in asked.reason


def test_stretches_without_an_answer_are_as_many_as_time_at_risk_holds() -> None:
    linked = replace(here().linked, silent=None)
    answers = gather_answers(linked, "nps", 90)
    asked = gather_asked(linked, answers, 90, np.random.default_rng(1))
    assert not isinstance(asked, NotEstimable)
    spells = linked.customers.loc[linked.customers["at_risk"]]
    begins = np.maximum(spells["acquired_day"] + spells["start"], linked.from_day)
    days = np.minimum(spells["acquired_day"] + spells["stop"], linked.to_day + 1) - begins
    # nobody answers twice within a stretch here, so that stretches are the rows; a part of one is drawn: .3 a customer
    expected = days.sum() / asked.every_days
    assert abs(len(asked.rows.value) - expected) < 4 * np.sqrt(len(spells) / 4) + 0.02 * expected
    silent = np.isnan(asked.rows.value)
    first = pd.Series(np.asarray(begins), index=spells["customer"])
    inside = first.reindex(asked.rows.cluster[silent]).to_numpy()
    assert (asked.rows.day[silent] >= inside).all()
    assert (asked.rows.day[silent] <= linked.to_day).all()
