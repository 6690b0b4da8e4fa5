"""The part of ``results.json`` about those who were asked and did not answer."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import AnswerResult, CountResult, Part


class AnsweringShareResult(Part):
    """Share of the asked that answers, among those who would say the same."""

    said: str
    share: AnswerResult


class AnsweringEffectResult(Part):
    """KPI points of having met an incident: among answers, and over all asked."""

    component: str
    among_answers: AnswerResult
    of_all: AnswerResult


class AnsweringResult(Part):
    """Who answers, and what the silent make of level and effects of the KPI."""

    known_from: Literal["invitations", "spacing"]
    every_days: float | None
    asked: CountResult
    answered: CountResult
    shares: list[AnsweringShareResult]
    among_answers: AnswerResult
    weighted: AnswerResult
    of_all: AnswerResult
    bounds: AnswerResult
    effects: list[AnsweringEffectResult]
