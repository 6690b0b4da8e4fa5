"""Rows of the workbook that stand for single records: tagged comments, customers to call, claims."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.workings import Told


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment with one of its tags; ``text`` is redacted, ``day`` ISO 8601."""

    day: str
    record_id: str
    table: str
    component: str
    cause: str
    source: str
    score: float | None
    text: str


@dataclass(frozen=True, slots=True)
class CommentTable:
    """The newest tagged comments, and of how many rows."""

    kpi: str
    lines: tuple[CommentLine, ...]
    of: int


@dataclass(frozen=True, slots=True)
class CallLine:
    """An active customer at risk; days ISO 8601, empty where there was nothing."""

    customer_id: str
    monthly_price: float
    risk: float
    low: float
    high: float
    at_risk: float
    behind: str
    incident_day: str
    component: str
    cause: str
    score_day: str
    score: float | None
    waiting_since: str
    open_tickets: int


@dataclass(frozen=True, slots=True)
class CallList:
    """Active customers by value at risk: those shown, how many there are, and what stands against trusting it.

    ``without_price`` have no recurring charge and hence no value; ``doubts`` are sentences.
    """

    months: int
    currency: str
    kpi: str
    lines: tuple[CallLine, ...]
    of: int
    without_price: int
    has_tickets: bool
    has_answers: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim, its verdict, and the numbers that it rests on."""

    text: str
    source: str
    verdict: str
    unit: str
    claimed: float | None
    estimate: Told
    naive: Told
    inflation: Told
    inflation_set: str
    words: str
