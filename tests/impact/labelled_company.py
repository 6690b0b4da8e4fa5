"""Companies whose tagger misses and mixes up, with labels on some customers, and what their incidents truly do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import LabelledIncidents, Linked

COMPONENTS = ("billing", "delivery")
FROM_DAY, DAYS = 19_000, 720
EXPOSURE = 90
RECALL, MOVED, FALSE = 0.6, 0.5, 0.03
"""Share of incidents found; of the missed, share taken for the other component's; false ones beside the true."""

CSAT = np.array([-0.2, -0.8])
"""What an incident of the last 90 days does to the score."""

PRICE = np.array([0.0, -0.04])
"""What an incident does to the log of the price."""

COST = np.array([6.0, 20.0])
DAILY = np.array([0.002, 0.0015])
"""Incidents a day and customer."""


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that the parts are fitted to."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    tickets: pd.DataFrame
    responses: pd.DataFrame
    price_changes: pd.DataFrame
    covariates: np.ndarray
    labelled: LabelledIncidents | None
    experiences: pd.DataFrame
    components: tuple[str, ...] = COMPONENTS
    covariate_names: tuple[str, ...] = ()
    from_day: int = FROM_DAY
    to_day: int = FROM_DAY + DAYS - 1


def draw_company(n: int, rng: np.random.Generator, *, share_labelled: float = 0.3) -> Linked:
    """Draw a company.

    Parameters
    ----------
    n : int
        Customers.
    rng : Generator
        Randomness.
    share_labelled : float
        Of the customers; those with a tagged record are drawn twice as often as the others.

    Returns
    -------
    Linked
        What impact reads of it.
    """
    true = _draw_incidents(n, rng)
    seen = _misread(true, n, rng)
    met = np.zeros(n, dtype=bool)
    met[seen["customer"].to_numpy()] = True
    chance = np.minimum(np.where(met, share_labelled, share_labelled / 2), 1.0)
    drawn = rng.random(n) < chance
    said = true.loc[drawn[true["customer"].to_numpy()]].reset_index(drop=True)
    # acquired before the window, so that tenure and calendar are not one column
    customers = pd.DataFrame({"customer": np.arange(n), "acquired_day": FROM_DAY - rng.integers(0, 700, n)})
    start = FROM_DAY - customers["acquired_day"]
    nobody = pd.DataFrame({"customer": [], "component": [], "experienced_day": [], "failed": []}).astype(int)
    company = Timelines(
        customers.assign(start=start, stop=start + DAYS, event=0, at_risk=True, active=True, tenure=start + DAYS),
        seen.drop(columns="handling"),
        _tickets(seen),
        _draw_responses(true, n, rng),
        _draw_price_changes(true, n, rng),
        np.zeros((n, 0)),
        LabelledIncidents(np.where(drawn, chance, 0.0), said.drop(columns="handling"), _tickets(said)),
        nobody,
    )
    return cast("Linked", company)


def _draw_incidents(n: int, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for place, name in enumerate(COMPONENTS):
        who, when = np.nonzero(rng.random((n, DAYS)) < DAILY[place])
        handling = COST[place] * rng.gamma(4.0, 0.25, len(who))
        parts.append(
            pd.DataFrame({"customer": who, "component": name, "incident_day": FROM_DAY + when, "handling": handling})
        )
    return pd.concat(parts, ignore_index=True).assign(table="tickets")


def _misread(true: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    luck = rng.random(len(true))
    other = dict(zip(COMPONENTS, reversed(COMPONENTS), strict=True))
    moved = true.loc[(luck >= RECALL) & (luck < RECALL + (1 - RECALL) * MOVED)]
    n_false = int(FALSE * len(true))
    false = pd.DataFrame(
        {
            "customer": rng.integers(0, n, n_false),
            "component": rng.choice(COMPONENTS, n_false),
            "incident_day": FROM_DAY + rng.integers(0, DAYS, n_false),
            "handling": 2.0,
            "table": "tickets",
        }
    )
    parts = [true.loc[luck < RECALL], moved.assign(component=moved["component"].map(other)), false]
    return pd.concat(parts, ignore_index=True)


def _tickets(incidents: pd.DataFrame) -> pd.DataFrame:
    found = incidents[["customer", "component", "handling"]]
    return found.assign(opened_day=incidents["incident_day"], credit=0.0)


def _between(true: pd.DataFrame, customer: np.ndarray, after: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Incidents of each component after one day, up to and with another; counted day by day."""
    n = int(customer.max()) + 1
    counts = np.zeros((len(customer), len(COMPONENTS)))
    for place, name in enumerate(COMPONENTS):
        rows = true.loc[true["component"] == name]
        by_day = np.zeros((n, DAYS + 1))
        np.add.at(by_day, (rows["customer"].to_numpy(), rows["incident_day"].to_numpy() - FROM_DAY + 1), 1.0)
        total = by_day.cumsum(axis=1)
        first, last = (np.clip(edge - FROM_DAY + 1, 0, DAYS) for edge in (after, until))
        counts[:, place] = total[customer, last] - total[customer, first]
    return counts


def _draw_responses(true: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    customer = np.repeat(np.arange(n), 4)
    day = FROM_DAY + rng.integers(EXPOSURE, DAYS, len(customer))
    met = _between(true, customer, day - EXPOSURE - 1, day - 1) > 0
    score = 4.0 + met @ CSAT + rng.normal(0.0, 0.4, n)[customer] + rng.normal(0.0, 0.6, len(customer))
    frame = pd.DataFrame({"customer": customer, "responded_day": day, "nps": np.nan, "csat": score, "ces": np.nan})
    return frame.assign(event_component=None, event_failed=np.nan)


def _draw_price_changes(true: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    customer = np.repeat(np.arange(n), 20)
    before = FROM_DAY + np.tile(30 * np.arange(20), n) + customer % 29
    met = _between(true, customer, before - 1, before + 29)
    change = met @ PRICE + rng.normal(0.0, 0.05, len(customer))
    frame = pd.DataFrame({"customer": customer, "before_day": before, "after_day": before + 30, "n_changes": 1})
    return frame.assign(log_change=change)
