"""Customers who answer at random: known effects of incidents, one of them confounded, and ratings as planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import LabelledIncidents, Linked

FROM_DAY, DAYS, EXPOSURE, WAVES = 19_000, 720, 90, 4
DELIVERY, FORUM = 1.2, 0.0
"""Points of the latent score that an incident takes; the forum takes none, but those who meet its faults are grumpy."""

SPREAD = 1.5


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that drivers are found from."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    experiences: pd.DataFrame
    responses: pd.DataFrame
    covariates: np.ndarray
    components: tuple[str, ...] = ("delivery", "forum")
    covariate_names: tuple[str, ...] = ()
    labelled: LabelledIncidents | None = None


@dataclass(frozen=True)
class Scored:
    """A company, and its true effects on NPS among those who met an incident."""

    linked: Linked
    delivery: float
    forum: float


def draw_scored(n: int, rng: np.random.Generator) -> Scored:
    """Draw customers who are each asked four times and answer three times in four."""
    grumpy = rng.random(n) < 0.4
    own = 8.6 - 2.0 * grumpy + 0.6 * rng.normal(size=n)
    who = np.repeat(np.arange(n), WAVES)
    day = FROM_DAY + 100 + np.tile(np.arange(WAVES) * 150, n)
    met = {
        "delivery": rng.random(len(who)) < 0.25,
        "forum": rng.random(len(who)) < np.where(grumpy[who], 0.6, 0.15),
    }
    noise = SPREAD * rng.logistic(scale=np.sqrt(3) / np.pi, size=len(who))
    latent = own[who] - DELIVERY * met["delivery"] - FORUM * met["forum"]
    answered = rng.random(len(who)) < 0.75
    score = np.clip(np.round(latent + noise), 0, 10)
    responses = pd.DataFrame(
        {
            "customer": who,
            "responded_day": day,
            "nps": score,
            "csat": np.clip(np.round(1 + 0.4 * (latent + noise)), 1, 5),
            "ces": np.nan,
            "event_component": None,
            "event_failed": np.nan,
        }
    ).loc[answered]
    incidents = pd.concat(
        [
            pd.DataFrame({"customer": who[hit], "incident_day": day[hit] - 30}).assign(component=name, table="tickets")
            for name, hit in met.items()
        ]
    )
    shift = {"delivery": DELIVERY, "forum": FORUM}
    truth = {
        name: float(np.mean(net_promoters(latent[hit]) - net_promoters(latent[hit] + shift[name])))
        for name, hit in met.items()
    }
    company = Timelines(
        customers=pd.DataFrame({"acquired_day": np.full(n, FROM_DAY - 800)}),
        incidents=incidents,
        experiences=pd.DataFrame(columns=["customer", "component", "experienced_day", "failed"]),
        responses=responses.reset_index(drop=True),
        covariates=np.zeros((n, 0)),
    )
    return Scored(cast("Linked", company), truth["delivery"], truth["forum"])


def net_promoters(latent: np.ndarray) -> np.ndarray:
    """NPS expected at a latent level, answers being rounded."""
    scale = SPREAD * np.sqrt(3) / np.pi
    below: np.ndarray = 1 / (1 + np.exp((latent - 6.5) / scale))
    above: np.ndarray = 1 / (1 + np.exp((8.5 - latent) / scale))
    net: np.ndarray = 100 * (above - below)
    return net


PENALTY, REWARD = -1.6, 1.6
"""Points that a low rating of the delivery takes, and that a high one of the shop gives."""


def with_ratings(linked: Linked, rng: np.random.Generator) -> Linked:
    """Replace the score by one that ratings make: the delivery only hurts, the shop only pleases, the app does nothing.

    The app is rated by every other customer only; the rest of the responses rates all but the app.
    """
    rows = linked.responses.copy()
    n = len(rows)
    rated = {name: rng.integers(1, 6, n).astype(float) for name in ("delivery", "shop", "app", "forum")}
    lift = PENALTY * (rated["delivery"] <= 2) + REWARD * (rated["shop"] == 5)
    lift = lift + 0.6 * ((rated["forum"] == 5).astype(float) - (rated["forum"] <= 2))
    rows["csat"] = 6 + lift + 0.8 * rng.normal(size=n)
    rated["app"][rows["customer"].to_numpy() % 2 == 0] = np.nan
    for name, marks in rated.items():
        rows[f"rating_{name}"] = marks
    company = cast("Timelines", linked)
    return cast(
        "Linked",
        Timelines(
            company.customers,
            company.incidents,
            company.experiences,
            rows,
            company.covariates,
        ),
    )
