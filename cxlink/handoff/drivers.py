"""What is handed on about drivers of the score: incidents compared in several ways, and ratings as description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.estimate import Answer, NotEstimable
    from cxlink.handoff.messages import Message

Way = Literal["difference", "like_for_like", "within", "adjusted", "ordinal"]
RatingClass = Literal["penalty", "reward", "both alike", "undetermined"]


@dataclass(frozen=True, slots=True)
class ScoreContrast:
    """The score after an incident less that without one, compared in one way: below zero, it is lower after one.

    Parameters
    ----------
    way : str
        ``difference`` of all answers; ``like_for_like``: of customers who answered both with and without one;
        ``within``: the same, jointly with other components, tenure and calendar; ``adjusted``: of all, jointly with
        other components, attributes, tenure and calendar; ``ordinal``: likewise, as ordered answers, for those who met
        one.
    grade : str
        What kind of evidence it is.
    answer : Answer
        On the KPI's own scale.
    """

    way: Way
    grade: Literal["B", "C", "D"]
    answer: Answer


@dataclass(frozen=True, slots=True)
class OddsCheck:
    """Whether an incident shifts all answers alike, as the ordinal model supposes.

    Parameters
    ----------
    p_value : float
        Of Wald's test that it does.
    cuts : tuple of float
        Answers from which up a logistic regression could be fitted.
    strays : tuple of float
        Those whose coefficient differs from the common one, by intervals that hold for all cuts at once.
    """

    p_value: float
    cuts: tuple[float, ...]
    strays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ComponentDriver:
    """One component's incidents beside one KPI; ``answers`` of ``customers`` came after one."""

    component: str
    answers: int
    customers: int
    contrasts: tuple[ScoreContrast, ...]
    odds: OddsCheck | NotEstimable


@dataclass(frozen=True, slots=True)
class RatedTouchpoint:
    """One touchpoint's ratings beside the KPI: description, never an effect.

    Parameters
    ----------
    component : str
        Of the column ``rating_<component>``.
    answers, customers : int
        That rated it.
    mean : Answer
        Rating, in its own unit.
    share : Answer
        Of the KPI's variance, averaged over all orders of the touchpoints.
    rank_best, rank_worst : int or None
        Between which places its share stands; 1 is the largest.
    low_rating, high_rating : Answer
        KPI after a low and a high rating, less that after one between.
    balance : Answer
        The sum of the two, with an interval that holds for all touchpoints at once.
    kind : str
        ``penalty``: low costs more than high gains; ``reward``: the other way round.
    stable : bool or None
        Whether the class is the same with each cut one step aside, where it could be told; None where it never could.
    """

    component: str
    answers: int
    customers: int
    mean: Answer
    share: Answer
    rank_best: int | None
    rank_worst: int | None
    low_rating: Answer
    high_rating: Answer
    balance: Answer
    kind: RatingClass
    stable: bool | None


@dataclass(frozen=True, slots=True)
class RatingDrivers:
    """Ratings of touchpoints beside one KPI.

    Parameters
    ----------
    answers, customers : int
        With the KPI and at least one rating.
    unrated : int
        Answers with the KPI that rate nothing; left out.
    r2, r2_others : float
        Share of the variance that ratings, attributes, tenure and calendar explain together, and without the ratings.
    low, high : float or None
        A rating is low up to the one, high from the other; None where the scale is not known.
    touchpoints : tuple of RatedTouchpoint
        Largest share first.
    left_out : tuple of (str, NotEstimable)
        Touchpoints that cannot be told, and why.
    """

    answers: int
    customers: int
    unrated: int
    r2: float
    r2_others: float
    low: float | None
    high: float | None
    touchpoints: tuple[RatedTouchpoint, ...]
    left_out: tuple[tuple[str, NotEstimable], ...]


@dataclass(frozen=True, slots=True)
class KpiDrivers:
    """One KPI: its level, and what goes with it; ``answers`` are those of ``customers`` who are known."""

    kpi: Literal["nps", "csat", "ces"]
    unit: str
    answers: int
    customers: int
    level: Answer
    components: tuple[ComponentDriver, ...]
    ratings: RatingDrivers | NotEstimable


@dataclass(frozen=True, slots=True)
class Drivers:
    """Every KPI that has answers, that of the run first; an incident counts for `exposure_days`."""

    exposure_days: int
    kpis: tuple[KpiDrivers, ...]
    messages: tuple[Message, ...]
