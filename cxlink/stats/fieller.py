"""Confidence set of a ratio of two estimates that are jointly normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.stats import norm

from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class RatioSet:
    """All ratios that a test at this level does not reject.

    Parameters
    ----------
    kind : str
        ``interval``: from `low` to `high`; ``rays``: everything up to `low` and from `high` on; ``all``: every number.
    low, high : float
        Its ends; minus and plus infinity where it has none.
    level : float
        Coverage.
    """

    kind: Literal["interval", "rays", "all"]
    low: float
    high: float
    level: float

    def holds(self, value: float) -> bool:
        """Whether a ratio is in the set.

        Parameters
        ----------
        value : float
            The ratio.

        Returns
        -------
        bool
            True where it is not rejected.
        """
        if self.kind == "interval":
            return self.low <= value <= self.high
        return self.kind == "all" or value <= self.low or value >= self.high


def fieller_set(
    numerator: float,
    denominator: float,
    *,
    variance_numerator: float,
    variance_denominator: float = 0.0,
    covariance: float = 0.0,
    level: float = 0.95,
) -> RatioSet:
    """Set of ratios r for which ``numerator - r * denominator`` may be zero.

    Parameters
    ----------
    numerator, denominator : float
        Estimates, in any unit.
    variance_numerator, variance_denominator, covariance : float
        Of the estimates; the determinant must not be negative.
    level : float, default 0.95
        Coverage, between 0 and 1.

    Returns
    -------
    RatioSet
        An interval where the denominator is clearly not zero; two rays, or everything, where it may be: the data then
        do not bound the ratio, and nothing shorter covers.

    Raises
    ------
    EstimationError
        If a number is not finite, a variance is negative or both estimates are zero without variance.

    References
    ----------
    .. [1] Fieller (1954), Journal of the Royal Statistical Society B 16:175-185.
    .. [2] Gleser and Hwang (1987), Annals of Statistics 15:1351-1362: a set that is always bounded cannot cover.
    """
    numbers = (numerator, denominator, variance_numerator, variance_denominator, covariance)
    if not all(math.isfinite(number) for number in numbers) or not 0 < level < 1:
        raise EstimationError("a ratio needs finite estimates and a level between 0 and 1")
    if variance_numerator < 0 or variance_denominator < 0:
        raise EstimationError("a variance is negative")
    square = float(norm.ppf((1 + level) / 2)) ** 2
    # a r^2 - 2 b r + c <= 0
    a = denominator**2 - square * variance_denominator
    b = numerator * denominator - square * covariance
    c = numerator**2 - square * variance_numerator
    inside = b * b - a * c
    if a > 0:
        root = math.sqrt(max(inside, 0.0))
        return RatioSet("interval", (b - root) / a, (b + root) / a, level)
    if a == 0 and b == 0 and c > 0:
        raise EstimationError("the denominator is zero")
    if a == 0 and b != 0:
        end = c / (2 * b)
        return RatioSet("rays", -math.inf if b > 0 else end, end if b > 0 else math.inf, level)
    if a < 0 and inside > 0:
        root = math.sqrt(inside)
        return RatioSet("rays", (b + root) / a, (b - root) / a, level)
    return RatioSet("all", -math.inf, math.inf, level)
