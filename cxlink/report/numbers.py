"""The only place where a figure is rounded: results.json gets nine digits, people get what the interval allows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from cxlink.estimate import Answer, Estimate

SMALL_COUNT = 10
_EXACT_DIGITS = 3
_UNITS = (
    (Decimal(1), "", 10_000),
    (Decimal(1000), " thousand", 10_000_000),
    (Decimal(1_000_000), " million", math.inf),
)


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """In what money is shown: ``EUR``, ``EUR thousand`` or ``EUR million``."""

    divisor: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A rounded number with its interval, the same in every rendering.

    ``point``, ``low`` and ``high`` are rounded to one step; ``decimals`` is how many of them are shown. ``low`` and
    ``high`` are None where the number has no interval of its own.
    """

    point: Decimal
    low: Decimal | None
    high: Decimal | None
    decimals: int
    signed: bool = False

    @property
    def point_text(self) -> str:
        """The point alone, such as ``186`` or ``+2.1``."""
        return _text(self.point, self.decimals, signed=self.signed)

    @property
    def interval_text(self) -> str:
        """The interval alone, such as ``80-290``, or ``-5 to 40`` where an end is negative; "" where there is none."""
        if self.low is None or self.high is None:
            return ""
        joint = "-" if self.low >= 0 else " to "
        return _text(self.low, self.decimals) + joint + _text(self.high, self.decimals)

    @property
    def text(self) -> str:
        """Point and interval, such as ``186 (80-290)``."""
        return f"{self.point_text} ({self.interval_text})" if self.interval_text else self.point_text


def round_exact(value: float) -> float:
    """Round to nine significant digits, which every linear algebra library agrees on.

    Parameters
    ----------
    value : float
        Finite.

    Returns
    -------
    float
        Never ``-0.0``.
    """
    return float(f"{value:.9g}") + 0.0


def round_estimate(estimate: Estimate, *, divisor: Decimal = Decimal(1), signed: bool = False) -> Figure:
    """Round a point and its interval to one step: two significant figures of the interval's width.

    Where a number that is not zero would be shown as zero, one or two more digits are kept (but for a point between
    ends on both sides of it): whether an interval holds zero must be read off it.

    Parameters
    ----------
    estimate : Estimate
        In its own unit.
    divisor : Decimal
        What the shown unit is in the estimate's unit, such as 1000.
    signed : bool
        Whether a positive point gets a plus.

    Returns
    -------
    Figure
        In the shown unit.
    """
    point, low, high = (Decimal(repr(round_exact(x))) / divisor for x in (estimate.point, estimate.low, estimate.high))
    widest = _step_exponent(point, high - low)
    telling = (low, high) if low < 0 < high else (low, point, high)
    finer = (widest - more for more in range(3) if all(_rounded(n, widest - more) or not n for n in telling))
    exponent = next(finer, widest)
    return Figure(
        _rounded(point, exponent), _rounded(low, exponent), _rounded(high, exponent), max(0, -exponent), signed=signed
    )


def choose_money_unit(currency: str, answers: Iterable[Answer]) -> MoneyUnit:
    """Choose the unit in which the largest amount has at most four digits before the point, or so.

    Parameters
    ----------
    currency : str
        ISO 4217.
    answers : iterable of Answer
        All amounts that will be shown together.

    Returns
    -------
    MoneyUnit
        The currency itself below 10,000, thousands below 10 million, then millions.
    """
    sizes = [max(abs(a.point), abs(a.low), abs(a.high)) for a in answers if isinstance(a, Estimate)]
    largest = max(sizes, default=0.0)
    divisor, suffix, _ = next(unit for unit in _UNITS if largest < unit[2])
    return MoneyUnit(divisor, currency + suffix)


def format_count(number: int) -> str:
    """Show a whole number with thousands separated by commas.

    Parameters
    ----------
    number : int
        Any.

    Returns
    -------
    str
        Such as ``4,012``.
    """
    return f"{number:,}"


def format_share(share: float | None) -> str:
    """Show a share as a percentage.

    Parameters
    ----------
    share : float or None
        0..1; None where there is nothing to take a share of.

    Returns
    -------
    str
        Such as ``71%``; ``<1%`` and ``>99%`` where rounding would claim none or all.
    """
    if share is None:
        return "-"
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1%"
    if whole == 100 and share < 1:
        return ">99%"
    return f"{whole}%"


def _step_exponent(point: Decimal, width: Decimal) -> int:
    """Power of ten of the step: two figures of the width, or three of the point where there is no width."""
    if width > 0:
        return width.adjusted() - 1
    return min(0, point.adjusted() - _EXACT_DIGITS + 1) if point else 0


def _rounded(number: Decimal, exponent: int) -> Decimal:
    step = Decimal(1).scaleb(exponent)
    return (number / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * step + 0


def _text(number: Decimal, decimals: int, *, signed: bool = False) -> str:
    plus = "+" if signed and number > 0 else ""
    return f"{plus}{number:,.{decimals}f}"
