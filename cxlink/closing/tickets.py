"""Tickets that are open at the cut-off, by age and component, and of the causes that reach most customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlink.handoff import CauseCount, Loaded
from cxlink.handoff.loop import AGES, OpenCause, OpenTickets

AGE_EDGES = (2, 7, 30)
"""Last days of all ages but the oldest."""

ALL = "all"
MOST_CAUSES = 5


def read_tickets(loaded: Loaded) -> pd.DataFrame:
    """Read when tickets were opened and closed, up to the cut-off.

    Parameters
    ----------
    loaded : Loaded
        ``matched_tickets`` must stand on its engine.

    Returns
    -------
    DataFrame
        Columns ticket_id, customer (-1 unknown), opened_day, closed_day (NaN where it is open at the cut-off).
    """
    closed = "cast(closed_at as date)" if "closed_at" in loaded.columns["tickets"] else "cast(null as date)"
    rows = loaded.engine.frame(
        "select ticket_id, coalesce(customer, -1) as customer,"
        " date_diff('day', date '1970-01-01', cast(opened_at as date)) as opened_day,"
        f" case when {closed} <= $until then date_diff('day', date '1970-01-01', {closed}) end as closed_day"
        " from matched_tickets where cast(opened_at as date) <= $until order by opened_day, ticket_id",
        {"until": loaded.observed_to},
    )
    return rows.assign(closed_day=rows["closed_day"].to_numpy(dtype=float, na_value=np.nan))


def count_open(loaded: Loaded, tickets: pd.DataFrame, to_day: int) -> tuple[OpenTickets, ...]:
    """Count open tickets by component and age.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` must stand on its engine.
    tickets : DataFrame
        As of :func:`read_tickets`.
    to_day : int
        The cut-off.

    Returns
    -------
    tuple of OpenTickets
        All together first, then components, most first.
    """
    waiting = tickets.loc[tickets["closed_day"].isna()]
    age = np.searchsorted(AGE_EDGES, to_day - waiting["opened_day"].to_numpy(), side="left")
    waiting = waiting.assign(age=age)
    tags = loaded.engine.frame(
        "select distinct record_id as ticket_id, component from tag_rows where table_name = 'tickets'"
        " and component is not null order by 1, 2"
    )
    named = waiting.merge(tags, on="ticket_id", how="inner")
    parts = [_count(str(name), rows["age"]) for name, rows in named.groupby("component", sort=True)]
    return (_count(ALL, waiting["age"]), *sorted(parts, key=lambda one: (-one.total, one.component)))


def count_causes(
    loaded: Loaded, tickets: pd.DataFrame, causes: Sequence[CauseCount], from_day: int
) -> tuple[OpenCause, ...]:
    """Count the open tickets of the causes that reach most customers.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` must stand on its engine.
    tickets : DataFrame
        As of :func:`read_tickets`.
    causes : sequence of CauseCount
        Of the run.
    from_day : int
        First day of the window.

    Returns
    -------
    tuple of OpenCause
        At most five, those that reach most customers first.
    """
    top = sorted(causes, key=lambda one: (-one.customers, one.component, one.cause))[:MOST_CAUSES]
    tags = loaded.engine.frame(
        "select distinct record_id as ticket_id, component, cause from tag_rows where table_name = 'tickets'"
        " and cause is not null order by 1, 2, 3"
    )
    rows = tickets.loc[tickets["opened_day"] >= from_day].merge(tags, on="ticket_id")
    found = []
    for one in top:
        of_it = rows.loc[(rows["component"] == one.component) & (rows["cause"] == one.cause)]
        still = int(of_it["closed_day"].isna().sum())
        found.append(OpenCause(one.component, one.cause, one.customers, len(of_it), still))
    return tuple(found)


def _count(name: str, age: pd.Series[int]) -> OpenTickets:
    counts = np.bincount(age.to_numpy(dtype=np.int64), minlength=len(AGES))
    return OpenTickets(name, tuple(int(count) for count in counts))
