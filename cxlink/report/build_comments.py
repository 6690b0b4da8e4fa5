"""Tagged comments for the workbook: the newest first, redacted, for the internal audience alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from cxlink.engine.interface import Engine
from cxlink.handoff import RunResult
from cxlink.report.redact import redact_text
from cxlink.report.sheet_rows import CommentLine, CommentTable
from cxlink.report.shown_text import Sink, render_text

if TYPE_CHECKING:
    import pandas as pd

MOST_COMMENTS = 20_000
CHARACTERS = 1_000
"""Of a comment; longer ones end in an ellipsis."""

_TAG = ("record_id", "table", "component", "cause", "source")

_ROWS = """
with named as (
    select distinct record_id, table_name, component, coalesce(cause, '') as cause from tag_rows
    where component is not null
), said as (
    {parts}
)
select cast(cast(said.happened as date) as varchar) as day, named.record_id, named.table_name, component, cause,
    score, words
from named join said on said.record_id = named.record_id and said.table_name = named.table_name
where trim(words) <> '' and cast(said.happened as date) between $observed_from and $observed_to
order by cast(said.happened as date) desc, named.record_id, component, cause
"""


def build_comments(result: RunResult) -> CommentTable | None:
    """List what customers wrote, with what the tagger made of it.

    Parameters
    ----------
    result : RunResult
        Its engine must be open.

    Returns
    -------
    CommentTable or None
        None for the public, where no verbatims are wanted, or where nothing is tagged.
    """
    if result.audience != "internal" or not result.verbatims or not len(result.tagged.tags):
        return None
    engine, columns, kpi = result.loaded.engine, result.loaded.columns, result.impact.kpi
    if not _has(engine, "tag_rows"):
        return None
    parts = _parts(columns.get("feedback", ()), columns.get("tickets", ()), kpi)
    if not parts:
        return None
    sql = _ROWS.format(parts=" union all ".join(parts))
    days = {"observed_from": result.loaded.observed_from, "observed_to": result.loaded.observed_to}
    of = int(str(engine.scalar(f"select count(*) from ({sql})", days)))
    rows = engine.frame(f"{sql} limit {MOST_COMMENTS}", days)
    shown: dict[str, str] = {}
    lines = []
    scores = rows["score"].to_numpy(dtype=float, na_value=np.nan)
    given = ("day", "record_id", "table_name", "component", "cause", "words")
    sources = _sources(result.tagged.tags, set(rows["record_id"].astype(str)))
    for score, *texts in zip(scores, *(rows[name].astype(str) for name in given), strict=True):
        day, record_id, table, component, cause, words = texts
        source = sources.get((record_id, table, component, cause), "")
        if words not in shown:
            shown[words] = render_text(redact_text(words), Sink.PLAIN, limit=CHARACTERS)
        known = None if np.isnan(score) else float(score)
        lines.append(CommentLine(day, record_id, table, component, cause, source, known, shown[words]))
    return CommentTable(kpi.upper(), tuple(lines), of) if lines else None


def _sources(tags: pd.DataFrame, wanted: set[str]) -> dict[tuple[str, ...], str]:
    """Whether a tag was given in the export or found in the words."""
    rows = tags.loc[tags["record_id"].astype(str).isin(wanted)]
    names = (rows[name].astype(object).where(rows[name].notna(), "").astype(str) for name in _TAG)
    return {
        (record, table, component, cause): source
        for record, table, component, cause, source in zip(*names, strict=True)
    }


def _parts(feedback: Collection[str], tickets: Collection[str], kpi: str) -> list[str]:
    """Words of feedback and of tickets, as far as the exports have them."""
    of_feedback, of_tickets = set(feedback), set(tickets)
    parts = []
    if "comment" in of_feedback:
        score = f"cast({kpi} as double)" if kpi in of_feedback else "cast(null as double)"
        parts.append(
            f"select response_id as record_id, 'feedback' as table_name, responded_at as happened, {score} as score,"
            " coalesce(comment, '') as words from matched_feedback"
        )
    words = " || ' ' || ".join(f"coalesce({name}, '')" for name in ("subject", "body") if name in of_tickets)
    if words:
        parts.append(
            "select ticket_id as record_id, 'tickets' as table_name, opened_at as happened,"
            f" cast(null as double) as score, {words} as words from matched_tickets"
        )
    return parts


def _has(engine: Engine, table: str) -> bool:
    found = engine.scalar("select count(*) from information_schema.tables where table_name = $name", {"name": table})
    return bool(found)
