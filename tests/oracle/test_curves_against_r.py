"""Kaplan-Meier and Aalen-Johansen curves against R's survival (versions.txt) on small.csv, without R.

Tolerance 1e-6 relative: both are closed forms, so anything beyond rounding is a difference of definition. The data have
ties, entries at other rows' event times, and rows never at risk. R's standard error of several states is the
infinitesimal jackknife with one id per row; R ignores ``cluster`` beside ``id``, so its influences were summed by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import aalen_johansen, kaplan_meier
from tests.oracle.reference import HERE, numbers, read_reference, read_table

RELATIVE = 1e-6
SMALL = read_table(HERE / "small.csv")
STOP, START = numbers(SMALL, "stop"), numbers(SMALL, "start")
TIMES = np.array([2.0, 5.0, 8.0, 12.0, 18.0, 25.0, 33.0])


@pytest.mark.parametrize("entry", [0, 1])
def test_kaplan_meier(entry: int) -> None:
    r = read_reference("curves.csv", curve="kaplan_meier", entry=entry)
    curve = kaplan_meier(STOP, numbers(SMALL, "event"), START if entry else None)
    np.testing.assert_allclose(curve.survival_at(TIMES), r["survival"], rtol=RELATIVE)
    at = np.searchsorted(curve.time, TIMES, side="right") - 1
    np.testing.assert_allclose(curve.std_error[at], r["std_error"], rtol=RELATIVE)
    np.testing.assert_allclose(curve.low[at], r["low"], rtol=RELATIVE)
    np.testing.assert_allclose(curve.high[at], r["high"], rtol=RELATIVE)
    has_events = np.isin(TIMES, curve.time)
    np.testing.assert_array_equal(curve.n_at_risk[at][has_events], r["n_at_risk"][has_events])


@pytest.mark.parametrize("weighted", [0, 1])
@pytest.mark.parametrize(("entry", "by"), [(0, "row"), (1, "row"), (1, "customer")])
def test_aalen_johansen(entry: int, weighted: int, by: str) -> None:
    result = aalen_johansen(
        stop=STOP,
        cause=numbers(SMALL, "cause"),
        times=TIMES,
        start=START if entry else None,
        weights=numbers(SMALL, "weight") if weighted else None,
        cluster=SMALL["customer"] if by == "customer" else None,
    )
    for k, cause in enumerate(result.causes):
        r = read_reference("curves.csv", curve="aalen_johansen", entry=entry, weighted=weighted, by=by, cause=cause)
        np.testing.assert_allclose(result.incidence[:, k], r["incidence"], rtol=RELATIVE)
        np.testing.assert_allclose(result.std_error[:, k], r["std_error"], rtol=RELATIVE)
