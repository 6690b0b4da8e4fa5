"""The part of ``results.json`` that tells what became of claims."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import AnswerResult, Part


class RungResult(Part):
    """One estimate of what a claim is about."""

    name: str
    answer: AnswerResult
    says: str


class ClaimPowerResult(Part):
    """What the deciding estimate could have told."""

    detectable: float
    of_claim: float
    wrong_sign: float
    exaggeration: float


class ClaimResult(Part):
    """Whether a claim holds here; claimed is null where it has no unit that can be tested."""

    text: str
    verdict: Literal[
        "supported", "overstated", "understated", "no_effect_shown", "contradicted", "imprecise", "not_identifiable"
    ]
    claimed: float | None
    naive: AnswerResult
    estimate: AnswerResult
    inflation: AnswerResult
    reasons: list[str]
    source: str
    among: str
    reading: str
    unit: str
    decided_by: str
    inflation_set: str
    rungs: list[RungResult]
    levers: list[RungResult]
    power: ClaimPowerResult | None
    sentence: str
    why: str
    settle: str
