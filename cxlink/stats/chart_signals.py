"""Which months of a chart give a signal, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.chart_factors import Factors, factors_for
from cxlink.stats.control_charts import Charted, Months, PhaseOne, hold_against
from cxlink.stats.run_rules import cumulative_sums, moving_average

Rule = Literal["", "limits", "average", "sum", "limits and average", "limits and sum"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A chart with its signals; arrays have shape (n_months,).

    Parameters
    ----------
    charted : Charted
        Limits and deviations.
    beyond : ndarray of bool
        Months of the second phase out of limits, and those that were taken out of the first.
    lasting : ndarray of int
        1 or -1 where the moving average, or the cumulative sum, says that the level is above or below; else 0.
    rules : tuple of str
        Which rule gave a signal in each month; empty for none.
    """

    charted: Charted
    beyond: Flags
    lasting: np.ndarray
    rules: tuple[Rule, ...]

    @property
    def signal(self) -> Flags:
        """Whether each month gives a signal, shape (n_months,)."""
        flags: Flags = self.beyond | (self.lasting != 0)
        return flags


def find_factors(phase: PhaseOne) -> Factors:
    """Find the factors that a first phase asks for.

    Parameters
    ----------
    phase : PhaseOne
        Frozen.

    Returns
    -------
    Factors
        Wider where sigma was estimated than where it was set to one.
    """
    return factors_for(phase.months, is_estimated=phase.kind == "level" or phase.sigma > 1.0 or phase.phi > 0.0)


def watch(
    phase: PhaseOne, months: Months, *, first: int, sums_of: PhaseOne | None = None, of: Months | None = None
) -> Watched:
    """Apply both rules of a chart.

    Parameters
    ----------
    phase : PhaseOne
        Frozen.
    months : Months
        In their order, such as those of both phases.
    first : int
        Place of the first month of the second phase.
    sums_of : PhaseOne, optional
        Of the figure whose deviations are added up in cumulative sums, in place of a moving average of this one's.
    of : Months, optional
        Its months; given with `sums_of`.

    Returns
    -------
    Watched
        A signal in the second phase: a month beyond its limits, or an average (a sum) too far from zero. Rules that add
        up start with the second phase.
    """
    factors = find_factors(phase)
    charted = hold_against(phase, months, factor=factors.limit)
    size = months.value.size
    second = np.arange(size) >= first
    inside = (months.value >= charted.low - _rounding(charted.low)) & (
        months.value <= charted.high + _rounding(charted.high)
    )
    beyond = charted.judged & second & ~inside
    taken = np.zeros(size, dtype=bool)
    shared = min(first, phase.kept.size, size)
    taken[:shared] = months.observed[:shared] & ~phase.kept[:shared]
    lasting = np.zeros(size, dtype=np.int64)
    if sums_of is None or of is None:
        found = moving_average(charted.deviation[first:], charted.judged[first:], months=float(phase.rests_on))
        there = charted.judged[first:]
        far = np.abs(found.average) > factors.average * found.error
        lasting[first:] = np.where(far & there, np.sign(found.average), 0)
        name: Rule = "average"
    else:
        adjusted = hold_against(sums_of, of, factor=factors.limit)
        sums = cumulative_sums(adjusted.deviation[first:], adjusted.judged[first:])
        there, total = adjusted.judged[first:], find_factors(sums_of).total
        lasting[first:] = np.where(there & (sums.up > total), 1, np.where(there & (sums.down > total), -1, 0))
        name = "sum"
    beyond |= taken
    return Watched(
        charted, beyond, lasting, tuple(_rule(bool(b), bool(s), name) for b, s in zip(beyond, lasting, strict=True))
    )


def _rounding(limit: Floats) -> Floats:
    """A share of counts may differ from the same limit in its last digit."""
    allowed: Floats = 1e-9 * np.maximum(np.abs(limit), 1e-3)
    return allowed


def _rule(beyond: bool, lasting: bool, name: Rule) -> Rule:
    if beyond and lasting:
        return "limits and average" if name == "average" else "limits and sum"
    return "limits" if beyond else name if lasting else ""
