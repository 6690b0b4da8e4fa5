"""Revenue after first incidents in the shape of ``results.json``."""

from __future__ import annotations

import math

from cxlink.estimate import NotEstimable
from cxlink.handoff import EventStudy
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.event_models import EventMonthResult, EventStudyResult
from cxlink.report.numbers import round_exact


def build_event_results(studies: tuple[EventStudy, ...], *, published: bool) -> list[EventStudyResult]:
    """Put paths after first incidents into the shape of ``results.json``.

    Parameters
    ----------
    studies : tuple of EventStudy
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of EventStudyResult
        One a component; ``hidden_trend`` is null where no hidden trend undoes the total.
    """
    return [_study(one, published=published) for one in studies]


def _study(study: EventStudy, *, published: bool) -> EventStudyResult:
    trend = study.hidden_trend
    if isinstance(trend, NotEstimable):
        told: float | None = None
    else:
        told = round_exact(trend) if math.isfinite(trend) else None
    return EventStudyResult(
        component=study.component,
        customers=count_result(study.customers, published=published),
        met_before=count_result(study.met_before, published=published),
        without_others=count_result(study.alone, published=published),
        revenue_before=answer_result(study.base),
        path=[
            EventMonthResult(
                month=one.month,
                effect=answer_result(one.effect),
                band_low=round_exact(one.band[0]),
                band_high=round_exact(one.band[1]),
            )
            for one in study.path
        ],
        last_month=study.last_month,
        total=answer_result(study.total),
        total_other_base=answer_result(study.other_total),
        hidden_trend=refusal_result(trend) if isinstance(trend, NotEstimable) else told,
    )
