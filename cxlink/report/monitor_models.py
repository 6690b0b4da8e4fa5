"""The part of ``results.json`` that holds monthly figures against their limits."""

from __future__ import annotations

from cxlink.report.answer_models import Part


class SignalResult(Part):
    """One month of a monitored series."""

    series: str
    component: str
    month: str
    value: float
    low: float
    high: float
    signal: bool
    cause: str
    unit: str
    n: float
    phase: int
    rule: str
    lasting: int
    p_value: float
    q_value: float | None


class BaselineResult(Part):
    """What one series is held against."""

    series: str
    component: str
    cause: str
    version: str
    from_month: str
    to_month: str
    months: int
    taken_out: list[str]
    centre: float
    sigma: float
    phi: float
    rule: str


class LevelChangeResult(Part):
    """A change of level: the first month at the new one, and between which months that lies."""

    series: str
    component: str
    cause: str
    month: str
    from_month: str
    to_month: str
    before: float
    after: float
    q_value: float


class NotChartedResult(Part):
    """A series that cannot be watched."""

    series: str
    component: str
    cause: str
    reason: str


class MonitorSummaryResult(Part):
    """All charts of the latest month."""

    month: str
    left_out: str
    charts: int
    watched: int
    signals: int
    expected_false_alarms: float
    changes: list[LevelChangeResult]
    baselines: list[BaselineResult]
    not_charted: list[NotChartedResult]
