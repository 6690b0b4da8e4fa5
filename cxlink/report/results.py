"""``results.json``: every number of a run for other programs, in full and under a schema."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from cxlink.estimate import Answer
from cxlink.handoff import (
    CauseCount,
    ChurnFit,
    ComponentEffect,
    CostSplit,
    CurvePoint,
    Doubt,
    JointEffect,
    LedgerEntry,
    RunResult,
    Simulated,
    TestResult,
    Unexplained,
)
from cxlink.report.answer_models import AnswerResult
from cxlink.report.answer_results import answer_result, count_result
from cxlink.report.answering_results import build_answering_result
from cxlink.report.bridge_results import build_bridge_results
from cxlink.report.change_results import build_budget_result, build_change_results
from cxlink.report.claim_results import build_claim_results
from cxlink.report.diagnostics import collect_messages
from cxlink.report.doubt_results import build_doubts_result
from cxlink.report.driver_results import build_driver_results
from cxlink.report.effect_words import Frame, frame_of, say_effect
from cxlink.report.employee_results import build_employees_result
from cxlink.report.event_results import build_event_results
from cxlink.report.group_results import build_groups_result
from cxlink.report.history_models import NO_DIFF, MonthResult
from cxlink.report.kpi_results import build_kpi_comparisons, build_kpi_results
from cxlink.report.linkage_results import build_linkage_result, build_money_result
from cxlink.report.loop_results import build_loop_result
from cxlink.report.monitor_results import build_monitor_results, build_monitor_summary
from cxlink.report.numbers import round_exact
from cxlink.report.promise_results import build_promise_results
from cxlink.report.results_models import (
    SCHEMA,
    CalibrationTestResult,
    CauseResult,
    ChurnResult,
    ComponentResult,
    CostSplitResult,
    CostSplitRowResult,
    CurveResult,
    DiagnosticResult,
    DoubtResult,
    EffectsResult,
    LagResult,
    LedgerResult,
    ObservedResult,
    PeriodResult,
    PeriodsResult,
    ProportionalityResult,
    RankResult,
    ReadinessResult,
    ReconciliationResult,
    Results,
    SimulatedResult,
    UnexplainedResult,
    results_schema,
)
from cxlink.report.segment_results import build_segment_results, build_segment_tests
from cxlink.report.serving_sections import build_serving_results
from cxlink.report.suppress import EFFECTS, suppress_small_cells
from cxlink.report.track_results import build_track_record, build_track_results

__all__ = ["build_ledger", "build_results", "dump_json", "results_schema"]


def build_results(result: RunResult) -> dict[str, Any]:
    """Put a run's result into the shape of ``results.json``.

    Parameters
    ----------
    result : RunResult
        Of any audience; for the public, small cells are suppressed here.

    Returns
    -------
    dict
        With the keys of the contract, in its order; every float finite and of nine significant digits.
    """
    result = suppress_small_cells(result)
    published = result.audience == "published"
    impact = result.impact
    document = Results(
        schema_=SCHEMA,
        project=result.project,
        currency=result.currency,
        kpi=impact.kpi,
        seed=result.seed,
        observed=ObservedResult(
            from_=result.loaded.observed_from.isoformat(), to=result.loaded.observed_to.isoformat()
        ),
        ledger=[_ledger(entry) for entry in result.loaded.ledger],
        linkage=build_linkage_result(result.linked.linkage, published=published),
        components=[_component(effect, frame_of(result), published=published) for effect in impact.components],
        joint=EffectsResult(**_effects(impact.joint)),
        overlap=EffectsResult(**_effects(impact.overlap)),
        causes=[_cause(cause, published=published) for cause in result.causes],
        cost_split=None if published else _cost_split(result.linked.cost_split),
        not_explained=None if impact.not_explained is None else EffectsResult(**_effects(impact.not_explained)),
        simulated=None if impact.simulated is None else _simulated(impact.simulated, published=published),
        unexplained=[_unexplained(one, published=published) for one in result.unexplained],
        churn=_churn(result.churn, published=published),
        changes=build_change_results(impact.changes, currency=result.currency, months=result.horizon_months),
        claims=build_claim_results(result.claims),
        kpis=build_kpi_results(result.kpis),
        monitor=build_monitor_results(result.monitoring),
        bridge=build_bridge_results(result.bridge),
        reconciliation=[ReconciliationResult(line=k, minor_units=v) for k, v in result.linked.reconciliation],
        readiness=[ReadinessResult(output=r.output, ready=r.ready, needs=r.needs, has=r.has) for r in result.readiness],
        diagnostics=[
            DiagnosticResult(code=m.code, severity=m.severity, stage=m.stage, message=m.message, remedy=m.remedy)
            for m in collect_messages(result)
        ],
        horizon_months=result.horizon_months,
        population=count_result(impact.population, published=published),
        experience_level=answer_result(impact.experience_level),
        money=build_money_result(result.linked.money, published=published),
        customer_groups=build_groups_result(impact.groups, published=published),
        answering=build_answering_result(impact.answering, published=published),
        promises=build_promise_results(impact.promises, published=published),
        employees=build_employees_result(impact.employees),
        event_studies=build_event_results(impact.event_studies, published=published),
        drivers=build_driver_results(result.drivers, published=published),
        segments=build_segment_results(impact.segments, published=published),
        segment_tests=build_segment_tests(impact.segments),
        costs_to_serve=build_serving_results(impact.serving),
        doubts=build_doubts_result(impact.doubts, published=published),
        kpi_comparisons=build_kpi_comparisons(result.kpis, published=published),
        tracked=build_track_results(result.tracking, published=published),
        track_record=build_track_record(result.tracking),
        monitor_summary=build_monitor_summary(result.monitoring),
        budget=build_budget_result(impact.changes, currency=result.currency, months=result.horizon_months),
        closed_loop=build_loop_result(result.loop, published=published),
        fresh={table: day.isoformat() for table, day in sorted(result.fresh.items())},
        # small months would tell of single customers
        months=[] if published else [MonthResult(**asdict(one)) for one in result.months],
        diff=NO_DIFF,
        gates=[],
    )
    return document.model_dump(mode="json", by_alias=True)


def build_ledger(ledger: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """Put the ledger into the shape of ``ledger.json``: each entry with its refused rows, but not what they held.

    Parameters
    ----------
    ledger : iterable of LedgerEntry
        One a file.

    Returns
    -------
    list of dict
        In the given order.
    """
    return [
        {
            **_ledger(entry).model_dump(mode="json", by_alias=True),
            "quarantine": [
                {"file": row.file, "line": row.line, "column": row.column, "code": row.code, "reason": row.reason}
                for row in entry.quarantine
            ],
        }
        for entry in ledger
    ]


def dump_json(document: object) -> str:
    """Write a document as JSON text.

    Parameters
    ----------
    document : object
        Of dicts, lists, texts and finite numbers.

    Returns
    -------
    str
        Indented, in the order given, with a line feed at its end.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _answers(answers: Mapping[str, Answer]) -> dict[str, AnswerResult]:
    return {name: answer_result(answer) for name, answer in answers.items()}


