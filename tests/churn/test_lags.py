"""Leaving that came before the complaint, planted and found; and what must not be taken for it."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, Refused, build_hazards, fit_main
from cxlink.churn.future import gather_prospects, risk_of_leaving
from cxlink.churn.landmark import cut_at, outcomes_after
from cxlink.estimate import Estimate
from cxlink.handoff import Linked
from tests.churn.timelines import Timelines

FROM_DAY, DAYS, N = 19_000, 720, 3000
EXPOSURE = 90
DAILY = 0.0009
YEAR = 365


def company(seed: int, *, log_ratio: float, rate: float, deciders: float = 0.0) -> Linked:
    """Everybody is there from the first day; of the leavers a share complains in the month before."""
    rng = np.random.default_rng(seed)
    incident = rng.random((N, DAYS)) < rate
    day = np.arange(DAYS)
    last = np.maximum.accumulate(np.where(incident, day, -10_000), axis=1)
    before = np.concatenate([np.full((N, 1), -10_000), last[:, :-1]], axis=1)
    hazard = DAILY * np.exp(log_ratio * (day - before <= EXPOSURE))
    leaves = rng.random((N, DAYS)) < hazard
    left = leaves.any(axis=1)
    stop = np.where(left, leaves.argmax(axis=1), DAYS - 1) + 1
    incident &= day[None, :] < stop[:, None]
    who, when = np.nonzero(incident)
    said = np.flatnonzero(left & (rng.random(N) < deciders))
    back = np.maximum(stop[said] - 1 - rng.integers(1, 31, len(said)), 0)
    customers = pd.DataFrame(
        {
            "customer": np.arange(N),
            "acquired_day": FROM_DAY,
            "start": 0,
            "stop": stop,
            "event": left.astype(int),
            "at_risk": True,
            "active": ~left,
            "tenure": DAYS,
        }
    )
    incidents = pd.DataFrame(
        {
            "customer": np.concatenate([who, said]),
            "incident_day": FROM_DAY + np.concatenate([when, back]),
            "component": "delivery",
        }
    ).drop_duplicates()
    return cast("Linked", Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1))


def fitted(linked: Linked) -> MainFit:
    main = fit_main(linked, exposure_days=EXPOSURE)
    assert not isinstance(main, Refused)
    return main


def test_leaving_that_came_first_is_found_and_the_older_incidents_are_taken() -> None:
    linked = company(1, log_ratio=0.5, rate=0.004, deciders=0.5)
    main = fitted(linked)
    (profile,) = main.lags
    assert profile.reverse
    assert main.refusals["delivery"] is None
    assert main.windows[0].skip == 30
    # three standard errors of one simulation
    assert abs(main.fitted.beta[0] - 0.5) < 3 * main.fitted.error[0]
    assert main.fitted.error[0] < 0.1


def test_leavers_stay_in_the_baseline_where_the_first_month_is_left_out() -> None:
    linked = company(2, log_ratio=0.5, rate=0.004, deciders=0.5)
    known = cut_at(linked, linked.to_day - YEAR)
    main = fitted(known)
    assert main.lags[0].reverse
    model = build_hazards(known, main, np.zeros((0, len(main.fitted.beta))), np.zeros((0, N)))
    risk = risk_of_leaving(gather_prospects(known, main, EXPOSURE, np.zeros((0, N))), model, (12,))[:, 0]
    outcomes = outcomes_after(linked, known)
    observed = int((outcomes.cause == 1).sum())
    # observed is known to 1 / sqrt(observed), and so is the fit
    assert observed / risk.sum() == pytest.approx(1.0, abs=4 * np.sqrt(2 / observed))


@pytest.mark.parametrize(("log_ratio", "seed"), [(0.5, 3), (0.0, 4), (-0.5, 5)])
def test_a_steady_effect_is_not_taken_for_it(log_ratio: float, seed: int) -> None:
    main = fitted(company(seed, log_ratio=log_ratio, rate=0.004))
    assert not main.lags[0].reverse
    assert main.refusals["delivery"] is None
    assert abs(main.fitted.beta[0] - log_ratio) < 3 * main.fitted.error[0]


def test_a_component_that_only_leavers_complain_of_is_refused() -> None:
    main = fitted(company(6, log_ratio=0.0, rate=0.00001, deciders=0.5))
    refusal = main.refusals["delivery"]
    assert refusal is not None
    assert "cannot be told from complaining after the decision" in refusal.reason


def test_a_large_base_is_profiled_by_a_part_of_its_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    linked = company(1, log_ratio=0.5, rate=0.004, deciders=0.5)
    whole = fitted(linked).lags[0]
    monkeypatch.setattr("cxlink.churn.lags.MOST_PROFILED", N // 2)
    part = fitted(linked).lags[0]
    assert part.reverse == whole.reverse
    for some, everyone in zip(part.months, whole.months, strict=True):
        assert isinstance(some, Estimate)
        assert isinstance(everyone, Estimate)
        assert some.n == N // 2
        assert everyone.n == N
        # half of the customers: intervals wider by about the root of two, and the same ratio within four errors
        width = np.log(some.high / some.low) / np.log(everyone.high / everyone.low)
        assert 1.2 < width < 1.7
        assert abs(np.log(some.point / everyone.point)) < 4 * np.log(some.high / some.low) / 3.92


def test_a_profile_that_a_part_cannot_tell_is_told_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    linked = company(6, log_ratio=0.0, rate=0.00001, deciders=0.5)
    whole = fitted(linked)
    monkeypatch.setattr("cxlink.churn.lags.MOST_PROFILED", N // 2)
    part = fitted(linked)
    assert part.lags == whole.lags
    assert part.refusals == whole.refusals
