"""Monthly figures in the shape of ``results.json``, and as a flat table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxlink.estimate import NotEstimable
from cxlink.handoff import Chart, Monitoring
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.monitor_models import (
    BaselineResult,
    LevelChangeResult,
    MonitorSummaryResult,
    NotChartedResult,
    SignalResult,
)
from cxlink.report.numbers import round_exact

if TYPE_CHECKING:
    import pandas as pd


def build_monitor_results(monitoring: Monitoring | NotEstimable) -> list[SignalResult]:
    """Put every month of every chart into the shape of ``results.json``.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.

    Returns
    -------
    list of SignalResult
        By series, component, cause and month; empty where nothing could be watched.
    """
    if isinstance(monitoring, NotEstimable):
        return []
    return [row for chart in monitoring.charts for row in _months(chart)]


def build_monitor_summary(monitoring: Monitoring | NotEstimable) -> MonitorSummaryResult | NotEstimableResult:
    """Put into the shape of ``results.json`` what all charts together tell.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.

    Returns
    -------
    MonitorSummaryResult or NotEstimableResult
        How many are watched, how many false alarms that makes, and what each is held against.
    """
    if isinstance(monitoring, NotEstimable):
        return NotEstimableResult(not_estimable=monitoring.reason, needs=monitoring.needs)
    return MonitorSummaryResult(
        month=monitoring.month,
        left_out=monitoring.left_out,
        charts=len(monitoring.charts),
        watched=sum(one.latest is not None and one.latest.phase == 2 for one in monitoring.charts),
        signals=len(monitoring.signals),
        expected_false_alarms=round_exact(monitoring.expected_false_alarms),
        changes=[change for one in monitoring.charts for change in _changes(one)],
        baselines=[_baseline(one) for one in monitoring.charts],
        not_charted=[
            NotChartedResult(series=one.series, component=one.component, cause=one.cause, reason=one.reason)
            for one in monitoring.not_charted
        ],
    )


def monitor_table(monitoring: Monitoring | NotEstimable) -> pd.DataFrame:
    """Put every month of every chart into one row, for programs.

    Parameters
    ----------
    monitoring : Monitoring or NotEstimable
        With small counts hidden where that is wanted.

    Returns
    -------
    DataFrame
        Columns as the keys of ``results.json``.
    """
    import pandas as pd

    rows = [one.model_dump() for one in build_monitor_results(monitoring)]
    return pd.DataFrame(rows, columns=list(SignalResult.model_fields)).astype({"q_value": float})


def _months(chart: Chart) -> list[SignalResult]:
    latest = chart.latest
    return [
        SignalResult(
            series=chart.series,
            component=chart.component,
            month=one.month,
            value=round_exact(one.value),
            low=round_exact(one.low),
            high=round_exact(one.high),
            signal=one.signal,
            cause=chart.cause,
            unit=chart.unit,
            n=round_exact(one.n),
            phase=one.phase,
            rule=one.rule,
            lasting=one.lasting,
            p_value=round_exact(one.p_value),
            q_value=None if one is not latest or chart.q_value is None else round_exact(chart.q_value),
        )
        for one in chart.months
    ]


def _changes(chart: Chart) -> list[LevelChangeResult]:
    return [
        LevelChangeResult(
            series=chart.series,
            component=chart.component,
            cause=chart.cause,
            month=one.month,
            from_month=one.from_month,
            to_month=one.to_month,
            before=round_exact(one.before),
            after=round_exact(one.after),
            q_value=round_exact(one.q_value),
        )
        for one in chart.changes
    ]


def _baseline(chart: Chart) -> BaselineResult:
    baseline = chart.baseline
    return BaselineResult(
        series=chart.series,
        component=chart.component,
        cause=chart.cause,
        version=baseline.version,
        from_month=baseline.months[0].month,
        to_month=baseline.months[-1].month,
        months=len(baseline.months),
        taken_out=[one.month for one in baseline.months if not one.kept],
        centre=round_exact(baseline.centre),
        sigma=round_exact(baseline.sigma),
        phi=round_exact(baseline.phi),
        rule=baseline.rule,
    )
