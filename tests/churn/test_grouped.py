"""Exports that know months only: the main model agrees with the one in grouped time, and both say what they can."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, Refused, fit_main
from cxlink.churn.gates import check_size
from cxlink.churn.grouped import fit_grouped, monthly_risk_days
from cxlink.churn.lifetimes import fit_lifetimes
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.link.incidents import MIDDLE
from tests.churn.timelines import Timelines

FROM_DAY = int(np.datetime64("2021-01-01").astype("datetime64[D]").astype(np.int64))
DAYS, N = 1095, 4000
TRUE_LOG_RATIO = 0.5
EXPOSURE = 90


def month_starts(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def company(
    *, by_month: bool, seed: int = 11, daily: float = 0.0008, rate: float = 0.003, shift: int = MIDDLE
) -> Linked:
    """Customers who join over two years; the export tells days, or months alone."""
    rng = np.random.default_rng(seed)
    joined, day = rng.integers(0, 700, N), np.arange(DAYS)
    incident = (rng.random((N, DAYS)) < rate) & (day[None, :] >= joined[:, None])
    last = np.maximum.accumulate(np.where(incident, day, -10_000), axis=1)
    before = np.concatenate([np.full((N, 1), -10_000), last[:, :-1]], axis=1)
    hazard = daily * np.exp(TRUE_LOG_RATIO * (day - before <= EXPOSURE)) * (day[None, :] > joined[:, None])
    leaves = rng.random((N, DAYS)) < hazard
    left = leaves.any(axis=1)
    end = np.where(left, leaves.argmax(axis=1), DAYS - 1)
    who, when = np.nonzero(incident & (day[None, :] <= end[:, None]))
    acquired, ended, met = FROM_DAY + joined, FROM_DAY + end, FROM_DAY + when
    if by_month:
        acquired, ended, met = month_starts(acquired), month_starts(ended), month_starts(met) + shift
    customers = pd.DataFrame(
        {"customer": np.arange(N), "acquired_day": acquired, "start": 0, "event": left.astype(int)}
    )
    customers = customers.assign(stop=ended - acquired + 1, at_risk=True, active=~left)
    incidents = pd.DataFrame({"customer": who, "incident_day": met, "component": "delivery"}).drop_duplicates()
    return cast("Linked", Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1))


def fitted(linked: Linked) -> MainFit:
    main = fit_main(linked, exposure_days=EXPOSURE)
    assert not isinstance(main, Refused)
    return main


@pytest.fixture(scope="module")
def months() -> tuple[Linked, MainFit]:
    linked = company(by_month=True)
    return linked, fitted(linked)


def test_the_model_by_months_agrees_with_the_main_one(months: tuple[Linked, MainFit]) -> None:
    linked, main = months
    (ratio,) = fit_grouped(linked, main).values()
    assert isinstance(ratio, Estimate)
    # two likelihoods of the same rows: apart by how they treat ties, at 3% a month far below a tenth of the error
    assert np.log(ratio.point) == pytest.approx(main.fitted.beta[0], abs=0.1 * main.fitted.error[0])
    width = np.log(ratio.high / ratio.low) / (2 * 1.96)
    assert width == pytest.approx(main.fitted.error[0], rel=0.05)
    assert "grouped-time" in ratio.method


def test_months_blur_and_do_not_wipe_out(months: tuple[Linked, MainFit]) -> None:
    _, main = months
    # 12 to 24% too small on companies like this one; incidents left on the first of the month make it 40% and more
    assert 0.7 * TRUE_LOG_RATIO - 2 * main.fitted.error[0] < main.fitted.beta[0] < TRUE_LOG_RATIO + main.fitted.error[0]


def test_ends_known_by_the_day_are_not_grouped() -> None:
    linked = company(by_month=False)
    assert fit_grouped(linked, fitted(linked)) == {}


def test_days_of_risk_are_first_or_last_days_also_where_nobody_left() -> None:
    def days(*names: str) -> np.ndarray:
        return np.array(names, dtype="datetime64[D]").astype(np.int64)

    (begin, end) = days("2024-01-01", "2024-06-30")
    found = monthly_risk_days(days("2024-01-31", "2024-02-29", "2024-04-30"), int(begin), int(end))
    assert list(found) == list(days("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30"))
    found = monthly_risk_days(days("2024-02-01", "2024-03-01", "2024-05-01"), int(begin), int(end))
    assert list(found) == list(days(*(f"2024-0{month}-01" for month in range(1, 7))))
    assert not len(monthly_risk_days(days("2024-02-01", "2024-02-02", "2024-03-01"), int(begin), int(end)))
    assert not len(monthly_risk_days(days("2024-02-01", "2024-03-01"), int(begin), int(end)))


def lives(rng: np.random.Generator, followed: int) -> Linked:
    """Exponential times with a median of 300 days, some of them seen from a later day on."""
    entry = np.where(rng.random(N) < 0.5, 0, rng.integers(0, 200, N))
    time = np.ceil(rng.exponential(300 / np.log(2), N)).astype(int)
    kept = time > entry
    entry, time = entry[kept], time[kept]
    stop = np.minimum(time, entry + followed)
    customers = pd.DataFrame({"customer": np.arange(len(stop)), "acquired_day": FROM_DAY, "start": entry, "stop": stop})
    customers = customers.assign(event=(time <= stop).astype(int), at_risk=True, active=time > stop)
    nobody = pd.DataFrame({"customer": [0], "incident_day": [FROM_DAY], "component": ["delivery"]})
    return cast("Linked", Timelines(customers, nobody, FROM_DAY, FROM_DAY + DAYS))


def test_the_median_life_comes_back_with_late_entry() -> None:
    told = fit_lifetimes(lives(np.random.default_rng(3), followed=800))
    median = told.median
    assert isinstance(median, Estimate)
    error = np.log(median.high / median.low) / (2 * 1.96)
    assert abs(np.log(median.point * 30.4375 / 300)) < 3 * error
    assert error < 0.05
    # an exponential time is a Weibull time
    assert min(told.aic, key=lambda name: told.aic[name]) == "weibull"


def test_a_median_beyond_what_was_seen_is_refused() -> None:
    linked = lives(np.random.default_rng(3), followed=40)
    early = linked.customers.loc[linked.customers["start"] == 0].reset_index(drop=True)
    told = fit_lifetimes(cast("Linked", Timelines(early, linked.incidents, FROM_DAY, FROM_DAY + DAYS)))
    assert isinstance(told.median, NotEstimable)
    assert "nobody was followed" in told.median.reason
    assert told.aic


def test_too_many_coefficients_for_the_leavers_are_refused() -> None:
    assert check_size(40, 8) is None
    refusal = check_size(39, 8)
    assert refusal is not None
    assert refusal.reason == "39 customers left for 8 coefficients, needs 40"
    assert "adjust_for" in refusal.needs
