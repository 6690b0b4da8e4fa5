"""Promises in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import PromiseGap
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.promise_models import GapEffectResult, PromiseResult, ScoreGapEffectResult


def build_promise_results(
    promises: tuple[PromiseGap, ...] | NotEstimable, *, published: bool
) -> list[PromiseResult] | NotEstimableResult:
    """Put promises into the shape of ``results.json``.

    Parameters
    ----------
    promises : tuple of PromiseGap or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of PromiseResult or NotEstimableResult
        One a component and measure.
    """
    if isinstance(promises, NotEstimable):
        return refusal_result(promises)
    return [_promise(one, published=published) for one in promises]


def _promise(one: PromiseGap, *, published: bool) -> PromiseResult:
    return PromiseResult(
        component=one.component,
        measure=one.measure,
        touchpoints=count_result(one.touchpoints, published=published),
        customers=count_result(one.customers, published=published),
        mean_gap=answer_result(one.mean_gap),
        share_late=answer_result(one.share_late),
        within_customers=answer_result(one.within),
        between_customers=answer_result(one.between),
        score=ScoreGapEffectResult(
            late=answer_result(one.score_late),
            early=answer_result(one.score_early),
            incident=answer_result(one.score_incident),
            spread=answer_result(one.score_spread),
        ),
        hazard_ratio=GapEffectResult(
            late=answer_result(one.leaving.late),
            early=answer_result(one.leaving.early),
            incident=answer_result(one.leaving.incident),
        ),
    )
