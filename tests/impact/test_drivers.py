"""Drivers: planted effects come back, a confounded component misleads only the plain difference, refusals say why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentDriver, Drivers, KpiDrivers, Linked, OddsCheck
from cxlink.impact.drivers import find_drivers
from cxlink.impact.experience import SAME_ANSWERS
from cxlink.settings import Settings
from tests.canonical import build_settings
from tests.impact.scored_company import Scored, draw_scored, with_ratings


def found(linked: Linked, *, kpi: str = "nps", draws: int = 200) -> Drivers:
    settings: Settings = build_settings(model={"kpi": kpi})
    weights = np.random.default_rng(3).standard_exponential((draws, len(linked.customers)))
    weights /= weights.mean(axis=1, keepdims=True)
    return find_drivers(linked, settings, weights=weights, rng=np.random.default_rng(4))


def number(answer: Answer) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


def ways(driver: ComponentDriver) -> dict[str, Answer]:
    return {one.way: one.answer for one in driver.contrasts}


def errors_off(answer: Answer, planted: float) -> float:
    """Distance from what was planted, in standard errors."""
    one = number(answer)
    return (one.point - planted) / ((one.high - one.low) / 3.92)


@pytest.fixture(scope="module")
def scored() -> Scored:
    return draw_scored(1200, np.random.default_rng(8))


@pytest.fixture(scope="module")
def nps(scored: Scored) -> KpiDrivers:
    return found(scored.linked).kpis[0]


def test_every_score_that_has_answers_has_a_table(scored: Scored) -> None:
    assert [one.kpi for one in found(scored.linked, kpi="csat").kpis] == ["csat", "nps"]


def test_a_planted_effect_comes_back_in_every_way(scored: Scored, nps: KpiDrivers) -> None:
    delivery = ways(nps.components[0])
    assert scored.delivery < -15
    off = {way: errors_off(answer, scored.delivery) for way, answer in delivery.items()}
    # five intervals of the same answers: all within three standard errors of the truth, and none of them wide
    assert max(map(abs, off.values())) < 3, off
    assert all(number(answer).high < 0 for answer in delivery.values())


def test_a_confounded_component_misleads_the_plain_difference_alone(scored: Scored, nps: KpiDrivers) -> None:
    """Who meets faults of the forum is grumpy; the fault itself does nothing."""
    assert scored.forum == 0.0
    forum = ways(nps.components[1])
    assert errors_off(forum["difference"], 0.0) < -8
    assert errors_off(forum["adjusted"], 0.0) < -8  # no attribute tells who is grumpy
    assert abs(errors_off(forum["like_for_like"], 0.0)) < 3
    assert abs(errors_off(forum["within"], 0.0)) < 3


def test_it_is_said_where_the_plain_difference_is_not_that_of_the_same_customers(scored: Scored) -> None:
    told = [one.message for one in found(scored.linked).messages if one.code == "CX521"]
    assert any("NPS" in message and "forum" in message and "delivery" not in message for message in told), told


def test_the_like_for_like_difference_is_that_of_a_spreadsheet(scored: Scored, nps: KpiDrivers) -> None:
    rows = scored.linked.responses
    hits = scored.linked.incidents
    hits = hits.loc[hits["component"] == "delivery"]
    after = pd.MultiIndex.from_frame(hits.assign(day=hits["incident_day"] + 30)[["customer", "day"]])
    met = pd.MultiIndex.from_frame(rows[["customer", "responded_day"]]).isin(after)
    worth = np.where(rows["nps"] >= 9, 100.0, np.where(rows["nps"] <= 6, -100.0, 0.0))
    table = pd.DataFrame({"customer": rows["customer"], "met": met, "worth": worth})
    means = table.pivot_table(index="customer", columns="met", values="worth").dropna()
    told = number(ways(nps.components[0])["like_for_like"])
    assert told.point == pytest.approx((means[True] - means[False]).mean())
    assert told.n == len(means)
    plain = number(ways(nps.components[0])["difference"])
    assert plain.point == pytest.approx(worth[met].mean() - worth[~met].mean())
    assert nps.components[0].answers == met.sum()


def test_the_within_fit_is_that_with_a_column_for_each_customer() -> None:
    """Without other components and calendar columns: least squares with customers' dummies."""
    linked = draw_scored(90, np.random.default_rng(2)).linked
    told = found(linked).kpis[0]
    rows = linked.responses
    hits = [linked.incidents.loc[linked.incidents["component"] == name] for name in linked.components]
    pairs = [set(zip(one["customer"], one["incident_day"] + 30, strict=True)) for one in hits]
    met = np.array(
        [[(c, d) in one for one in pairs] for c, d in zip(rows["customer"], rows["responded_day"], strict=True)]
    ).astype(float)
    dummies = (rows["customer"].to_numpy()[:, None] == np.arange(90)[None, :]).astype(float)
    quarter = (rows["responded_day"].to_numpy()[:, None] == np.unique(rows["responded_day"])[None, :-1]).astype(float)
    worth = np.where(rows["nps"] >= 9, 100.0, np.where(rows["nps"] <= 6, -100.0, 0.0))
    beta = np.linalg.lstsq(np.column_stack([met, dummies, quarter]), worth, rcond=None)[0]
    for place in (0, 1):
        assert number(ways(told.components[place])["within"]).point == pytest.approx(beta[place])


