"""The part of ``results.json`` that repeats the component table by segment."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part


class SegmentComponentResult(Part):
    """What all incidents of one component do in one segment."""

    component: str
    customers_reached: CountResult
    experience: AnswerResult
    customers_kept: AnswerResult
    revenue_kept: AnswerResult
    margin_kept: AnswerResult
    cost_saved: AnswerResult
    net_benefit: AnswerResult


class SegmentJointResult(Part):
    """All components' incidents stopped at once, in one segment."""

    experience: AnswerResult
    customers_kept: AnswerResult
    revenue_kept: AnswerResult
    margin_kept: AnswerResult
    cost_saved: AnswerResult
    net_benefit: AnswerResult


class SegmentResult(Part):
    """Active customers with one value of an attribute."""

    attribute: str
    value: str
    customers: CountResult
    components: list[SegmentComponentResult]
    joint: SegmentJointResult


class SegmentRatioResult(Part):
    """Hazard ratio of a component in one segment."""

    value: str
    hazard_ratio: AnswerResult


class SegmentTestResult(Part):
    """Whether a component's hazard ratio differs between segments; q_value is over all tests of the run."""

    attribute: str
    component: str
    ratios: list[SegmentRatioResult]
    p_value: float | NotEstimableResult
    q_value: float | NotEstimableResult
    differs: bool
