"""Customers of whom some were reached by a change that thinned incidents, and what followed from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import pandas as pd

from cxlink.handoff import Exposed, Linked
from cxlink.settings import Settings
from tests.canonical import build_settings

FROM_DAY = 19_358
"""2023-01-01."""

N_MONTHS = 24
STARTED_ON = date(2024, 1, 1)
START = 12
"""Month of the start, from the first one."""

RATE = 0.12
"""Incidents a month of an average customer."""

LEAVING = 0.02
POINTS = 1.5
"""Points of the score that an incident of the last month takes."""


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that changes are tracked from."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    responses: pd.DataFrame
    followed_prices: pd.DataFrame
    exposed: tuple[Exposed | None, ...]
    from_day: int = FROM_DAY
    to_day: int = FROM_DAY + 730
    components: tuple[str, ...] = ("delivery",)
    churn_refusal: object = None
    money_refusal: object = None


def settings_of(**change: Any) -> Settings:
    """A configuration with one change that was made."""
    made = {"name": "courier", "component": "delivery", "started_on": STARTED_ON, "exposed": "reached"} | change
    return build_settings(changes=[{key: value for key, value in made.items() if value is not None}])


def draw_company(
    n: int,
    rng: np.random.Generator,
    *,
    reduction: float = 0.0,
    harm: float = 0.8,
    early_trend: float = 0.0,
    n_groups: int = 0,
    unlike: float = 0.5,
) -> Linked:
    """Draw customers month by month.

    Those reached meet incidents ``exp(unlike)`` times as often, and leave oftener, with or without the change; from
    its start on a share ``reduction`` of their incidents does not happen. An incident raises the log hazard of the next
    month by ``harm``. ``early_trend`` lets the rates of those reached rise by so much a month, before and after. With
    ``n_groups`` customers are reached by group.
    """
    group = rng.integers(0, n_groups, n) if n_groups else np.arange(n)
    reached = group % 2 == 0 if n_groups else rng.random(n) < 0.4
    own = rng.gamma(2.0, 0.5, n) * np.exp(unlike * reached)
    acquired_month = np.where(rng.random(n) < 0.7, -rng.integers(1, 30, n), rng.integers(0, N_MONTHS, n))
    days = np.array([first_of(month) for month in range(N_MONTHS + 1)])
    season = 0.3 * np.sin(2 * np.pi * np.arange(N_MONTHS) / 12)
    price = 40.0 * np.exp(0.4 * rng.normal(size=n))
    end = np.full(n, N_MONTHS)
    met_before = np.zeros(n, dtype=bool)
    incidents, answers = [], []
    for month in range(N_MONTHS):
        there = (acquired_month <= month) & (end == N_MONTHS)
        thin = np.where(reached & (month >= START), 1.0 - reduction, 1.0)
        rate = RATE * own * thin * np.exp(season[month] + early_trend * month * reached)
        count = np.where(there, rng.poisson(rate), 0)
        met = count > 0
        who = np.repeat(np.arange(n), count)
        incidents.append(pd.DataFrame({"customer": who, "incident_day": days[month] + rng.integers(0, 10, len(who))}))
        asked = np.flatnonzero(there & (rng.random(n) < 0.15))
        score = np.clip(np.round(8.0 - POINTS * met[asked] + 1.6 * rng.normal(size=len(asked))), 0, 10)
        answers.append(pd.DataFrame({"customer": asked, "responded_day": days[month] + 12, "nps": score}))
        hazard = LEAVING * np.exp(harm * met_before + 0.3 * reached)
        end[there & (rng.random(n) < hazard)] = month
        met_before = met
    left = end < N_MONTHS
    acquired = np.array([first_of(month) for month in acquired_month])
    last = np.where(left, days[np.minimum(end, N_MONTHS - 1)] + 20, days[N_MONTHS] - 1)
    customers = pd.DataFrame(
        {
            "customer": np.arange(n),
            "acquired_day": acquired,
            "start": np.maximum(FROM_DAY - acquired, 0),
            "stop": last - acquired + 1,
            "event": left.astype(int),
            "at_risk": True,
        }
    )
    months = np.arange(N_MONTHS)
    paid = (months >= acquired_month[:, None]) & (months <= end[:, None])
    payer, paid_month = np.nonzero(paid)
    prices = pd.DataFrame({"customer": payer, "month": 2023 * 12 + paid_month, "price": price[payer]})
    exposed = Exposed(reached.astype(np.int8), group, ("reached",), by_customer=not n_groups)
    told = pd.concat(answers, ignore_index=True).assign(csat=np.nan, ces=np.nan)
    met_all = pd.concat(incidents, ignore_index=True).assign(component="delivery", cause="late")
    return cast("Linked", Timelines(customers, met_all, told, prices, (exposed,)))


def first_of(month: int) -> int:
    """First day of a month, from January 2023."""
    return int(np.datetime64((2023 - 1970) * 12 + int(month), "M").astype("datetime64[D]").astype(int))
