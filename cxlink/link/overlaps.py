"""Charges that stand in two files: overlapping exports, found before they count twice."""

from __future__ import annotations

import pandas as pd

from cxlink.handoff import Loaded, Message, Overlap
from cxlink.link.accounts import show_money
from cxlink.link.sql import read_sql

LEAST_SHARE = 0.5
"""Of the smaller file's rows on the days that both cover; equal charges of two products stay far below."""
LEAST_ROWS = 3
"""Or all of the smaller file's."""


def find_overlaps(loaded: Loaded, sums: pd.DataFrame, currency: str) -> tuple[Overlap, ...]:
    """Find pairs of files of one source that repeat each other's charges.

    Charges are equal that have the same customer (id or email), day, amount, currency, kind and period. Rows with an
    invoice_id are left out: where it repeats, the row is held back. Only files that share days are compared.

    Parameters
    ----------
    loaded : Loaded
        ``revenue`` must stand on its engine; the ledger tells which files are of one source.
    sums : DataFrame
        Of :func:`~cxlink.link.accounts.revenue_sums`.
    currency : str
        Of rows that bear none.

    Returns
    -------
    tuple of Overlap
        By file.
    """
    days = _shared_days(loaded, sums)
    if days.empty:
        return ()
    engine = loaded.engine
    engine.create_table("shared_days", {"file": "varchar", "first_on": "date", "last_on": "date"})
    engine.append("shared_days", days)
    rows = engine.frame(read_sql("repeated"), {"currency": currency})
    counts = engine.frame(
        "select revenue.file, charged_on, count(*) as n from revenue join shared_days"
        " on shared_days.file = revenue.file and charged_on >= first_on and charged_on <= last_on"
        " where invoice_id is null group by 1, 2"
    )
    engine.execute("drop table shared_days")
    source_of = {entry.file: entry.source for entry in loaded.ledger}
    found = []
    for (file, other), pair in rows.groupby(["file", "other"]):
        repeated, smaller = int(pair["n_repeated"].sum()), _smaller(counts, str(file), str(other))
        same_source = source_of.get(str(file)) == source_of.get(str(other))
        least = min(LEAST_ROWS, smaller)
        if same_source and repeated >= least and repeated >= LEAST_SHARE * smaller:
            money = {str(code): int(units) for code, units in zip(pair["currency"], pair["units"], strict=True)}
            found.append(Overlap(str(file), str(other), repeated, repeated / smaller, money))
    return tuple(found)


def overlap_messages(overlaps: tuple[Overlap, ...]) -> tuple[Message, ...]:
    """Warn of files that repeat each other.

    Parameters
    ----------
    overlaps : tuple of Overlap
        Pairs of files.

    Returns
    -------
    tuple of Message
        One a pair.
    """
    return tuple(
        Message(
            "CX235",
            "warning",
            "link",
            f"{overlap.rows:,} charges stand in both {overlap.file} and {overlap.other} ({overlap.share:.0%} of the"
            f" smaller one's on the days that both cover) and count twice: {_money(overlap)}.",
            "Export periods that do not overlap, or map invoice_id, so that a repeated row is held back.",
        )
        for overlap in overlaps
    )


def _money(overlap: Overlap) -> str:
    return ", ".join(show_money(units, code) for code, units in sorted(overlap.minor_units.items())) or "no money"


def _shared_days(loaded: Loaded, sums: pd.DataFrame) -> pd.DataFrame:
    """Days of each file that at least one other covers too."""
    empty = pd.DataFrame({"file": [], "first_on": [], "last_on": []})
    given = "invoice_id" in loaded.columns.get("revenue", ())
    if given and not loaded.engine.scalar("select count(*) from revenue where invoice_id is null"):
        return empty
    days = sums.groupby("file").agg(first=("first_on", "min"), last=("last_on", "max"))
    shared = []
    for file in days.index:
        others = days.drop(index=file)
        first, last = (
            others["first"].clip(lower=days.loc[file, "first"]),
            others["last"].clip(upper=days.loc[file, "last"]),
        )
        common = first <= last
        if common.any():
            shared.append((file, first[common].min(), last[common].max()))
    return pd.DataFrame(shared, columns=["file", "first_on", "last_on"]) if shared else empty


def _smaller(counts: pd.DataFrame, file: str, other: str) -> int:
    """Rows of the smaller file on the days that both cover."""
    one, two = counts.loc[counts["file"] == file], counts.loc[counts["file"] == other]
    first = max(one["charged_on"].min(), two["charged_on"].min())
    last = min(one["charged_on"].max(), two["charged_on"].max())
    return min(int(part.loc[part["charged_on"].between(first, last), "n"].sum()) for part in (one, two))
