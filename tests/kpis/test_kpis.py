"""Which score tells who leaves, on customers of whom that is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import KpiRace, Kpis, Linked
from cxlink.kpis import compare_kpis
from cxlink.kpis.landmarks import find_landmarks, gather_landmarks, last_day_of, month_of
from cxlink.pipeline import draw_weights
from tests.canonical import build_settings
from tests.kpis.companies import FROM_DAY, TO_DAY, draw_company

N = 1500
SETTINGS = build_settings(model={"adjust_for": ["plan"]})


def compare(linked: Linked, **model: Any) -> Kpis:
    settings = build_settings(model={"adjust_for": ["plan"], **model})
    weights = draw_weights(200, len(linked.customers), np.random.default_rng(5))
    found = compare_kpis(linked, settings, weights=weights)
    assert isinstance(found, Kpis)
    return found


def company(seed: int = 1, n: int = N, **options: Any) -> Linked:
    return draw_company(n, np.random.default_rng(seed), **options)


def race_of(found: Kpis, outcome: str) -> KpiRace:
    return next(race for race in found.races if race.outcome == outcome)


def changed(linked: Linked, **fields: Any) -> Linked:
    return cast("Linked", replace(cast("Any", linked), **fields))


@pytest.mark.parametrize("outcome", ["leaving", "revenue"])
@pytest.mark.parametrize(("planted", "kpi"), [("of_csat", "csat"), ("of_nps", "nps")])
def test_the_score_that_tells_is_found_and_no_other(planted: str, kpi: str, outcome: str) -> None:
    race = race_of(compare(company(2, 3000, **{planted: 0.5})), outcome)
    assert {one.kpi for one in race.gains if one.adds} == {kpi}
    assert race.gains[0].kpi == kpi
    assert isinstance(race.gains[0].gain, Estimate)
    assert race.gains[0].gain.low > 0
    clear = [one for one in race.pairs if one.p_value is not None and one.p_value < 0.05]
    assert clear
    for pair in clear:
        assert isinstance(pair.difference, Estimate)
        assert kpi in (pair.first, pair.second)
        assert (pair.difference.point > 0) == (pair.first == kpi)


def test_a_signal_among_promoters_alone_is_nps_by_classes() -> None:
    """A line through the score would put NPS down; the better of its forms does not."""
    race = race_of(compare(company(3, 4000, of_edges=1.2)), "leaving")
    assert (race.gains[0].kpi, race.gains[0].form) == ("nps", "classes")
    assert race.gains[0].adds
    by_form = {one.form: one.gain for one in race.gains if one.kpi == "nps"}
    pairs = [one.difference for one in race.pairs if {one.first, one.second} == {"nps", "csat"}]
    csat = next(one.gain for one in race.gains if one.kpi == "csat")
    assert all(isinstance(answer, Estimate) for answer in (*by_form.values(), *pairs, csat))
    assert pairs[0].point == pytest.approx(by_form["classes"].point - csat.point)  # type: ignore[union-attr]


def test_nothing_later_than_a_landmark_is_in_its_columns() -> None:
    """Answers, ends and revenue after a landmark change what came of its customers, and nothing known of them."""
    linked = company(4, of_nps=0.4)
    scores = linked.responses.rename(columns={"responded_day": "day"})[["customer", "day", "nps", "csat"]]
    whole = gather_landmarks(linked, scores, 3)
    place = len(whole.day) // 2
    day = whole.day[place]
    acquired = linked.customers["acquired_day"]
    cut = linked.customers.assign(
        stop=np.minimum(linked.customers["stop"], np.maximum(day + 2 - acquired, linked.customers["start"])),
    )
    later = scores.assign(nps=scores["nps"].where(scores["day"] <= day, 0.0))
    prices = linked.followed_prices
    assert prices is not None
    known = prices["month"] - 1970 * 12 <= month_of(day)
    blind = gather_landmarks(changed(linked, customers=cut, followed_prices=prices.loc[known]), later, 3)
    here, there = whole.wave == place, blind.wave == place
    for name in ("customer", "base", "price"):
        assert np.array_equal(getattr(whole, name)[here], getattr(blind, name)[there])
    for name in ("nps", "csat"):
        assert np.array_equal(whole.scores[name][here], blind.scores[name][there], equal_nan=True)
    assert not np.array_equal(whole.revenue[here], blind.revenue[there])


def test_answers_after_the_last_judging_change_nothing() -> None:
    linked = company(5, of_nps=0.4)
    found = compare(linked)
    last = max(day for race in found.races for day in race.judged_on)
    number = (last - type(last)(1970, 1, 1)).days
    rows = linked.responses
    scrambled = rows.assign(nps=rows["nps"].where(rows["responded_day"] <= number, 3.0))
    assert compare(changed(linked, responses=scrambled)) == found


def test_waves_are_followed_to_their_end_and_do_not_overlap() -> None:
    for months in (1, 3, 6):
        days, last = find_landmarks(FROM_DAY, TO_DAY, months)
        numbers = [month_of(day) for day in days]
        assert all(last_day_of(number) == day for number, day in zip(numbers, days, strict=True))
        assert np.diff(numbers).tolist() == [months] * (len(days) - 1)
        assert last_day_of(numbers[-1] + months) == last_day_of(last) == TO_DAY


def test_revenue_of_leavers_is_nothing_after_their_end() -> None:
    linked = company(6, of_nps=0.4)
    scores = linked.responses.rename(columns={"responded_day": "day"})[["customer", "day", "nps"]]
    prices = linked.followed_prices
    assert prices is not None
    # paid a year in advance
    ahead = prices.groupby("customer").tail(1)
    more = [ahead.assign(month=ahead["month"] + number) for number in range(1, 13)]
    paid = pd.concat([prices, *more], ignore_index=True)
    here, there = (gather_landmarks(changed(linked, followed_prices=rows), scores, 6) for rows in (prices, paid))
    assert np.allclose(here.revenue, there.revenue)
    gone = here.left & (here.stop < 0.3)
    assert gone.any()
    assert here.revenue[gone].max() < 3 * here.price[gone].max()


def test_the_same_respondents_are_compared() -> None:
    linked = company(7, of_csat=0.5)
    race = race_of(compare(linked), "leaving")
    assert race.same_respondents
    sizes = {one.gain.n for one in race.gains if isinstance(one.gain, Estimate)}
    assert sizes == {race.customers}


def test_without_common_respondents_there_are_rows_and_no_pairs() -> None:
    race = race_of(compare(company(8, 3000, of_csat=0.6, shared=False)), "leaving")
    assert not race.same_respondents
    assert race.pairs == ()
    assert {one.kpi: one.adds for one in race.gains if one.form == "score"} == {"nps": False, "csat": True}


def test_answers_about_a_component_are_a_score_of_their_own() -> None:
    linked = company(9, of_nps=0.4)
    about = linked.responses["customer"].map(lambda key: "delivery" if key % 3 == 0 else None)
    found = compare(changed(linked, responses=linked.responses.assign(event_component=about, rating_shop=4.0)))
    named = {one.kpi for one in race_of(found, "leaving").gains}
    assert {"nps about delivery", "rating_shop"} <= named
    flat = next(one for one in race_of(found, "leaving").gains if one.kpi == "rating_shop")
    assert isinstance(flat.gain, NotEstimable)


def test_too_little_is_refused_and_said_so() -> None:
    found = compare(company(10, 60))
    assert all(race.refusal is not None and race.gains == () for race in found.races)
    assert {message.code for message in found.messages} == {"CX510"}
    no_ends = NotEstimable("nobody is seen to leave", "ends")
    weights = np.ones((2, N))
    assert compare_kpis(changed(company(), churn_refusal=no_ends), SETTINGS, weights=weights) == no_ends
    empty = company().responses.assign(nps=np.nan, csat=np.nan, ces=np.nan)
    assert isinstance(compare_kpis(changed(company(), responses=empty), SETTINGS, weights=weights), NotEstimable)
    by_money = compare(changed(company(), money_refusal=NotEstimable("no match", "keys")))
    assert [race.refusal is None for race in by_money.races] == [True, False]


def test_the_order_of_customers_does_not_matter() -> None:
    linked = company(11, 800, of_nps=0.5)
    shuffled = changed(linked, responses=linked.responses.sample(frac=1, random_state=3))
    assert compare(shuffled) == compare(linked)
