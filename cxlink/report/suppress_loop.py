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
    return replace(low, share=clean_answer(low.share), median_days=clean_answer(low.median_days))


def _after(after: AfterAnswers | NotEstimable) -> AfterAnswers | NotEstimable:
    if isinstance(after, NotEstimable):
        return after
    if min(after.answered, after.others) < SMALL_COUNT:
        return FEW
    return replace(after, score=clean_answer(after.score), leaving=clean_answer(after.leaving))
