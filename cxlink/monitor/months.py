"""Whole calendar months of the window, and who was at risk in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

DAYS_A_MONTH = 30.4375
BAND_EDGES = (0, 90, 365, 730)
"""Days of tenure from which on customers leave at another rate."""

DAY_BITS = 20


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whole months.

    Parameters
    ----------
    names : tuple of str
        Such as ``2025-11``.
    edges : ndarray
        (n_months + 1,) first days since 1970-01-01.
    left_out : str
        The month after, where the window covers it in part; else empty.
    """

    names: tuple[str, ...]
    edges: np.ndarray
    left_out: str

    def place(self, day: np.ndarray) -> np.ndarray:
        """Find the month of each day.

        Parameters
        ----------
        day : ndarray
            (n,) since 1970-01-01.

        Returns
        -------
        ndarray
            (n,) counted from zero; -1 outside.
        """
        found = np.searchsorted(self.edges, day, side="right") - 1
        return np.where((found >= 0) & (found < len(self.names)), found, -1)


def build_calendar(from_day: int, to_day: int) -> Calendar:
    """List the whole months of a window.

    Parameters
    ----------
    from_day, to_day : int
        First and last day since 1970-01-01.

    Returns
    -------
    Calendar
        Perhaps without a month.
    """
    first = np.datetime64(from_day, "D").astype("datetime64[M]")
    if first.astype("datetime64[D]").astype(np.int64) < from_day:
        first = first + 1
    after = np.datetime64(to_day + 1, "D").astype("datetime64[M]")
    months = np.arange(first, max(first, after) + 1)
    edges = months.astype("datetime64[D]").astype(np.int64)
    partly = after >= first and after.astype("datetime64[D]").astype(np.int64) < to_day + 1
    return Calendar(tuple(str(month) for month in months[:-1]), edges, str(after) if partly else "")


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Who could meet an incident, cost something, or leave.

    Parameters
    ----------
    begin, end : ndarray
        (n_customers,) first day at risk, and the day after the last; the same for customers who never were.
    leaving_day : ndarray
        (n_customers,) on which each left of its own will; -1 for others.
    customers : ndarray
        (n_months,) at risk on a day of the month.
    months : ndarray
        (n_months, n_bands) customer-months at risk by tenure.
    leavers : ndarray
        (n_months, n_bands) who left of their own will.
    """

    begin: np.ndarray
    end: np.ndarray
    leaving_day: np.ndarray
    customers: np.ndarray
    months: np.ndarray
    leavers: np.ndarray

    def is_there(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Whether each of some customers was at risk on a day.

        Parameters
        ----------
        customer, day : ndarray
            (n,) keys, negative where not known, and days.

        Returns
        -------
        ndarray
            (n,) of bool.
        """
        who = np.maximum(customer, 0)
        found: np.ndarray = (customer >= 0) & (day >= self.begin[who]) & (day < self.end[who])
        return found


def count_at_risk(linked: Linked, calendar: Calendar) -> AtRisk:
    """Count customers, customer-months and leavers of each month.

    Parameters
    ----------
    linked : Linked
        Spells.
    calendar : Calendar
        Whole months.

    Returns
    -------
    AtRisk
        Days are half-open: who leaves on a day was at risk on it.
    """
    customers = linked.customers
    acquired = customers["acquired_day"].to_numpy().astype(np.int64)
    at_risk = customers["at_risk"].to_numpy(dtype=bool)
    begin = np.maximum(acquired + customers["start"].to_numpy().astype(np.int64), linked.from_day)
    end = np.minimum(acquired + customers["stop"].to_numpy().astype(np.int64), linked.to_day + 1)
    end = np.where(at_risk, np.maximum(begin, end), begin)
    last = acquired + customers["stop"].to_numpy().astype(np.int64) - 1
    leaving = np.where(at_risk & (customers["event"].to_numpy() == 1), last, -1)
    size, bands = len(calendar.names), len(BAND_EDGES)
    n, months = np.zeros(size), np.zeros((size, bands))
    for month in range(size):
        low, high = np.maximum(begin, calendar.edges[month]), np.minimum(end, calendar.edges[month + 1])
        n[month] = (high > low).sum()
        for band in range(bands):
            top = acquired + BAND_EDGES[band + 1] if band + 1 < bands else high
            days = np.minimum(high, top) - np.maximum(low, acquired + BAND_EDGES[band])
            months[month, band] = np.maximum(days, 0).sum() / DAYS_A_MONTH
    left = np.flatnonzero(leaving >= 0)
    place = calendar.place(leaving[left])
    band_of = np.searchsorted(BAND_EDGES, leaving[left] - acquired[left], side="right") - 1
    leavers = np.zeros((size, bands))
    np.add.at(leavers, (place[place >= 0], np.maximum(band_of[place >= 0], 0)), 1.0)
    return AtRisk(begin, end, leaving, n, months, leavers)


@dataclass(frozen=True, slots=True)
class Exposures:
    """Days on which customers stood under an incident of one component: disjoint stretches, by customer and day."""

    customer: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def holds(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Whether each of some customers was exposed on a day.

        Parameters
        ----------
        customer, day : ndarray
            (n,) keys, negative where not known, and days.

        Returns
        -------
        ndarray
            (n,) of bool.
        """
        if not self.low.size:
            return np.zeros(customer.size, dtype=bool)
        keys = (self.customer << DAY_BITS) + self.low
        place = np.searchsorted(keys, (customer.astype(np.int64) << DAY_BITS) + day, side="right") - 1
        at = np.maximum(place, 0)
        found: np.ndarray = (place >= 0) & (self.customer[at] == customer) & (day < self.high[at])
        return found


def expose(incidents: pd.DataFrame, exposure_days: int) -> Exposures:
    """Turn incidents into stretches of exposed days: an incident on day d exposes d + 1 to d + exposure_days.

    Parameters
    ----------
    incidents : DataFrame
        Of one component, with columns customer and incident_day.
    exposure_days : int
        How long.

    Returns
    -------
    Exposures
        A stretch ends where the customer's next one begins.
    """
    customer, day = (
        incidents["customer"].to_numpy().astype(np.int64),
        incidents["incident_day"].to_numpy().astype(np.int64),
    )
    order = np.lexsort((day, customer))
    customer, low = customer[order], day[order] + 1
    high = low + exposure_days
    goes_on = customer[1:] == customer[:-1]
    high[:-1] = np.where(goes_on, np.minimum(high[:-1], low[1:]), high[:-1])
    return Exposures(customer, low, high)
