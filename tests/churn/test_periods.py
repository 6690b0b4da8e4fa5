"""A ratio that changes with tenure is refused, one that does not is told; periods with few leavers are put together."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, Refused, fit_main
from cxlink.churn.forms import fit_forms
from cxlink.churn.future import PREVALENCE_BANDS, gather_prospects
from cxlink.churn.periods import LABELS
from cxlink.estimate import Estimate
from cxlink.handoff import Linked
from tests.churn.timelines import Timelines

FROM_DAY, DAYS, N = 19_000, 900, 4000
EXPOSURE = 60
DAILY = 0.0007
INCIDENTS = 0.004
QUIET_DAYS = 180
"""In the company of :func:`company` incidents become half as frequent from here on, where that is asked for."""


def company(seed: int, log_ratios: tuple[float, float, float], *, later_incidents: float = INCIDENTS) -> Linked:
    """Everybody joins on the first day; the log ratio is another one in each period of tenure."""
    rng = np.random.default_rng(seed)
    day = np.arange(DAYS)
    incident = rng.random((N, DAYS)) < np.where(day < QUIET_DAYS, INCIDENTS, later_incidents)
    last = np.maximum.accumulate(np.where(incident, day, -10_000), axis=1)
    before = np.concatenate([np.full((N, 1), -10_000), last[:, :-1]], axis=1)
    ratio = np.array(log_ratios)[np.searchsorted([90, 365], day, side="right")]
    leaves = rng.random((N, DAYS)) < DAILY * np.exp(ratio * (day - before <= EXPOSURE))
    left = leaves.any(axis=1)
    stop = np.where(left, leaves.argmax(axis=1), DAYS - 1) + 1
    who, when = np.nonzero(incident & (day[None, :] < stop[:, None]))
    customers = pd.DataFrame(
        {"customer": np.arange(N), "acquired_day": FROM_DAY, "start": 0, "stop": stop, "event": left.astype(int)}
    ).assign(at_risk=True, active=~left, tenure=DAYS)
    incidents = pd.DataFrame({"customer": who, "incident_day": FROM_DAY + when, "component": "delivery"})
    return cast("Linked", Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1))


def fitted(linked: Linked) -> MainFit:
    main = fit_main(linked, exposure_days=EXPOSURE)
    assert not isinstance(main, Refused)
    return main


@pytest.fixture(scope="module")
def steady() -> tuple[Linked, MainFit]:
    linked = company(1, (0.8, 0.8, 0.8), later_incidents=INCIDENTS / 2)
    return linked, fitted(linked)


def test_a_ratio_that_moves_with_tenure_is_refused_and_its_periods_are_told() -> None:
    planted = (1.8, 0.9, 0.0)
    main = fitted(company(2, planted))
    (told,) = main.periods
    assert told.p_value < 1e-6
    refusal = main.refusals["delivery"]
    assert refusal is not None
    assert "not one number" in refusal.reason
    assert [period.label for period in told.periods] == list(LABELS)
    for period, truth in zip(told.periods, planted, strict=True):
        error = np.log(period.ratio.high / period.ratio.low) / (2 * 1.96)
        # three standard errors of one simulation
        assert abs(np.log(period.ratio.point) - truth) < 3 * error


def test_a_steady_ratio_is_one_number(steady: tuple[Linked, MainFit]) -> None:
    _, main = steady
    (told,) = main.periods
    assert main.refusals["delivery"] is None
    # a test that rejects at .003; this company is one draw
    assert told.p_value > 0.003
    assert told.statistic > 0
    assert abs(main.fitted.beta[0] - 0.8) < 3 * main.fitted.error[0]


def test_the_form_any_is_the_main_model_itself(steady: tuple[Linked, MainFit]) -> None:
    linked, main = steady
    forms = {form.form: form for form in fit_forms(linked, main, exposure_days=EXPOSURE)[:2]}
    # the same rows, columns and ties: the same sums, up to the order in which they are added
    assert forms["any"].log_likelihood == pytest.approx(main.fitted.fit.log_likelihood, rel=1e-10)
    ratio = forms["any"].ratios["delivery"]
    assert isinstance(ratio, Estimate)
    assert ratio.point == pytest.approx(np.exp(main.fitted.beta[0]), rel=1e-8)
    # the company leaves by whether, not by how often
    assert forms["any"].log_likelihood > forms["count"].log_likelihood


def test_a_fading_exposure_with_a_long_half_life_is_told_apart(steady: tuple[Linked, MainFit]) -> None:
    linked, main = steady
    fading = [form for form in fit_forms(linked, main, exposure_days=EXPOSURE) if form.form == "decay"]
    assert len(fading) == 3
    assert len({form.log_likelihood for form in fading}) == 3


def test_prevalence_is_the_share_of_last_years_days_by_tenure(steady: tuple[Linked, MainFit]) -> None:
    linked, main = steady
    shares = gather_prospects(linked, main, EXPOSURE, np.zeros((0, N))).prevalence[:, 0]
    # everybody joined on the first day: last year's days are all of tenure 535 to 900, at half the early rate
    expected = 1 - (1 - INCIDENTS / 2) ** EXPOSURE
    bands = dict(zip(PREVALENCE_BANDS, shares, strict=True))
    # rows: about 3,000 customers, so a standard error below .004
    assert bands[730] == pytest.approx(expected, abs=0.012)
    assert bands[365] == pytest.approx(expected, abs=0.012)
    # nobody of these tenures last year: that of all
    assert bands[0] == bands[90] == bands[180] == pytest.approx(expected, abs=0.012)
