"""The part of ``results.json`` about the cost to serve."""

from __future__ import annotations

from cxlink.report.answer_models import AnswerResult, Part


class ServingResult(Part):
    """Cost to serve of one component: an incident by the ledger and by a model, and contacts that come again."""

    component: str
    by_ledger: AnswerResult
    by_model: AnswerResult
    variance_power: AnswerResult
    curvature: AnswerResult
    repeated_week: AnswerResult
    repeated_month: AnswerResult
    first_contact: AnswerResult
    with_chain: AnswerResult
