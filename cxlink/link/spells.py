"""The observed spell of each customer: delayed entry, censoring, and how it ended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.frames import day_number, day_numbers

NONE, VOLUNTARY, INVOLUNTARY = 0, 1, 2


def build_spells(loaded: Loaded) -> tuple[pd.DataFrame, int, int]:
    """Observed spell of every customer, on the scale of tenure.

    A customer is at risk from the day of acquisition to ``ended_on``, the last day at risk, inclusive; on the scale of
    tenure that is ``(0, ended_on - acquired_on + 1]``, cut to the observed window. Where a notice was given, it is the
    day of the decision: what happens after it cannot have caused it.

    Parameters
    ----------
    loaded : Loaded
        ``linked_customers`` must stand on its engine.

    Returns
    -------
    customers : DataFrame
        As :class:`cxlink.handoff.Linked` describes, without price and attributes.
    n_reversed : int
        Customers left out because they end before they are acquired.
    n_later : int
        Customers whose end is known and lies after the cut-off.
    """
    rows = loaded.engine.frame(
        "select customer, customer_id, acquired_on, ended_on, notice_on, end_reason"
        " from linked_customers order by customer"
    )
    first, last = day_number(loaded.observed_from), day_number(loaded.observed_to)
    acquired = day_numbers(rows["acquired_on"]).to_numpy()
    ended = day_numbers(rows["ended_on"]).to_numpy()
    decided = np.fmin(ended, day_numbers(rows["notice_on"]).to_numpy())
    reversed_ = decided < acquired
    decided = np.where(reversed_, np.nan, decided)

    last_day = np.fmin(decided, last)
    start = np.maximum(first - acquired, 0)
    stop = last_day - acquired + 1
    at_risk = (stop > start) & ~reversed_ & (acquired <= last)
    ended_inside = at_risk & (decided <= last)
    involuntary = (rows["end_reason"] == "involuntary").to_numpy()
    event = np.where(ended_inside, np.where(involuntary, INVOLUNTARY, VOLUNTARY), NONE)
    frame = pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "customer_id": rows["customer_id"],
            "acquired_day": acquired.astype(np.int64),
            "start": np.where(at_risk, start, 0).astype(np.int64),
            "stop": np.where(at_risk, stop, 0).astype(np.int64),
            "event": event.astype(np.int64),
            "at_risk": at_risk,
            "active": at_risk & ~(decided <= last),
            "tenure": np.maximum(last - acquired + 1, 0).astype(np.int64),
        }
    )
    return frame, int(reversed_.sum()), int((at_risk & (ended > last)).sum())
