"""What the comparison of KPIs hands on: which score tells who leaves and what they will pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.messages import Message

Outcome = Literal["leaving", "revenue"]
SURE = 0.05
"""Below, luck is ruled out."""

Form = Literal["score", "classes"]


@dataclass(frozen=True, slots=True)
class KpiGain:
    """What one KPI adds to the prediction of an outcome.

    Parameters
    ----------
    kpi : str
        Such as ``nps``, ``rating_delivery``, or ``nps about delivery``: answers about an event of that component.
    form : {"score", "classes"}
        As the score itself, or as detractors, passives and promoters.
    gain : Answer
        Share of what is uncertain about the outcome that it explains beyond the base, out of time.
    p_value : float or None
        How easily luck alone would make later outcomes follow what the KPI said, adjusted for all KPIs of the outcome
        (Holm); None where it cannot be told.
    """

    kpi: str
    form: Form
    gain: Answer
    p_value: float | None

    @property
    def adds(self) -> bool:
        """Whether it predicts better than the base, more than luck among so many KPIs would."""
        point = getattr(self.gain, "point", 0.0)
        return self.p_value is not None and self.p_value < SURE and point > 0


@dataclass(frozen=True, slots=True)
class KpiPair:
    """Gain of the first KPI less that of the second, among the same respondents.

    Parameters
    ----------
    first, second : str
        KPIs.
    difference : Answer
        In the unit of the gains.
    p_value : float or None
        Two-sided, adjusted for all pairs of the outcome (Holm).
    """

    first: str
    second: str
    difference: Answer
    p_value: float | None


@dataclass(frozen=True, slots=True)
class KpiRace:
    """KPIs compared for one outcome.

    Parameters
    ----------
    outcome : {"leaving", "revenue"}
        Leaving of one's own will within the months, or revenue in them, which is 0 after an end.
    months : int
        Followed so long from each day of judging.
    judged_on : tuple of date
        The days of judging; the fits know what happened up to each, and no more.
    same_respondents : bool
        Whether all gains are of the same customers. Else each is of those who gave it, and only pairs compare.
    customers, judged, leavers : int
        Customers that the comparison is about, how often they were judged, and how often one then left.
    base : Answer
        Share of what is uncertain that the base explains by itself, out of time.
    gains : tuple of KpiGain
        One a KPI and form, the largest first; refused ones last.
    pairs : tuple of KpiPair
        Differences between KPIs, NPS by the better of its forms.
    refusal : NotEstimable or None
        Why nothing could be compared.
    """

    outcome: Outcome
    months: int
    judged_on: tuple[date, ...]
    same_respondents: bool
    customers: int
    judged: int
    leavers: int
    base: Answer
    gains: tuple[KpiGain, ...]
    pairs: tuple[KpiPair, ...]
    refusal: NotEstimable | None = None


@dataclass(frozen=True, slots=True)
class Kpis:
    """KPIs compared for leaving and for revenue; ``adjusted_for`` are the attributes of the base, beside tenure."""

    adjusted_for: tuple[str, ...]
    races: tuple[KpiRace, ...]
    messages: tuple[Message, ...]
