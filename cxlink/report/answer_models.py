"""An answer in ``results.json``: a number with its interval, or why there is none."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of ``results.json``."""

    model_config = ConfigDict(frozen=True)


class EstimateResult(Part):
    """A number with its interval."""

    point: float
    low: float
    high: float
    level: float
    unit: str
    n: int
    events: int
    method: str


class NotEstimableResult(Part):
    """Why there is no number, and what would unlock it."""

    not_estimable: str
    needs: str


AnswerResult = EstimateResult | NotEstimableResult
CountResult = int | NotEstimableResult
