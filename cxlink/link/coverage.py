"""Which days each source covers, and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from cxlink.handoff import Loaded, Message, SourceCoverage
from cxlink.link.frames import month_text

DAY_COLUMNS = {
    "revenue": "charged_on",
    "feedback": "responded_at",
    "invitations": "invited_at",
    "tickets": "opened_at",
    "events": "occurred_at",
    "fx": "date",
}
STALE_DAYS = 31
REGULAR_SHARE = 0.75
MOST_NAMED = 3


def build_coverage(loaded: Loaded, sums: pd.DataFrame) -> tuple[SourceCoverage, ...]:
    """Say which days each source covers.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables; the ledger tells which file is of which source.
    sums : DataFrame
        Of :func:`~cxlink.link.accounts.revenue_sums`.

    Returns
    -------
    tuple of SourceCoverage
        Only sources that are a record of time and have a row.
    """
    source_of = {entry.file: entry.source for entry in loaded.ledger}
    parts: dict[str, pd.DataFrame] = {}
    for table in DAY_COLUMNS:
        if table in loaded.columns:
            rows = _months(loaded, table, sums)
            named = rows.assign(source=[_source(source_of, table, file) for file in rows["file"]])
            parts |= {str(source): part for source, part in named.groupby("source") if len(part)}
    lasts = {source: part["last_on"].max().date() for source, part in parts.items()}
    freshest = max(lasts.values(), default=date.min)
    return tuple(
        SourceCoverage(
            source=source,
            rows=int(part["n_rows"].sum()),
            first=part["first_on"].min().date(),
            last=lasts[source],
            days_behind=(freshest - lasts[source]).days,
            days_before_cut_off=(loaded.observed_to - lasts[source]).days,
            months_without=tuple(_gaps(set(part["month"].astype(int)))),
        )
        for source, part in parts.items()
    )


def coverage_messages(coverage: tuple[SourceCoverage, ...]) -> tuple[Message, ...]:
    """Warn of sources that end early and of months that a regular source misses.

    Parameters
    ----------
    coverage : tuple of SourceCoverage
        Days of each source.

    Returns
    -------
    tuple of Message
        Empty where all sources go on to the same days.
    """
    stale = [f"{one.source} ({one.days_behind} days)" for one in coverage if one.days_behind > STALE_DAYS]
    found = []
    if stale:
        found.append(
            Message(
                "CX238",
                "warning",
                "link",
                f"sources that end long before the freshest one: {', '.join(stale)}.",
                "Export all sources up to the same day.",
            )
        )
    for one in coverage:
        span = (one.last.year - one.first.year) * 12 + one.last.month - one.first.month + 1
        missing = one.months_without
        if missing and span - len(missing) >= REGULAR_SHARE * span:
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            found.append(
                Message(
                    "CX239",
                    "warning",
                    "link",
                    f"{one.source} has no row in {', '.join(missing[:MOST_NAMED])}{more}, in the middle of its days.",
                    "Look for a file that is missing from the export.",
                )
            )
    return tuple(found)


def _source(source_of: dict[str, str], table: str, file: object) -> str:
    label = source_of.get(str(file), table)
    return label if label.split("-")[0].split("/")[0] == table else table


def _months(loaded: Loaded, table: str, sums: pd.DataFrame) -> pd.DataFrame:
    if table == "revenue":
        grouped = sums.groupby(["file", "month"], as_index=False)
        return grouped.agg(n_rows=("n_rows", "sum"), first_on=("first_on", "min"), last_on=("last_on", "max"))
    day = f"cast({DAY_COLUMNS[table]} as date)"
    return loaded.engine.frame(
        f"select file, extract(year from {day}) * 12 + extract(month from {day}) - 1 as month, count(*) as n_rows,"
        f" min({day}) as first_on, max({day}) as last_on from {table} where {day} is not null"
        " group by 1, 2 order by 1, 2"
    )


def _gaps(months: set[int]) -> Iterator[str]:
    return (month_text(month) for month in range(min(months), max(months)) if month not in months)
