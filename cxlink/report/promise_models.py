"""The part of ``results.json`` that sets what was done against what was promised."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, Part


class GapEffectResult(Part):
    """What the gap to a promise does, late and early apart, beside the plain incident."""

    late: AnswerResult
    early: AnswerResult
    incident: AnswerResult


class ScoreGapEffectResult(GapEffectResult):
    """Likewise for the KPI, and what an uneven service does."""

    spread: AnswerResult


class PromiseResult(Part):
    """One measure of one component against its promise."""

    component: str
    measure: str
    touchpoints: CountResult
    customers: CountResult
    mean_gap: AnswerResult
    share_late: AnswerResult
    within_customers: AnswerResult
    between_customers: AnswerResult
    score: ScoreGapEffectResult
    hazard_ratio: GapEffectResult
