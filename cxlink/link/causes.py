"""How many records bear each root cause, and how many customers it reached."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import CauseCount, Loaded
from cxlink.link.cause_shares import NO_LABELS, correct_shares
from cxlink.link.cause_trends import measure_trends
from cxlink.link.sql import read_sql

EXAMPLES = 5


def count_causes(loaded: Loaded) -> tuple[CauseCount, ...]:
    """Count the root causes over all comments and tickets of the observed window.

    Parameters
    ----------
    loaded : Loaded
        ``tag_rows`` and the matched tables must stand on its engine.

    Returns
    -------
    tuple of CauseCount
        Most records first.
    """
    engine = loaded.engine
    window = {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    counts = engine.frame(read_sql("causes"), window)
    examples = engine.frame(read_sql("examples"), {**window, "examples": EXAMPLES})
    comments = int(
        str(
            engine.scalar(
                "select count(*) from matched_feedback where comment is not null and trim(comment) <> ''"
                " and cast(responded_at as date) between $observed_from and $observed_to",
                window,
            )
        )
    )
    texts: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in examples.to_dict("records"):
        texts.setdefault((row["component"], row["cause"]), []).append((row["record_id"], row["text"]))
    rows = counts.to_dict("records")
    causes = [(str(row["component"]), str(row["cause"])) for row in rows]
    corrected, trends = correct_shares(loaded, causes), measure_trends(loaded, causes)
    return tuple(
        replace(_count(row, comments, texts.get(cause, [])), corrected_share=corrected[cause], trend=trends[cause])
        for row, cause in zip(rows, causes, strict=True)
    )


def _count(row: Mapping[Hashable, Any], comments: int, examples: list[tuple[str, str]]) -> CauseCount:
    return CauseCount(
        component=str(row["component"]),
        cause=str(row["cause"]),
        comments=int(row["n_comments"]),
        tickets=int(row["n_tickets"]),
        customers=int(row["n_customers"]),
        share=_share(int(row["n_comments_with_text"]), comments),
        examples=tuple(record for record, _ in examples),
        texts=tuple(text for _, text in examples),
        corrected_share=NO_LABELS,
        trend=NO_LABELS,
    )


def _share(named: int, comments: int) -> Answer:
    if comments == 0:
        return NotEstimable("there are no comments", "feedback with a comment column")
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(named, comments, alpha=0.05, method="wilson")
    return Estimate(
        point=named / comments,
        low=float(low),
        high=float(high),
        level=0.95,
        unit="share of comments",
        n=comments,
        events=named,
        method="Wilson interval; not corrected for the tagger's own mistakes",
    )
