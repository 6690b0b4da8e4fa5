"""What ``audience = "published"`` leaves out of revenue after first incidents."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import EventStudy
from cxlink.report.hiding import DOMINATED, FEW, clean_answer, is_suppressed
from cxlink.report.suppress_groups import MOST_OF_ONE


def suppress_events(studies: tuple[EventStudy, ...]) -> tuple[EventStudy, ...]:
    """Leave out components of fewer than ten customers, and those of which one customer makes up more than half.

    Parameters
    ----------
    studies : tuple of EventStudy
        Of the internal audience.

    Returns
    -------
    tuple of EventStudy
        Counts stay as they are: what shows them asks whether they are too small.
    """
    return tuple(_suppress(one) for one in studies)


def _suppress(one: EventStudy) -> EventStudy:
    if not one.path:
        total, other, base = (clean_answer(answer) for answer in (one.total, one.other_total, one.base))
        trend = total if isinstance(total, NotEstimable) else one.hidden_trend
        return replace(one, total=total, other_total=other, base=base, hidden_trend=trend)
    few = is_suppressed(one.customers, published=True)
    if not few and one.largest_part <= MOST_OF_ONE:
        path = tuple(month for month in one.path if not is_suppressed(month.effect.n, published=True))
        return replace(one, path=path)
    reason = FEW if few else DOMINATED
    return replace(one, base=reason, path=(), last_month=0, total=reason, other_total=reason, hidden_trend=reason)
