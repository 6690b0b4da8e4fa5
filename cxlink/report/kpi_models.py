"""The part of ``results.json`` that compares KPIs."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, CountResult, Part


class KpiResult(Part):
    """What one KPI adds to the prediction of an outcome: share of what is uncertain, out of time."""

    kpi: str
    outcome: str
    gain: AnswerResult
    form: str
    p_value: float | None
    adds: bool


class KpiPairResult(Part):
    """Gain of one KPI less that of another, among the same respondents."""

    first: str
    second: str
    difference: AnswerResult
    p_value: float | None


class KpiComparisonResult(Part):
    """How KPIs were compared for one outcome."""

    outcome: str
    months: int
    judged_on: list[str]
    same_respondents: bool
    customers: CountResult
    judged: CountResult
    leavers: CountResult
    base: AnswerResult
    pairs: list[KpiPairResult]
    not_estimable: str | None
    needs: str | None
