"""What impact hands on about customers by tenure and by year of acquisition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxlink.estimate import Answer, NotEstimable


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Customers of one band of tenure, or acquired in one year.

    Parameters
    ----------
    name : str
        Such as ``1-2 years`` or ``2024``.
    customers : int or NotEstimable
        Active at the cut-off; a reason where the public must not see it.
    price : Answer
        Mean monthly price of those.
    leaving : Answer
        Ends of one's own will a month at risk, over the last year.
    incidents : Answer
        Incidents a month at risk, over the last year, of components that tickets or events cover.
    hours_to_close : Answer
        Median hours from a ticket's opening to its closing, over the last year; tickets still open count as open.
    margin : Answer
        Discounted margin expected over the horizon of one of them who is kept, as is.
    over_winning : Answer
        `margin` less what winning one new customer is worth.
    largest_part : float
        Of the group's monthly revenue, the part of one customer.
    """

    name: str
    customers: int | NotEstimable
    price: Answer
    leaving: Answer
    incidents: Answer
    hours_to_close: Answer
    margin: Answer
    over_winning: Answer
    largest_part: float


@dataclass(frozen=True, slots=True)
class CustomerGroups:
    """Existing customers beside new ones: how they fare, how they are treated, and what each is worth.

    Parameters
    ----------
    horizon_months : int
        Over which margin is expected.
    bands : tuple of CustomerGroup
        By tenure: on each day that counts, not at the cut-off alone.
    cohorts : tuple of CustomerGroup
        By year of acquisition.
    new_margin : Answer
        Margin expected over the same months of a customer acquired at the cut-off, like those of the last year.
    acquisition_cost : float or None
        Of ``[finance]``.
    winning : Answer
        `new_margin` less `acquisition_cost`.
    new_customers : int
        Customers acquired in the last year, on whom `new_margin` rests.
    """

    horizon_months: int
    bands: tuple[CustomerGroup, ...]
    cohorts: tuple[CustomerGroup, ...]
    new_margin: Answer
    acquisition_cost: float | None
    winning: Answer
    new_customers: int
