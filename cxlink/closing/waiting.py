"""Low scores that nobody came back to: of which customers, and what these pay."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlink.handoff import Linked
from cxlink.handoff.loop import WaitingCustomer

MOST = 20
"""Customers that are told one by one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Active customers who wait: how many, what they pay a month (None where no charge says), and the largest."""

    customers: int
    monthly: float | None
    by_value: tuple[WaitingCustomer, ...]


def find_waiting(linked: Linked, unanswered: pd.DataFrame) -> Waiting:
    """Find who of the active customers waits for an answer.

    Parameters
    ----------
    linked : Linked
        Who is active, and what they pay.
    unanswered : DataFrame
        Low scores without an answer, with customer, day and raw.

    Returns
    -------
    Waiting
        Each customer once, with the latest of the low scores; the largest monthly price first.
    """
    latest = unanswered.sort_values(["customer", "day"], kind="stable").drop_duplicates("customer", keep="last")
    customers = linked.customers.loc[linked.customers["active"], ["customer", "customer_id", "monthly_price"]]
    there = latest.merge(customers, on="customer", how="inner")
    priced = there.loc[there["monthly_price"].notna()]
    ordered = priced.sort_values(["monthly_price", "customer"], ascending=[False, True], kind="stable")
    shown = ordered.head(MOST)
    columns = (shown[name].tolist() for name in ("customer_id", "day", "raw", "monthly_price"))
    told = tuple(
        WaitingCustomer(str(customer_id), int(day), float(raw), float(price))
        for customer_id, day, raw, price in zip(*columns, strict=True)
    )
    monthly = float(ordered["monthly_price"].sum()) if len(ordered) else None
    return Waiting(len(there), monthly, told)
