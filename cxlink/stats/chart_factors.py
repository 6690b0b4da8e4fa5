"""How far out a month, an average or a sum must be, found by simulation for a first phase of 20 to 24 months."""

from __future__ import annotations

from dataclasses import dataclass

ALONE = 370.0
"""Months watched for each first false alarm of the limits by themselves, over two years."""

TOGETHER = 200.0
"""The same of both rules of a chart."""

FEW, MANY = 20, 24
"""Months of a first phase for which factors are tabled; between them they are on a line."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors of one chart, all in standard deviations of months.

    Parameters
    ----------
    limit : float
        To the limits of a single month.
    average : float
        Standard errors of the moving average.
    total : float
        Of the cumulative sums.
    """

    limit: float
    average: float
    total: float


# As `python -m benchmarks.monitor factors` finds them. Sigma set to one is not estimated, and needs no allowance.
_SET = {FEW: Factors(3.0, 2.784, 5.835), MANY: Factors(3.0, 2.800, 5.589)}
_ESTIMATED = {FEW: Factors(3.592, 3.073, 6.845), MANY: Factors(3.486, 3.042, 6.419)}
_SHARE_AVERAGE, _SHARE_TOTAL = 0.0105, 0.0210


def factors_for(months: int, *, is_estimated: bool) -> Factors:
    """Look up the factors of a chart.

    Parameters
    ----------
    months : int
        Of its first phase.
    is_estimated : bool
        Whether sigma is estimated, not set to one.

    Returns
    -------
    Factors
        Those of 24 months for more, of 20 for fewer.
    """
    table = _ESTIMATED if is_estimated else _SET
    part = (min(max(months, FEW), MANY) - FEW) / (MANY - FEW)
    low, high = table[FEW], table[MANY]
    return Factors(
        low.limit + part * (high.limit - low.limit),
        low.average + part * (high.average - low.average),
        low.total + part * (high.total - low.total),
    )


def false_alarm_share(*, has_sums: bool) -> float:
    """Share of months with a false alarm, by either rule, over the two years after a first phase.

    Parameters
    ----------
    has_sums : bool
        Whether the chart adds up cumulative sums, not a moving average.

    Returns
    -------
    float
        More than one in 200, because an alarm of a rule that adds up months lasts for some.
    """
    return _SHARE_TOTAL if has_sums else _SHARE_AVERAGE
