"""Deliveries: the regular good ones, and those that failed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.simulate.days import AnyArray, Calendar, IntArray
from cxlink.simulate.lives import Lives
from cxlink.simulate.population import Population
from cxlink.simulate.tickets import number_rows
from cxlink.simulate.world import World


def build_deliveries(
    world: World, people: Population, lives: Lives, causes: IntArray, first_day: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Deliveries from a first day to the cut-off; every delivery incident is a failed one.

    Parameters
    ----------
    world : World
        Settings; one component must be called delivery.
    people : Population
        Customers.
    lives : Lives
        Their lives.
    causes : array of int
        Cause of each incident.
    first_day : int
        Earlier deliveries are left out.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        Events by day, with the customer's position in ``customer``.
    """
    position = world.component_names.index("delivery")
    incidents = lives.incidents
    failed = (incidents.component == position) & (incidents.day >= first_day)
    late_cause = [name for name, _ in world.components[position].causes].index("late")
    good_customer, good_day = _regular_deliveries(world, people, lives, first_day, rng)
    customer = np.concatenate([incidents.customer[failed], good_customer])
    day = np.concatenate([incidents.day[failed], good_day])
    is_failed = np.arange(len(day)) < failed.sum()
    is_late = np.concatenate([causes[failed] == late_cause, np.zeros(len(good_day), dtype=np.bool_)])
    promised = rng.integers(2, 5, len(day))
    early = rng.integers(1, promised + 1)
    taken = np.where(is_late, promised + rng.geometric(0.3, len(day)), early)
    order = np.argsort(day, kind="stable")
    return pd.DataFrame(
        {
            "event_id": number_rows("D", len(day)),
            "customer": customer[order],
            "occurred_at": Calendar(world.starts_on).dates(day[order]).astype("datetime64[s]"),
            "component": "delivery",
            "measure": "days_to_deliver",
            "value": taken[order],
            "promised": promised[order],
            "failed": is_failed[order],
        }
    )


def _regular_deliveries(
    world: World, people: Population, lives: Lives, first_day: int, rng: np.random.Generator
) -> tuple[AnyArray, AnyArray]:
    every = world.delivery_every_days
    last = np.minimum(lives.ended, Calendar(world.starts_on).number(world.observed_to))
    phase = people.acquired + rng.integers(2, every, len(people))
    earliest = phase + every * np.maximum(0, -(-(first_day - phase) // every))
    counts = np.maximum(0, (last - earliest) // every + 1)
    customer = np.repeat(np.arange(len(people)), counts)
    turn = np.arange(len(customer)) - np.repeat(np.cumsum(counts) - counts, counts)
    return customer, earliest[customer] + every * turn
