"""A hidden cause as strong as it takes, and no stronger."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.doubt import doubt_ratios
from cxlink.churn.fit import MainFit, Refused, component_ratios, fit_main
from cxlink.estimate import Estimate
from cxlink.handoff import Doubt, Linked
from tests.churn.timelines import Timelines

N, DAYS, FROM_DAY = 4000, 720, 19_000


def company(*, weak: bool) -> tuple[Linked, MainFit]:
    """Half are on a plan whose customers meet six times as many incidents and leave three times as often."""
    rng = np.random.default_rng(3)
    plan = (np.arange(N) % 2).astype(float)
    noise = rng.normal(size=N)
    happened = rng.random((N, DAYS)) < np.where(plan[:, None] == 1, 0.006, 0.001)
    hazard = np.where(plan[:, None] == 1, 0.0012, 0.0004) * np.ones((N, DAYS))
    leaves = rng.random((N, DAYS)) < hazard
    left = np.asarray(leaves.any(axis=1))
    stop = np.where(left, leaves.argmax(axis=1), DAYS - 1) + 1
    who, when = np.nonzero(happened & (np.arange(DAYS)[None, :] < stop[:, None]))
    customers = pd.DataFrame(
        {"customer": np.arange(N), "acquired_day": FROM_DAY, "start": 0, "stop": stop, "event": left.astype(int)}
    ).assign(at_risk=True, active=~left, tenure=DAYS)
    incidents = pd.DataFrame({"customer": who, "incident_day": FROM_DAY + when, "component": "delivery"})
    linked = Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1, covariate_names=("plan", "noise"))
    columns = np.column_stack([rng.permutation(plan) if weak else plan, noise])
    object.__setattr__(linked, "covariates", columns)
    main = fit_main(cast("Linked", linked), exposure_days=90)
    assert not isinstance(main, Refused)
    return cast("Linked", linked), main


def doubt_of(linked: Linked, main: MainFit) -> tuple[Doubt, Estimate]:
    ratios = component_ratios(main, linked.components)
    (found,) = doubt_ratios(linked, main, ratios, exposure_days=90)
    ratio = ratios["delivery"]
    assert isinstance(ratio, Estimate)
    return found, ratio


def test_the_attribute_that_confounds_is_the_one_to_count_by() -> None:
    adjusted, ratio = doubt_of(*company(weak=False))
    assert adjusted.attribute == "plan"
    # adjusted for it, there is no effect left to explain
    assert ratio.low < 1 < ratio.high
    assert adjusted.e_value_of_limit == 1
    assert adjusted.times_to_touch == 0


def test_a_ratio_made_by_a_hidden_plan_asks_for_as_strong_a_cause() -> None:
    hidden, ratio = doubt_of(*company(weak=True))
    assert ratio.low > 1
    # VanderWeele and Ding: ratio + sqrt(ratio (ratio - 1)), the ratio of a rare event
    assert hidden.e_value == pytest.approx(ratio.point + np.sqrt(ratio.point * (ratio.point - 1)))
    assert hidden.e_value_of_limit == pytest.approx(ratio.low + np.sqrt(ratio.low * (ratio.low - 1)))
    # the plan that was hidden trebles the risk, and is several times as common among incidents: enough
    assert hidden.e_value < 3
    # a shuffled plan and noise are nothing to count by
    assert hidden.times_to_explain is None or hidden.times_to_explain > 3


def test_without_a_ratio_there_is_no_doubt_of_it() -> None:
    linked, main = company(weak=False)
    refused = replace(main, refusals={"delivery": main.refusals["delivery"]})
    assert doubt_ratios(linked, refused, {"delivery": cast("Estimate", None)}, exposure_days=90) == ()
