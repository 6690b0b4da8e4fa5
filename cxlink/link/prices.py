"""Recurring prices by month, their movements, and where every cent of revenue went."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.frames import day_numbers, month_text
from cxlink.link.sql import bind, read_sql, statements

MAX_MONTHS_A_CHARGE = 240


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


def build_price_changes(loaded: Loaded) -> pd.DataFrame:
    """Log ratio of each customer's consecutive monthly prices.

    Parameters
    ----------
    loaded : Loaded
        ``charged_prices`` must stand on its engine.

    Returns
    -------
    DataFrame
        Columns customer, before_day, after_day, log_change; only pairs with both prices above zero, the later one
        inside the observed window.
    """
    rows = loaded.engine.frame(
        "select later.customer, days.previous_on as before_on, later.charged_on as after_on,"
        " earlier.price as before_price, later.price as after_price"
        " from charged_prices as later"
        " join charge_days as days on days.customer = later.customer and days.charged_on = later.charged_on"
        " join charged_prices as earlier"
        " on earlier.customer = later.customer and earlier.charged_on = days.previous_on"
        " where earlier.price > 0 and later.price > 0 and later.charged_on >= $observed_from"
        " order by later.customer, later.charged_on",
        {"observed_from": loaded.observed_from},
    )
    return pd.DataFrame(
        {
            "customer": rows["customer"].to_numpy(dtype=np.int64),
            "before_day": day_numbers(rows["before_on"]).to_numpy(dtype=np.int64),
            "after_day": day_numbers(rows["after_on"]).to_numpy(dtype=np.int64),
            "log_change": np.log(
                rows["after_price"].to_numpy(dtype=float) / rows["before_price"].to_numpy(dtype=float)
            ),
        }
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
