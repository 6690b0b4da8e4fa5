"""Customers by tenure and by year of acquisition: days at risk, ends, incidents and tickets of the last year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Linked, Loaded
from cxlink.impact.incidence import RECENT_DAYS

BAND_EDGES = np.array([0, 90, 365, 730], dtype=np.int64)
BAND_NAMES = ("below 90 days", "90 days to a year", "1-2 years", "2 years and more")
MOST_COHORTS = 6
"""Years of acquisition that are told apart; earlier ones are one group."""

SECONDS_AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Split:
    """One way to part customers.

    Parameters
    ----------
    names : tuple of str
        Of the groups.
    group_of : callable
        Customers and days of tenure -> group of each, both (n,).
    days : ndarray
        (n_customers, n_groups) days at risk in the last year.
    """

    names: tuple[str, ...]
    group_of: Callable[[np.ndarray, np.ndarray], np.ndarray]
    days: np.ndarray

    def count(self, customer: np.ndarray, tenure: np.ndarray) -> np.ndarray:
        """Count what happened, by customer and group.

        Parameters
        ----------
        customer, tenure : ndarray
            (n,) to whom, and on which day of tenure.

        Returns
        -------
        ndarray
            (n_customers, n_groups).
        """
        cell = customer * len(self.names) + self.group_of(customer, tenure)
        return np.bincount(cell, minlength=self.days.size).astype(float).reshape(self.days.shape)


@dataclass(frozen=True, slots=True)
class Recent:
    """The last year: spells, ends and incidents on the scale of tenure.

    Parameters
    ----------
    customer, acquired, begins, ends : ndarray
        (n_spells,) who was at risk, acquired when, on which days of tenure ``[begins, ends)``.
    left : ndarray
        (n_spells,) bool: ended of their own will within it.
    incident_customer, incident_tenure : ndarray
        (n_incidents,) while at risk, of tickets and events.
    """

    customer: np.ndarray
    acquired: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    left: np.ndarray
    incident_customer: np.ndarray
    incident_tenure: np.ndarray


def gather_recent(linked: Linked) -> Recent:
    """Gather what happened in the last year of the observed window.

    Parameters
    ----------
    linked : Linked
        Timelines.

    Returns
    -------
    Recent
        Incidents known from answers alone are left out: only those who answered can show one.
    """
    first_day = max(linked.from_day, linked.to_day - RECENT_DAYS + 1)
    spells = linked.customers.loc[linked.customers["at_risk"]]
    acquired = spells["acquired_day"].to_numpy()
    begins = np.maximum(spells["start"].to_numpy(), first_day - acquired)
    ends = spells["stop"].to_numpy()
    there = ends > begins
    customer, acquired, begins, ends = (column[there] for column in (spells["customer"], acquired, begins, ends))
    customer = customer.to_numpy()
    rows = linked.incidents.loc[(linked.incidents["table"] != "feedback") & linked.incidents["customer"].isin(customer)]
    place = np.searchsorted(customer, rows["customer"].to_numpy())
    tenure = rows["incident_day"].to_numpy() - acquired[place]
    inside = (tenure >= begins[place]) & (tenure < ends[place])
    return Recent(
        customer=customer,
        acquired=acquired,
        begins=begins,
        ends=ends,
        left=(spells["event"] == 1).to_numpy()[there],
        incident_customer=customer[place[inside]],
        incident_tenure=tenure[inside],
    )


def split_by_tenure(linked: Linked, recent: Recent) -> Split:
    """Part customer-days by tenure: who passes a border counts on both sides of it.

    Parameters
    ----------
    linked : Linked
        Timelines.
    recent : Recent
        The last year.

    Returns
    -------
    Split
        Four bands.
    """
    upper = np.append(BAND_EDGES[1:], np.iinfo(np.int64).max)
    within = np.minimum(recent.ends[:, None], upper) - np.maximum(recent.begins[:, None], BAND_EDGES)
    days = np.zeros((len(linked.customers), len(BAND_EDGES)))
    days[recent.customer] = np.clip(within, 0, None)
    return Split(BAND_NAMES, lambda _, tenure: np.searchsorted(BAND_EDGES, tenure, side="right") - 1, days)


def split_by_cohort(linked: Linked, recent: Recent) -> Split:
    """Part customers by the year in which they were acquired.

    Parameters
    ----------
    linked : Linked
        Timelines.
    recent : Recent
        The last year.

    Returns
    -------
    Split
        Of the customers at risk in the last year.
    """
    years = (
        linked.customers["acquired_day"].to_numpy().astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    )
    there = np.unique(years[recent.customer])
    kept = there[-MOST_COHORTS:]
    names = [str(year) for year in kept]
    if len(there) > MOST_COHORTS:
        names[0] += " and before"
    group = np.clip(np.searchsorted(kept, years), 0, max(len(kept) - 1, 0))
    days = np.zeros((len(years), len(kept)))
    days[recent.customer, group[recent.customer]] = recent.ends - recent.begins
    return Split(tuple(names), lambda customer, _: group[customer], days)


def read_tickets(loaded: Loaded, linked: Linked) -> pd.DataFrame:
    """Tickets of known customers, opened in the last year.

    Parameters
    ----------
    loaded : Loaded
        ``matched_tickets`` must stand on its engine.
    linked : Linked
        Timelines.

    Returns
    -------
    DataFrame
        Columns customer, tenure (days), hours (until it was closed, or until the end of the cut-off day), closed
        (bool); without those closed before they were opened.
    """
    rows = loaded.engine.frame(
        "select customer, date_diff('day', date '1970-01-01', cast(opened_at as date)) as opened_day,"
        " date_diff('second', opened_at, cast($until as timestamp)) as open_seconds,"
        " date_diff('second', opened_at, closed_at) as seconds"
        " from matched_tickets where customer is not null and opened_at is not null"
        " and cast(opened_at as date) <= $until order by customer, opened_at, ticket_id",
        {"until": loaded.observed_to},
    )
    customer = rows["customer"].to_numpy(dtype=np.int64)
    tenure = rows["opened_day"].to_numpy(dtype=np.int64) - linked.customers["acquired_day"].to_numpy()[customer]
    # the cut-off day itself was observed to its end
    so_far = rows["open_seconds"].to_numpy(dtype=float) + 24 * SECONDS_AN_HOUR
    seconds = rows["seconds"].to_numpy(dtype=float, na_value=np.nan)
    closed = seconds <= so_far
    tickets = pd.DataFrame(
        {
            "customer": customer,
            "tenure": tenure,
            "hours": np.where(closed, seconds, so_far) / SECONDS_AN_HOUR,
            "closed": closed,
        }
    )
    recent = rows["opened_day"].to_numpy() > linked.to_day - RECENT_DAYS
    used = np.asarray(recent & (tenure >= 0) & ~(seconds < 0), dtype=bool)
    return tickets.loc[used].reset_index(drop=True)
