"""Promises: described by hand, and planted effects of lateness come back beside the plain incident."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, fit_main
from cxlink.churn.gap_ratios import fit_gap_ratios, recent_gaps
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import GapRatios, Linked, PromiseGap
from cxlink.impact.experience import gather_answers
from cxlink.impact.promise import UNNAMED, compare_promises, gap_columns
from tests.impact import promised_company as truth


def ratios_of(linked: Linked) -> tuple[GapRatios, ...]:
    main = fit_main(linked, exposure_days=truth.EXPOSURE)
    assert isinstance(main, MainFit)
    return fit_gap_ratios(linked, main, truth.EXPOSURE)


def told(linked: Linked, ratios: tuple[GapRatios, ...] = ()) -> tuple[PromiseGap, ...]:
    answers = gather_answers(linked, "csat", truth.EXPOSURE)
    weights = np.random.default_rng(3).standard_exponential((100, len(linked.customers)))
    weights /= weights.mean(axis=1, keepdims=True)
    found = compare_promises(
        linked, answers, ratios, kpi_unit="points", exposure_days=truth.EXPOSURE, no_churn=None, weights=weights
    )
    assert isinstance(found, tuple)
    return found


def number(answer: Answer) -> Estimate:
    assert isinstance(answer, Estimate), answer
    return answer


def errors_off(answer: Answer, planted: float, *, log: bool = False) -> float:
    """Distance from what was planted, in standard errors."""
    one = number(answer)
    point, low, high = np.log([one.point, one.low, one.high]) if log else np.array([one.point, one.low, one.high])
    return float((point - planted) / ((high - low) / 3.92))


@pytest.fixture(scope="module")
def company() -> Linked:
    return truth.draw_company(3000, np.random.default_rng(5))


@pytest.fixture(scope="module")
def ratios(company: Linked) -> tuple[GapRatios, ...]:
    return ratios_of(company)


def test_the_description_is_that_of_a_spreadsheet(company: Linked, ratios: tuple[GapRatios, ...]) -> None:
    (one,) = told(company, ratios)
    assert company.promises is not None
    rows = company.promises
    rows = rows.loc[rows["promised_day"] >= truth.FROM_DAY]
    assert (one.component, one.measure, one.touchpoints) == ("delivery", "days", len(rows))
    assert number(one.mean_gap).point == pytest.approx(rows["gap"].mean())
    assert number(one.share_late).point == pytest.approx((rows["gap"] > 0).mean())
    by_customer = rows.groupby("customer")["gap"]
    within = np.sqrt(((rows["gap"] - by_customer.transform("mean")) ** 2).sum() / (len(rows) - by_customer.ngroups))
    assert number(one.within).point == pytest.approx(within)
    # sloppiness scales a mean of -0.8: levels spread by 0.8 times that of a uniform from 0.5 to 1.5
    assert number(one.between).point == pytest.approx(0.8 / np.sqrt(12), rel=0.1)
    assert all(answer.unit == "days" for answer in (number(one.mean_gap), number(one.within), number(one.between)))


def test_planted_slopes_of_the_score_come_back(company: Linked) -> None:
    (one,) = told(company)
    planted = (truth.LATE_SCORE, truth.EARLY_SCORE, truth.SPREAD_SCORE, truth.INCIDENT_SCORE)
    found = (one.score_late, one.score_early, one.score_spread, one.score_incident)
    off = [errors_off(answer, value) for answer, value in zip(found, planted, strict=True)]
    assert np.abs(off).max() < 3, off
    assert number(one.score_late).high < 0
    assert number(one.score_late).unit == "points by days"


def test_planted_ratios_of_leaving_come_back(ratios: tuple[GapRatios, ...]) -> None:
    (one,) = ratios
    planted = (truth.LATE_HAZARD, truth.EARLY_HAZARD, truth.INCIDENT_HAZARD)
    off = [errors_off(a, v, log=True) for a, v in zip((one.late, one.early, one.incident), planted, strict=True)]
    assert np.abs(off).max() < 3, off
    assert number(one.late).low > 1 > number(one.early).high


def test_without_effects_there_are_none() -> None:
    company = truth.draw_company(3000, np.random.default_rng(6), effects=0.0)
    found = ratios_of(company)
    (one,) = told(company, found)
    score = (one.score_late, one.score_early, one.score_spread, one.score_incident)
    leaving = (one.leaving.late, one.leaving.early, one.leaving.incident)
    off = [errors_off(answer, 0.0) for answer in score] + [errors_off(answer, 0.0, log=True) for answer in leaving]
    assert np.abs(off).max() < 3, off


def test_recent_gaps_are_those_of_the_days_before() -> None:
    promises = pd.DataFrame({"customer": [1, 1, 1, 2], "promised_day": [10, 20, 30, 10], "gap": [2.0, -1.0, 4.0, 0.1]})
    customer, day = np.array([1, 1, 1, 1, 1, 3]), np.array([10, 11, 31, 120, 121, 50])
    found = recent_gaps(promises, customer, day, 90)
    assert found.late.tolist() == [0, 2, 2, 4, 0, 0]
    assert found.early.tolist() == pytest.approx([0, 0, 1 / 3, 0, 0, 0])
    assert found.touched.tolist() == [False, True, True, True, False, False]
    columns = gap_columns(promises, customer, day, 90).columns
    assert columns[:, 0].tolist() == found.late.tolist()
    assert columns[:, 1].tolist() == pytest.approx(found.early.tolist())
    # three gaps, known before three of the answers; their spread around its own mean is nothing
    assert columns[:, 4].tolist() == [0, 0, 1, 1, 1, 0]
    assert columns[:, 2].tolist() == pytest.approx([0] * 6)


def test_measures_are_never_mixed(company: Linked) -> None:
    rows = company.promises
    assert rows is not None
    minutes = rows.assign(measure="minutes", gap=60 * rows["gap"])
    both = replace(cast("Any", company), promises=pd.concat([rows, minutes.iloc[::2]]))
    days, in_minutes = told(cast("Linked", both))
    assert number(days.mean_gap).point == pytest.approx(number(told(company)[0].mean_gap).point)
    assert number(in_minutes.mean_gap).unit == "minutes"
    unnamed = replace(cast("Any", company), promises=rows.assign(measure=""))
    (one,) = told(cast("Linked", unnamed))
    answers = (one.mean_gap, one.share_late, one.within, one.score_late, one.score_spread, one.leaving.late)
    assert all(answer == UNNAMED for answer in answers)
    assert ratios_of(cast("Linked", unnamed)) == ()


def test_too_little_is_refused_with_its_number(company: Linked) -> None:
    rows = company.promises
    assert rows is not None
    few = replace(cast("Any", company), promises=rows.loc[rows["customer"] < 7])
    (one,) = told(cast("Linked", few))
    assert isinstance(one.mean_gap, NotEstimable)
    assert "7 customers" in one.mean_gap.reason
    assert isinstance(one.score_late, NotEstimable)
    assert isinstance(ratios_of(cast("Linked", few))[0].late, NotEstimable)
    answers = gather_answers(company, "csat", 90)
    none = replace(cast("Any", company), promises=rows.iloc[:0])
    refused = compare_promises(
        cast("Linked", none), answers, (), kpi_unit="", exposure_days=90, no_churn=None, weights=np.ones((1, 1))
    )
    assert refused == NotEstimable("no event has a promise", "events with value and promised")
