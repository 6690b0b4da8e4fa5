"""Paths after first events against diff-diff (versions_events.txt) on event_data.csv, where nobody leaves.

Its output is committed beside this file. In amount, with one band of tenure and events at one moment of their month,
our path is the group-time estimator with those not yet met as controls. Tolerance 1e-8 for points: both are the same
means, written with ten digits. Standard errors of 2,000 draws beside its analytic ones may differ by 8%: their own
chance is 1.6% (one standard error), and weights of mean one are a little narrower in cohorts of 50.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import breakdown_trend, follow_first_event
from tests.oracle.reference import HERE, numbers, read_reference, read_table

ABSOLUTE = 1e-8
SAME_ERROR = 0.08
Z = 1.959963984540054


def test_the_path_is_that_of_group_time_effects() -> None:
    theirs = read_reference("event_paths.csv", method="not_yet_treated")
    data = read_table(HERE / "event_data.csv")
    months = int(numbers(data, "month").max()) + 1
    revenue = numbers(data, "revenue").reshape(-1, months)
    first = numbers(data, "first").reshape(-1, months)[:, 0]
    n = len(first)
    weights = np.random.default_rng(1).standard_exponential((2000, n))
    path = follow_first_event(
        revenue,
        entered=np.full(n, -100.0),
        left=np.full(n, np.inf),
        event=np.where(first > 0, first + 0.5, np.inf),
        weights=weights / weights.mean(axis=1, keepdims=True),
        before=10,
        after=10,
        trend="in amount",
    )
    np.testing.assert_array_equal(path.month, theirs["month"])
    np.testing.assert_allclose(path.point, theirs["point"], atol=ABSOLUTE)
    errors, moved = path.draws.std(axis=0, ddof=1), path.month != -1
    np.testing.assert_allclose(errors[moved], theirs["std_error"][moved], rtol=SAME_ERROR)
    assert errors[~moved] == 0
    assert path.n_events == (first > 0).sum()
    assert path.n_alone == 0


def test_the_breakdown_is_theirs_where_the_trend_before_is_known() -> None:
    # diff-diff takes the differences before as known, so that its intervals widen in proportion to M
    theirs = read_reference("event_paths.csv", method="honest")
    seen = read_reference("event_paths.csv", method="never_treated")
    before = seen["point"][seen["month"] < 0]
    low, high = theirs["low"][0], theirs["high"][0]
    effect, error = float(low + high) / 2, float(high - low) / 2 / Z
    chance = np.array([-1.0, 1.0]) / np.sqrt(2)
    known = np.column_stack([np.tile(before, (2, 1)), effect + error * chance])
    steps = float(np.mean(np.arange(11) + 1))
    found = breakdown_trend(before, effect, steps, known)
    assert found == pytest.approx(-high / (theirs["high"][-1] - high), rel=1e-6)
    drawn = np.random.default_rng(2).normal(0, 0.2, (500, len(before)))
    assert breakdown_trend(before, effect, steps, np.column_stack([before + drawn, known[:, -1].repeat(250)])) < found
