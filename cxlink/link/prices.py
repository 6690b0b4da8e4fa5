"""Recurring prices by month, their movements, and where every cent of revenue went."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded, Message
from cxlink.link.frames import EPOCH, day_numbers, month_text
from cxlink.link.sql import bind, read_sql, statements

MAX_MONTHS_A_CHARGE = 240
FOLLOWS_WITHIN_DAYS = 10
LEAST_REGULAR_DAYS = 25
REGULAR_LOG_RATIO = 0.223
"""Log of 1.25."""
LEFT_OUT_CONCERN = 0.1


def build_prices(loaded: Loaded, *, currency: str, subscription: bool) -> None:
    """Spread recurring charges over the months they cover, on the engine.

    Leaves ``classified_revenue``, ``recurring_charges``, ``charged_prices``, ``month_parts`` and ``monthly_prices``.

    Parameters
    ----------
    loaded : Loaded
        ``matched_revenue`` must stand on its engine.
    currency : str
        The project's; charges in others are left out.
    subscription : bool
        Whether positive amounts without a kind are recurring.
    """
    engine = loaded.engine
    engine.create_table("numbers", {"number": "bigint"})
    engine.append("numbers", pd.DataFrame({"number": np.arange(MAX_MONTHS_A_CHARGE, dtype=np.int64)}))
    values = {"subscription": subscription, "currency": currency, "observed_to": loaded.observed_to}
    for statement in statements("charges"):
        engine.execute(statement, bind(statement, values))


def latest_prices(loaded: Loaded, n_customers: int, divisor: int) -> np.ndarray:
    """Monthly recurring price of each customer at the cut-off.

    Parameters
    ----------
    loaded : Loaded
        ``monthly_prices`` must stand on its engine.
    n_customers : int
        How many customers there are.
    divisor : int
        Minor units in one unit of the currency.

    Returns
    -------
    ndarray
        (n_customers,) in the project's currency; NaN where neither this month nor the one before has a charge.
    """
    cut = loaded.observed_to.year * 12 + loaded.observed_to.month - 1
    rows = loaded.engine.frame(
        "select customer, month, cast(price_minor as bigint) as price_minor from monthly_prices"
        " where month in ($month, $month - 1) and price_minor > 0 order by customer, month",
        {"month": cut},
    )
    prices = np.full(n_customers, np.nan)
    prices[rows["customer"].to_numpy(dtype=np.int64)] = rows["price_minor"].to_numpy() / divisor
    return prices


def latest_coverage(loaded: Loaded, n_customers: int) -> np.ndarray:
    """Months that each customer's last recurring charge covers: when the price can change next.

    Parameters
    ----------
    loaded : Loaded
        ``charged_prices`` must stand on its engine.
    n_customers : int
        How many customers there are.

    Returns
    -------
    ndarray
        (n_customers,) whole months as float; NaN where there is no charge.
    """
    rows = loaded.engine.frame(
        "select customer, covered_months from charged_prices where covered_days >= 25 order by customer, charged_on"
    )
    months = np.full(n_customers, np.nan)
    months[rows["customer"].to_numpy(dtype=np.int64)] = rows["covered_months"].to_numpy(dtype=float)
    return months


def build_price_changes(loaded: Loaded) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Log ratio of each customer's consecutive monthly prices.

    Two charges are compared only where the later one follows on the earlier one: within ten days of the end of its
    period or, where periods are not exported, after a gap as long as the one before. Else they may be two contracts
    side by side, whose alternation is no change of price.

    Parameters
    ----------
    loaded : Loaded
        ``charged_prices`` must stand on its engine.

    Returns
    -------
    changes : DataFrame
        Columns customer, before_day, after_day, log_change; only pairs with both prices above zero, the later one
        inside the observed window.
    messages : tuple of Message
        Where many charges follow on no other.
    """
    rows = loaded.engine.frame(
        "select customer, charged_on, price, covered_days, lasts_days, period_known from charged_prices"
        " order by customer, charged_on"
    )
    customer = rows["customer"].to_numpy(dtype=np.int64)
    day = day_numbers(rows["charged_on"]).to_numpy(dtype=np.int64)
    price = rows["price"].to_numpy(dtype=float)
    before, after = slice(None, -1), slice(1, None)
    first_day = (loaded.observed_from - EPOCH).days
    pair = (customer[before] == customer[after]) & (price[before] > 0) & (price[after] > 0) & (day[after] >= first_day)
    follows = _follows_on(rows, day[after] - day[before])
    kept = pair & follows
    changes = pd.DataFrame(
        {
            "customer": customer[after][kept],
            "before_day": day[before][kept],
            "after_day": day[after][kept],
            "log_change": np.log(price[after][kept] / price[before][kept]),
        }
    )
    return changes, _left_out_message(int((pair & ~follows).sum()), int(pair.sum()))


