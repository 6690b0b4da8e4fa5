"""The part of ``results.json`` about coming back to customers."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part


class OpenTicketsResult(Part):
    """Open tickets of a component, or of all together, by age at the cut-off."""

    component: str
    total: CountResult
    ages: dict[str, CountResult]


class OpenCauseResult(Part):
    """A root cause, whom it reached, and its open tickets."""

    component: str
    cause: str
    customers: CountResult
    tickets: CountResult
    open: CountResult


class LowAnswersResult(Part):
    """Low scores, and whether somebody came back to them."""

    kpi: str
    look_back_days: int
    within_days: int
    by_proxy: bool
    given: CountResult
    in_time: CountResult
    waiting: CountResult
    share: AnswerResult
    median_days: AnswerResult
    waiting_customers: CountResult
    waiting_monthly: float | NotEstimableResult


class AfterAnswersResult(Part):
    """What followed answered low scores, less what followed the others."""

    answered: CountResult
    others: CountResult
    score: AnswerResult
    leaving: AnswerResult


class ClosedLoopResult(Part):
    """Everything about coming back to customers."""

    open: list[OpenTicketsResult] | NotEstimableResult
    low: LowAnswersResult | NotEstimableResult
    after: AfterAnswersResult | NotEstimableResult
    causes: list[OpenCauseResult]
