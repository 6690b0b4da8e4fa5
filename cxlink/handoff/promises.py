"""What is handed on about promises: how far what was done lay from what was said, and what that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class GapRatios:
    """Hazard ratios of recent gaps of one measure, beside that of the component's incidents in the same model.

    ``late`` is by one unit of the measure beyond the promise, ``early`` by one unit before it: means over the
    touchpoints of the last ``exposure_days`` days.
    """

    component: str
    measure: str
    late: Answer
    early: Answer
    incident: Answer


@dataclass(frozen=True, slots=True)
class PromiseGap:
    """One measure of one component against its promise; a gap is the value less what was promised.

    Parameters
    ----------
    component, measure : str
        Whose, and in what unit; the measure is empty where the export does not name it.
    touchpoints, customers : int
        With value and promise in the observed window, and of how many known customers.
    mean_gap, share_late : Answer
        Mean gap in units of the measure, and share of touchpoints beyond the promise.
    within, between : Answer
        Standard deviations of the gap: among one customer's touchpoints, and of the customers' own levels.
    score_late, score_early : Answer
        KPI points by one unit beyond, and by one unit before the promise, on average over recent touchpoints.
    score_spread : Answer
        KPI points by one unit of standard deviation among the customer's gaps of the last year.
    score_incident : Answer
        KPI points of the component's incidents in the same model.
    leaving : GapRatios
        Likewise for leaving.
    """

    component: str
    measure: str
    touchpoints: int
    customers: int
    mean_gap: Answer
    share_late: Answer
    within: Answer
    between: Answer
    score_late: Answer
    score_early: Answer
    score_spread: Answer
    score_incident: Answer
    leaving: GapRatios
