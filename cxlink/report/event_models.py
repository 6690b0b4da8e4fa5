"""The part of ``results.json`` that follows revenue after first incidents."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part


class EventMonthResult(Part):
    """One month of a path; ``band_low`` and ``band_high`` hold for all months of the path at once."""

    month: int
    effect: AnswerResult
    band_low: float
    band_high: float


class EventStudyResult(Part):
    """Revenue after the first incident of one component, beside customers at risk of one on the same day."""

    component: str
    customers: CountResult
    met_before: CountResult
    without_others: CountResult
    revenue_before: AnswerResult
    path: list[EventMonthResult]
    last_month: int
    total: AnswerResult
    total_other_base: AnswerResult
    hidden_trend: float | NotEstimableResult | None
