"""Stated ranges as distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, triang

from cxlink.stats import EstimationError
from cxlink.stats.elicited import Shape, elicited_mean, elicited_quantiles

EXACT = 1e-9
AT = (np.arange(20_000) + 0.5) / 20_000


def test_a_triangle_is_that_of_scipy() -> None:
    at = np.linspace(0, 1, 41)
    assert elicited_quantiles(0.2, 0.3, 0.6, at) == pytest.approx(triang.ppf(at, 0.25, 0.2, 0.4), abs=EXACT)


def test_pert_is_a_beta_distribution() -> None:
    at = np.linspace(0, 1, 41)
    expected = 0.2 + 0.4 * beta.ppf(at, 2.0, 4.0)
    assert elicited_quantiles(0.2, 0.3, 0.6, at, shape="pert") == pytest.approx(expected, abs=EXACT)


@given(
    numbers=st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)),
    shape=st.sampled_from(["triangular", "pert"]),
)
def test_the_mean_is_that_of_the_quantiles(numbers: tuple[float, float, float], shape: Shape) -> None:
    low, likely, high = sorted(numbers)
    drawn = elicited_quantiles(low, likely, high, AT, shape=shape)
    assert drawn.min() >= low - EXACT
    assert drawn.max() <= high + EXACT
    assert drawn.mean() == pytest.approx(elicited_mean(low, likely, high, shape=shape), abs=1e-3 * (high - low) + EXACT)


def test_a_point_is_itself() -> None:
    assert elicited_quantiles(0.3, 0.3, 0.3, [0.0, 0.4, 1.0]).tolist() == [0.3, 0.3, 0.3]


def test_what_is_no_range_is_refused() -> None:
    with pytest.raises(EstimationError, match="in order"):
        elicited_mean(0.3, 0.2, 0.4)
    with pytest.raises(EstimationError, match="in order"):
        elicited_quantiles(0.1, 0.2, np.nan, [0.5])
    with pytest.raises(EstimationError, match="probabilities"):
        elicited_quantiles(0.1, 0.2, 0.3, [1.5])
