"""Which charts a run has, each with what it shows: rounded texts and plain numbers, no drawing yet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, ChangeEffect, ComponentEffect, Payoff, RiskGroup, RunResult, Validation
from cxlink.report.charts.calibration import Calibration, Group
from cxlink.report.charts.forest import Forest, ForestRow
from cxlink.report.charts.ladder import Ladder
from cxlink.report.charts.parts import Head, Span, span_of
from cxlink.report.charts.tornado import Assumption, Tornado
from cxlink.report.charts.waterfall import Step, Waterfall
from cxlink.report.component_table import MONEY, figure_of, sort_effects
from cxlink.report.control_specs import place_controls
from cxlink.report.first_parts import PlacedChart
from cxlink.report.numbers import SMALL_COUNT, MoneyUnit, format_count, format_share, round_estimate
from cxlink.report.parts import Column
from cxlink.report.words import WHAT

_ORDER = ("net_benefit", "margin_kept", "revenue_kept", "cost_saved", "experience")
_PERCENT = Decimal("0.01")
_ADDS_UP = 1e-6
_SMALLEST_SOURCE = 0.005


def place_charts(result: RunResult, unit: MoneyUnit) -> tuple[PlacedChart, ...]:
    """Choose the charts of a run.

    Parameters
    ----------
    result : RunResult
        With small cells hidden where that is wanted.
    unit : MoneyUnit
        In what money is shown.

    Returns
    -------
    tuple of PlacedChart
        In the order of the report; each has a name of its own.
    """
    return tuple(_place(result, unit))


def _place(result: RunResult, unit: MoneyUnit) -> Iterator[PlacedChart]:
    key = _key_of(result)
    if key is not None:
        yield PlacedChart("components", _forest(result, key, unit))
        waterfall = _waterfall(result, key, unit)
        if waterfall is not None:
            yield PlacedChart("components", waterfall)
    for number, effect in enumerate(result.impact.changes.effects, start=1):
        tornado = _tornado(effect, number)
        if tornado is not None:
            yield PlacedChart("changes", tornado)
    for number, claim in enumerate(result.claims.claims, start=1):
        ladder = _ladder(claim, number)
        if ladder is not None:
            yield PlacedChart(f"claim_{number}", ladder)
    yield from place_controls(result.monitoring)
    published = result.audience == "published"
    # the longest horizon that can be told
    for one in [one for one in result.churn.validation if one.groups][-1:]:
        # with one group hidden, it would follow from all leavers and the others
        if not (published and any(map(_is_small, one.groups))):
            yield PlacedChart("staying", _calibration(one))


def _key_of(result: RunResult) -> str | None:
    """Find the figure that says most of at least one component."""
    effects = result.impact.components
    return next((key for key in _ORDER if any(isinstance(getattr(e, key), Estimate) for e in effects)), None)


def _forest(result: RunResult, key: str, unit: MoneyUnit) -> Forest:
    effects = sort_effects(result.impact.components)
    rows = [_row(effect.component, getattr(effect, key), key, result, unit) for effect in effects]
    if len(effects) > 1:
        rows.append(_row("together", getattr(result.impact.joint, key), key, result, unit, total=True))
    what = f"{WHAT[key].capitalize()} kept or saved" if key in MONEY else f"{result.impact.kpi.upper()} gained"
    head = Head(
        "forest",
        f"{what} if no incident of the component happened",
        "One row a component: a square at the estimate and a line over its interval; the diamond is all together.",
    )
    return Forest(head, tuple(rows), _unit(result, key, unit))


def _row(label: str, answer: Answer, key: str, result: RunResult, unit: MoneyUnit, *, total: bool = False) -> ForestRow:
    if isinstance(answer, NotEstimable):
        return ForestRow(label, None, f"cannot tell: {answer.reason}", total=total)
    return ForestRow(label, _span(answer, key, result, unit), total=total)


def _span(answer: Estimate, key: str, result: RunResult, unit: MoneyUnit) -> Span:
    figure = figure_of(answer, Column(key, "", result.impact.kpi_unit), unit)
    assert figure is not None  # noqa: S101 - an estimate has a figure
    return span_of(figure)


def _unit(result: RunResult, key: str, unit: MoneyUnit) -> str:
    if key == "experience":
        return result.impact.kpi_unit
    return f"{unit.name}, next {result.horizon_months} months"


def _waterfall(result: RunResult, key: str, unit: MoneyUnit) -> Waterfall | None:
    """From the components' joint shares to all of them at once; None where the shares do not add up to it."""
    joint, effects = getattr(result.impact.joint, key), sort_effects(result.impact.components)
    if len(effects) < 2 or not isinstance(joint, Estimate):
        return None
    divisor = unit.divisor if key in MONEY else Decimal(1)
    steps = [_step(effect, key, result, unit, float(divisor)) for effect in effects]
    told = sum(step.value for step in steps if step.value is not None)
    end = joint.point / float(divisor)
    if abs(told - end) > _ADDS_UP * max(abs(end), *(abs(step.value or 0.0) for step in steps)):
        return None
    level = Step("level", "together", end, _span(joint, key, result, unit).text)
    overlap = getattr(result.impact.overlap, key)
    rest = []
    if isinstance(overlap, Estimate):
        said = _span(overlap, key, result, unit).text
        rest.append(Step("overlap", "overlap: together less each alone", overlap.point / float(divisor), said))
    head = Head(
        "waterfall",
        "How the components share the effect of all together",
        "Bars, one after another, add up to all incidents stopped at once; what components have in common is shared"
        " fairly between them. The dashed bar is the overlap: it ends where each component alone would add up to.",
    )
    return Waterfall(head, (*steps, level, *rest), _unit(result, key, unit), columns=("Component", "Joint share"))


