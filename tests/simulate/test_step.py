"""A step in the incidents of one component, on one day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.simulate import Company, simulate_company
from cxlink.simulate.scenarios import STEP

CUSTOMERS, SEED = 1500, 5


def company_of(scenario: str) -> Company:
    return simulate_company(customers=CUSTOMERS, seed=SEED, scenario=scenario, with_effects=False)


def test_until_the_step_nothing_differs_and_from_then_on_one_component_happens_more_often() -> None:
    plain, stepped = company_of("base"), company_of("step")
    day = stepped.world.step_on
    assert day is not None
    when = [pd.to_datetime(one.incidents["occurred_on"]).dt.date for one in (plain, stepped)]
    before = [
        one.incidents.loc[days < day].reset_index(drop=True) for one, days in zip((plain, stepped), when, strict=True)
    ]
    columns = ["customer_id", "occurred_on", "component"]
    pd.testing.assert_frame_equal(before[0][columns], before[1][columns])
    after = [
        one.incidents.loc[days >= day, "component"].value_counts()
        for one, days in zip((plain, stepped), when, strict=True)
    ]
    for component in plain.world.component_names:
        ratio = after[1][component] / after[0][component]
        error = np.sqrt(1 / after[1][component] + 1 / after[0][component])
        # four standard errors of a ratio of two counts, and what more leavers take away
        assert abs(np.log(ratio / (STEP if component == "delivery" else 1.0))) < 4 * error + 0.02, component


def test_the_true_effects_are_those_of_the_world_after_the_step() -> None:
    plain, stepped = (
        simulate_company(customers=400, seed=SEED, scenario=scenario, repetitions=4).effects
        for scenario in ("base", "step")
    )
    assert plain is not None
    assert stepped is not None
    assert stepped.alone["delivery"].cost_saved > 1.3 * plain.alone["delivery"].cost_saved