def _follows_on(rows: pd.DataFrame, gap: np.ndarray) -> np.ndarray:
    known = rows["period_known"].to_numpy(dtype=bool)
    lasts = rows["lasts_days"].to_numpy(dtype=float)
    covered = rows["covered_days"].to_numpy(dtype=float)
    in_time = np.abs(gap - lasts[:-1]) <= FOLLOWS_WITHIN_DAYS
    regular = (gap >= LEAST_REGULAR_DAYS) & (covered[1:] >= LEAST_REGULAR_DAYS)
    regular &= np.abs(np.log(np.maximum(covered[1:], 1) / np.maximum(gap, 1))) <= REGULAR_LOG_RATIO
    follows: np.ndarray = np.where(known[:-1], in_time, regular)
    return follows


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


def build_movements(loaded: Loaded) -> pd.DataFrame:
    """Monthly recurring revenue and its movements.

    Parameters
    ----------
    loaded : Loaded
        ``monthly_prices`` must stand on its engine.

    Returns
    -------
    DataFrame
        Columns month, opening, new, expansion, contraction, churn, reactivation, correction, closing, in minor units;
        ``opening`` plus the movements is ``closing``, and the next month's opening.
    """
    engine = loaded.engine
    first = loaded.observed_from.year * 12 + loaded.observed_from.month - 1
    last = loaded.observed_to.year * 12 + loaded.observed_to.month - 1
    engine.create_table("months", {"month": "bigint"})
    engine.append("months", pd.DataFrame({"month": np.arange(first, last + 1, dtype=np.int64)}))
    frame = engine.frame(read_sql("movements"))
    return frame.assign(month=[month_text(int(month)) for month in frame["month"]])


def reconcile(loaded: Loaded, *, currency: str) -> tuple[tuple[str, int], ...]:
    """Say where every accepted minor unit of revenue went.

    Parameters
    ----------
    loaded : Loaded
        ``classified_revenue`` and ``month_parts`` must stand on its engine.
    currency : str
        The project's.

    Returns
    -------
    tuple of (str, int)
        Lines in minor units; their sum is the ledger's accepted revenue in that currency.
    """
    cut = loaded.observed_to.year * 12 + loaded.observed_to.month - 1
    window = {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}
    lines = loaded.engine.frame(
        "select case when customer is null then 'without a customer'"
        " when charged_on < $observed_from then 'before the observed window'"
        " when charged_on > $observed_to then 'after the cut-off'"
        " else kind end as place, cast(sum(amount_minor) as bigint) as minor_units"
        " from classified_revenue where currency = $currency group by place order by place",
        {**window, "currency": currency},
    )
    later = loaded.engine.scalar(
        "select cast(coalesce(sum(price_minor), 0) as bigint) from month_parts"
        " where month > $month and charged_on >= $observed_from",
        {"month": cut, "observed_from": loaded.observed_from},
    )
    deferred = int(str(later))
    found = {str(line): int(units) for line, units in zip(lines["place"], lines["minor_units"], strict=True)}
    recurring = found.pop("recurring", 0)
    named = [("recurring, for months in the window", recurring - deferred), ("recurring, for later months", deferred)]
    return (*named, *found.items())
