"""The part of ``results.json`` that tells what goes with each score."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part


class ContrastResult(Part):
    """The score after an incident less that without one, compared in one way."""

    way: Literal["difference", "like_for_like", "within", "adjusted", "ordinal"]
    grade: Literal["B", "C", "D"]
    effect: AnswerResult


class OddsResult(Part):
    """Whether an incident shifts all answers alike; ``strays`` are the answers from which up it does not."""

    p_value: float
    cuts: list[float]
    strays: list[float]


class ComponentDriverResult(Part):
    """One component's incidents beside one KPI."""

    component: str
    answers_after: CountResult
    customers_after: CountResult
    contrasts: list[ContrastResult]
    proportional_odds: OddsResult | NotEstimableResult


class RankRangeResult(Part):
    """Between which places a share stands; 1 is the largest."""

    best: int
    worst: int


class TouchpointResult(Part):
    """One touchpoint's ratings beside one KPI: description."""

    component: str
    answers: CountResult
    customers: CountResult
    mean: AnswerResult
    share_of_variance: AnswerResult
    rank: RankRangeResult | None
    low_rating: AnswerResult
    high_rating: AnswerResult
    balance: AnswerResult
    kind: Literal["penalty", "reward", "both alike", "undetermined"]
    stable: bool | None


class LeftOutResult(Part):
    """A touchpoint that cannot be told, and why."""

    component: str
    not_estimable: str
    needs: str


class RatingsResult(Part):
    """Ratings of touchpoints beside one KPI: description, grade D."""

    grade: Literal["D"]
    answers: CountResult
    customers: CountResult
    answers_without_ratings: CountResult
    r2: float
    r2_without_ratings: float
    low_up_to: float | None
    high_from: float | None
    touchpoints: list[TouchpointResult]
    left_out: list[LeftOutResult]


class KpiDriversResult(Part):
    """One KPI: its level, and what goes with it."""

    kpi: Literal["nps", "csat", "ces"]
    unit: str
    answers: CountResult
    customers: CountResult
    level: AnswerResult
    components: list[ComponentDriverResult]
    ratings: RatingsResult | NotEstimableResult
