"""The KPI among those who answered."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.experience import choose_kpi, fit_experience, frame_of_means, gather_answers, mean_with_interval
from cxlink.impact.windows import count_between, last_day_before


class Timelines:
    """The part of the hand-off that the KPI is estimated from."""

    def __init__(self, responses: pd.DataFrame, incidents: pd.DataFrame, experiences: pd.DataFrame) -> None:
        self.responses, self.incidents, self.experiences = responses, incidents, experiences
        self.components = ("delivery",)
        self.covariates = np.zeros((2000, 0))
        self.covariate_names = ()
        self.customers = pd.DataFrame({"acquired_day": np.full(2000, 18_000)})


def timelines(n: int = 400, *, about_events: bool = False) -> tuple[Linked, np.ndarray]:
    rng = np.random.default_rng(4)
    hit = rng.random(n) < 0.3
    csat = np.where(hit, 2.5, 4.2) + rng.normal(0, 0.5, n)
    responses = pd.DataFrame(
        {
            "customer": np.arange(n),
            "responded_day": 19_050,
            "nps": np.nan,
            "csat": csat,
            "ces": np.nan,
            "event_component": "delivery" if about_events else None,
            "event_failed": hit.astype(float) if about_events else np.nan,
        }
    )
    where = np.flatnonzero(hit)
    incidents = pd.DataFrame({"customer": where, "component": "delivery", "incident_day": 19_020, "table": "tickets"})
    experiences = pd.DataFrame(columns=["customer", "component", "experienced_day", "failed"])
    return cast("Linked", Timelines(responses, incidents if not about_events else incidents.iloc[:0], experiences)), hit


@pytest.mark.parametrize("about_events", [False, True])
def test_without_covariates_the_effect_is_the_difference_of_means(about_events: bool) -> None:
    linked, hit = timelines(about_events=about_events)
    answers = gather_answers(linked, "csat", 90)
    assert (answers.exposed[:, 0] == hit).all()
    fit = fit_experience(linked, answers, np.ones((3, 2000)))
    value = linked.responses["csat"].to_numpy()
    assert fit.point[0] == pytest.approx(value[hit].mean() - value[~hit].mean())
    assert fit.draws[:, 0] == pytest.approx(fit.point[0])  # weights of one change nothing
    means = frame_of_means(linked, answers, "CSAT points")
    after = means["after"].iloc[0]
    assert isinstance(after, Estimate)
    assert after.point == pytest.approx(value[hit].mean())
    assert after.events == hit.sum()


def test_few_answers_after_an_incident_are_refused() -> None:
    linked, _ = timelines()
    few = cast("Linked", Timelines(linked.responses, linked.incidents.iloc[:9], linked.experiences))
    fit = fit_experience(few, gather_answers(few, "csat", 90), np.ones((3, 2000)))
    assert isinstance(fit.refusals[0], NotEstimable)
    assert "9 answers" in fit.refusals[0].reason
    assert fit.point[0] == 0


def test_nps_is_promoters_less_detractors() -> None:
    linked, _ = timelines()
    linked.responses["nps"] = np.resize([10, 9, 8, 7, 6, 0], len(linked.responses)).astype(float)
    answers = gather_answers(linked, "nps", 90)
    assert list(answers.value[:6]) == [100, 100, 0, 0, -100, -100]
    assert choose_kpi(linked, None) == "nps"
    assert choose_kpi(linked, "csat") == "csat"


def test_interval_of_nps_is_that_of_its_multinomial_variance() -> None:
    """Shares of 55/25/20 promoters, passives and detractors with n = 400 give 35 +- 7.8 points."""
    value = np.repeat([100.0, 0.0, -100.0], [220, 100, 80])
    level = mean_with_interval(value, np.arange(400), "NPS points", "")
    assert isinstance(level, Estimate)
    assert level.point == pytest.approx(35)
    assert level.high - level.point == pytest.approx(7.8, abs=0.05)


def test_repeated_answers_of_one_customer_widen_the_interval() -> None:
    value = np.tile(np.repeat([100.0, -100.0], 20), 5)
    once = mean_with_interval(value, np.arange(200), "NPS points", "")
    again = mean_with_interval(value, np.tile(np.arange(40), 5), "NPS points", "")
    assert isinstance(once, Estimate)
    assert isinstance(again, Estimate)
    assert again.high - again.low == pytest.approx((once.high - once.low) * np.sqrt(5), rel=0.02)


def test_windows_end_before_the_day() -> None:
    events = pd.DataFrame({"customer": [1, 1, 3], "day": [10, 20, 5]})
    customer, day = np.array([1, 1, 1, 1, 2, 3, -1]), np.array([10, 11, 20, 21, 99, 99, 99])
    assert list(last_day_before(events, "day", customer, day)) == [-np.inf, 10, 10, 20, -np.inf, 5, -np.inf]
    assert list(count_between(events, "day", np.array([1, 1, 1]), np.array([9, 10, 0]), np.array([20, 20, 9]))) == [
        2,
        1,
        0,
    ]
