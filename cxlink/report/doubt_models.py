"""The part of ``results.json`` that says how far the components' figures can be trusted."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part


class PlaceboResult(Part):
    """An effect that cannot be, as estimated; ``failed`` where it is beyond chance and large enough to matter."""

    component: str
    placebo: str
    effect: AnswerResult
    p_value: float | None
    q_value: float | None
    detectable: float | None
    failed: bool


class ScoreDoubtResult(Part):
    """How strong a cause that was not measured would have to be to explain an effect on the score away."""

    points: AnswerResult
    partial_r2: float
    robustness: float
    robustness_of_limit: float
    e_value: float
    e_value_of_limit: float
    attribute: str
    attribute_exposure: float
    attribute_score: float
    times_to_explain: float | None


class ExposureSpreadResult(Part):
    """Who met a component, and where nobody or everybody did."""

    customers: CountResult
    customers_apart: float
    days_apart: float
    groups: list[str]


class ComponentDoubtResult(Part):
    """What a component's figures rest on; ``reasons``: why they are descriptive only."""

    component: str
    grade: Literal["A", "B", "C", "D"]
    reasons: list[str]
    q_hazard_ratio: float | None
    q_experience: float | None
    q_net_benefit: float | None
    calibrated_hazard_ratio: AnswerResult
    score: ScoreDoubtResult | None
    exposure: ExposureSpreadResult | None


class CostliestResult(Part):
    """The costliest component's net benefit, corrected for having been picked for being the largest."""

    component: str
    net_benefit: AnswerResult
    corrected: AnswerResult
    shrunken: AnswerResult


class DoubtsResult(Part):
    """How far the components' figures can be trusted."""

    components: list[ComponentDoubtResult]
    placebos: list[PlaceboResult]
    p_value_scores: float | None
    p_value_prices: float | None
    costliest: CostliestResult | NotEstimableResult
    measured_late: list[str]
