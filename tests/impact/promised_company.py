"""Customers with deliveries every month, promised and done, and what lateness truly does to score and leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import LabelledIncidents, Linked

FROM_DAY, DAYS, EXPOSURE = 19_000, 720, 90
EVERY = 30
LATE_HAZARD, EARLY_HAZARD, INCIDENT_HAZARD = 0.25, -0.15, 0.50
"""Log hazard ratios: of a day late and a day early, on average over the last ninety days, and of a failure."""

LATE_SCORE, EARLY_SCORE, SPREAD_SCORE, INCIDENT_SCORE = -0.40, 0.15, -0.30, -1.00
DAILY = 0.0008


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that promises are estimated from."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    experiences: pd.DataFrame
    responses: pd.DataFrame
    promises: pd.DataFrame
    covariates: np.ndarray
    components: tuple[str, ...] = ("delivery",)
    covariate_names: tuple[str, ...] = ()
    from_day: int = FROM_DAY
    to_day: int = FROM_DAY + DAYS - 1
    labelled: LabelledIncidents | None = None


def draw_company(n: int, rng: np.random.Generator, *, effects: float = 1.0) -> Linked:
    """Draw a company.

    Parameters
    ----------
    n : int
        Customers, acquired up to two years before the window.
    rng : Generator
        Randomness.
    effects : float
        Times the effects above; 0 for none.

    Returns
    -------
    Linked
        What churn and impact read of it.
    """
    acquired = FROM_DAY - rng.integers(120, 730, n)
    history = 365
    phase = rng.integers(0, EVERY, n)
    turn = np.arange((DAYS + history) // EVERY)
    days = FROM_DAY - history + phase[:, None] + EVERY * turn[None, :]
    sloppy = rng.uniform(0.5, 1.5, n)[:, None]
    gap = np.round(rng.normal(-0.8, 1.5, days.shape) * sloppy).astype(int)
    failed = (gap > 0) & (rng.random(days.shape) < 0.7)
    past, day = np.zeros((n, history + DAYS + EVERY)), days - (FROM_DAY - history)
    rows = np.repeat(np.arange(n), days.shape[1])

    def recent(values: np.ndarray) -> np.ndarray:
        """Sums over the ninety days before each day of the window, (n, DAYS)."""
        daily = past.copy()
        np.add.at(daily, (rows, day.ravel()), values.ravel())
        so_far = np.concatenate([np.zeros((n, 1)), np.cumsum(daily, axis=1)], axis=1)
        at = history + np.arange(DAYS)
        sums: np.ndarray = so_far[:, at] - so_far[:, at - EXPOSURE]
        return sums

    count = np.maximum(recent(np.ones(days.shape)), 1)
    late, early = recent(np.maximum(gap, 0)) / count, recent(np.maximum(-gap, 0)) / count
    met = recent(failed) > 0
    log_ratio = LATE_HAZARD * late + EARLY_HAZARD * early + INCIDENT_HAZARD * met
    leaves = rng.random((n, DAYS)) < DAILY * np.exp(effects * log_ratio)
    left = leaves.any(axis=1)
    last = np.where(left, leaves.argmax(axis=1), DAYS - 1)
    customers = pd.DataFrame(
        {
            "customer": np.arange(n),
            "acquired_day": acquired,
            "start": FROM_DAY - acquired,
            "stop": FROM_DAY + last - acquired + 1,
            "event": left.astype(int),
            "at_risk": True,
            "active": ~left,
        }
    )
    there = days <= (FROM_DAY + last)[:, None]
    touched = pd.DataFrame(
        {"customer": rows, "promised_day": days.ravel(), "gap": gap.ravel().astype(float), "failed": failed.ravel()}
    ).loc[there.ravel()]
    # two answers each, at days of their own
    who, when = np.tile(np.arange(n), 2), rng.integers(0, DAYS, 2 * n)
    asked = when <= last[who]
    who, when = who[asked], when[asked]
    spread = _spread(gap, days, who, FROM_DAY + when)
    csat = 7 + 0.5 * rng.normal(size=n)[who] + rng.normal(size=len(who))
    csat += effects * (LATE_SCORE * late[who, when] + EARLY_SCORE * early[who, when] + INCIDENT_SCORE * met[who, when])
    csat += effects * SPREAD_SCORE * spread
    responses = pd.DataFrame(
        {
            "customer": who,
            "responded_day": FROM_DAY + when,
            "nps": np.nan,
            "csat": csat,
            "ces": np.nan,
            "event_component": None,
            "event_failed": np.nan,
        }
    )
    wrong = touched.loc[touched["failed"], ["customer", "promised_day"]]
    company = Timelines(
        customers=customers,
        incidents=wrong.rename(columns={"promised_day": "incident_day"}).assign(component="delivery", table="events"),
        experiences=touched.rename(columns={"promised_day": "experienced_day"}).assign(component="delivery"),
        responses=responses,
        promises=touched.drop(columns="failed").assign(component="delivery", measure="days"),
        covariates=np.zeros((n, 0)),
    )
    return cast("Linked", company)


def _spread(gap: np.ndarray, days: np.ndarray, who: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Standard deviation of the gaps of the year before."""
    among = (days[who] < day[:, None]) & (days[who] >= day[:, None] - 365)
    n = among.sum(axis=1)
    mean = (gap[who] * among).sum(axis=1) / n
    spread: np.ndarray = np.sqrt(((gap[who] - mean[:, None]) ** 2 * among).sum(axis=1) / (n - 1))
    return spread
