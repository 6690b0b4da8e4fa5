"""What ``audience = "published"`` leaves out of past changes."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import ForecastCheck, TrackedChange, Tracking
from cxlink.report.hiding import FEW, clean_answer, hide_digits, is_suppressed


def suppress_tracking(tracking: Tracking | NotEstimable) -> Tracking | NotEstimable:
    """Leave out changes that reached, or did not reach, fewer than ten customers.

    Parameters
    ----------
    tracking : Tracking or NotEstimable
        Of the internal audience.

    Returns
    -------
    Tracking or NotEstimable
        Counts stay as they are: what shows them asks whether they are too small. The condition is not shown.
    """
    if isinstance(tracking, NotEstimable):
        return replace(tracking, reason=hide_digits(tracking.reason))
    messages = tuple(replace(one, message=hide_digits(one.message)) for one in tracking.messages)
    return replace(tracking, changes=tuple(_change(one) for one in tracking.changes), messages=messages)


def _change(one: TrackedChange) -> TrackedChange:
    few = is_suppressed(one.customers, published=True) or 0 < one.others < 10

    def clean(answer: Answer) -> Answer:
        return FEW if few else clean_answer(answer)

    refusal = one.refusal
    return replace(
        one,
        exposed=None,
        outcomes=tuple(replace(o, effect=clean(o.effect), seen=clean(o.seen)) for o in one.outcomes),
        checks=tuple(_check(check, clean(check.came)) for check in one.checks),
        refusal=None if refusal is None else replace(refusal, reason=hide_digits(refusal.reason)),
    )


def _check(check: ForecastCheck, came: Answer) -> ForecastCheck:
    if isinstance(came, NotEstimable):
        return replace(check, came=came, held=None, contradicted=None, ratio=None)
    return replace(check, came=came)
