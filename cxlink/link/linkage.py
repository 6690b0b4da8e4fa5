"""How much found its customer, by which key, and what is known of the rest."""

from __future__ import annotations

import pandas as pd

from cxlink.engine.interface import Engine
from cxlink.handoff import KeyMatch, Linkage, Loaded, UnmatchedFile, UnmatchedMoney
from cxlink.link.damage import find_repairs
from cxlink.link.identity import MATCHED_TABLES, MATCHING_KEYS, REASONS, count_ambiguous


def build_linkage(loaded: Loaded, sums: pd.DataFrame, currency: str) -> Linkage:
    """Measure how much of each table found its customer.

    Parameters
    ----------
    loaded : Loaded
        ``<table>_ids`` and ``matched_<table>`` must stand on its engine.
    sums : DataFrame
        Of :func:`~cxlink.link.accounts.revenue_sums`.
    currency : str
        The project's.

    Returns
    -------
    Linkage
        Rows and money by key, and what is known of those without a customer; answers and coverage are added later.
    """
    engine = loaded.engine
    tables = [table for table in MATCHED_TABLES if table in loaded.columns]
    keys = tuple(match for table in tables for match in _keys(engine, table, sums))
    matched = sums["matched_by"].isin(MATCHING_KEYS)
    value, all_value = int(sums.loc[matched, "absolute_value"].sum()), int(sums["absolute_value"].sum())
    customers = int(str(engine.scalar("select count(*) from linked_customers")))
    paying = engine.scalar(
        "select count(distinct customer) from (select customer from revenue_ids union all"
        " select customer from revenue_emails) as names"
    )
    return Linkage(
        customers=customers,
        feedback_matched=_share(keys, "feedback"),
        tickets_matched=_share(keys, "tickets"),
        events_matched=_share(keys, "events"),
        revenue_matched=_share(keys, "revenue"),
        revenue_matched_by_amount=value / all_value if all_value else None,
        customers_with_revenue=int(str(paying)) / customers if customers and "revenue" in loaded.columns else None,
        keys=keys,
        unmatched_money=_unmatched_money(sums),
        unmatched_files=tuple(file for table in tables for file in _unmatched_files(engine, table, sums)),
        repairs=find_repairs(engine, currency),
        ambiguous_names=count_ambiguous(engine),
    )


def _share(keys: tuple[KeyMatch, ...], table: str) -> float | None:
    rows = sum(key.rows for key in keys if key.table == table)
    return sum(key.rows for key in keys if key.table == table and key.matched) / rows if rows else None


def _keys(engine: Engine, table: str, sums: pd.DataFrame) -> list[KeyMatch]:
    if table == "revenue":
        rows = {str(key): int(n) for key, n in sums.groupby("matched_by")["n_rows"].sum().items()}
        money = sums.groupby(["matched_by", "currency"])["absolute_units"].sum()
    else:
        found = engine.frame(
            f"select matched_by, cast(sum(n_rows) as bigint) as n from (select matched_by, n_rows from {table}_ids"
            f" union all select matched_by, n_rows from {table}_emails) as names group by matched_by"
        )
        rows = {str(key): int(n) for key, n in zip(found["matched_by"], found["n"], strict=True)}
        nameless = int(str(engine.scalar(f"select count(*) from {table}"))) - sum(rows.values())
        rows["no id"] = rows.get("no id", 0) + nameless
        money = pd.Series(dtype="int64")
    return [
        KeyMatch(table, key, key in MATCHING_KEYS, rows[key], _by_currency(money, key))
        for key in (*MATCHING_KEYS, *REASONS)
        if rows.get(key)
    ]


def _by_currency(money: pd.Series[int], key: str) -> dict[str, int]:
    return {str(code): int(money[name, code]) for name, code in money.index if name == key}


def _unmatched_money(sums: pd.DataFrame) -> tuple[UnmatchedMoney, ...]:
    accepted = sums.groupby("currency")["absolute_units"].sum().to_dict()
    without = sums.loc[~sums["matched_by"].isin(MATCHING_KEYS)]
    return tuple(
        UnmatchedMoney(
            kind=str(kind),
            currency=str(code),
            rows=int(part["n_rows"].sum()),
            minor_units=int(part["minor_units"].sum()),
            share=int(part["absolute_units"].sum()) / accepted[code] if accepted[code] else 0.0,
        )
        for (code, kind), part in without.groupby(["currency", "kind"])
    )


def _unmatched_files(engine: Engine, table: str, sums: pd.DataFrame) -> list[UnmatchedFile]:
    if table == "revenue":
        unmatched = sums["n_rows"].where(~sums["matched_by"].isin(MATCHING_KEYS), 0)
        counts = pd.DataFrame({"file": sums["file"], "n": sums["n_rows"], "unmatched": unmatched})
        rows = counts.groupby("file", as_index=False).sum()
    else:
        rows = engine.frame(
            f"select file, count(*) as n, count(*) - count(customer) as unmatched from matched_{table}"
            " group by file order by file"
        )
    return [
        UnmatchedFile(table, str(file), int(n), int(unmatched))
        for file, n, unmatched in zip(rows["file"], rows["n"], rows["unmatched"], strict=True)
        if unmatched
    ]
