"""What the bridge hands on: what moved the score and recurring revenue between two periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.estimate import Estimate, NotEstimable
    from cxlink.handoff.messages import Message

Against = Literal["quarter before", "year before"]


@dataclass(frozen=True, slots=True)
class BridgeTerm:
    """One term of a move; ``customers`` are those it is about."""

    name: str
    value: Estimate
    customers: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """The move of one figure between two periods of three full calendar months.

    Parameters
    ----------
    kpi : str
        ``nps``, ``csat``, ``ces`` or ``revenue``.
    against : {"quarter before", "year before"}
        Which period the last one is held against.
    period_from, period_to : str
        First and last month of each, such as ``2025-07/2025-09``.
    level_from, level_to, move : Estimate or None
        Both levels and their difference; None where there is a refusal. Each customer counts once in a score.
    terms : tuple of BridgeTerm
        They add up to the move.
    factors : tuple of BridgeTerm
        The same move of revenue as customers times revenue per customer; they add up to it as well.
    segments : tuple of str
        What the mix is counted by.
    unknown : int
        Answers of both periods without a known customer, which are left out.
    refusal : NotEstimable or None
        Why there is no bridge.
    """

    kpi: str
    against: Against
    period_from: str
    period_to: str
    level_from: Estimate | None = None
    level_to: Estimate | None = None
    move: Estimate | None = None
    terms: tuple[BridgeTerm, ...] = ()
    factors: tuple[BridgeTerm, ...] = ()
    segments: tuple[str, ...] = ()
    unknown: int = 0
    refusal: NotEstimable | None = None


@dataclass(frozen=True, slots=True)
class Bridges:
    """All bridges of a run: the score's first, then revenue's."""

    bridges: tuple[Bridge, ...]
    messages: tuple[Message, ...]
