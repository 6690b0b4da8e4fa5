"""What was known on an earlier day, and what happened to the customers of that day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.handoff import Linked


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What happened after a day, one entry a customer active on it.

    Parameters
    ----------
    customer : ndarray
        (n,) keys.
    days : ndarray
        (n,) followed for so many days, at least one.
    cause : ndarray
        (n,) 0 still there when last seen, 1 left, 2 ended otherwise.
    """

    customer: np.ndarray
    days: np.ndarray
    cause: np.ndarray


def cut_at(linked: Linked, day: int) -> Linked:
    """Forget everything after a day.

    Parameters
    ----------
    linked : Linked
        Timelines.
    day : int
        The last day known, since 1970-01-01.

    Returns
    -------
    Linked
        Spells, activity and incidents as they were known then; attributes stay as exported. Other frames are left as
        they are: the churn model reads none of them.
    """
    customers = linked.customers
    acquired = customers["acquired_day"].to_numpy()
    start, stop = customers["start"].to_numpy(), np.minimum(customers["stop"].to_numpy(), day - acquired + 1)
    at_risk = customers["at_risk"].to_numpy() & (stop > start)
    ended = at_risk & (customers["event"].to_numpy() > 0) & (customers["stop"].to_numpy() == stop)
    known = customers.assign(
        start=np.where(at_risk, start, 0),
        stop=np.where(at_risk, stop, 0),
        event=np.where(ended, customers["event"], 0),
        at_risk=at_risk,
        active=at_risk & ~ended & (acquired + stop - 1 == day),
        tenure=np.maximum(day - acquired + 1, 0),
    )
    incidents = linked.incidents.loc[linked.incidents["incident_day"] <= day].reset_index(drop=True)
    labelled = linked.labelled
    if labelled is not None:
        earlier = labelled.incidents["incident_day"] <= day
        labelled = replace(labelled, incidents=labelled.incidents.loc[earlier].reset_index(drop=True))
    return replace(linked, customers=known, incidents=incidents, to_day=day, labelled=labelled)


def outcomes_after(linked: Linked, known: Linked) -> Outcomes:
    """Follow the customers who were active on a landmark day.

    Parameters
    ----------
    linked : Linked
        Timelines up to the cut-off.
    known : Linked
        The same as known on the landmark day, from :func:`cut_at`.

    Returns
    -------
    Outcomes
        In the order of the key.
    """
    active = known.customers["active"].to_numpy()
    rows = linked.customers.loc[active]
    last_day = rows["acquired_day"].to_numpy() + rows["stop"].to_numpy() - 1
    return Outcomes(rows["customer"].to_numpy(), last_day - known.to_day, rows["event"].to_numpy())
