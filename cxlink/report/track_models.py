"""The part of ``results.json`` that sets past changes beside their forecasts."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, Part


class TrackedOutcomeResult(Part):
    """What became of one outcome: as an effect, and as it was seen."""

    name: str
    effect: AnswerResult
    seen: AnswerResult
    grade: str
    trend_p_value: float | None


class ForecastCheckResult(Part):
    """One figure told before a change, and what came."""

    figure: str
    point: float
    low: float
    high: float
    came: AnswerResult
    held: bool | None
    contradicted: bool | None
    ratio: float | None


class TrackedChangeResult(Part):
    """One change that was made."""

    name: str
    component: str
    cause: str | None
    started_on: str
    exposed: str | None
    customers: CountResult
    others: CountResult
    groups: CountResult
    months_before: int
    months_after: int
    outcomes: list[TrackedOutcomeResult]
    forecast_as_of: str | None
    checks: list[ForecastCheckResult]
    not_estimable: str | None
    needs: str | None


class TrackRecordResult(Part):
    """How past forecasts did."""

    compared: int
    held: int
    contradicted: int
    mean_ratio: float | None
