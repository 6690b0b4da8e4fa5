"""One figure on its chart: frozen before or frozen now, and held against that month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cxlink.handoff import Baseline, BaselineMonth, Chart, ChartMonth, NotCharted, SumsBaseline
from cxlink.monitor.baseline_file import rounded
from cxlink.monitor.months import Calendar
from cxlink.monitor.series import Events, Series
from cxlink.stats import EstimationError
from cxlink.stats.chart_signals import find_factors, watch
from cxlink.stats.control_charts import LEAST_MONTHS, Months, PhaseOne, fit_phase_one, read_months
from cxlink.stats.run_rules import risk_adjusted

MOST_MONTHS = 24
"""Of a first phase."""

LEAST_A_MONTH = 1.0
"""Events of a share that must be expected on average."""

RESTATED = 1e-6
"""Relative difference from which on a month counts as restated: the file holds nine digits."""

SPLIT_AGAIN = 0.05
"""The same of a component's cost: what tickets of several components cost each is estimated anew as tickets come in."""

Frozen = Mapping[tuple[str, str], Baseline]


@dataclass(frozen=True, slots=True)
class Charting:
    """A chart, or why there is none; whether months of its first phase were restated, or its ruler changed."""

    chart: Chart | NotCharted
    is_restated: bool = False
    is_new_version: bool = False


def chart_series(series: Series, calendar: Calendar, frozen: Frozen) -> Charting:
    """Hold a figure against its first phase.

    Parameters
    ----------
    series : Series
        By month.
    calendar : Calendar
        Whole months.
    frozen : mapping of (str, str) to Baseline
        By key and version, from earlier runs.

    Returns
    -------
    Charting
        With the frozen baseline where there is one of this version; else the first 24 months with a figure, all where
        there are fewer, but at least 20, are frozen now.
    """
    baseline = frozen.get((series.key, series.version))
    before = baseline is not None
    if baseline is None:
        try:
            baseline = freeze(series, calendar)
        except EstimationError as refusal:
            return Charting(NotCharted(series.name, series.component, series.cause, refusal.reason))
    is_new = not before and any(key == series.key for key, _ in frozen)
    months = _correct(series, baseline.factor, baseline.factor_error)
    chart = Chart(
        series=series.name,
        component=series.component,
        cause=series.cause,
        unit=series.unit,
        baseline=baseline,
        is_frozen_before=before,
        months=_watch(series, months, baseline, calendar),
        is_missing_latest=not months.observed[-1],
    )
    return Charting(chart, before and _is_restated(baseline, months, calendar), is_new)


def freeze(series: Series, calendar: Calendar) -> Baseline:
    """Learn what to expect from a figure's first months.

    Parameters
    ----------
    series : Series
        By month.
    calendar : Calendar
        Whole months.

    Returns
    -------
    Baseline
        Rounded as it will be written.

    Raises
    ------
    EstimationError
        If there are fewer than 20 months, or nothing to watch in them.
    """
    places = np.flatnonzero(series.months.observed)[:MOST_MONTHS]
    if len(places) < LEAST_MONTHS:
        raise EstimationError(f"{len(places)} whole months have a figure, needs {LEAST_MONTHS}")
    stop = int(places[-1]) + 1
    months = _cut(_correct(series, series.factor, series.factor_error), stop)
    seen = months.observed
    if series.kind == "share" and (months.value * months.n)[seen].mean() < LEAST_A_MONTH:
        raise EstimationError("fewer than one event a month is expected")
    if series.people[:stop][seen].mean() < LEAST_A_MONTH:
        raise EstimationError("fewer than one customer a month is behind it")
    phase = fit_phase_one(months, series.kind)
    told = tuple(
        BaselineMonth(calendar.names[k], rounded(months.value[k]), rounded(months.n[k]), bool(phase.kept[k]))
        for k in np.flatnonzero(seen)
    )
    sums = None if series.events is None else _freeze_sums(series.events, stop, calendar)
    return Baseline(
        key=series.key,
        version=series.version,
        kind=series.kind,
        centre=rounded(phase.centre),
        variance=rounded(phase.variance),
        sigma=rounded(phase.sigma),
        phi=rounded(phase.phi),
        drift=rounded(phase.drift),
        units=rounded(phase.units),
        months=told,
        rule=_rule(phase, series),
        factor=rounded(series.factor),
        factor_error=rounded(series.factor_error),
        sums=sums,
    )


