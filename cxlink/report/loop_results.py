"""The closed loop in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import AfterAnswers, ClosedLoop, LowAnswers
from cxlink.handoff.loop import AGES
from cxlink.report.answer_models import CountResult, NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.loop_models import (
    AfterAnswersResult,
    ClosedLoopResult,
    LowAnswersResult,
    OpenCauseResult,
    OpenTicketsResult,
)
from cxlink.report.numbers import round_exact


def build_loop_result(loop: ClosedLoop | NotEstimable, *, published: bool) -> ClosedLoopResult | NotEstimableResult:
    """Put the closed loop into the shape of ``results.json``.

    Parameters
    ----------
    loop : ClosedLoop or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    ClosedLoopResult or NotEstimableResult
        Numbers of nine significant digits.
    """
    if isinstance(loop, NotEstimable):
        return refusal_result(loop)

    def count(number: int) -> CountResult:
        return count_result(number, published=published)

    tickets = [
        OpenTicketsResult(
            component=one.component,
            total=count(one.total),
            ages={name: count(age) for name, age in zip(AGES, one.ages, strict=True)},
        )
        for one in loop.open
    ]
    return ClosedLoopResult(
        open=tickets if loop.open_refusal is None else refusal_result(loop.open_refusal),
        low=_low(loop.low, published=published),
        after=_after(loop.after, published=published),
        causes=[
            OpenCauseResult(
                component=one.component,
                cause=one.cause,
                customers=count(one.customers),
                tickets=count(one.tickets),
                open=count(one.open),
            )
            for one in loop.causes
        ],
    )


_NO_PRICE = NotEstimable("no recurring charge says what they pay, or few stand behind it", "recurring charges")


def _low(low: LowAnswers | NotEstimable, *, published: bool) -> LowAnswersResult | NotEstimableResult:
    if isinstance(low, NotEstimable):
        return refusal_result(low)
    return LowAnswersResult(
        kpi=low.kpi,
        look_back_days=low.look_back_days,
        within_days=low.within_days,
        by_proxy=low.by_proxy,
        given=count_result(low.given, published=published),
        in_time=count_result(low.in_time, published=published),
        waiting=count_result(low.waiting, published=published),
        share=answer_result(low.share),
        median_days=answer_result(low.median_days),
        waiting_customers=count_result(low.waiting_customers, published=published),
        waiting_monthly=refusal_result(_NO_PRICE) if low.waiting_monthly is None else round_exact(low.waiting_monthly),
    )


def _after(after: AfterAnswers | NotEstimable, *, published: bool) -> AfterAnswersResult | NotEstimableResult:
    if isinstance(after, NotEstimable):
        return refusal_result(after)
    return AfterAnswersResult(
        answered=count_result(after.answered, published=published),
        others=count_result(after.others, published=published),
        score=answer_result(after.score),
        leaving=answer_result(after.leaving),
    )
