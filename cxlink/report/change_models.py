"""The part of ``results.json`` that tells what changes would bring."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import AnswerResult, NotEstimableResult, Part


class AskedResult(Part):
    """A change as it was stated; low, likely and high are shares of incidents removed, or of their harm."""

    component: str
    cause: str
    kind: Literal["fewer", "more", "recovery"]
    low: float
    likely: float
    high: float
    one_off: float
    per_month: float
    saving_one_off: float
    saving_per_month: float
    ramp_months: int
    adoption: float
    displaced_to: str
    displaced_share: float
    voucher: float


class QuantileResult(Part):
    """NPV that the draws stay below with a probability."""

    probability: float
    npv: float


class SourceResult(Part):
    """Share of the NPV's variance that a group of inputs brings."""

    source: str
    share: float


class AllowanceResult(Part):
    """By how much the log hazard ratio may be off for causes that were not measured."""

    source: Literal["negative controls", "strongest attribute"]
    attribute: str
    mean: float
    spread: float


class ChangeResult(Part):
    """What a change would do."""

    name: str
    experience: AnswerResult
    customers_kept: AnswerResult
    revenue_kept: AnswerResult
    margin_kept: AnswerResult
    cost_saved: AnswerResult
    npv: AnswerResult
    roi: float | None
    payback_months: float | None
    probability_npv_positive: float | None
    probability_npv_positive_allowing_for_doubt: float | None
    break_even_reduction: float | None
    asked: AskedResult
    incidents_fewer: AnswerResult
    npv_quantiles: list[QuantileResult]
    spent: float | None
    payback_months_low: float | None
    payback_months_high: float | None
    never_pays_back: float | None
    break_even_hazard_ratio: float | None
    allowance_for_doubt: AllowanceResult | NotEstimableResult | None
    variance_from: list[SourceResult]
    worth_of_knowing: float | None
    sentences: list[str]


class ChosenOftenResult(Part):
    """Share of draws in which a change would be taken."""

    name: str
    share: float


class BudgetResult(Part):
    """Which changes to take within a budget."""

    budget: float
    aim: Literal["mean", "worst fifth"]
    considered: list[str]
    taken: list[str]
    spent: float
    npv: AnswerResult
    sum_of_parts: float
    by_pairs: float
    chosen_in: list[ChosenOftenResult]
    sentences: list[str]
