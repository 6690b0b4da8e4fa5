"""Customers who answer several scores, of which some tell who leaves and some do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

FROM_DAY = 19_358
"""2023-01-01."""

TO_DAY = FROM_DAY + 365 + 366 - 1
HAZARD = 0.04
"""A month, of who scores in the middle."""

PRICE = 50.0


@dataclass(frozen=True)
class Timelines:
    """The part of the hand-off that KPIs are compared from."""

    customers: pd.DataFrame
    responses: pd.DataFrame
    covariates: np.ndarray
    followed_prices: pd.DataFrame
    from_day: int = FROM_DAY
    to_day: int = TO_DAY
    churn_refusal: object = None
    money_refusal: object = None
    covariate_names: tuple[str, ...] = field(default=("plan=pro",))


def draw_company(
    n: int,
    rng: np.random.Generator,
    *,
    of_nps: float = 0.0,
    of_csat: float = 0.0,
    of_edges: float = 0.0,
    shared: bool = True,
) -> Linked:
    """Draw customers who are asked every quarter, and leave by what they would have answered last.

    ``of_nps`` and ``of_csat`` are what a standard deviation of the score takes off the log hazard; ``of_edges`` is what
    promoters alone have less. The scores are independent of one another. With ``shared`` everybody gives all scores,
    else everybody gives NPS or CSAT and nobody both.
    """
    n_quarters = 8
    plan = rng.random(n) < 0.4
    acquired = FROM_DAY - rng.integers(0, 700, n) + np.where(rng.random(n) < 0.3, rng.integers(0, 900, n), 0)
    own = {name: rng.normal(size=n) for name in ("nps", "csat", "ces")}
    asked = FROM_DAY + 20 + 91 * np.arange(n_quarters)
    told = {name: np.sqrt(0.7) * own[name][:, None] + np.sqrt(0.3) * rng.normal(size=(n, n_quarters)) for name in own}
    nps = np.clip(np.round(7.4 + 2.2 * told["nps"]), 0, 10)
    predictor = np.log(HAZARD) + 0.4 * plan[:, None] - of_nps * told["nps"] - of_csat * told["csat"]
    predictor = predictor - of_edges * (nps >= 9)
    leaves = _draw_end(acquired, asked, np.exp(predictor), rng)
    last = np.minimum(leaves, TO_DAY)
    there = acquired <= TO_DAY
    event = np.where((leaves <= TO_DAY) & there, np.where(rng.random(n) < 0.1, 2, 1), 0)
    at_risk = there & (last >= FROM_DAY) & (last >= acquired)
    customers = pd.DataFrame(
        {
            "customer": np.arange(n),
            "acquired_day": acquired,
            "start": np.where(at_risk, np.maximum(FROM_DAY - acquired, 0), 0),
            "stop": np.where(at_risk, last - acquired + 1, 0),
            "event": np.where(at_risk, event, 0),
            "at_risk": at_risk,
            "active": at_risk & (event == 0),
        }
    )
    answered = (
        (asked >= acquired[:, None])
        & (asked <= last[:, None])
        & at_risk[:, None]
        & (rng.random(told["nps"].shape) < 0.6)
    )
    who, quarter = np.nonzero(answered)
    responses = pd.DataFrame(
        {
            "customer": who,
            "responded_day": asked[quarter],
            "nps": nps[who, quarter],
            "csat": np.clip(np.round(3.4 + 1.2 * told["csat"][who, quarter]), 1, 5),
            "ces": np.clip(np.round(4.2 + 1.6 * told["ces"][who, quarter]), 1, 7),
            "event_component": None,
            "event_failed": np.nan,
        }
    ).sort_values("responded_day", ignore_index=True)
    if not shared:
        odd = responses["customer"] % 2 == 1
        responses = responses.assign(nps=responses["nps"].mask(odd), csat=responses["csat"].mask(~odd), ces=np.nan)
    return cast("Linked", Timelines(customers, responses, plan[:, None].astype(float), _prices(customers, rng)))


def _draw_end(acquired: np.ndarray, asked: np.ndarray, monthly: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Day of the end: the hazard of each quarter from the day after it was asked about; before the first, the same."""
    left = np.full(len(acquired), 10**6)
    edges = np.append(asked, asked[-1] + 91)
    for quarter in range(len(asked)):
        begin = np.maximum(np.where(quarter == 0, FROM_DAY, edges[quarter]), acquired)
        length = edges[quarter + 1] - begin
        wait = rng.exponential(30.4 / monthly[:, quarter])
        leaves = (left == 10**6) & (length > 0) & (wait < length)
        left[leaves] = (begin + 1 + np.floor(wait))[leaves].astype(np.int64)
    return left


def _prices(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    price = PRICE * np.exp(0.5 * rng.normal(size=len(customers)))
    first = (customers["acquired_day"] + customers["start"]).to_numpy()
    last = (customers["acquired_day"] + customers["stop"] - 1).to_numpy()
    rows = customers["at_risk"].to_numpy()
    months = [day.astype("datetime64[D]").astype("datetime64[M]").astype(int) + 1970 * 12 for day in (first, last)]
    who = np.repeat(np.flatnonzero(rows), (months[1] - months[0] + 1)[rows])
    number = np.arange(len(who)) - np.searchsorted(who, who)
    return pd.DataFrame({"customer": who, "month": months[0][who] + number, "price": price[who]})
