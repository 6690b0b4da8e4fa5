"""Rows and money of the canonical tables by month, and how far each table reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from cxlink.handoff import Loaded, TableMonth

DATED: Mapping[str, tuple[str, str]] = {
    "customers": ("customers", "acquired_on"),
    "ended": ("customers", "ended_on"),
    "events": ("events", "occurred_at"),
    "feedback": ("feedback", "responded_at"),
    "invitations": ("invitations", "invited_at"),
    "revenue": ("revenue", "charged_on"),
    "tickets": ("tickets", "opened_at"),
}
"""What is counted, its table, and the day that it is counted by."""
MONEY: Mapping[str, str] = {
    "revenue": "coalesce(amount_minor, 0)",
    "tickets": "coalesce(cost_minor, 0) + coalesce(credit_minor, 0)",
}
"""Money of a row in minor units; a ticket's is in the project's currency."""


def count_months(loaded: Loaded, currency: str) -> tuple[TableMonth, ...]:
    """Count rows and money of each table by month.

    Parameters
    ----------
    loaded : Loaded
        Canonical tables on the engine.
    currency : str
        Of rows that name none.

    Returns
    -------
    tuple of TableMonth
        By table and month; a table without rows is absent.
    """
    found: list[TableMonth] = []
    for name, (table, day) in DATED.items():
        money = MONEY.get(name, "0")
        code = "coalesce(currency, $currency)" if name == "revenue" else "$currency"
        rows = loaded.engine.frame(
            f"select strftime({day}, '%Y-%m') as month, {code} as currency, count(*) as n,"
            f" cast(sum(cast({money} as hugeint)) as varchar) as money"
            f" from {table} where {day} is not null group by 1, 2 order by 1, 2",
            {"currency": currency},
        )
        found += [_month(name, str(month), part) for month, part in rows.groupby("month", sort=True)]
    return tuple(found)


def _month(name: str, month: str, part: pd.DataFrame) -> TableMonth:
    money = {str(code): int(total) for code, total in zip(part["currency"], part["money"], strict=True)}
    return TableMonth(name, month, int(part["n"].sum()), money if name in MONEY else {})


def last_days(loaded: Loaded) -> dict[str, date]:
    """Tell the last day with data of each table.

    Parameters
    ----------
    loaded : Loaded
        Canonical tables on the engine.

    Returns
    -------
    dict of str to date
        Tables without a dated row are absent.
    """
    found = {}
    for name, (table, day) in DATED.items():
        if name == table:  # days on which customers end may lie ahead
            last = loaded.engine.scalar(f"select strftime(max({day}), '%Y-%m-%d') from {table}")
            if last is not None:
                found[name] = date.fromisoformat(str(last))
    return found
