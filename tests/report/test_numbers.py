"""Rounding: one step by the interval's width, and zero is never hidden or made up."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxlink.estimate import Estimate
from cxlink.report.numbers import (
    choose_money_unit,
    format_share,
    round_estimate,
    round_exact,
)

FINITE = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


def estimate(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "EUR", 10, 10, "test")


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((48.2, 21.1, 76.9), "48 (21-77)"),
        ((186_400, 80_100, 290_300), "190,000 (80,000-290,000)"),
        ((0.32, 0.04, 0.61), "0.32 (0.04-0.61)"),
        ((17.4, -5.2, 40.1), "17 (-5 to 40)"),
        ((-20.2, -40.4, -5.1), "-20 (-40 to -5)"),
        ((100, 0.4, 210), "100.0 (0.4-210.0)"),
        ((5, 0, 100), "5 (0-100)"),
        ((-0.2, -9, 9), "0 (-9 to 9)"),
        ((12345.678, 12345.678, 12345.678), "12,346 (12,346-12,346)"),
        ((0.012345, 0.012345, 0.012345), "0.0123 (0.0123-0.0123)"),
        ((0, 0, 0), "0 (0-0)"),
    ],
)
def test_the_interval_settles_the_figures(numbers: tuple[float, float, float], shown: str) -> None:
    assert round_estimate(estimate(*numbers)).text == shown


def test_the_unit_is_chosen_by_size() -> None:
    assert choose_money_unit("EUR", [estimate(1, 0, 9_999)]).name == "EUR"
    assert choose_money_unit("EUR", [estimate(1, -10_000, 9_999)]).name == "EUR thousand"
    assert choose_money_unit("EUR", [estimate(1, 0, 10_000_000)]).name == "EUR million"
    assert round_estimate(estimate(186_400, 80_100, 290_300), divisor=Decimal(1000)).text == "190 (80-290)"


def test_a_plus_is_shown_on_the_point_only() -> None:
    assert round_estimate(estimate(2.12, 1.31, 2.94), signed=True).text == "+2.1 (1.3-2.9)"


@pytest.mark.parametrize(
    ("share", "shown"), [(0.71, "71%"), (0.001, "<1%"), (0.999, ">99%"), (0, "0%"), (1, "100%"), (None, "-")]
)
def test_a_share_never_claims_all_or_none(share: float | None, shown: str) -> None:
    assert format_share(share) == shown


@given(FINITE, FINITE, FINITE)
def test_rounding_keeps_order_sign_and_closeness(a: float, b: float, c: float) -> None:
    low, point, high = sorted((a, b, c))
    assume(high - low > 1e-6 * max(abs(low), abs(high)))
    figure = round_estimate(estimate(point, low, high))
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= figure.point <= figure.high
    assert abs(float(figure.low) - low) <= 0.0501 * (high - low)
    assert "-0 " not in figure.text + " "
    assert not figure.text.startswith("-0 ")


@given(FINITE)
def test_nine_digits_are_stable_and_never_minus_zero(value: float) -> None:
    rounded = round_exact(value)
    assert round_exact(rounded) == rounded
    assert not (rounded == 0 and math.copysign(1, rounded) < 0)
