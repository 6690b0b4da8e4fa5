"""Recurring charges as arrays, some customers at a time: ten million rows never stand in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.classify import RECURRING, has_periods
from cxlink.link.frames import day_number

Integers = npt.NDArray[np.int64]
SLICE_ROWS = 1 << 19
FEW_CUSTOMERS = (1 << 16) - 1
DAYS = 1 << 23
"""More than twice the days between 1970 and any year of four digits."""


@dataclass(frozen=True, slots=True)
class Charges:
    """Charges of some customers, by customer and day.

    Parameters
    ----------
    customer, day : ndarray
        (n,) ascending, the customer before the day.
    amount, constant : ndarray
        (n,) minor units of the project's currency, at the rate of the day and at one rate; the same array where there
        is one currency only.
    own_days : ndarray
        (n,) days of the charge's own period; 0 where none is given.
    delay_days : ndarray
        (n,) from the charge to the begin of its period.
    """

    customer: Integers
    day: Integers
    amount: Integers
    constant: Integers
    own_days: Integers
    delay_days: Integers


def read_charges(loaded: Loaded, *, slice_rows: int = SLICE_ROWS) -> Iterator[Charges]:
    """Read the recurring charges up to the cut-off, each customer's in one slice.

    Parameters
    ----------
    loaded : Loaded
        ``narrow_revenue`` must stand on its engine.
    slice_rows : int
        About how many rows a slice has.

    Yields
    ------
    Charges
        Slices in the order of their customers.
    """
    engine = loaded.engine
    wanted = f"kind_number = {RECURRING} and charged_day <= {day_number(loaded.observed_to)}"
    size = engine.frame(
        f"select count(*) as n, max(customer) as last from narrow_revenue where customer >= 0 and {wanted}"
    )
    n_rows = int(size["n"].iloc[0])
    if not n_rows:
        return
    n_customers = int(size["last"].iloc[0]) + 1
    width = max(1, n_customers * slice_rows // n_rows)
    foreign = "value_minor" in engine.query_types("select * from narrow_revenue")
    columns = ", ".join(_columns(foreign=foreign, periods=has_periods(loaded)))
    valued = " and value_minor is not null" if foreign else ""
    for first in range(0, n_customers, width):
        rows = engine.frame(
            f"select {columns} from narrow_revenue"
            f" where customer >= {first} and customer < {first + width} and {wanted}{valued}"
        )
        if len(rows):
            yield _sorted(rows)


def _columns(*, foreign: bool, periods: bool) -> list[str]:
    money = ["value_minor as amount", "constant_minor as constant"] if foreign else ["amount_minor as amount"]
    return ["customer", "charged_day", *money, *(["own_days", "delay_days"] if periods else [])]


def _sorted(rows: pd.DataFrame) -> Charges:
    order = _order(rows["customer"].to_numpy(dtype=np.int64), rows["charged_day"].to_numpy(dtype=np.int64))

    def column(name: str) -> Integers:
        return rows[name].to_numpy()[order].astype(np.int64, copy=False)

    amount = column("amount")
    none = np.zeros(len(rows), dtype=np.int64)
    return Charges(
        customer=column("customer"),
        day=column("charged_day"),
        amount=amount,
        constant=column("constant") if "constant" in rows else amount,
        own_days=column("own_days") if "own_days" in rows else none,
        delay_days=column("delay_days") if "delay_days" in rows else none,
    )


def _order(customer: Integers, day: Integers) -> Integers:
    """Order of rows by customer and day; most exports stand in the order of their days already."""
    first = int(customer.min())
    if int(customer.max()) - first <= FEW_CUSTOMERS:
        # so small a type is sorted by counting
        order = np.argsort((customer - first).astype(np.uint16), kind="stable")
        by_customer, by_day = customer[order], day[order]
        if not ((by_customer[1:] == by_customer[:-1]) & (by_day[1:] < by_day[:-1])).any():
            return order
    return np.argsort(customer * DAYS + day, kind="stable")
