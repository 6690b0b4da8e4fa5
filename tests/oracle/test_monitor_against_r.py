"""Cumulative sums against R's surveillance: see monitor.R, monitor.csv and versions_monitor.txt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from cxlink.stats.run_rules import cumulative_sums

FOLDER = Path(__file__).parent


def test_sums_are_those_of_surveillance() -> None:
    data, found = pd.read_csv(FOLDER / "monitor_data.csv"), pd.read_csv(FOLDER / "monitor.csv")
    deviation = (data["events"] - data["expected"]) / np.sqrt(data["expected"])
    sums = cumulative_sums(deviation, np.ones(len(data)))
    # the same sums of 48 numbers in the same order: rounding alone differs
    np.testing.assert_allclose(sums.up, found["up"], rtol=1e-12, atol=1e-12)
    # R starts anew after an alarm, or not: its alarms are where its own sums exceed h
    np.testing.assert_array_equal(sums.up >= 4.0, found["alarm"] == 1)
    assert found["alarm"].sum() > 0
