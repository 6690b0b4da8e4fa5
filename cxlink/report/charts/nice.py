"""Ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_FACTORS = (1, 2, 5)
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Ticks:
    """Ticks of an axis, ascending, with the text of each; the first and the last hold all values between them."""

    values: tuple[float, ...]
    texts: tuple[str, ...]


def choose_ticks(low: float, high: float, *, most: int = 6) -> Ticks:
    """Choose ticks at multiples of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    low, high : float
        The least and the largest value to hold; finite. Where both are the same, zero is held too.
    most : int
        Number of ticks at the most; at least two.

    Returns
    -------
    Ticks
        With the finest step that keeps to `most`; where two ticks cannot hold values on both sides of zero, three.

    Raises
    ------
    ValueError
        If an end is not finite, or `low` is above `high`.
    """
    _check(low, high)
    if low == high:
        low, high = min(low, 0.0), max(high, 0.0) or (0.0 if low < 0 else 1.0)
    least, largest = Decimal(repr(float(low))), Decimal(repr(float(high)))
    allowed = max(most, _FEWEST + (low < 0 < high))
    for step in _steps((largest - least) / max(allowed - 1, 1)):
        first = int((least / step).to_integral_value(ROUND_FLOOR))
        last = int((largest / step).to_integral_value(ROUND_CEILING))
        if last - first + 1 <= allowed:
            break
    values = tuple(step * place for place in range(first, last + 1))
    return Ticks(tuple(float(value) for value in values), tuple(_text(value, step) for value in values))


def choose_log_ticks(low: float, high: float, *, most: int = 6) -> Ticks:
    """Choose ticks for ratios: 1, 2 and 5 times powers of ten, or powers of ten alone where those are too many.

    Parameters
    ----------
    low, high : float
        The least and the largest value to hold; finite and above zero.
    most : int
        Number of ticks at the most; at least two.

    Returns
    -------
    Ticks
        At least two.

    Raises
    ------
    ValueError
        If an end is not finite or not above zero, or `low` is above `high`.
    """
    _check(low, high)
    if low <= 0:
        raise ValueError("a ratio is above zero")
    least, largest = Decimal(repr(float(low))), Decimal(repr(float(high)))
    powers = range(least.adjusted() - 1, largest.adjusted() + 2)
    fine = _around([Decimal(factor).scaleb(power) for power in powers for factor in _FACTORS], least, largest)
    stride = 1
    while len(fine) > max(most, _FEWEST):
        coarse = [Decimal(1).scaleb(power) for power in range(powers.start - stride, powers.stop + stride, stride)]
        fine = _around(coarse, least, largest)
        stride += 1
    return Ticks(tuple(float(value) for value in fine), tuple(_text(value, value) for value in fine))


def _check(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("an axis holds finite numbers only")
    if low > high:
        raise ValueError("an axis begins at its least number")


def _steps(least: Decimal) -> Iterator[Decimal]:
    power = least.adjusted() - 1
    while True:
        yield from (Decimal(factor).scaleb(power) for factor in _FACTORS)
        power += 1


def _around(values: list[Decimal], least: Decimal, largest: Decimal) -> list[Decimal]:
    """Values from the last one not above `least` to the first one not below `largest`, two at least."""
    first = max(place for place, value in enumerate(values) if value <= least)
    last = min(place for place, value in enumerate(values) if value >= largest)
    return values[first : max(last, first + 1) + 1]


def _text(value: Decimal, step: Decimal) -> str:
    return f"{value + 0:,.{max(0, -step.adjusted())}f}"
