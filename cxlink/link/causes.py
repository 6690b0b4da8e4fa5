"""How many records bear each root cause, and how many customers it reached."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import CauseCount, Loaded
from cxlink.link.cause_shares import NO_LABELS, correct_shares
from cxlink.link.cause_trends import measure_trends
from cxlink.link.labels import WORDS
from cxlink.link.sql import read_sql
from cxlink.link.typical import choose_typical
from cxlink.stats import ClusteredSums, clustered_share

EXAMPLES = 5
METHOD = "Wilson interval, clustered by customer; not corrected for the tagger's own mistakes"
CANDIDATES = 200
"""Records of a cause among which its examples are chosen."""


def count_causes(loaded: Loaded, *, leavers_are_seen: bool = True) -> tuple[CauseCount, ...]:
    """Count the root causes over all comments and tickets of the observed window.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` and the matched tables must stand on its engine.
    leavers_are_seen : bool
        Whether customers are seen to leave; otherwise trends are those among buyers.

    Returns
    -------
    tuple of CauseCount
        Most records first.
    """
    engine = loaded.engine
    window = {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    counts = engine.frame(read_sql("causes"), window)
    examples = engine.frame(read_sql("examples"), {**window, "candidates": CANDIDATES})
    texts = {
        (str(component), str(cause)): _choose(part)
        for (component, cause), part in examples.groupby(["component", "cause"], sort=True)
    }
    shares = _shares(engine.frame(read_sql("comment_sums"), window))
    none = _no_share(loaded)
    rows = counts.to_dict("records")
    causes = [(str(row["component"]), str(row["cause"])) for row in rows]
    corrected = correct_shares(loaded, causes)
    trends = measure_trends(loaded, causes, leavers_are_seen=leavers_are_seen)
    return tuple(
        replace(
            _count(row, shares.get(cause, none), texts.get(cause, [])),
            corrected_share=corrected[cause],
            trend=trends[cause],
        )
        for row, cause in zip(rows, causes, strict=True)
    )


def _count(row: Mapping[Hashable, Any], share: Answer, examples: list[tuple[str, str]]) -> CauseCount:
    return CauseCount(
        component=str(row["component"]),
        cause=str(row["cause"]),
        comments=int(row["n_comments"]),
        tickets=int(row["n_tickets"]),
        customers=int(row["n_customers"]),
        share=share,
        examples=tuple(record for record, _ in examples),
        texts=tuple(text for _, text in examples),
        corrected_share=NO_LABELS,
        trend=NO_LABELS,
    )


def _choose(records: pd.DataFrame) -> list[tuple[str, str]]:
    texts, n_named = records["text"].astype(str).tolist(), records["n_named"].astype(int).tolist()
    ids = records["record_id"].astype(str).tolist()
    return [(ids[place], texts[place]) for place in choose_typical(texts, n_named, n=EXAMPLES)]


def _shares(sums: pd.DataFrame) -> dict[tuple[str, str], Answer]:
    """Share of comments that name each cause that any comment names."""
    columns = ["n_clusters", "hits", "n_rows", "hits_squared", "hits_by_rows", "rows_squared"]
    found: dict[tuple[str, str], Answer] = {}
    for row in sums.to_dict("records"):
        found[str(row["component"]), str(row["cause"])] = share_estimate(
            ClusteredSums(*(int(row[name]) for name in columns)), "share of comments"
        )
    return found


def share_estimate(sums: ClusteredSums, unit: str) -> Estimate:
    """Give a share with its interval.

    Parameters
    ----------
    sums : ClusteredSums
        By customer.
    unit : str
        Of what it is a share.

    Returns
    -------
    Estimate
        At 95%.
    """
    told = clustered_share(sums)
    return Estimate(told.share, told.low, told.high, 0.95, unit, sums.n_clusters, sums.hits, METHOD)


def _no_share(loaded: Loaded) -> Answer:
    """Share of a cause that no comment names."""
    rows = loaded.engine.frame(
        f"select customer, day from ({WORDS}) as words where table_name = 'feedback' and day between ? and ?",
        [loaded.observed_from, loaded.observed_to],
    )
    if rows.empty:
        return NotEstimable("there are no comments", "feedback with a comment column")
    n_customers = int(rows["customer"].nunique()) + int(rows["customer"].isna().sum())
    return share_estimate(ClusteredSums(n_customers, 0, len(rows), 0, 0, len(rows)), "share of comments")