def _rule(phase: PhaseOne, series: Series) -> str:
    factors = find_factors(phase)
    out = sum(~phase.kept[phase.kept.size - phase.months :]) if phase.kept.size == phase.months else 0
    second = f"cumulative sum beyond {factors.total:.2f}" if series.events else f"average beyond {factors.average:.2f}"
    hang = f"; on the month before by {phase.phi:.2f}" if phase.phi else ""
    taken = f"; {out} of {phase.months} months taken out as beyond 3" if out else ""
    return f"month beyond {factors.limit:.2f}, {second} standard deviations{hang}; no seasons{taken}"


def _freeze_sums(events: Events, stop: int, calendar: Calendar) -> SumsBaseline | None:
    seen, exposure = events.seen[:stop], events.exposure[:stop]
    at_risk = exposure.sum(axis=0)
    rates = np.where(at_risk > 0, seen.sum(axis=0) / np.where(at_risk > 0, at_risk, 1.0), 0.0)
    rates = np.array([rounded(min(rate, 1.0)) for rate in rates])
    try:
        phase = fit_phase_one(_deviations(seen, exposure, rates), "mean")
    except EstimationError:
        return None
    return SumsBaseline(
        rates=tuple(float(rate) for rate in rates),
        sigma=rounded(phase.sigma),
        phi=rounded(phase.phi),
        drift=rounded(phase.drift),
        centre=rounded(phase.centre),
        units=rounded(phase.units),
        kept=tuple(calendar.names[k] for k in np.flatnonzero(phase.kept)),
    )


def _deviations(seen: np.ndarray, exposure: np.ndarray, rates: np.ndarray) -> Months:
    expected, deviation = risk_adjusted(seen.sum(axis=1), exposure, rates)
    return read_months(deviation, spread=np.ones(len(deviation)), observed=expected > 0)


def _correct(series: Series, factor: float, error: float) -> Months:
    months = series.months
    if factor == 1.0 and error == 0.0:
        return months
    value = np.minimum(months.value * factor, 1.0)
    return replace(months, value=value, extra=value * error)


def _cut(months: Months, stop: int) -> Months:
    return Months(
        months.value[:stop], months.n[:stop], months.spread[:stop], months.extra[:stop], months.observed[:stop]
    )


def _watch(series: Series, months: Months, baseline: Baseline, calendar: Calendar) -> tuple[ChartMonth, ...]:
    last = baseline.months[-1].month
    first = sum(name <= last for name in calendar.names)
    phase = _phase_of(baseline, calendar)
    sums_of, of = None, None
    if series.events is not None and baseline.sums is not None:
        sums = baseline.sums
        of = _deviations(series.events.seen, series.events.exposure, np.array(sums.rates))
        sums_of = PhaseOne(
            "mean",
            sums.centre,
            1.0,
            sums.sigma,
            sums.phi,
            sums.drift,
            sums.units,
            len(baseline.months),
            len(sums.kept),
            np.ones(len(calendar.names), dtype=bool),
        )
    watched = watch(phase, months, first=first, sums_of=sums_of, of=of)
    charted = watched.charted
    least, most = (0.0, 1.0) if series.kind == "share" else series.bounds
    return tuple(
        ChartMonth(
            month=calendar.names[k],
            value=float(months.value[k]),
            n=float(months.n[k]),
            people=int(series.people[k]),
            others=int(months.n[k] - series.people[k] if series.kind == "share" else series.people[k]),
            low=max(float(charted.low[k]), least),
            high=min(float(charted.high[k]), most),
            phase=1 if k < first else 2,
            rule=watched.rules[k],
            lasting=int(watched.lasting[k]),
            p_value=float(charted.p_value[k]),
            blind=bool(charted.low[k] <= least and charted.high[k] >= most),
        )
        for k in np.flatnonzero(charted.judged)
    )


def _phase_of(baseline: Baseline, calendar: Calendar) -> PhaseOne:
    taken = {one.month for one in baseline.months if not one.kept}
    return PhaseOne(
        baseline.kind,
        baseline.centre,
        baseline.variance,
        baseline.sigma,
        baseline.phi,
        baseline.drift,
        baseline.units,
        len(baseline.months),
        len(baseline.months) - len(taken),
        np.array([name not in taken for name in calendar.names], dtype=bool),
    )


def _is_restated(baseline: Baseline, months: Months, calendar: Calendar) -> bool:
    place = {name: k for k, name in enumerate(calendar.names)}
    tolerance = SPLIT_AGAIN if baseline.key.startswith("cost/") else RESTATED
    for one in baseline.months:
        k = place.get(one.month)
        if k is None:
            continue
        now = (float(months.value[k]), float(months.n[k])) if months.observed[k] else (0.0, 0.0)
        if not np.allclose(now, (one.value, one.n), rtol=(tolerance, RESTATED), atol=0.0):
            return True
    return False
