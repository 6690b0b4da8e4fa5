"""The stage: the last three full months against those before, and against the same months a year earlier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cxlink.bridge.periods import list_periods
from cxlink.bridge.revenue import bridge_revenue
from cxlink.bridge.score import Kpi, bridge_score
from cxlink.currencies import exponent_of
from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked, Message
from cxlink.handoff.bridge import Bridge, Bridges
from cxlink.settings import Settings

NOBODY_LEAVES = NotEstimable(
    "customers buy order by order and nobody is seen to leave, so that who came, stayed and left cannot be told apart",
    "end dates (customers.ended_on)",
)
TOO_SHORT = NotEstimable("the window does not hold six full calendar months", "a longer window")
LEAST_LEAVERS = 10
PART_OF_MOVE = 1 / 3
"""From here up, low scorers who left are said to hold the score up."""


def bridge_periods(linked: Linked, settings: Settings, *, kpi: Kpi, weights: np.ndarray) -> Bridges | NotEstimable:
    """Split what moved the score and recurring revenue.

    Parameters
    ----------
    linked : Linked
        Timelines.
    settings : Settings
        The currency.
    kpi : {"nps", "csat", "ces"}
        The run's score.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all parts of the run.

    Returns
    -------
    Bridges or NotEstimable
        Refused where the window is shorter than six full calendar months, or nobody is seen to leave.
    """
    pairs = list_periods(linked.from_day, linked.to_day)
    if not pairs:
        return TOO_SHORT
    if not linked.leavers_are_seen:
        return NOBODY_LEAVES
    currency = settings.project.currency
    scores = tuple(bridge_score(linked, kpi, pair, weights=weights) for pair in pairs)
    revenue = tuple(
        bridge_revenue(linked, pair, currency=currency, divisor=10 ** exponent_of(currency)) for pair in pairs
    )
    found = (*scores, *revenue)
    return Bridges(found, tuple(message for one in found for message in _messages(one)))


def is_held_up(bridge: Bridge) -> bool:
    """Whether the score rose, or fell less, because low scorers left.

    Parameters
    ----------
    bridge : Bridge
        Of a score.

    Returns
    -------
    bool
        True where the term of leavers is above zero with its whole interval, and at least a third of the move.
    """
    gone = next((term for term in bridge.terms if term.name == "leavers"), None)
    # of efforts it is not known which end is the good one
    if gone is None or bridge.move is None or bridge.kpi in ("ces", "revenue") or gone.customers < LEAST_LEAVERS:
        return False
    leavers = gone.value
    return leavers.low > 0 and leavers.point >= PART_OF_MOVE * abs(bridge.move.point)


def _messages(bridge: Bridge) -> Iterator[Message]:
    if bridge.refusal is not None:
        code, what = ("CX622", "recurring revenue") if bridge.kpi == "revenue" else ("CX621", bridge.kpi.upper())
        told = f"what moved {what} against the {bridge.against} cannot be told: {bridge.refusal.reason}."
        yield Message(code, "info", "bridge", told, f"Needs {bridge.refusal.needs}.")
    if is_held_up(bridge) and bridge.move is not None:
        way = "rose" if bridge.move.point > 0 else "fell by less"
        yield Message(
            "CX620",
            "warning",
            "bridge",
            f"against the {bridge.against}, {bridge.kpi.upper()} {way} to a good part because customers who scored low"
            " have left.",
            "Judge service by the terms within and rate, not by the score alone.",
        )
