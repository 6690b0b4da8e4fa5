"""What a claim says, once it is read: which step of which score goes with how much of what, for whom and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAYS_A_MONTH = 365.25 / 12
Kpi = Literal["nps", "csat", "ces"]
Lever = Literal["nps", "0-10", "csat", "ces", "score", "retention", "nps percent"]
Outcome = Literal["revenue", "margin", "profit", "value", "churn", "retention", "cost", "customers"]
Scale = Literal["percent", "points", "money", "customers"]
Group = Literal["promoters", "passives", "detractors"]
Base = Literal["average", "promoters", "passives", "detractors"]
SpanUnit = Literal["days", "months", "years"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, as written.

    Parameters
    ----------
    count : float
        Above zero.
    unit : str
        ``days``, ``months`` or ``years``.
    """

    count: float
    unit: SpanUnit

    @property
    def days(self) -> float:
        """Its length in days."""
        return self.count * {"days": 1.0, "months": DAYS_A_MONTH, "years": 12 * DAYS_A_MONTH}[self.unit]

    @property
    def months(self) -> int:
        """Its length in whole months, at least one."""
        return max(1, round(self.days / DAYS_A_MONTH))


@dataclass(frozen=True, slots=True)
class SlopeClaim:
    """So much of a score goes with so much of an outcome.

    Parameters
    ----------
    step : float
        Of the lever, never zero.
    lever : str
        ``nps``: a point of promoters less detractors; ``0-10``: a point of the answer itself; ``csat``, ``ces``: of
        their own scale; ``score``: of the run's own score; ``retention``: a point of the share that stays;
        ``nps percent``: a percentage of NPS, which is no unit.
    amount : float
        Of the outcome, never zero; in percent, points, money or customers.
    scale : str
        Which of these.
    outcome : str
        What moves.
    currency : str
        ISO 4217 code where `scale` is money; else empty.
    a_customer : bool
        Whether money is of one customer; else of all active ones.
    span : Span or None
        How soon; None where the claim does not say.
    """

    step: float
    lever: Lever
    amount: float
    scale: Scale
    outcome: Outcome
    currency: str = ""
    a_customer: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class LeavingClaim:
    """So many of a group leave so soon after their answer; ``share`` is 0..1."""

    group: Group
    share: float
    span: Span


@dataclass(frozen=True, slots=True)
class WorthClaim:
    """Customers of a group are worth so many times another one."""

    group: Group
    factor: float
    base: Base
    span: Span | None = None


Claim = SlopeClaim | LeavingClaim | WorthClaim
