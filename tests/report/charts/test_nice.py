"""Ticks stand at round numbers and hold what is drawn."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.report.charts.axes import fit_across
from cxlink.report.charts.nice import choose_log_ticks, choose_ticks

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)
RATIOS = st.floats(1e-6, 1e6)


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (0, 100, 6, ("0", "20", "40", "60", "80", "100")),
        (-3, 1, 6, ("-3", "-2", "-1", "0", "1")),
        (0.31, 0.44, 5, ("0.30", "0.35", "0.40", "0.45")),
        (980, 12_300, 4, ("0", "5,000", "10,000", "15,000")),
        (0, 0, 6, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (-4, -4, 3, ("-4", "-2", "0")),
    ],
)
def test_known_ticks(low: float, high: float, most: int, texts: tuple[str, ...]) -> None:
    assert choose_ticks(low, high, most=most).texts == texts


@given(NUMBERS, NUMBERS, st.integers(2, 9))
def test_ticks_are_round_hold_both_ends_and_are_few(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))
    ticks = choose_ticks(low, high, most=most)
    steps = {Decimal(repr(b)) - Decimal(repr(a)) for a, b in zip(ticks.values, ticks.values[1:], strict=False)}
    assert ticks.values[0] <= low <= high <= ticks.values[-1]
    assert 2 <= len(ticks.values) <= max(most, 3)
    assert tuple(float(text.replace(",", "")) for text in ticks.texts) == ticks.values
    if len(steps) == 1:  # written with 17 digits, differences of large numbers are not exact
        assert next(iter(steps)).normalize().as_tuple().digits in {(1,), (2,), (5,)}


@given(RATIOS, RATIOS, st.integers(2, 9))
def test_ratios_have_ticks_at_1_2_and_5(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))
    ticks = choose_log_ticks(low, high, most=most)
    assert ticks.values[0] <= low <= high <= ticks.values[-1]
    assert list(ticks.values) == sorted(set(ticks.values))
    assert 2 <= len(ticks.values) <= max(most, 3)
    assert {text.replace(",", "").strip("0.") for text in ticks.texts} <= {"1", "2", "5"}


@pytest.mark.parametrize("ends", [(math.nan, 1), (0, math.inf), (2, 1)])
def test_an_axis_needs_two_numbers_in_order(ends: tuple[float, float]) -> None:
    for choose in (choose_ticks, choose_log_ticks):
        with pytest.raises(ValueError, match="an axis"):
            choose(*ends)


def test_a_ratio_is_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        choose_log_ticks(0.0, 1.0)


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.booleans())
def test_an_axis_holds_all_its_numbers_and_keeps_two_ticks(numbers: list[float], ratios: bool) -> None:
    values = [abs(number) + 1 for number in numbers] if ratios else numbers
    axis = fit_across(values, 100.0, 300.0, ratios=ratios)
    assert len(axis.ticks.values) >= 2
    places = [axis.scale.place(value) for value in (*values, *axis.ticks.values)]
    assert all(100 - 1e-6 <= place <= 300 + 1e-6 for place in places)
    assert [axis.scale.value(place) for place in places] == pytest.approx(
        [*values, *axis.ticks.values], rel=1e-9, abs=1e-3
    )