def _ledger(entry: LedgerEntry) -> LedgerResult:
    return LedgerResult(
        source=entry.source,
        file=entry.file,
        rows_read=entry.rows_read,
        rows_accepted=entry.rows_accepted,
        rows_excluded=entry.rows_excluded,
        rows_quarantined=entry.rows_quarantined,
        minor_units_accepted=dict(sorted(entry.minor_units_accepted.items())),
        minor_units_quarantined=dict(sorted(entry.minor_units_quarantined.items())),
        encoding=entry.encoding,
        delimiter=entry.delimiter,
        date_format=entry.date_format,
        decimal=entry.decimal,
        rows_rounded=entry.rows_rounded,
    )


def _effects(effect: ComponentEffect | JointEffect) -> dict[str, AnswerResult]:
    return {name: answer_result(getattr(effect, name)) for name in EFFECTS}


def _component(effect: ComponentEffect, frame: Frame, *, published: bool) -> ComponentResult:
    return ComponentResult(
        component=effect.component,
        incidents=count_result(effect.incidents, published=published),
        customers_reached=count_result(effect.customers_reached, published=published),
        hazard_ratio=answer_result(effect.hazard_ratio),
        **_effects(effect),
        joint_share=_answers(effect.joint_share),
        rank=RankResult(best=effect.rank_best, worst=effect.rank_worst),
        grade=effect.grade,
        warnings=list(effect.warnings),
        tenth=_answers(effect.tenth),
        seen_after=answer_result(effect.seen_after),
        seen_otherwise=answer_result(effect.seen_otherwise),
        sentences=dict(say_effect(effect, frame)),
    )


