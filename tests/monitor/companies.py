"""Customers over three years of whom as many meet incidents, leave, write and pay in one month as in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

FROM_DAY = 19_358
"""2023-01-01."""

N_MONTHS = 36


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that months are counted from."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    responses: pd.DataFrame
    tickets: pd.DataFrame
    movements: pd.DataFrame
    from_day: int = FROM_DAY
    to_day: int = FROM_DAY + 1095
    components: tuple[str, ...] = ("billing", "delivery")
    churn_refusal: object = None
    money_refusal: object = None
    leavers_are_seen: bool = True


def first_of(month: int) -> int:
    """First day of a month, from January 2023."""
    return int(np.datetime64((2023 - 1970) * 12 + int(month), "M").astype("datetime64[D]").astype(int))


def draw_company(n: int, rng: np.random.Generator, *, more_from: int = N_MONTHS, times: float = 1.0) -> Linked:
    """Draw customers month by month; from ``more_from`` on billing fails ``times`` as often."""
    acquired = np.where(rng.random(n) < 0.6, FROM_DAY - rng.integers(1, 900, n), FROM_DAY + rng.integers(0, 1090, n))
    lifetime = rng.exponential(1500, n).astype(int) + 1
    last = np.minimum(acquired + lifetime, FROM_DAY + 1095)
    known = last >= FROM_DAY
    customers = pd.DataFrame(
        {
            "customer": np.arange(n),
            "acquired_day": acquired,
            "start": np.maximum(FROM_DAY - acquired, 0),
            "stop": last - acquired + 1,
            "event": ((acquired + lifetime <= FROM_DAY + 1095) & known).astype(int),
            "at_risk": known,
        }
    )
    met, answers, paid = [], [], []
    for month in range(N_MONTHS):
        low, high = first_of(month), first_of(month + 1)
        there = np.flatnonzero(known & (acquired < high) & (last >= low))
        for component, rate in (("billing", 0.05), ("delivery", 0.08)):
            more = times if component == "billing" and month >= more_from else 1.0
            who = there[rng.random(there.size) < rate * more]
            day = rng.integers(low, high, who.size)
            met.append(pd.DataFrame({"customer": who, "component": component, "incident_day": day}))
        asked = there[rng.random(there.size) < 0.15]
        score = rng.normal(8.2, 1.8, asked.size)
        day = rng.integers(low, high, asked.size)
        answers.append(pd.DataFrame({"customer": asked, "responded_day": day, "nps": np.clip(np.round(score), 0, 10)}))
        price = 4000 + rng.integers(-40, 41)
        paid.append((str(np.datetime64((2023 - 1970) * 12 + month, "M")), int(price) * there.size, there.size))
    incidents = pd.concat(met, ignore_index=True).assign(cause="late", table="events")
    tickets = incidents.rename(columns={"incident_day": "opened_day"}).assign(
        handling=rng.gamma(2.0, 4.0, len(incidents)), credit=0.0
    )
    return cast(
        "Linked",
        Timelines(
            customers,
            incidents,
            pd.concat(answers, ignore_index=True).assign(csat=np.nan, ces=np.nan),
            tickets[["customer", "component", "opened_day", "handling", "credit"]],
            pd.DataFrame(paid, columns=["month", "closing_constant", "customers_paying"]),
        ),
    )
