"""Calling silence an end, for those who ask: and how much hangs on how long a silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.churn.fit import Refused, component_ratios, fit_main
from cxlink.churn.order_rates import Orders
from cxlink.handoff import GapFit, Linked

GAP_FACTORS = (0.75, 1.0, 1.5)


def fit_gaps(linked: Linked, orders: Orders, *, gap_days: int, exposure_days: int) -> tuple[GapFit, ...]:
    """Call a customer gone who has not ordered for so long, and see how much hangs on how long that is.

    Parameters
    ----------
    linked : Linked
        Timelines.
    orders : Orders
        Of :func:`read_orders`.
    gap_days : int
        Days without an order; the customer counts as gone on the last of them.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    tuple of GapFit
        For .75, 1 and 1.5 times the gap. A gap is no end: these are not projected.
    """
    found = []
    for factor in GAP_FACTORS:
        days = max(round(gap_days * factor), 1)
        spelled = call_silence_an_end(linked, orders, days)
        main = fit_main(spelled, exposure_days=exposure_days)
        if isinstance(main, Refused):
            found.append(GapFit(days, int(main.rows.voluntary.sum()), dict.fromkeys(linked.components, main.reason)))
            continue
        found.append(GapFit(days, int(main.rows.voluntary.sum()), component_ratios(main, linked.components)))
    return tuple(found)


def call_silence_an_end(linked: Linked, orders: Orders, gap_days: int) -> Linked:
    """Make timelines in which who has not ordered for `gap_days` left on the last of them.

    Parameters
    ----------
    linked : Linked
        Timelines.
    orders : Orders
        Days of orders.
    gap_days : int
        Days without an order.

    Returns
    -------
    Linked
        Nobody leaves or is at risk in the last `gap_days`: a silence that reaches into them may still be broken.
    """
    customers = linked.customers
    last = np.full(len(customers), np.iinfo(np.int64).min)
    inside = orders.day <= linked.to_day
    np.maximum.at(last, orders.customer[inside], orders.day[inside])
    acquired = customers["acquired_day"].to_numpy()
    gone = last + gap_days
    known_to = linked.to_day - gap_days
    left = (last > np.iinfo(np.int64).min) & (gone <= known_to)
    start = np.maximum(linked.from_day - acquired, 0)
    stop = np.where(left, gone, known_to) - acquired + 1
    at_risk = (stop > start) & (last > np.iinfo(np.int64).min)
    spelled = customers.assign(
        start=np.where(at_risk, start, 0),
        stop=np.where(at_risk, stop, 0),
        event=np.where(at_risk & left, 1, 0),
        at_risk=at_risk,
    )
    return replace(linked, customers=spelled, churn_refusal=None)
