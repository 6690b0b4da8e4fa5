"""Months, freshness, gates and the comparison with an earlier run in ``results.json``."""

from __future__ import annotations

from typing import Literal

from cxlink.report.answer_models import NotEstimableResult, Part


class MonthResult(Part):
    """Rows of a table in one month, and its money in minor units by currency."""

    table: str
    month: str
    rows: int
    minor_units: dict[str, int]


class GateResult(Part):
    """A condition, and what became of it."""

    rule: str
    status: Literal["held", "broken", "skipped"]
    value: float | str | bool | None
    reason: str


class AgainstResult(Part):
    """The earlier run that this one is compared with."""

    to: str
    version: str


class RestatedResult(Part):
    """A full month that both runs saw, and not alike; ``what`` is rows, or a currency's minor units."""

    table: str
    month: str
    what: str
    earlier: int | None
    now: int | None


class ChangedResult(Part):
    """What of the configuration or the method is not as it was."""

    what: str
    key: str
    earlier: str
    now: str


class MovedResult(Part):
    """A number that moved by more than chance explains; ``real`` where nothing but new days lies between the runs."""

    name: str
    earlier: float
    now: float
    difference: float
    low: float
    high: float
    real: bool


class DiffResult(Part):
    """What changed since an earlier run; ``against`` is null, with a reason, where there is none."""

    against: AgainstResult | None
    reason: str
    restated: list[RestatedResult] | NotEstimableResult
    changed: list[ChangedResult]
    moved: list[MovedResult]


NO_DIFF = DiffResult(against=None, reason="there is no earlier run to compare with", restated=[], changed=[], moved=[])
