"""Which hazard ratios are not one number, or may not be: their mean would be projected onto whom none describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from cxlink.churn.periods import MEMBERS
from cxlink.estimate import NotEstimable
from cxlink.handoff import PeriodRatio, PeriodRatios

SIGNIFICANCE = 0.003
"""For each component: ten of them cry wolf in 3% of runs."""
TWO_SIDED_5 = float(ndtri(0.975))


@dataclass(frozen=True, slots=True)
class _Point:
    log_ratio: float
    variance: float
    members: tuple[int, ...]


def refuse_moving(
    periods: Sequence[PeriodRatios], log_ratios: Mapping[str, tuple[float, float]]
) -> dict[str, NotEstimable]:
    """Refuse the ratios that change with tenure, and those that may change as they do.

    A component whose data is too thin to see such a change passes any test for it. So where another component's ratio
    does change, one that has an effect must be seen not to follow the same course: between its first and its last
    period, its log ratio must differ from that course at 5%. Periods are taken as independent; they share no day.

    Parameters
    ----------
    periods : sequence of PeriodRatios
        Of all components that are known in two periods or more.
    log_ratios : mapping of str to tuple
        Log hazard ratio and its error in the main model, by component.

    Returns
    -------
    dict of str to NotEstimable
        By component.
    """
    movers = [one for one in periods if one.p_value < SIGNIFICANCE]
    refused = {one.component: _refuse(one) for one in movers}
    if not movers:
        return {}
    for one in periods:
        point, error = log_ratios[one.component]
        if one.component not in refused and abs(point) > TWO_SIDED_5 * error and _may_follow(one, movers):
            names = " and ".join(mover.component for mover in movers)
            refused[one.component] = NotEstimable(
                f"the hazard ratio of {names} is not one number, and whether its own is one cannot be told",
                "more leavers who met it, in their first months and in later ones",
            )
    return refused


def _refuse(moving: PeriodRatios) -> NotEstimable:
    listed = ", ".join(f"{period.ratio.point:.2f} in the {period.label}" for period in moving.periods)
    return NotEstimable(
        f"its hazard ratio is not one number: {listed.replace('in the after', 'after')}",
        "a model with a ratio for each period, which this version does not project",
    )


def _may_follow(one: PeriodRatios, movers: Sequence[PeriodRatios]) -> bool:
    """Whether its first and last log ratio are in proportion to the movers', as far as can be seen."""
    first, last = _point(one.periods[0]), _point(one.periods[-1])
    early = sum(_level(mover, first.members) for mover in movers)
    late = sum(_level(mover, last.members) for mover in movers)
    away = last.log_ratio * early - first.log_ratio * late
    return bool(abs(away) < TWO_SIDED_5 * np.sqrt(last.variance * early**2 + first.variance * late**2))


def _level(mover: PeriodRatios, members: tuple[int, ...]) -> float:
    """Its log ratio over some periods of tenure."""
    points = [point for point in map(_point, mover.periods) if set(point.members) & set(members)]
    weights = [1 / point.variance for point in points]
    return float(np.average([point.log_ratio for point in points], weights=weights))


def _point(period: PeriodRatio) -> _Point:
    ratio = period.ratio
    error = np.log(ratio.high / ratio.low) / (2 * TWO_SIDED_5)
    return _Point(float(np.log(ratio.point)), float(error**2), MEMBERS[period.label])
