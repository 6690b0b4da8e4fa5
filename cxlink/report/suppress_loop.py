"""What ``audience = "published"`` leaves out of the closed loop."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import AfterAnswers, ClosedLoop, LowAnswers
from cxlink.report.hiding import FEW, clean_answer, hide_digits
from cxlink.report.numbers import SMALL_COUNT


def suppress_loop(loop: ClosedLoop | NotEstimable) -> ClosedLoop | NotEstimable:
    """Leave out what fewer than ten customers are behind, and the rows that others would give away.

    Parameters
    ----------
    loop : ClosedLoop or NotEstimable
        Of the internal audience.

    Returns
    -------
    ClosedLoop or NotEstimable
        Open tickets stay for all components together. Counts stay as they are: what shows them asks whether they are
        too small.
    """
    if isinstance(loop, NotEstimable):
        return replace(loop, reason=hide_digits(loop.reason))
    # of the components a small one would follow from the whole and the others
    small = any(0 < one.total < SMALL_COUNT for one in loop.open)
    return replace(
        loop,
        open=loop.open[:1] if small else loop.open,
        low=_low(loop.low),
        after=_after(loop.after),
        causes=tuple(one for one in loop.causes if min(one.customers, one.tickets, one.open) >= SMALL_COUNT),
        messages=tuple(replace(one, message=hide_digits(one.message)) for one in loop.messages),
    )


def _low(low: LowAnswers | NotEstimable) -> LowAnswers | NotEstimable:
    if isinstance(low, NotEstimable):
        return low
    # how many were answered too late follows from the three
    few = any(0 < count < SMALL_COUNT for count in (low.given, low.in_time, low.waiting, low.given - low.in_time))
    if few:
        return FEW
    # those who are no longer customers would follow from all who wait and those who are
    gone = low.waiting - low.waiting_customers
    hidden = low.waiting_customers < SMALL_COUNT or 0 < gone < SMALL_COUNT or _is_dominated(low)
    return replace(
        low,
        share=clean_answer(low.share),
        median_days=clean_answer(low.median_days),
        waiting_customers=0 if hidden else low.waiting_customers,
        waiting_monthly=None if hidden else low.waiting_monthly,
        by_value=(),
    )


def _is_dominated(low: LowAnswers) -> bool:
    """Whether one customer pays more than half of what all who wait pay."""
    largest = max((one.monthly_price for one in low.by_value), default=0.0)
    return low.waiting_monthly is not None and largest > low.waiting_monthly / 2


def _after(after: AfterAnswers | NotEstimable) -> AfterAnswers | NotEstimable:
    if isinstance(after, NotEstimable):
        return after
    if min(after.answered, after.others) < SMALL_COUNT:
        return FEW
    return replace(after, score=clean_answer(after.score), leaving=clean_answer(after.leaving))
