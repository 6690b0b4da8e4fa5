"""Segments in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import JointEffect, Segment, SegmentRatios, Segments
from cxlink.report.answer_models import AnswerResult, NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.numbers import round_exact
from cxlink.report.segment_models import (
    SegmentComponentResult,
    SegmentJointResult,
    SegmentRatioResult,
    SegmentResult,
    SegmentTestResult,
)
from cxlink.report.segment_sections import EFFECTS, is_different


def build_segment_results(segments: Segments | NotEstimable, *, published: bool) -> list[SegmentResult]:
    """Put the tables by segment into the shape of ``results.json``.

    Parameters
    ----------
    segments : Segments or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of SegmentResult
        Empty where no segments were asked for, or nobody is active.
    """
    if isinstance(segments, NotEstimable):
        return []
    return [_segment(one, published=published) for one in segments.segments]


def build_segment_tests(segments: Segments | NotEstimable) -> list[SegmentTestResult]:
    """Put the tests of differing ratios into the shape of ``results.json``.

    Parameters
    ----------
    segments : Segments or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    list of SegmentTestResult
        By attribute and component.
    """
    return [] if isinstance(segments, NotEstimable) else [_test(one) for one in segments.ratios]


def _segment(one: Segment, *, published: bool) -> SegmentResult:
    customers = one.customers
    return SegmentResult(
        attribute=one.attribute,
        value=one.value,
        customers=refusal_result(customers)
        if isinstance(customers, NotEstimable)
        else count_result(customers, published=published),
        components=[
            SegmentComponentResult(
                component=effect.component,
                customers_reached=refusal_result(effect.customers_reached)
                if isinstance(effect.customers_reached, NotEstimable)
                else count_result(effect.customers_reached, published=published),
                **_effects(effect.effects),
            )
            for effect in one.components
        ],
        joint=SegmentJointResult(**_effects(one.joint)),
    )


def _effects(effect: JointEffect) -> dict[str, AnswerResult]:
    return {name: answer_result(getattr(effect, name)) for name in EFFECTS}


def _test(one: SegmentRatios) -> SegmentTestResult:
    return SegmentTestResult(
        attribute=one.attribute,
        component=one.component,
        ratios=[SegmentRatioResult(value=value, hazard_ratio=answer_result(ratio)) for value, ratio in one.ratios],
        p_value=_value(one.p_value),
        q_value=_value(one.q_value),
        differs=is_different(one),
    )


def _value(value: float | NotEstimable) -> float | NotEstimableResult:
    return refusal_result(value) if isinstance(value, NotEstimable) else round_exact(value)
