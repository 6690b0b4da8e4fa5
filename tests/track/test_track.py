"""Changes of which it is known what they did: found, doubted where they must be, refused where they cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Exposed, Forecast, ForecastFigure, Linked, TrackedChange, TrackedOutcome, Tracking
from cxlink.track import track_changes
from tests.track.companies import STARTED_ON, draw_company, settings_of


def track(linked: Linked, forecasts: tuple[Forecast, ...] = (), **change: Any) -> Tracking:
    found = track_changes(linked, settings_of(**change), kpi="nps", forecasts=forecasts)
    assert isinstance(found, Tracking)
    return found


def only(found: Tracking) -> TrackedChange:
    (one,) = found.changes
    return one


def outcome(one: TrackedChange, name: str) -> TrackedOutcome:
    return next(found for found in one.outcomes if found.name == name)


def number(answer: Answer) -> Estimate:
    assert isinstance(answer, Estimate)
    return answer


def company(seed: int = 1, n: int = 1500, **options: Any) -> Linked:
    return draw_company(n, np.random.default_rng(seed), **options)


def changed(linked: Linked, **fields: Any) -> Linked:
    return cast("Linked", replace(cast("Any", linked), **fields))


def test_the_planted_reduction_is_found() -> None:
    """In 95 of 100 companies' intervals; the figure is a share of incidents."""
    held, points = [], []
    for seed in range(100):
        fewer = number(outcome(only(track(company(seed, 700, reduction=0.3))), "incidents").effect)
        held.append(fewer.low <= 0.3 <= fewer.high)
        points.append(fewer.point)
    assert abs(np.mean(held) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 100)
    assert np.mean(points) == pytest.approx(0.3, abs=float(3 * np.std(points) / 10 + 0.02))


def test_what_the_others_met_as_well_is_taken_off() -> None:
    """Those reached meet more incidents and leave oftener anyway, and incidents go by season."""
    one = only(track(company(2, 6000, reduction=0.5, harm=1.8)))
    fewer, leaving = outcome(one, "incidents"), outcome(one, "leaving")
    assert number(fewer.effect).low > 0.4
    assert (fewer.grade, leaving.grade) == ("C", "C")
    assert number(leaving.effect).high < 1
    assert number(outcome(one, "score").effect).point > 0


def test_groups_that_went_apart_before_are_doubted() -> None:
    found = track(company(3, 4000, early_trend=0.06))
    assert outcome(only(found), "incidents").grade == "D"
    assert "CX594" in {message.code for message in found.messages}


def test_few_groups_are_described_and_not_judged() -> None:
    found = track(company(4, 2000, reduction=0.4, n_groups=6))
    one = only(found)
    assert one.refusal is not None
    assert "3 of 6 groups" in one.refusal.reason
    assert all(o.effect == one.refusal and o.grade == "D" for o in one.outcomes)
    assert number(outcome(one, "incidents").seen).low > 0
    assert {message.code for message in found.messages} == {"CX593", "CX595"}


def test_many_groups_are_the_clusters() -> None:
    one = only(track(company(5, 2000, reduction=0.4, n_groups=60)))
    fewer = number(outcome(one, "incidents").effect)
    assert one.groups == 60
    assert "group of customers" in fewer.method
    assert fewer.low < 0.4 < fewer.high


def test_everybody_at_once_is_before_and_after_only() -> None:
    linked = changed(company(6, 1500, reduction=0.4), exposed=(None,))
    one = only(track(linked, exposed=None))
    assert one.refusal is not None
    assert "everybody was reached at once" in one.refusal.reason
    fewer = outcome(one, "incidents")
    assert isinstance(fewer.effect, NotEstimable)
    assert isinstance(fewer.seen, Estimate)
    assert "whatever else happened" in fewer.seen.method


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"started_on": date(2023, 2, 1)}, "1 whole months before"),
        ({"started_on": date(2024, 11, 1)}, "2 whole months after"),
        ({"started_on": date(2030, 1, 1)}, "0 whole months before"),
        ({"component": "billing"}, "no incident of its component"),
    ],
)
def test_too_little_on_one_side_is_refused(change: dict[str, Any], reason: str) -> None:
    found = track(company(7, 300), **change)
    one = only(found)
    assert one.refusal is not None
    assert reason in one.refusal.reason
    assert one.outcomes == ()
    assert "CX592" in {message.code for message in found.messages}


def test_customers_of_whom_it_is_not_known_are_in_no_group() -> None:
    linked = company(8, 900, reduction=0.3)
    whom = linked.exposed[0]
    assert whom is not None
    unknown = np.where(np.arange(900) < 300, -1, whom.flag).astype(np.int8)
    one = only(track(changed(linked, exposed=(Exposed(unknown, whom.group, whom.columns, by_customer=True),))))
    assert one.customers + one.others <= 600
    nobody = Exposed(np.zeros(900, dtype=np.int8), whom.group, whom.columns, by_customer=True)
    refused = only(track(changed(linked, exposed=(nobody,)))).refusal
    assert refused is not None
    assert "nobody meets the condition" in refused.reason


