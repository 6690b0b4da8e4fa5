"""Customers reached by a change and others, month by month before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from cxlink.handoff import Linked

MONTH_DAYS = 30.4375
MOST_MONTHS = 12
"""Compared before and after: what is longer ago tells less of the groups, and other things happen meanwhile."""

MOST_CUSTOMERS = 100_000
"""Of more, every second, third and so on is compared."""


@dataclass(frozen=True, slots=True)
class ChangePanel:
    """Months before and after a change, and customers at risk in them.

    Parameters
    ----------
    month : ndarray
        (n_months,) since 1970-01, ascending; that of the start is missing where the change began within it, and so are
        those in which it did not yet work in full.
    after : ndarray
        (n_months,) bool.
    customer : ndarray
        (n,) keys.
    time : ndarray
        (n, n_months) months at risk, 0 to about 1.
    left : ndarray
        (n, n_months) 1 where the customer left of its own will.
    """

    month: np.ndarray
    after: np.ndarray
    customer: np.ndarray
    time: np.ndarray
    left: np.ndarray

    @property
    def n_before(self) -> int:
        """Months before."""
        return int((~self.after).sum())

    @property
    def n_after(self) -> int:
        """Months after."""
        return int(self.after.sum())


def build_panel(linked: Linked, started_on: date, known: np.ndarray, *, ramp_months: int = 0) -> ChangePanel:
    """Put customers and months together.

    Parameters
    ----------
    linked : Linked
        Timelines.
    started_on : date
        First day of the change.
    known : ndarray
        (n_customers,) bool: of whom it is known whether they were reached.
    ramp_months : int, default 0
        Until the change works in full.

    Returns
    -------
    ChangePanel
        Without months where the window has none on a side.
    """
    month, after = _months(linked, started_on, ramp_months)
    customers = linked.customers
    chosen = np.flatnonzero(customers["at_risk"].to_numpy(dtype=bool) & known)
    chosen = chosen[:: max(-(-len(chosen) // MOST_CUSTOMERS), 1)]
    acquired = customers["acquired_day"].to_numpy()[chosen]
    first, last = acquired + customers["start"].to_numpy()[chosen], acquired + customers["stop"].to_numpy()[chosen] - 1
    begins, ends = first_day(month), first_day(month + 1) - 1
    days = np.minimum(ends, last[:, None]) - np.maximum(begins, first[:, None]) + 1
    time = np.maximum(days, 0) / MONTH_DAYS
    leaves = (customers["event"].to_numpy()[chosen] == 1)[:, None]
    left = leaves & (last[:, None] >= begins) & (last[:, None] <= ends)
    seen = time.any(axis=1)
    return ChangePanel(month, after, chosen[seen], time[seen], left[seen].astype(float))


def count_incidents(linked: Linked, panel: ChangePanel, component: str, cause: str | None) -> np.ndarray:
    """Count incidents of customers while at risk.

    Parameters
    ----------
    linked : Linked
        Incidents.
    panel : ChangePanel
        Customers and months.
    component : str
        Whose incidents.
    cause : str or None
        If only one.

    Returns
    -------
    ndarray
        (n, n_months).
    """
    rows = linked.incidents.loc[(linked.incidents["component"] == component) & (linked.incidents["customer"] >= 0)]
    if cause is not None:
        rows = rows.loc[rows["cause"] == cause]
    counts = np.zeros(panel.time.shape)
    if not counts.size:
        return counts
    place = np.full(len(linked.customers), -1)
    place[panel.customer] = np.arange(len(panel.customer))
    who = place[rows["customer"].to_numpy(dtype=np.int64)]
    when = month_numbers(rows["incident_day"].to_numpy(dtype=np.int64))
    column = np.minimum(np.searchsorted(panel.month, when), len(panel.month) - 1)
    inside = (who >= 0) & (panel.month[column] == when)
    np.add.at(counts, (who[inside], column[inside]), 1.0)
    # on days on which a customer was not at risk, in a month in which it never was
    counts[panel.time == 0] = 0.0
    return counts


def month_numbers(days: np.ndarray) -> np.ndarray:
    """Months of days.

    Parameters
    ----------
    days : ndarray
        Since 1970-01-01.

    Returns
    -------
    ndarray
        Since 1970-01.
    """
    found: np.ndarray = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return found


def first_day(months: np.ndarray) -> np.ndarray:
    """First days of months.

    Parameters
    ----------
    months : ndarray
        Since 1970-01.

    Returns
    -------
    ndarray
        Since 1970-01-01.
    """
    found: np.ndarray = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return found


def _months(linked: Linked, started_on: date, ramp_months: int) -> tuple[np.ndarray, np.ndarray]:
    window = np.array([linked.from_day - 1, linked.to_day + 1])
    first, last = month_numbers(window) + np.array([1, -1])
    start = (started_on.year - 1970) * 12 + started_on.month - 1
    after_from = (start if started_on.day == 1 else start + 1) + ramp_months
    before = np.arange(max(first, start - MOST_MONTHS), min(start, last + 1))
    after = np.arange(max(after_from, first), min(last + 1, after_from + MOST_MONTHS))
    flags = np.repeat([False, True], [len(before), len(after)])
    return np.concatenate([before, after]).astype(np.int64), flags
