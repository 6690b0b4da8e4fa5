"""Customers who score low, are answered or not, and score again or leave."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cxlink.closing import close_loop
from cxlink.handoff import ClosedLoop
from cxlink.link import count_causes, link
from tests.canonical import build_loaded, build_settings, tags_of

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
Frames = dict[str, pd.DataFrame]


def small() -> Frames:
    """Two customers of whom everything is known by heart."""
    customers = pd.DataFrame({"customer_id": ["a", "b"], "acquired_on": pd.Timestamp("2023-01-01")})
    opened = ["2025-12-30", "2025-12-28", "2025-12-10", "2025-06-01", "2025-12-01", "2025-12-25"]
    closed = ["NaT", "NaT", "NaT", "NaT", "2025-12-03", "2026-01-02"]
    tickets = pd.DataFrame(
        {
            "ticket_id": ["t1", "t2", "t3", "t4", "t5", "t6"],
            "customer_id": ["a", "b", "", "b", "a", "a"],
            "opened_at": pd.to_datetime(opened),
            "closed_at": pd.to_datetime(closed),
        }
    )
    feedback = pd.DataFrame(
        {
            "response_id": ["r1", "r2", "r3", "r4"],
            "customer_id": ["a", "b", "b", ""],
            "responded_at": pd.to_datetime(["2025-11-29", "2025-12-24", "2025-10-20", "2025-12-20"]),
            "nps": [3.0, 6.0, 9.0, 0.0],
        }
    )
    return {"customers": customers, "revenue": _charges(["a", "b"]), "tickets": tickets, "feedback": feedback}


def draw(seed: int, n: int = 600, *, effect: float = 0.0, by_score: bool = False) -> Frames:
    """Customers asked three times; half of low scores are answered a day or so later.

    An answer adds ``effect`` to the next score. With ``by_score`` those who scored lowest are answered most.
    """
    rng = np.random.default_rng(seed)
    taste = rng.normal(6.5, 1.5, n)
    rows, lift = [], np.zeros(n)
    for day in ("2024-03-01", "2024-10-01", "2025-05-01"):
        score = np.clip(np.round(taste + lift + rng.normal(0, 1.5, n)), 0, 10)
        low = score <= 6
        chance = np.where(score <= 4, 0.8, 0.2) if by_score else np.full(n, 0.5)
        answered = low & (rng.random(n) < chance)
        lift = np.where(answered, effect, 0.0)
        when = pd.Timestamp(day) + pd.to_timedelta(rng.integers(0, 4, n), unit="D")
        rows.append(pd.DataFrame({"customer": np.arange(n), "day": day, "nps": score, "answered_at": when}))
        rows[-1].loc[~answered, "answered_at"] = pd.NaT
    told = pd.concat(rows, ignore_index=True)
    names = [f"c{k}" for k in range(n)]
    feedback = pd.DataFrame(
        {
            "response_id": [f"r{k}" for k in range(len(told))],
            "customer_id": [names[k] for k in told["customer"]],
            "responded_at": pd.to_datetime(told["day"]),
            "nps": told["nps"],
            "answered_at": told["answered_at"],
        }
    )
    ended = pd.Series(pd.NaT, index=range(n)).astype("datetime64[ns]")
    ended[rng.random(n) < 0.3] = pd.Timestamp("2025-06-30")
    customers = pd.DataFrame({"customer_id": names, "acquired_on": pd.Timestamp("2023-01-01"), "ended_on": ended})
    return {"customers": customers, "revenue": _charges(names), "feedback": feedback}


def closed_loop(frames: Frames, tags: list[tuple[str, str, str, str | None]] | None = None) -> ClosedLoop:
    """The stage's result."""
    loaded, settings = build_loaded(frames, first=FIRST, last=LAST), build_settings()
    try:
        linked = link(loaded, tags_of(tags or []), settings, divisor=100)
        n = len(linked.customers)
        weights = np.random.default_rng(1).standard_exponential((200, n))
        return close_loop(loaded, linked, count_causes(loaded), settings, kpi="nps", weights=weights)
    finally:
        loaded.engine.close()


def _charges(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"customer_id": names, "charged_on": pd.Timestamp("2025-12-01"), "amount": 10.0, "kind": "recurring"}
    )