def test_the_month_of_the_start_is_on_neither_side() -> None:
    linked = company(9, 900, reduction=0.3)
    within, first = (only(track(linked, started_on=day)) for day in (date(2024, 1, 15), STARTED_ON))
    assert (first.months_before, first.months_after) == (12, 12)
    assert (within.months_before, within.months_after) == (12, 11)


def test_months_until_it_works_in_full_are_on_neither_side() -> None:
    """A change said to begin four months early, and to take four months: what it does is found whole."""
    early = date(2023, 9, 1)
    ramped: list[float] = []
    at_once: list[float] = []
    for seed in range(30):
        linked = company(seed, 900, reduction=0.4)
        for found, ramp_months in ((ramped, 4), (at_once, 0)):
            one = only(track(linked, started_on=early, ramp_months=ramp_months))
            assert (one.months_before, one.months_after) == (8, 12)
            found.append(number(outcome(one, "incidents").effect).point)
    error = np.std(ramped) / np.sqrt(len(ramped))
    assert abs(np.mean(ramped) - 0.4) < 3 * error + 0.02
    assert np.mean(at_once) < np.mean(ramped) - 3 * error
    late = only(track(company(9, 300), started_on=date(2024, 6, 1), ramp_months=5)).refusal
    assert late is not None
    assert "2 whole months after it worked in full" in late.reason


def test_revenue_that_those_reached_lose_anyway_is_not_the_changes() -> None:
    """They leave oftener before as well; what is taken from their prices after the start is found."""
    linked = company(10, 5000)
    nothing = number(outcome(only(track(linked)), "revenue").effect)
    assert nothing.low < 0 < nothing.high
    assert number(outcome(only(track(linked)), "revenue").seen).high < 0
    whom, prices = linked.exposed[0], linked.followed_prices
    assert whom is not None
    assert prices is not None
    later = (prices["month"] >= 2024 * 12).to_numpy() & (whom.flag[prices["customer"].to_numpy()] == 1)
    dearer = prices.assign(price=prices["price"] + 5.0 * later)
    found = number(outcome(only(track(changed(linked, followed_prices=dearer))), "revenue").effect)
    stayed = found.point - nothing.point
    assert 3.5 < stayed < 5.0
    assert found.low > 0


FORECAST = Forecast(
    "courier", date(2023, 12, 31), 1, "0.1.0", 12, ForecastFigure(0.3, 0.15, 0.45), ForecastFigure(90.0, 80.0, 99.0)
)


def test_forecasts_are_set_beside_what_came() -> None:
    found = track(company(11, 2500, reduction=0.3), (FORECAST,))
    one = only(found)
    assert one.forecast_as_of == date(2023, 12, 31)
    fewer, score = one.checks
    assert (fewer.figure, fewer.held, fewer.contradicted) == ("reduction", True, False)
    assert fewer.ratio == pytest.approx(number(fewer.came).point / 0.3)
    assert (score.figure, score.held, score.contradicted) == ("experience", False, True)
    assert (found.record.compared, found.record.held, found.record.contradicted) == (2, 1, 1)
    assert "CX595" not in {message.code for message in found.messages}


def test_what_was_told_when_it_had_begun_is_no_forecast() -> None:
    late = replace(FORECAST, as_of=STARTED_ON, reduction=ForecastFigure(0.9, 0.8, 1.0))
    assert only(track(company(12, 400), (FORECAST, late))).forecast_as_of == FORECAST.as_of
    assert only(track(company(12, 400), (late,))).checks == ()


def test_nothing_is_compared_where_nothing_can_be_told() -> None:
    found = track(company(13, 2000, n_groups=6), (FORECAST,))
    assert [check.held for check in only(found).checks] == [None, None]
    assert found.record.compared == 0
    assert found.record.mean_ratio is None


def test_without_a_change_that_was_made_there_is_nothing() -> None:
    settings = settings_of(started_on=None, exposed=None)
    assert isinstance(track_changes(company(14, 100), settings, kpi="nps", forecasts=()), NotEstimable)
    no_ends = NotEstimable("nobody is seen to leave", "ends")
    refused = track_changes(changed(company(14, 100), churn_refusal=no_ends), settings_of(), kpi="nps", forecasts=())
    assert refused == no_ends


def test_the_order_of_rows_does_not_matter() -> None:
    linked = company(15, 800, reduction=0.3)

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sample(frac=1, random_state=1)

    other = changed(linked, incidents=shuffled(linked.incidents))
    assert outcome(only(track(other)), "incidents") == outcome(only(track(linked)), "incidents")
