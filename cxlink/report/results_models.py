"""The shape of ``results.json``, as models that give its JSON Schema."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cxlink.report.answer_models import AnswerResult, CountResult, NotEstimableResult, Part
from cxlink.report.answering_models import AnsweringResult
from cxlink.report.change_models import BudgetResult, ChangeResult
from cxlink.report.claim_models import ClaimResult
from cxlink.report.doubt_models import DoubtsResult
from cxlink.report.driver_models import KpiDriversResult
from cxlink.report.employee_models import EmployeesResult
from cxlink.report.event_models import EventStudyResult
from cxlink.report.group_models import CustomerGroupsResult
from cxlink.report.history_models import DiffResult, GateResult, MonthResult
from cxlink.report.kpi_models import KpiComparisonResult, KpiResult
from cxlink.report.linkage_models import LinkageResult, MoneyResult
from cxlink.report.loop_models import ClosedLoopResult
from cxlink.report.monitor_models import MonitorSummaryResult, SignalResult
from cxlink.report.promise_models import PromiseResult
from cxlink.report.segment_models import SegmentResult, SegmentTestResult
from cxlink.report.serving_models import ServingResult
from cxlink.report.track_models import TrackedChangeResult, TrackRecordResult

SCHEMA: Literal["cxlink.results/1"] = "cxlink.results/1"


class ObservedResult(Part):
    """First and last day that count, ISO 8601."""

    from_: str = Field(serialization_alias="from")
    to: str


class LedgerResult(Part):
    """What became of one file."""

    source: str
    file: str
    rows_read: int
    rows_accepted: int
    rows_excluded: int
    rows_quarantined: int
    minor_units_accepted: dict[str, int]
    minor_units_quarantined: dict[str, int]
    encoding: str
    delimiter: str
    date_format: str
    decimal: str
    rows_rounded: int


class EffectsResult(Part):
    """The quantities of an effect."""

    experience: AnswerResult
    customers_kept: AnswerResult
    revenue_kept: AnswerResult
    margin_kept: AnswerResult
    cost_saved: AnswerResult
    net_benefit: AnswerResult


class RankResult(Part):
    """Best and worst rank by net benefit, 1 = costliest."""

    best: int | None
    worst: int | None


class ComponentResult(Part):
    """What all incidents of one component do."""

    component: str
    incidents: CountResult
    customers_reached: CountResult
    hazard_ratio: AnswerResult
    experience: AnswerResult
    customers_kept: AnswerResult
    revenue_kept: AnswerResult
    margin_kept: AnswerResult
    cost_saved: AnswerResult
    net_benefit: AnswerResult
    joint_share: dict[str, AnswerResult]
    rank: RankResult
    grade: Literal["A", "B", "C", "D"]
    warnings: list[str]
    tenth: dict[str, AnswerResult]
    seen_after: AnswerResult
    seen_otherwise: AnswerResult
    sentences: dict[str, str]


class CauseResult(Part):
    """How many records bear a root cause."""

    component: str
    cause: str
    comments: CountResult
    tickets: CountResult
    customers: CountResult
    share: AnswerResult
    corrected_share: AnswerResult
    trend: AnswerResult
    examples: list[str]


class UnexplainedResult(Part):
    """What nothing is known to stand behind: low scores, tickets or leavers."""

    what: Literal["low scores", "tickets", "leavers"]
    records: CountResult
    of: CountResult
    share: AnswerResult


class CurveResult(Part):
    """One step of the curve of staying."""

    segment: str
    day: int
    survival: float
    low: float
    high: float
    at_risk: int


class LagResult(Part):
    """Hazard ratios of a component by month since the incident, the first month first."""

    component: str
    months: list[AnswerResult]
    reverse: bool


class PeriodResult(Part):
    """A hazard ratio in one period of tenure."""

    period: str
    hazard_ratio: AnswerResult


class PeriodsResult(Part):
    """Hazard ratios of a component by period of tenure, and the p value that they are one."""

    component: str
    periods: list[PeriodResult]
    p_value: float


class ProportionalityResult(Part):
    """Score test that a hazard ratio does not move with tenure."""

    term: str
    statistic: float
    degrees: int
    p_value: float


class CalibrationTestResult(Part):
    """A-calibration of a validation."""

    months: int
    statistic: float
    degrees: int
    p_value: float


class DoubtResult(Part):
    """How strong a cause that was not measured would have to be to explain a hazard ratio away."""

    component: str
    e_value: float
    e_value_of_limit: float
    attribute: str
    times_to_explain: float | None
    times_to_touch: float | None


class ChurnResult(Part):
    """The churn data and model."""

    customers: CountResult
    events: CountResult
    validation: dict[str, AnswerResult]
    a_calibration: list[CalibrationTestResult]
    uncorrected_ratios: dict[str, AnswerResult]
    doubt: list[DoubtResult]
    lags: list[LagResult]
    periods: list[PeriodsResult]
    proportionality: list[ProportionalityResult]
    curve: list[CurveResult]
    covariate_ratios: dict[str, AnswerResult]
    involuntary_events: CountResult
    not_estimable: str | None
    needs: str | None


class ReconciliationResult(Part):
    """One line of those that add up to the accepted revenue, in minor units of the project's currency."""

    line: str
    minor_units: int