def test_odds_that_are_not_proportional_are_found(scored: Scored) -> None:
    """Half of those who meet a late delivery are furious, the others do not mind; and answers that nothing moves."""
    hits = scored.linked.incidents
    late = hits.loc[hits["component"] == "delivery"]
    rows = scored.linked.responses.copy()
    rng = np.random.default_rng(5)
    met = pd.MultiIndex.from_frame(rows[["customer", "responded_day"]]).isin(
        pd.MultiIndex.from_arrays([late["customer"], late["incident_day"] + 30])
    )
    usual = rng.integers(1, 6, len(rows)).astype(float)
    rows["csat"] = np.where(met & (rng.random(len(rows)) < 0.5), 1.0, usual)
    split = replace(cast("Any", scored.linked), responses=rows)
    told = found(cast("Linked", split), kpi="csat")
    odds = told.kpis[0].components[0].odds
    assert isinstance(odds, OddsCheck)
    assert odds.cuts == (2.0, 3.0, 4.0, 5.0)
    assert odds.p_value < 0.001
    assert 2.0 in odds.strays
    assert any("CSAT" in one.message and "delivery (from 2.0" in one.message for one in told.messages)
    alike = replace(cast("Any", scored.linked), responses=rows.assign(csat=usual))
    odds = found(cast("Linked", alike), kpi="csat").kpis[0].components[0].odds
    assert isinstance(odds, OddsCheck)
    assert odds.strays == ()


def test_few_answers_are_refused_with_their_number(scored: Scored) -> None:
    hits = scored.linked.incidents
    delivery = hits.loc[hits["component"] == "delivery"]
    few = replace(cast("Any", scored.linked), incidents=delivery.iloc[:12])
    driver, forum = found(cast("Linked", few)).kpis[0].components
    answers = ways(driver)
    assert isinstance(answers["like_for_like"], NotEstimable)
    assert "needs 30" in answers["like_for_like"].reason
    assert isinstance(answers["ordinal"], NotEstimable)
    assert isinstance(driver.odds, NotEstimable)
    assert all(isinstance(answer, NotEstimable) for answer in ways(forum).values())


def test_what_comments_alone_tell_is_compared_in_no_way(scored: Scored) -> None:
    said = replace(cast("Any", scored.linked), incidents=scored.linked.incidents.assign(table="feedback"))
    for driver in found(cast("Linked", said)).kpis[0].components:
        assert set(ways(driver).values()) == {SAME_ANSWERS}


def test_without_known_customers_there_is_a_level_and_no_more(scored: Scored) -> None:
    unknown = replace(cast("Any", scored.linked), responses=scored.linked.responses.assign(customer=-1))
    told = found(cast("Linked", unknown)).kpis[0]
    assert number(told.level).point == pytest.approx(number(found(scored.linked).kpis[0].level).point)
    assert (told.answers, told.customers) == (0, 0)
    assert all(isinstance(answer, NotEstimable) for one in told.components for answer in ways(one).values())
    assert isinstance(told.ratings, NotEstimable)


def test_the_order_of_answers_does_not_matter(scored: Scored, nps: KpiDrivers) -> None:
    order = np.random.default_rng(1).permutation(len(scored.linked.responses))
    turned = replace(cast("Any", scored.linked), responses=scored.linked.responses.iloc[order].reset_index(drop=True))
    for one, other in zip(nps.components, found(cast("Linked", turned)).kpis[0].components, strict=True):
        for way, answer in ways(one).items():
            there = number(ways(other)[way])
            assert (there.point, there.low) == pytest.approx((number(answer).point, number(answer).low), abs=1e-6)


def test_without_a_score_there_is_nothing(scored: Scored) -> None:
    none = replace(cast("Any", scored.linked), responses=scored.linked.responses.assign(nps=np.nan, csat=np.nan))
    assert found(cast("Linked", none)).kpis == ()


def test_ratings_need_columns(nps: KpiDrivers, scored: Scored) -> None:
    assert isinstance(nps.ratings, NotEstimable)
    rated = with_ratings(scored.linked, np.random.default_rng(6))
    assert not isinstance(found(rated).kpis[0].ratings, NotEstimable)
