"""What moved recurring revenue: movements between the months of two periods, in whole minor units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxlink.bridge.periods import MONTHS, Period
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.handoff.bridge import Against, Bridge, BridgeTerm

MOVEMENTS = {
    "expansion": "expansion",
    "contraction": "contraction",
    "joiners": "new",
    "leavers": "churn",
    "returned": "reactivation",
    "correction": "correction",
    "currency": "currency",
}
"""The bridge's name of each movement: the first two are customers who stayed and pay more, and less."""

METHOD = "counted from recurring charges; an account, no sample"
NO_REVENUE = NotEstimable("no recurring revenue in one of the periods", "recurring charges with a customer_id")


def bridge_revenue(linked: Linked, pair: tuple[Against, Period, Period], *, currency: str, divisor: int) -> Bridge:
    """Split the move of recurring revenue between two periods.

    Parameters
    ----------
    linked : Linked
        Movements and customers.
    pair : tuple
        What the pair is, the earlier period and the later one.
    currency : str
        ISO 4217.
    divisor : int
        Minor units in one unit of it.

    Returns
    -------
    Bridge
        Exact to the minor unit: each later month less its earlier one is the sum of the movements between them.
    """
    against, earlier, later = pair
    empty = Bridge("revenue", against, earlier.name, later.name, refusal=linked.money_refusal)
    if linked.money_refusal is not None:
        return empty
    rows = linked.movements
    month = rows["month"].to_numpy()
    place = {str(name): k for k, name in enumerate(month)}
    if any(name not in place for name in (*earlier.months, *later.months)):
        return Bridge("revenue", against, earlier.name, later.name, refusal=NO_REVENUE)
    pairs = [(place[a], place[b]) for a, b in zip(earlier.months, later.months, strict=True)]
    closing = rows["closing"].to_numpy(dtype=np.int64)
    levels = [sum(int(closing[one[t]]) for one in pairs) for t in (0, 1)]
    if min(levels) <= 0:
        return Bridge("revenue", against, earlier.name, later.name, refusal=NO_REVENUE)
    people = [_count_customers(linked, period) for period in (earlier, later)]

    def exact(units: float, n: int) -> Estimate:
        amount = units / divisor
        return Estimate(amount, amount, amount, 1.0, currency, n, MONTHS, METHOD)

    n = int(max(people))
    terms = []
    for name, movement in MOVEMENTS.items():
        units = rows[movement].to_numpy(dtype=np.int64)
        terms.append(BridgeTerm(name, exact(sum(int(units[a + 1 : b + 1].sum()) for a, b in pairs), n), n))
    moved = levels[1] - levels[0]
    return Bridge(
        "revenue",
        against,
        earlier.name,
        later.name,
        exact(levels[0], n),
        exact(levels[1], n),
        exact(moved, n),
        tuple(terms),
        () if min(people) <= 0 else _factors(levels, people, exact, n),
    )


def _factors(
    levels: list[int], people: list[float], exact: Callable[[float, int], Estimate], n: int
) -> tuple[BridgeTerm, ...]:
    """Customers times revenue per customer: with two factors, Shapley's parts are means of both ends."""
    each = [level / count for level, count in zip(levels, people, strict=True)]
    by_number = round((people[1] - people[0]) * (each[0] + each[1]) / 2)
    return (
        BridgeTerm("customers", exact(by_number, n), n),
        BridgeTerm("revenue_per_customer", exact(levels[1] - levels[0] - by_number, n), n),
    )


def _count_customers(linked: Linked, period: Period) -> float:
    """Mean number of customers at the ends of its months."""
    customers = linked.customers.loc[linked.customers["at_risk"].to_numpy(dtype=bool)]
    acquired = customers["acquired_day"].to_numpy()
    last = acquired + customers["stop"].to_numpy() - 1
    gone = customers["event"].to_numpy() > 0
    ends = [Period(period.first - MONTHS + 1 + k).last_day for k in range(MONTHS)]
    return float(np.mean([((acquired <= end) & ((last > end) | ~gone)).sum() for end in ends]))