class ReadinessResult(Part):
    """Whether one output is possible with this data."""

    output: str
    ready: bool
    needs: str
    has: str


class DiagnosticResult(Part):
    """A message."""

    code: str
    severity: Literal["info", "warning", "error"]
    stage: str
    message: str
    remedy: str


class BridgeResult(Part):
    """One term of what moved a KPI between two periods; against: ``quarter`` or ``year`` before."""

    kpi: str
    against: str
    from_: str = Field(serialization_alias="from")
    to: str
    term: str
    value: AnswerResult


class CostSplitRowResult(Part):
    """Handling of a component's tickets, in minor units: as split, in equal parts, and all to the one named first."""

    component: str
    minor_units: int
    equal: int
    primary: int


class CostSplitResult(Part):
    """How the handling of tickets of several components was split; refused: why equally."""

    tickets: CountResult
    shared: CountResult
    refused: str
    components: list[CostSplitRowResult]


class SimulatedResult(Part):
    """How exactly the projection was computed."""

    customers: CountResult
    of: CountResult
    futures: int
    share_of_error: float


class Results(Part):
    """All of ``results.json``."""

    schema_: Literal["cxlink.results/1"] = Field(serialization_alias="schema")
    project: str
    currency: str
    kpi: Literal["nps", "csat", "ces"]
    seed: int
    observed: ObservedResult
    ledger: list[LedgerResult]
    linkage: LinkageResult
    components: list[ComponentResult]
    joint: EffectsResult
    causes: list[CauseResult]
    churn: ChurnResult
    changes: list[ChangeResult]
    claims: list[ClaimResult]
    kpis: list[KpiResult]
    monitor: list[SignalResult]
    bridge: list[BridgeResult]
    readiness: list[ReadinessResult]
    diagnostics: list[DiagnosticResult]
    unexplained: list[UnexplainedResult]
    not_explained: EffectsResult | None
    cost_split: CostSplitResult | None
    simulated: SimulatedResult | None
    horizon_months: int
    population: CountResult
    overlap: EffectsResult
    experience_level: AnswerResult
    reconciliation: list[ReconciliationResult]
    money: MoneyResult
    customer_groups: CustomerGroupsResult | NotEstimableResult
    answering: AnsweringResult | NotEstimableResult
    promises: list[PromiseResult] | NotEstimableResult
    employees: EmployeesResult | NotEstimableResult
    event_studies: list[EventStudyResult]
    drivers: list[KpiDriversResult] | NotEstimableResult
    segments: list[SegmentResult]
    segment_tests: list[SegmentTestResult]
    costs_to_serve: list[ServingResult]
    doubts: DoubtsResult | NotEstimableResult
    kpi_comparisons: list[KpiComparisonResult]
    tracked: list[TrackedChangeResult]
    track_record: TrackRecordResult | None
    monitor_summary: MonitorSummaryResult | NotEstimableResult
    budget: BudgetResult | NotEstimableResult | None
    fresh: dict[str, str]
    closed_loop: ClosedLoopResult | NotEstimableResult
    months: list[MonthResult]
    diff: DiffResult
    gates: list[GateResult]


def results_schema() -> dict[str, Any]:
    """JSON Schema of ``results.json``.

    Returns
    -------
    dict
        Draft 2020-12; further keys are allowed, because later versions may add some.
    """
    schema = Results.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": SCHEMA}
