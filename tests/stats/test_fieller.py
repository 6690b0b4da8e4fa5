"""Fieller's set: its ends solve its equation, and it covers where the denominator is near zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from cxlink.stats import EstimationError
from cxlink.stats.fieller import fieller_set

Z = float(norm.ppf(0.975))
NUMBERS = st.floats(-20, 20)


@given(NUMBERS, NUMBERS, st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-0.9, 0.9))
def test_its_ends_are_the_ratios_just_not_rejected(a: float, b: float, s: float, t: float, rho: float) -> None:
    found = fieller_set(a, b, variance_numerator=s * s, variance_denominator=t * t, covariance=rho * s * t, level=0.95)
    for end in (found.low, found.high):
        if np.isfinite(end) and abs(end) < 1e6:
            spread = np.sqrt(s * s - 2 * end * rho * s * t + end * end * t * t)
            # relative rounding of a quadratic's root
            assert abs(a - end * b) == pytest.approx(Z * spread, rel=1e-4, abs=1e-6 * (1 + abs(end)))
    grid = np.concatenate([np.linspace(-50, 50, 101), [0.0]])
    spread = np.sqrt(s * s - 2 * grid * rho * s * t + grid**2 * t * t)
    margin = Z * spread - np.abs(a - grid * b)
    for ratio, left in zip(grid, margin, strict=True):
        if abs(left) > 1e-6:
            assert found.holds(float(ratio)) == (left > 0)


def test_without_a_denominator_it_is_the_usual_interval() -> None:
    found = fieller_set(3.0, 1.0, variance_numerator=4.0)
    assert (found.low, found.high) == pytest.approx((3 - 2 * Z, 3 + 2 * Z))


@pytest.mark.parametrize("denominator", [0.2, 1.0, 3.0, 8.0])
def test_it_covers_whatever_the_denominator(denominator: float) -> None:
    rng, n = np.random.default_rng(7), 4000
    tops, bottoms = rng.normal(3 * denominator, 1, n), rng.normal(denominator, 1, n)
    held = [
        fieller_set(float(a), float(b), variance_numerator=1, variance_denominator=1).holds(3.0)
        for a, b in zip(tops, bottoms, strict=True)
    ]
    # 95%, within four Monte-Carlo errors
    assert np.mean(held) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / n))


def test_three_forms() -> None:
    assert fieller_set(1, 10, variance_numerator=1, variance_denominator=1).kind == "interval"
    assert fieller_set(10, 1, variance_numerator=1, variance_denominator=1).kind == "rays"
    assert fieller_set(1, 1, variance_numerator=1, variance_denominator=1).kind == "all"


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(EstimationError, match="finite"):
        fieller_set(np.inf, 1, variance_numerator=1)
    with pytest.raises(EstimationError, match="negative"):
        fieller_set(1, 1, variance_numerator=-1)
