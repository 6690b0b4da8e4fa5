"""Kaplan-Meier curves of staying, by segment."""

from __future__ import annotations

import numpy as np

from cxlink.handoff import CurvePoint, Linked, Loaded
from cxlink.stats import EstimationError, kaplan_meier

MIN_CUSTOMERS = 30
STEP_DAYS = 30


def fit_curves(linked: Linked, loaded: Loaded, segments: tuple[str, ...]) -> tuple[CurvePoint, ...]:
    """Share of customers who stay, by days since acquisition, with delayed entry.

    Any end counts, voluntary or not: this is the curve that the books show.

    Parameters
    ----------
    linked : Linked
        Spells.
    loaded : Loaded
        For the values of the segments.
    segments : tuple of str
        Attributes of customers; besides them the curve of all is always there.

    Returns
    -------
    tuple of CurvePoint
        A point every 30 days, as far as 30 customers are at risk.
    """
    spells = linked.customers.loc[linked.customers["at_risk"]]
    if spells.empty:
        return ()
    points = list(_curve("all", spells["start"].to_numpy(), spells["stop"].to_numpy(), spells["event"].to_numpy() > 0))
    for name in segments:
        if loaded.attributes.get(name) != "category":
            continue
        values = loaded.engine.frame(
            f'select linked.customer, source."{name}" as value from linked_customers as linked'
            " join customers as source on source.customer_id = linked.customer_id order by linked.customer"
        ).set_index("customer")["value"]
        level = spells["customer"].map(values).fillna("missing").astype(str).to_numpy()
        for value in sorted(set(level)):
            inside = spells.loc[level == value]
            points += _curve(
                f"{name}={value}", inside["start"].to_numpy(), inside["stop"].to_numpy(), inside["event"].to_numpy() > 0
            )
    return tuple(points)


def _curve(segment: str, start: np.ndarray, stop: np.ndarray, event: np.ndarray) -> tuple[CurvePoint, ...]:
    if len(stop) < MIN_CUSTOMERS or not event.any():
        return ()
    try:
        curve = kaplan_meier(stop=stop, event=event, start=start)
    except EstimationError:
        # everybody at risk left before others entered: the curve beyond that day is not known
        return ()
    points = []
    for day in range(0, int(stop.max()) + 1, STEP_DAYS):
        at_risk = int(((start < max(day, 1)) & (stop >= max(day, 1))).sum())
        if day > 0 and at_risk < MIN_CUSTOMERS:
            break
        place = int(np.searchsorted(curve.time, day, side="right")) - 1
        points.append(
            CurvePoint(
                segment,
                day,
                float(curve.survival[place]) if place >= 0 else 1.0,
                float(curve.low[place]) if place >= 0 else 1.0,
                float(curve.high[place]) if place >= 0 else 1.0,
                at_risk,
            )
        )
    return tuple(points)
