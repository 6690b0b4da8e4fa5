"""What each customer's recurring charges say: the price by month, how it moved, and when it may move next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded, Message
from cxlink.link.changes import LEAST_REGULAR_DAYS, find_pairs, incident_keys, reduce_pairs
from cxlink.link.charges import Charges, Integers, read_charges
from cxlink.link.frames import day_number
from cxlink.link.months import MonthlyPrices, MonthParts, add_up_months, take_apart
from cxlink.link.movements import MovementCounter
from cxlink.link.spans import Spans, measure_spans
from cxlink.parallel import in_order

LEFT_OUT_CONCERN = 0.1


@dataclass(frozen=True, slots=True)
class Prices:
    """What the recurring charges say.

    Parameters
    ----------
    monthly_price : ndarray
        (n_customers,) at the cut-off, in minor units of the project's currency; NaN where neither this month nor the
        one before has a charge.
    covered_months : ndarray
        (n_customers,) months that the last charge covers: when the price can change next; NaN where there is none.
    changes : DataFrame
        ``Linked.price_changes``.
    movements : DataFrame
        ``Linked.movements``.
    later_units : int
        What charges of the observed window bear for months after it.
    messages : tuple of Message
        Where many charges follow on no other.
    by_month : DataFrame or None
        Columns customer, month, price in minor units at constant rates, of the window; where it is asked for.
    followed : DataFrame or None
        The same of the customers who are followed.
    """

    monthly_price: np.ndarray
    covered_months: np.ndarray
    changes: pd.DataFrame
    movements: pd.DataFrame
    later_units: int
    messages: tuple[Message, ...]
    by_month: pd.DataFrame | None = None
    followed: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    first_day: int
    first_month: int
    last_month: int
    incidents: Integers


@dataclass(frozen=True, slots=True)
class _Slice:
    """What the charges of some customers say; ``priced`` and ``covered`` hold customers and values."""

    monthly: MonthlyPrices
    priced: tuple[Integers, Integers]
    covered: tuple[Integers, Integers]
    changes: pd.DataFrame
    n_pairs: int
    n_left_out: int
    later_units: int


def build_prices(
    loaded: Loaded,
    incidents: pd.DataFrame,
    n_customers: int,
    *,
    keep_months: bool = False,
    followed: np.ndarray | None = None,
) -> Prices:
    """Spread recurring charges over the months they cover, and compare them.

    Parameters
    ----------
    loaded : Loaded
        ``narrow_revenue`` must stand on its engine.
    incidents : DataFrame
        As :class:`cxlink.handoff.Linked` describes.
    n_customers : int
        How many customers there are.
    keep_months : bool, default False
        Whether to hand on each customer's price by month.
    followed : ndarray, optional
        (n_customers,) bool: whose prices by month are handed on in any case.

    Returns
    -------
    Prices
        Of all customers.
    """
    first, last = loaded.observed_from, loaded.observed_to
    window = _Window(
        day_number(first),
        first.year * 12 + first.month - 1,
        last.year * 12 + last.month - 1,
        incident_keys(incidents),
    )
    price, covered = np.full(n_customers, np.nan), np.full(n_customers, np.nan)
    movements = MovementCounter(window.first_month, window.last_month)
    changes, n_pairs, n_left_out, later_units = [_no_changes()], 0, 0, 0
    by_month, of_followed = [_months_of(None, window)], [_months_of(None, window)]
    for part in in_order(lambda charges: _read_slice(charges, window), read_charges(loaded), loaded.engine.threads):
        price[part.priced[0]] = part.priced[1]
        covered[part.covered[0]] = part.covered[1]
        movements.add(part.monthly)
        if keep_months:
            by_month.append(_months_of(part.monthly, window))
        if followed is not None:
            of_followed.append(_months_of(part.monthly, window, followed))
        changes.append(part.changes)
        n_pairs, n_left_out = n_pairs + part.n_pairs, n_left_out + part.n_left_out
        later_units += part.later_units
    return Prices(
        price,
        covered,
        _put_together(changes),
        movements.frame(),
        later_units,
        _left_out_message(n_left_out, n_pairs),
        pd.concat(by_month, ignore_index=True) if keep_months else None,
        None if followed is None else pd.concat(of_followed, ignore_index=True),
    )


def _months_of(monthly: MonthlyPrices | None, window: _Window, whose: np.ndarray | None = None) -> pd.DataFrame:
    if monthly is None:
        return pd.DataFrame({name: np.zeros(0, dtype=np.int64) for name in ("customer", "month", "price")})
    kept = (monthly.month >= window.first_month) & (monthly.month <= window.last_month)
    if whose is not None:
        kept &= whose[monthly.customer]
    columns = {"customer": monthly.customer, "month": monthly.month, "price": monthly.constant}
    return pd.DataFrame({name: values[kept] for name, values in columns.items()})


_COLUMNS = {
    "customer": np.int32,
    "before_day": np.int32,
    "after_day": np.int32,
    "n_changes": np.int32,
    "log_change": float,
}


def _no_changes() -> pd.DataFrame:
    return pd.DataFrame({name: np.zeros(0, dtype=kind) for name, kind in _COLUMNS.items()})


def _put_together(slices: list[pd.DataFrame]) -> pd.DataFrame:
    """Column by column, each let go of where it was: all slices and their whole would not stand in memory together."""
    columns = {name: np.concatenate([part.pop(name).to_numpy() for part in slices]) for name in _COLUMNS}
    return pd.DataFrame(columns, copy=False)


def _read_slice(charges: Charges, window: _Window) -> _Slice:
    spans = measure_spans(charges)
    # one after the other, each letting go of its arrays
    changes, n_pairs, n_left_out = _compare(charges, spans, window)
    covered = _latest_coverage(charges, spans)
    parts = take_apart(charges, spans)
    monthly, later_units = add_up_months(charges, parts), _later_units(charges, parts, window)
    priced = _latest_price(monthly, window.last_month)
    return _Slice(monthly, priced, covered, changes, n_pairs, n_left_out, later_units)


def _compare(charges: Charges, spans: Spans, window: _Window) -> tuple[pd.DataFrame, int, int]:
    pairs = find_pairs(charges, spans, window.first_day)
    return reduce_pairs(pairs, window.incidents), pairs.n_all, pairs.n_all - len(pairs.after)


def _latest_price(monthly: MonthlyPrices, last_month: int) -> tuple[Integers, Integers]:
    """Of two months the later one, which an assignment in this order leaves."""
    used = (monthly.month >= last_month - 1) & (monthly.month <= last_month) & (monthly.price > 0)
    return monthly.customer[used], monthly.price[used]


def _latest_coverage(charges: Charges, spans: Spans) -> tuple[Integers, Integers]:
    """Of the latest day, the longest charge; parts of a month do not count."""
    used = np.flatnonzero(spans.covered_days >= LEAST_REGULAR_DAYS)
    customer, day, months = charges.customer[used], charges.day[used], spans.covered_months[used]
    starts = np.flatnonzero(np.diff(customer, prepend=-1))
    if not len(starts):
        return customer, months
    last = np.append(starts[1:], len(used)) - 1
    is_last_day = day == np.repeat(day[last], np.diff(starts, append=len(used)))
    return customer[last], np.maximum.reduceat(np.where(is_last_day, months, 0), starts)


def _later_units(charges: Charges, parts: MonthParts, window: _Window) -> int:
    later = np.flatnonzero(parts.month > window.last_month)
    return int(parts.price[later[charges.day[parts.charge[later]] >= window.first_day]].sum())


def _left_out_message(left_out: int, pairs: int) -> tuple[Message, ...]:
    if left_out <= LEFT_OUT_CONCERN * pairs:
        return ()
    return (
        Message(
            "CX215",
            "warning",
            "link",
            f"{left_out / pairs:.0%} of charges follow on no earlier one; they do not tell of price changes.",
            "Export period_start and period_end with each charge.",
        ),
    )