def _cost_split(split: CostSplit | None) -> CostSplitResult | None:
    if split is None:
        return None
    rows = [CostSplitRowResult(**asdict(row)) for row in split.rows]
    return CostSplitResult(tickets=split.tickets, shared=split.shared, refused=split.refused, components=rows)


def _doubt(one: Doubt) -> DoubtResult:
    def told(times: float | None) -> float | None:
        # no attribute is strong enough to count by
        return None if times is None or not math.isfinite(times) else round_exact(times)

    return DoubtResult(
        component=one.component,
        e_value=round_exact(one.e_value),
        e_value_of_limit=round_exact(one.e_value_of_limit),
        attribute=one.attribute,
        times_to_explain=told(one.times_to_explain),
        times_to_touch=told(one.times_to_touch),
    )


def _simulated(one: Simulated, *, published: bool) -> SimulatedResult:
    return SimulatedResult(
        customers=count_result(one.customers, published=published),
        of=count_result(one.of, published=published),
        futures=one.futures,
        share_of_error=round_exact(one.share_of_error),
    )


def _unexplained(one: Unexplained, *, published: bool) -> UnexplainedResult:
    return UnexplainedResult(
        what=one.what,
        records=count_result(one.records, published=published),
        of=count_result(one.of, published=published),
        share=answer_result(one.share),
    )


def _cause(cause: CauseCount, *, published: bool) -> CauseResult:
    return CauseResult(
        component=cause.component,
        cause=cause.cause,
        comments=count_result(cause.comments, published=published),
        tickets=count_result(cause.tickets, published=published),
        customers=count_result(cause.customers, published=published),
        share=answer_result(cause.share),
        corrected_share=answer_result(cause.corrected_share),
        trend=answer_result(cause.trend),
        examples=list(cause.examples),
    )


def _churn(churn: ChurnFit, *, published: bool) -> ChurnResult:
    return ChurnResult(
        customers=count_result(churn.customers, published=published),
        events=count_result(churn.events, published=published),
        validation={
            f"{name}_{one.months}_months": answer_result(answer)
            for one in churn.validation
            for name, answer in one.measures.items()
        },
        a_calibration=[
            CalibrationTestResult(
                months=one.months,
                statistic=round_exact(one.a_calibration.statistic),
                degrees=one.a_calibration.degrees,
                p_value=round_exact(one.a_calibration.p_value),
            )
            for one in churn.validation
            if isinstance(one.a_calibration, TestResult)
        ],
        uncorrected_ratios=_answers(churn.uncorrected_ratios),
        doubt=[_doubt(one) for one in churn.doubt],
        lags=[
            LagResult(component=one.component, months=[answer_result(m) for m in one.months], reverse=one.reverse)
            for one in churn.lags
        ],
        periods=[
            PeriodsResult(
                component=one.component,
                periods=[
                    PeriodResult(period=part.label, hazard_ratio=answer_result(part.ratio)) for part in one.periods
                ],
                p_value=round_exact(one.p_value),
            )
            for one in churn.periods
        ],
        proportionality=[
            ProportionalityResult(
                term=one.term,
                statistic=round_exact(one.statistic),
                degrees=one.degrees,
                p_value=round_exact(one.p_value),
            )
            for one in churn.proportionality
        ],
        curve=[_curve_point(point) for point in churn.curve],
        covariate_ratios=_answers(churn.covariate_ratios),
        involuntary_events=count_result(churn.involuntary_events, published=published),
        not_estimable=churn.refusal.reason if churn.refusal else None,
        needs=churn.refusal.needs if churn.refusal else None,
    )


def _curve_point(point: CurvePoint) -> CurveResult:
    return CurveResult(
        segment=point.segment,
        day=int(point.day),
        survival=round_exact(point.survival),
        low=round_exact(point.low),
        high=round_exact(point.high),
        at_risk=int(point.at_risk),
    )
