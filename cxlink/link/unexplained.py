"""What the causes do not explain: low scores, tickets and leavers that nothing is known to stand behind."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Linked, Loaded, Unexplained
from cxlink.link.causes import share_estimate
from cxlink.stats import ClusteredSums

DETRACTOR = 6
What = Literal["low scores", "tickets", "leavers"]
_SPAN = 10_000_000


def measure_unexplained(loaded: Loaded, linked: Linked, *, exposure_days: int) -> tuple[Unexplained, ...]:
    """Measure what nothing is known to stand behind.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` and the matched tables must stand on its engine.
    linked : Linked
        Timelines.
    exposure_days : int
        How long before an answer or an end an incident counts.

    Returns
    -------
    tuple of Unexplained
        Low scores (detractors; for CSAT, scores below the middle of the scale seen) whose comment names no cause and
        whose customer met no incident; tickets that name no component; customers who left of their own will and met
        no incident.
    """
    return (
        _low_scores(loaded, linked, exposure_days),
        _tickets(loaded),
        _leavers(linked, exposure_days),
    )


def _low_scores(loaded: Loaded, linked: Linked, exposure_days: int) -> Unexplained:
    rows = loaded.engine.frame(
        "select f.customer, f.nps, f.csat, cast(f.responded_at as date) as day,"
        " f.response_id in (select record_id from tag_rows where table_name = 'feedback' and is_complaint) as named"
        " from matched_feedback as f where cast(f.responded_at as date) between ? and ?"
        " order by f.responded_at, f.response_id",
        [loaded.observed_from, loaded.observed_to],
    )
    kpi = "nps" if rows["nps"].notna().any() else "csat"
    score = rows[kpi].to_numpy(dtype=float, na_value=np.nan)
    if np.isnan(score).all():
        missing = NotEstimable("there are no scores", "feedback with nps or csat")
        return Unexplained("low scores", 0, 0, missing)
    limit = DETRACTOR + 0.5 if kpi == "nps" else (np.nanmin(score) + np.nanmax(score)) / 2
    low = rows.loc[score < limit]
    customer = low["customer"].fillna(-1).to_numpy(dtype=np.int64)
    day = pd.to_datetime(low["day"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    met = _met(linked, customer, day, exposure_days)
    bare = ~low["named"].to_numpy(dtype=bool) & ~met
    return _told("low scores", bare, customer, "share of low scores", "answers with a low score")


def _tickets(loaded: Loaded) -> Unexplained:
    rows = loaded.engine.frame(
        "select customer, ticket_id not in (select record_id from tag_rows where table_name = 'tickets') as bare"
        " from matched_tickets where cast(opened_at as date) between ? and ? order by opened_at, ticket_id",
        [loaded.observed_from, loaded.observed_to],
    )
    customer = rows["customer"].fillna(-1).to_numpy(dtype=np.int64)
    return _told("tickets", rows["bare"].to_numpy(dtype=bool), customer, "share of tickets", "tickets")


def _leavers(linked: Linked, exposure_days: int) -> Unexplained:
    if linked.churn_refusal is not None:
        return Unexplained("leavers", 0, 0, linked.churn_refusal)
    left = linked.customers.loc[(linked.customers["event"] == 1) & linked.customers["at_risk"]]
    customer = left["customer"].to_numpy(dtype=np.int64)
    day = (left["acquired_day"] + left["stop"] - 1).to_numpy(dtype=np.int64)
    bare = ~_met(linked, customer, day, exposure_days)
    return _told("leavers", bare, customer, "share of leavers", "customers who left of their own will")


def _met(linked: Linked, customer: np.ndarray, day: np.ndarray, exposure_days: int) -> np.ndarray:
    """Whether each customer met any incident on the days before."""
    rows = linked.incidents
    keys = np.sort(rows["customer"].to_numpy(dtype=np.int64) * _SPAN + rows["incident_day"].to_numpy(dtype=np.int64))
    # on the very day too: an answer about the morning's incident has it as its reason
    upper = np.searchsorted(keys, customer * _SPAN + day, side="right")
    lower = np.searchsorted(keys, customer * _SPAN + day - exposure_days, side="left")
    met: np.ndarray = (upper > lower) & (customer >= 0)
    return met


def _told(what: What, bare: np.ndarray, customer: np.ndarray, unit: str, needs: str) -> Unexplained:
    if not len(bare):
        none: Answer = NotEstimable(f"there are no {needs}", needs)
        return Unexplained(what, 0, 0, none)
    alone = np.where(customer >= 0, customer, -1 - np.arange(len(customer)))
    _, place = np.unique(alone, return_inverse=True)
    sizes = np.bincount(place)
    hits = np.bincount(place, weights=bare).astype(np.int64)
    sums = ClusteredSums(
        len(sizes),
        int(hits.sum()),
        len(bare),
        int((hits * hits).sum()),
        int((hits * sizes).sum()),
        int((sizes * sizes).sum()),
    )
    return Unexplained(what, int(bare.sum()), len(bare), share_estimate(sums, unit))
