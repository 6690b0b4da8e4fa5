"""Timelines of two years in which later incidents may go with scores and prices, as arrays drawn from scratch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

FROM_DAY, DAYS = 19_000, 720


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that leads, robustness and late attributes read."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    responses: pd.DataFrame
    price_changes: pd.DataFrame
    covariates: np.ndarray
    covariate_names: tuple[str, ...] = ("plan", "usage")
    components: tuple[str, ...] = ("delivery", "support")
    from_day: int = FROM_DAY
    to_day: int = FROM_DAY + DAYS - 1
    experiences: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["customer", "component", "experienced_day", "failed"])
    )


def draw(
    seed: int,
    *,
    customers: int = 300,
    hidden_scores: float = 0.0,
    hidden_prices: float = 0.0,
    leaving: float = 0.0,
    usage_drop: float = 0.0,
) -> Linked:
    """Half the customers, of a kind that no column tells, meet three times as many delivery incidents.

    They score `hidden_scores` lower and pay `hidden_prices` (log) less at each charge. An incident costs 1 point for 90
    days. With `leaving`, who scores below 3 leaves the day after, with that chance. Usage as exported is `usage_drop`
    lower within 90 days of a delivery incident.
    """
    rng = np.random.default_rng(seed)
    hidden, plan = rng.random(customers) < 0.5, rng.random(customers) < 0.5
    usage = rng.normal(size=customers)
    rate = 0.0015 * np.where(hidden[:, None], 3.0, 1.0) * np.where(plan[:, None], 1.5, 1.0)
    chance = np.stack([np.broadcast_to(rate, (customers, DAYS)), np.full((customers, DAYS), 0.002)])
    happened = rng.random(chance.shape) < chance
    met = np.cumsum(happened, axis=2)
    answered = np.sort(rng.integers(100, DAYS - 1, (customers, 4)), axis=1)
    who, day = np.repeat(np.arange(customers), 4), answered.ravel()
    exposed = met[:, who, day - 1] > met[:, who, day - 91]
    score = 4 - exposed.sum(axis=0) + 0.3 * plan[who] - hidden_scores * hidden[who] + rng.normal(0, 1, len(who))
    leaves = (score < 3) & (rng.random(len(who)) < leaving)
    stop = np.full(customers, DAYS)
    for customer, ends in zip(who[leaves], day[leaves] + 1, strict=True):
        stop[customer] = min(stop[customer], ends)
    there = day < stop[who]
    component, owner, when = np.nonzero(happened & (np.arange(DAYS) < stop[None, :, None]))
    charged = np.arange(60, DAYS, 90)
    payer, at = np.repeat(np.arange(customers), len(charged)), np.tile(charged, customers)
    change = rng.normal(0, 0.02, len(payer)) - hidden_prices * hidden[payer]
    change -= 0.01 * (met[0, payer, at - 1] - met[0, payer, np.maximum(at - 91, 0)])
    paid = at < stop[payer]
    late = met[0, :, -1] > met[0, :, -91]
    timelines = Timelines(
        customers=pd.DataFrame(
            {
                "customer": np.arange(customers),
                "acquired_day": FROM_DAY,
                "stop": stop,
                "event": (stop < DAYS).astype(int),
                "at_risk": True,
                "active": stop == DAYS,
                "tenure": DAYS,
            }
        ),
        incidents=pd.DataFrame(
            {
                "customer": owner,
                "incident_day": FROM_DAY + when,
                "component": np.array(["delivery", "support"])[component],
                "table": "tickets",
            }
        ),
        responses=pd.DataFrame(
            {
                "customer": who[there],
                "responded_day": FROM_DAY + day[there],
                "nps": np.nan,
                "csat": score[there],
                "ces": np.nan,
                "event_component": None,
                "event_failed": np.nan,
            }
        ),
        price_changes=pd.DataFrame(
            {
                "customer": payer[paid],
                "before_day": FROM_DAY + at[paid] - 90,
                "after_day": FROM_DAY + at[paid],
                "n_changes": 1,
                "log_change": change[paid],
            }
        ),
        covariates=np.column_stack([plan.astype(float), usage - usage_drop * late]),
    )
    return cast("Linked", timelines)
