"""What impact hands on about revenue around first incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer, Estimate, NotEstimable


@dataclass(frozen=True, slots=True)
class EventMonth:
    """Revenue of one month beside what it would have been without an incident, a customer.

    Parameters
    ----------
    month : int
        Relative to that of the first incident.
    effect : Estimate
        In project currency; its interval holds for this month alone.
    band : tuple of (float, float)
        Ends that hold for all months of the path at once.
    """

    month: int
    effect: Estimate
    band: tuple[float, float]


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Revenue after the first incident of one component, beside customers at risk of one on the same day.

    Parameters
    ----------
    component : str
        Its name.
    customers : int
        Who met a first one in the window, paid before it and are compared.
    met_before, alone : int
        Left out: who met one before the window's first whole month, and who has too few others beside them.
    base : Answer
        Mean revenue of the month before, a customer.
    path : tuple of EventMonth
        Months in order, without the month before, which is the base; empty where refused.
    last_month : int
        Of the path; 0 where refused.
    total : Answer
        Sum of the path from the month of the incident on, a customer.
    other_total : Answer
        The same with the mean of six months before as the base.
    hidden_trend : float or NotEstimable
        How many times the largest trend seen before a hidden one must be for the total to be nothing; 0 where it may be
        nothing anyway.
    largest_part : float
        Of the revenue before, the part of one customer.
    """

    component: str
    customers: int
    met_before: int
    alone: int
    base: Answer
    path: tuple[EventMonth, ...]
    last_month: int
    total: Answer
    other_total: Answer
    hidden_trend: float | NotEstimable
    largest_part: float
