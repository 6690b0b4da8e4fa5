"""Customers who pay in a second currency, whose rate drops in the middle of the observed window."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from cxlink.simulate.world import World

SECOND = "USD"
RATE, RATE_AFTER = 0.92, 0.69
"""Of one unit, in the project's currency; a quarter is lost within one night."""

RATE_EVERY_DAYS = 5


def charge_in_two(world: World, revenue: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the amounts of some customers in the second currency, at the rate of the window's last day.

    Prices in the customer's own currency, and so what an incident does to them, know nothing of the rate; at the rate
    of the cut-off they are those that the true effects are of.

    Parameters
    ----------
    world : World
        Settings.
    revenue : pandas.DataFrame
        In the project's currency, with the customer's position in ``customer``.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    tuple of pandas.DataFrame
        The same rows, and the rates from a year before the window on: ``currency``, ``date``, ``rate_to_project``.
    """
    pays_abroad = rng.random(world.customers) < world.second_currency_share
    is_second = pays_abroad[revenue["customer"].to_numpy()]
    amount = revenue["amount"].to_numpy(dtype=float)
    charged = revenue.assign(
        amount=np.where(is_second, np.round(amount / RATE_AFTER, 2), amount),
        currency=np.where(is_second, SECOND, revenue["currency"].to_numpy(dtype=object)),
    )
    days = pd.date_range(world.observed_from - timedelta(days=366), world.observed_to, freq=f"{RATE_EVERY_DAYS}D")
    middle = world.observed_from + (world.observed_to - world.observed_from) / 2
    rates = np.where(days < pd.Timestamp(middle), RATE, RATE_AFTER)
    return charged, pd.DataFrame({"currency": SECOND, "date": days.astype("datetime64[s]"), "rate_to_project": rates})
