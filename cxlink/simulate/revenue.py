"""Charges, orders and refunds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.simulate.days import AnyArray, Calendar, IntArray
from cxlink.simulate.lives import Lives
from cxlink.simulate.population import Population
from cxlink.simulate.tickets import number_rows
from cxlink.simulate.world import World

CURRENCY = "EUR"
ADD_ON_SHARE = 0.02
REFUND_SHARE = 0.006
DAYS_BEFORE_WINDOW = {"monthly": 31, "yearly": 366}
COLUMNS = ("customer", "charged_on", "amount", "currency", "kind", "period_start", "period_end")


def build_revenue(world: World, people: Population, lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """Charges that cover a day of the observed window, one-off purchases and refunds.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        Their lives.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        Rows by day, with the customer's position in ``customer`` and amounts to the cent.
    """
    calendar = Calendar(world.starts_on)
    window_starts = calendar.number(world.observed_from)
    is_yearly = people.is_yearly[lives.charge_customer]
    lead = np.where(is_yearly, DAYS_BEFORE_WINDOW["yearly"], DAYS_BEFORE_WINDOW["monthly"])
    kept = lives.charge_day >= window_starts - (lead if world.is_subscription else 0)
    customer, day = lives.charge_customer[kept], lives.charge_day[kept]
    months = np.where(people.is_yearly[customer] & world.is_subscription, 12, 1)
    amount = np.round(months * np.exp(lives.charge_log_price[kept]), 2)
    if world.is_subscription:
        charges = _recurring(calendar, people, customer, day, months, amount)
    else:
        charges = _single(calendar, customer, day, amount, "one_off")
    parts = [charges, *_extras(world, customer, day, amount, rng)]
    frame = pd.concat(parts, ignore_index=True).sort_values(["charged_on"], kind="stable", ignore_index=True)
    frame.insert(0, "invoice_id", number_rows("I", len(frame)))
    return frame


def _recurring(
    calendar: Calendar, people: Population, customer: IntArray, day: IntArray, months: IntArray, amount: AnyArray
) -> pd.DataFrame:
    starts = calendar.dates(day)
    following = calendar.next_charges(day, people.anchor[customer], months)
    return pd.DataFrame(
        {
            "customer": customer,
            "charged_on": starts.astype("datetime64[s]"),
            "amount": amount,
            "currency": CURRENCY,
            "kind": "recurring",
            "period_start": starts.astype("datetime64[s]"),
            "period_end": (following - np.timedelta64(1, "D")).astype("datetime64[s]"),
        }
    )


def _single(calendar: Calendar, customer: IntArray, day: IntArray, amount: AnyArray, kind: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "customer": customer,
            "charged_on": calendar.dates(day).astype("datetime64[s]"),
            "amount": amount,
            "currency": CURRENCY,
            "kind": kind,
        }
    )
    missing = np.full(len(frame), np.datetime64("NaT", "s"))
    return frame.assign(period_start=missing, period_end=missing)


def _extras(
    world: World, customer: IntArray, day: IntArray, amount: AnyArray, rng: np.random.Generator
) -> list[pd.DataFrame]:
    calendar = Calendar(world.starts_on)
    first, last = calendar.number(world.observed_from), calendar.number(world.observed_to)
    is_refunded = (rng.random(len(day)) < REFUND_SHARE) & (day >= first)
    refund_day = day[is_refunded] + rng.integers(1, 20, is_refunded.sum())
    refund = -np.round(amount[is_refunded] * rng.choice([0.25, 0.5, 1.0], is_refunded.sum()), 2)
    in_window = refund_day <= last
    parts = [_single(calendar, customer[is_refunded][in_window], refund_day[in_window], refund[in_window], "refund")]
    if not world.is_subscription:
        return parts
    bought = (rng.random(len(day)) < ADD_ON_SHARE) & (day >= first)
    add_on = np.round(rng.uniform(5.0, 25.0, bought.sum()), 2)
    return [*parts, _single(calendar, customer[bought], day[bought], add_on, "one_off")]
