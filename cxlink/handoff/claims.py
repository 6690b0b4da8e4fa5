"""What claims hand on: each claim with its verdict, and every estimate that was held against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.estimate import Answer
    from cxlink.handoff.messages import Message

ClaimVerdict = Literal[
    "supported",
    "overstated",
    "understated",
    "no_effect_shown",
    "contradicted",
    "imprecise",
    "not_identifiable",
]


@dataclass(frozen=True, slots=True)
class Rung:
    """One way of estimating what a claim is about.

    Parameters
    ----------
    name : str
        Such as ``between customers`` or ``through components``.
    answer : Answer
        In the claim's unit, with a 90% interval.
    says : str
        What it compares, and what that leaves open.
    """

    name: str
    answer: Answer
    says: str


@dataclass(frozen=True, slots=True)
class ClaimPower:
    """What the deciding estimate could have told.

    Parameters
    ----------
    detectable : float
        Effect found four times in five, in the claim's unit.
    of_claim : float
        Chance that the claimed effect would be found, were it true.
    wrong_sign, exaggeration : float
        Were it true and found: chance of the wrong sign, and how many times too large on average.
    """

    detectable: float
    of_claim: float
    wrong_sign: float
    exaggeration: float


@dataclass(frozen=True, slots=True)
class AuditedClaim:
    """A claim and what became of it.

    Parameters
    ----------
    text : str
        As written.
    source : str
        Who published it; empty for a claim of one's own.
    among : str
        The condition on customers whom it is about; empty where it is about all.
    reading : str
        How it was read: units, population, horizon, and what was assumed where it does not say.
    verdict : str
        One of :data:`ClaimVerdict`.
    claimed : float or None
        In `unit`; None where the claim has no unit that can be tested.
    unit : str
        Such as ``% of revenue by NPS point``.
    naive : Answer
        As it is mostly computed: between customers, at one moment.
    estimate : Answer
        The deciding one, with the 90% interval that the verdict rests on.
    decided_by : str
        Name of the deciding rung; empty where there is none.
    inflation : Answer
        How many times the estimate the claim is, with its 95% set where that is an interval.
    inflation_set : str
        That set in words, whatever its form.
    rungs : tuple of Rung
        From the weakest to the strongest.
    levers : tuple of Rung
        The same through each component alone, as far as it moves the score.
    power : ClaimPower or None
        None where nothing decides.
    sentence, why, settle : str
        Verdict and reason in words, and what would settle it (empty where it is settled).
    reasons : tuple of str
        All reasons.
    """

    text: str
    source: str
    among: str
    reading: str
    verdict: ClaimVerdict
    claimed: float | None
    unit: str
    naive: Answer
    estimate: Answer
    decided_by: str
    inflation: Answer
    inflation_set: str
    rungs: tuple[Rung, ...]
    levers: tuple[Rung, ...]
    power: ClaimPower | None
    sentence: str
    why: str
    settle: str
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        """The claim as written, and whom it is about."""
        return f"{self.text}, among {self.among}" if self.among else self.text


@dataclass(frozen=True, slots=True)
class ClaimAudit:
    """All claims of a run, and what there is to say about them."""

    claims: tuple[AuditedClaim, ...] = ()
    messages: tuple[Message, ...] = ()
