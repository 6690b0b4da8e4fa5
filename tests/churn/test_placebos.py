"""Involuntary ends as an outcome that incidents cannot move, and groups in which nobody can be compared."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, Refused, component_ratios, fit_main
from cxlink.churn.overlap import measure_overlap
from cxlink.churn.placebos import CAN_END, fit_end_placebo
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import EndPlacebo, Linked
from tests.churn.timelines import Timelines

N, DAYS, FROM_DAY = 1500, 540, 19_000
NAMES = ("app", "billing", "delivery", "product", "support", "website")


def company(seed: int, *, moves_ends: float = 0.0, hidden: float = 0.0, spared: bool = False) -> tuple[Linked, MainFit]:
    """Each incident of app and delivery raises leaving by half; `moves_ends` is what delivery does to other ends.

    `hidden` is what an attribute that is not adjusted for does to all incidents and all ends alike. Where customers of
    one plan are `spared`, they meet no support incident.
    """
    rng = np.random.default_rng(seed)
    plan, kind = rng.random(N) < 0.3, rng.normal(size=N)
    chance = np.full((len(NAMES), N, 1), 0.004) * np.exp(hidden * kind)[None, :, None]
    if spared:
        chance[NAMES.index("support"), plan] = 0
    happened = rng.random((len(NAMES), N, DAYS)) < chance
    met = np.cumsum(happened, axis=2)
    exposed = np.zeros_like(happened)
    for day in range(1, DAYS):
        exposed[..., day] = met[..., day - 1] > met[..., max(day - 91, 0)]
    of = dict(zip(NAMES, exposed, strict=True))
    moved = np.exp(hidden * kind)[:, None]
    leaving = rng.random((N, DAYS)) < 0.0008 * moved * np.exp(0.5 * of["app"] + 0.5 * of["delivery"])
    ending = rng.random((N, DAYS)) < 0.0006 * moved * np.exp(moves_ends * of["delivery"])
    stop = np.where((leaving | ending).any(axis=1), (leaving | ending).argmax(axis=1), DAYS - 1) + 1
    last = np.arange(N), stop - 1
    event = np.where(leaving[last], 1, np.where(ending[last], 2, 0))
    place, who, when = np.nonzero(happened & (np.arange(DAYS) < stop[None, :, None]))
    customers = pd.DataFrame({"customer": np.arange(N), "acquired_day": FROM_DAY, "start": 0, "stop": stop})
    customers = customers.assign(event=event, at_risk=True, active=event == 0, tenure=DAYS)
    incidents = pd.DataFrame(
        {"customer": who, "incident_day": FROM_DAY + when, "component": np.array(NAMES)[place], "table": "tickets"}
    )
    linked = Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1, NAMES, covariate_names=("plan=pro",))
    object.__setattr__(linked, "covariates", plan[:, None].astype(float))
    main = fit_main(cast("Linked", linked), exposure_days=90)
    assert not isinstance(main, Refused)
    return cast("Linked", linked), main


def placebo_of(linked: Linked, main: MainFit, *declared: str) -> EndPlacebo:
    return fit_end_placebo(linked, main, component_ratios(main, NAMES), declared)


def test_incidents_do_not_move_involuntary_ends_and_billing_is_no_placebo() -> None:
    found = placebo_of(*company(1))
    assert found.ratios["billing"] == CAN_END
    others = [found.ratios[name] for name in NAMES if name != "billing"]
    held = [isinstance(one, Estimate) and one.low < 1 < one.high for one in others]
    assert sum(held) >= 4  # five intervals at 95%
    assert found.controls == 5


def test_what_moves_them_shows() -> None:
    delivery = placebo_of(*company(2, moves_ends=1.2)).ratios["delivery"]
    assert isinstance(delivery, Estimate)
    assert delivery.low > 1
    assert delivery.point == pytest.approx(np.exp(1.2), rel=0.4)


def test_controls_move_and_widen_ratios() -> None:
    """A hidden kind of customer raises all ratios; those of ends that nobody chose tell by how much."""
    linked, main = company(3, hidden=0.8)
    plain, found = component_ratios(main, NAMES), placebo_of(linked, main, "support")
    assert found.controls == 6
    assert isinstance(found.calibrated["support"], NotEstimable)
    for name, truth in (("website", 1.0), ("app", np.exp(0.5))):
        ratio, calibrated = plain[name], found.calibrated[name]
        assert isinstance(ratio, Estimate)
        assert isinstance(calibrated, Estimate)
        assert calibrated.point < ratio.point
        assert calibrated.high / calibrated.low > ratio.high / ratio.low
        assert calibrated.low < truth < calibrated.high


def test_few_involuntary_ends_tell_nothing() -> None:
    linked, main = company(4)
    few = np.flatnonzero(main.rows.involuntary)[5:]
    main.rows.involuntary[few] = False
    found = placebo_of(linked, main)
    delivery = found.ratios["delivery"]
    assert isinstance(delivery, NotEstimable)
    assert delivery.reason == "5 involuntary ends are too few for this test"
    assert isinstance(found.calibrated["app"], NotEstimable)


def test_a_plan_whose_customers_are_spared_is_named() -> None:
    linked, main = company(5, spared=True)
    spread = {one.component: one for one in measure_overlap(linked, main.rows)}
    pro = linked.covariates[:, 0] > 0
    days = linked.customers["stop"].to_numpy()
    assert spread["support"].groups == ("plan=pro",)
    assert spread["support"].customers_apart == pytest.approx(pro.mean())
    assert spread["support"].days_apart == pytest.approx(days[pro].sum() / days.sum())
    assert spread["delivery"].groups == ()
    assert spread["delivery"].days_apart == 0
