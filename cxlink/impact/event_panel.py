"""Customers' revenue by calendar month, and when each came, met a first incident, and left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.handoff import Linked

NO_DAY = 10**6
"""Beyond the year 4700."""


@dataclass(frozen=True, slots=True)
class RevenuePanel:
    """Customers and whole calendar months of the window; moments in months since the first one's begin.

    Parameters
    ----------
    customer : ndarray
        (n,) keys.
    revenue : ndarray
        (n, n_months) project currency; 0 after the end.
    entered, left : ndarray
        (n,) acquisition, and the end of the last day at risk; infinite where the customer stays.
    first_month : int
        Whole months since year 0.
    """

    customer: np.ndarray
    revenue: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    first_month: int


def build_panel(linked: Linked, *, most: int, rng: np.random.Generator) -> RevenuePanel:
    """Put prices by month into a matrix.

    Parameters
    ----------
    linked : Linked
        With ``monthly_prices``.
    most : int
        More customers are sampled.
    rng : Generator
        For the sample.

    Returns
    -------
    RevenuePanel
        Without a month where the window has no whole one.
    """
    first, last = _whole_months(linked.from_day, linked.to_day)
    customers = linked.customers
    chosen = np.flatnonzero(customers["at_risk"].to_numpy(dtype=bool))
    if len(chosen) > most:
        chosen = np.sort(rng.choice(chosen, most, replace=False))
    revenue = np.zeros((len(chosen), max(last - first + 1, 0)))
    prices = linked.monthly_prices
    if prices is not None and revenue.size:
        row = np.full(len(customers), -1)
        row[chosen] = np.arange(len(chosen))
        month, of = prices["month"].to_numpy() - first, row[prices["customer"].to_numpy()]
        inside = (of >= 0) & (month >= 0) & (month < revenue.shape[1])
        revenue[of[inside], month[inside]] = prices["price"].to_numpy()[inside]
    acquired, stop, event = (customers[name].to_numpy()[chosen] for name in ("acquired_day", "stop", "event"))
    left = np.where(event != 0, moments(acquired + stop, first, 1.0), np.inf)
    # paid in advance or billed late: a customer who left brings nothing from the next month on
    revenue[np.arange(revenue.shape[1]) >= np.ceil(left)[:, None]] = 0.0
    return RevenuePanel(chosen, revenue, moments(acquired, first, 0.0), left, first)


def first_incidents(linked: Linked, panel: RevenuePanel, component: str) -> np.ndarray:
    """Moments of each customer's first incident while a customer.

    Parameters
    ----------
    linked : Linked
        Incidents.
    panel : RevenuePanel
        The customers.
    component : str
        Whose incidents.

    Returns
    -------
    ndarray
        (n,) at noon of the day, in months; infinite where there is none, negative before the panel.
    """
    rows = linked.incidents.loc[(linked.incidents["component"] == component) & (linked.incidents["customer"] >= 0)]
    customer, day = rows["customer"].to_numpy(), rows["incident_day"].to_numpy(dtype=np.int64)
    was_there = day >= linked.customers["acquired_day"].to_numpy()[customer]
    first = np.full(len(linked.customers), NO_DAY)
    np.minimum.at(first, customer[was_there], day[was_there])
    chosen = first[panel.customer]
    found = moments(chosen, panel.first_month, 0.5)
    found[(chosen == NO_DAY) | (found > panel.left)] = np.inf
    return found


def moments(day: np.ndarray, first_month: int, part_of_day: float) -> np.ndarray:
    """Days as months since the begin of a month.

    Parameters
    ----------
    day : ndarray
        (n,) whole days since 1970-01-01.
    first_month : int
        Whole months since year 0.
    part_of_day : float
        0 for its begin, 1 for its end.

    Returns
    -------
    ndarray
        (n,) such as 2.5 in the middle of the third month.
    """
    days = np.asarray(day, dtype=np.int64).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    begins = months.astype("datetime64[D]")
    length = ((months + 1).astype("datetime64[D]") - begins).astype(float)
    part: np.ndarray = ((days - begins).astype(float) + part_of_day) / length
    return part + (months.astype(np.int64) + 1970 * 12 - first_month)


def _whole_months(from_day: int, to_day: int) -> tuple[int, int]:
    """The first and the last month that lie in the window from their first to their last day."""
    begin, end = moments(np.array([from_day]), 0, 0.0)[0], moments(np.array([to_day]), 0, 1.0)[0]
    return int(np.ceil(begin - 1e-9)), int(np.floor(end + 1e-9)) - 1
