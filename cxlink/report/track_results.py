"""Past changes in the shape of ``results.json``, and as a flat table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxlink.estimate import NotEstimable
from cxlink.handoff import ForecastCheck, TrackedChange, TrackedOutcome, Tracking
from cxlink.report.answer_results import answer_result, count_result
from cxlink.report.numbers import round_exact
from cxlink.report.track_models import (
    ForecastCheckResult,
    TrackedChangeResult,
    TrackedOutcomeResult,
    TrackRecordResult,
)

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("change", "outcome", "figure", "grade", "point", "low", "high", "level", "unit", "n", "events", "reason")


def build_track_results(tracking: Tracking | NotEstimable, *, published: bool) -> list[TrackedChangeResult]:
    """Put past changes into the shape of ``results.json``.

    Parameters
    ----------
    tracking : Tracking or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    list of TrackedChangeResult
        Empty where no change was made.
    """
    return [] if isinstance(tracking, NotEstimable) else [_change(one, published=published) for one in tracking.changes]


def build_track_record(tracking: Tracking | NotEstimable) -> TrackRecordResult | None:
    """Put into the shape of ``results.json`` how forecasts did.

    Parameters
    ----------
    tracking : Tracking or NotEstimable
        Of a run.

    Returns
    -------
    TrackRecordResult or None
        None where no change was made.
    """
    if isinstance(tracking, NotEstimable):
        return None
    record = tracking.record
    return TrackRecordResult(
        compared=record.compared,
        held=record.held,
        contradicted=record.contradicted,
        mean_ratio=_exact(record.mean_ratio),
    )


def track_table(tracking: Tracking | NotEstimable) -> pd.DataFrame:
    """Put every figure into one row, for programs.

    Parameters
    ----------
    tracking : Tracking or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; ``figure`` is ``effect``, ``seen`` or ``told``.
    """
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    for one in () if isinstance(tracking, NotEstimable) else tracking.changes:
        for outcome in one.outcomes:
            for figure, answer, grade in (("effect", outcome.effect, outcome.grade), ("seen", outcome.seen, "D")):
                if isinstance(answer, NotEstimable):
                    cells: tuple[object, ...] = (*[None] * 4, "", None, None, f"{answer.reason}; needs {answer.needs}")
                else:
                    numbers = (round_exact(n) for n in (answer.point, answer.low, answer.high, answer.level))
                    cells = (*numbers, answer.unit, answer.n, answer.events, "")
                rows.append((one.name, outcome.name, figure, grade, *cells))
        for check in one.checks:
            told = (round_exact(check.told.point), round_exact(check.told.low), round_exact(check.told.high))
            rows.append((one.name, check.figure, "told", "", *told, None, "", None, None, ""))
        if one.refusal is not None and not one.outcomes:
            reason = f"{one.refusal.reason}; needs {one.refusal.needs}"
            rows.append((one.name, "", "effect", "", *[None] * 4, "", None, None, reason))
    kinds = dict.fromkeys(("point", "low", "high", "level"), float)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n": "Int64", "events": "Int64", **kinds})


def _change(one: TrackedChange, *, published: bool) -> TrackedChangeResult:
    return TrackedChangeResult(
        name=one.name,
        component=one.component,
        cause=one.cause,
        started_on=one.started_on.isoformat(),
        exposed=one.exposed,
        customers=count_result(one.customers, published=published),
        others=count_result(one.others, published=published),
        groups=count_result(one.groups, published=published),
        months_before=one.months_before,
        months_after=one.months_after,
        outcomes=[_outcome(outcome) for outcome in one.outcomes],
        forecast_as_of=None if one.forecast_as_of is None else one.forecast_as_of.isoformat(),
        checks=[_check(check) for check in one.checks],
        not_estimable=one.refusal.reason if one.refusal else None,
        needs=one.refusal.needs if one.refusal else None,
    )


def _outcome(one: TrackedOutcome) -> TrackedOutcomeResult:
    return TrackedOutcomeResult(
        name=one.name,
        effect=answer_result(one.effect),
        seen=answer_result(one.seen),
        grade=one.grade,
        trend_p_value=_exact(one.trend),
    )


def _check(one: ForecastCheck) -> ForecastCheckResult:
    return ForecastCheckResult(
        figure=one.figure,
        point=round_exact(one.told.point),
        low=round_exact(one.told.low),
        high=round_exact(one.told.high),
        came=answer_result(one.came),
        held=one.held,
        contradicted=one.contradicted,
        ratio=_exact(one.ratio),
    )


def _exact(value: float | None) -> float | None:
    return None if value is None else round_exact(value)
