"""The part of ``results.json`` that sets teams' engagement beside how they serve."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, Part


class ServiceOutcomeResult(Part):
    """What goes with one point more of a team's engagement, by months since, and as a placebo by the month after."""

    outcome: str
    lags: list[AnswerResult]
    total: AnswerResult
    lead: AnswerResult


class EmployeesResult(Part):
    """Teams in both exports, and what goes with their engagement."""

    teams: int
    months: int
    outcomes: list[ServiceOutcomeResult]
