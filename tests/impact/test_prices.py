"""Changes of price in cells give the estimate and the influence of the single changes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import Linked
from cxlink.impact.prices import fit_price_effect
from cxlink.link.changes import Pairs, incident_keys, reduce_pairs

N_CUSTOMERS, N_CHARGES = 120, 24


def build_pairs() -> Pairs:
    random = np.random.default_rng(7)
    customer = np.repeat(np.arange(N_CUSTOMERS), N_CHARGES)
    before = np.tile(19_400 + 30 * np.arange(N_CHARGES), N_CUSTOMERS) + customer % 17
    return Pairs(customer, before, before + 30, random.normal(0, 0.1, len(customer)), len(customer))


def linked_with(changes: pd.DataFrame, incidents: pd.DataFrame) -> Linked:
    covariates = np.random.default_rng(1).normal(size=(N_CUSTOMERS, 2))
    found = SimpleNamespace(
        components=("app", "billing"), incidents=incidents, covariates=covariates, price_changes=changes
    )
    return cast("Linked", found)


def test_cells_and_single_changes_give_the_same_estimate() -> None:
    random = np.random.default_rng(2)
    pairs = build_pairs()
    incidents = pd.DataFrame(
        {
            "customer": random.integers(0, N_CUSTOMERS, 400),
            "component": random.choice(["app", "billing"], 400),
            "incident_day": random.integers(19_380, 20_200, 400),
        }
    )
    single = pd.DataFrame(
        {
            "customer": pairs.customer,
            "before_day": pairs.before,
            "after_day": pairs.after,
            "n_changes": 1,
            "log_change": pairs.log_change,
        }
    )
    cells = reduce_pairs(pairs, incident_keys(incidents))
    weights = random.exponential(size=(20, N_CUSTOMERS))
    one = fit_price_effect(linked_with(single, incidents), weights)
    other = fit_price_effect(linked_with(cells, incidents), weights)
    assert len(cells) < len(single) / 2
    assert one.estimable.all()
    assert other.estimable.all()
    np.testing.assert_allclose(other.point, one.point, rtol=1e-11)
    np.testing.assert_allclose(other.draws, one.draws, rtol=1e-10, atol=1e-14)