def _step(effect: ComponentEffect, key: str, result: RunResult, unit: MoneyUnit, divisor: float) -> Step:
    share = effect.joint_share.get(key, NotEstimable("no share is told", ""))
    if isinstance(share, NotEstimable):
        return Step("step", effect.component, None, "", f"cannot tell: {share.reason}")
    return Step("step", effect.component, share.point / divisor, _span(share, key, result, unit).text)


def _tornado(effect: ChangeEffect, number: int) -> Tornado | None:
    payoff = effect.payoff
    if not isinstance(payoff, Payoff):
        return None
    bars = tuple(
        Assumption(name, 0.0, 100 * share, format_share(share))
        for name, share in payoff.sources
        if share >= _SMALLEST_SOURCE
    )
    if not bars:
        return None
    head = Head(
        f"tornado-{number}",
        f"{effect.asked.name}: what makes its net present value unsure",
        "One bar for each group of inputs, as a share of the variance; the longest on top.",
    )
    return Tornado(head, bars, 0.0, "% of the variance of the net present value", columns=("Input", "Share"))


def _ladder(claim: AuditedClaim, number: int) -> Ladder | None:
    if claim.claimed is None or not any(isinstance(rung.answer, Estimate) for rung in claim.rungs):
        return None
    rungs = tuple(
        ForestRow(rung.name, None, f"not told: {rung.answer.reason}")
        if isinstance(rung.answer, NotEstimable)
        else ForestRow(rung.name, span_of(round_estimate(rung.answer)), total=rung.name == claim.decided_by)
        for rung in claim.rungs
    )
    head = Head(
        f"ladder-{number}",
        f"Claim {number}: what is claimed, and what each way of estimating finds",
        "Rows from the simplest comparison to the one that decides, which is a diamond; the broken line is the claim.",
    )
    text = f"{claim.claimed:,.3g}"
    return Ladder(head, Span(claim.claimed, None, None, text), rungs, claim.unit, columns=("Estimate", "90% interval"))


def _is_small(group: RiskGroup) -> bool:
    leavers = round(group.customers * group.observed)
    return min(leavers, group.customers - leavers) < SMALL_COUNT


def _calibration(one: Validation) -> Calibration:
    groups = tuple(
        Group(
            100 * group.predicted,
            f"{100 * group.predicted:.1f}%",
            _observed(group.observed, group.std_error),
            format_count(group.customers),
        )
        for group in one.groups
    )
    head = Head(
        "calibration",
        f"Leaving within {one.months} months: predicted on {one.landmark.isoformat()}, and what came",
        "One mark for each group of customers of like risk, with its interval; on the broken line both are the same.",
    )
    return Calibration(head, groups, "predicted to leave, %", "left, %")


def _observed(share: float, error: float) -> Span:
    low, high = max(share - 1.96 * error, 0.0), min(share + 1.96 * error, 1.0)
    seen = Estimate(share, low, high, 0.95, "share", 0, 0, "Aalen-Johansen")
    return span_of(round_estimate(seen, divisor=_PERCENT))
