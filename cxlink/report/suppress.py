"""What ``audience = "published"`` leaves out: verbatims, small counts, and money that few customers make up.

It is done once, before any rendering, so that no file can tell what another one hides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import (
    CauseCount,
    ChurnFit,
    ComponentEffect,
    CurvePoint,
    Impact,
    JointEffect,
    Message,
    RunResult,
    Unexplained,
)
from cxlink.report.hiding import DEDUCIBLE, DOMINATED, FEW, clean_answer, hide_digits, is_suppressed, show_count
from cxlink.report.numbers import SMALL_COUNT
from cxlink.report.serving_sections import suppress_serving
from cxlink.report.suppress_answering import suppress_answering
from cxlink.report.suppress_bridge import suppress_bridge
from cxlink.report.suppress_changes import TELL_OF_CHANGES, suppress_changes
from cxlink.report.suppress_claims import suppress_claims
from cxlink.report.suppress_doubts import suppress_doubts
from cxlink.report.suppress_drivers import suppress_drivers
from cxlink.report.suppress_events import suppress_events
from cxlink.report.suppress_groups import suppress_employees, suppress_groups, suppress_promises
from cxlink.report.suppress_kpis import suppress_kpis
from cxlink.report.suppress_loop import suppress_loop
from cxlink.report.suppress_monitor import suppress_monitoring
from cxlink.report.suppress_segments import suppress_segments
from cxlink.report.suppress_track import suppress_tracking

if TYPE_CHECKING:
    from cxlink.handoff import Linked

__all__ = [
    "DEDUCIBLE",
    "DOMINATED",
    "EFFECTS",
    "FEW",
    "clean_answer",
    "is_suppressed",
    "show_count",
    "suppress_small_cells",
]

EFFECTS = ("experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit")
_MONEY = ("revenue_kept", "margin_kept", "cost_saved", "net_benefit")
_CURVE_STEP_DAYS = 30


def suppress_small_cells(result: RunResult) -> RunResult:
    """Leave out of a run's result what the public must not see.

    Counts stay as they are: what shows them asks :func:`is_suppressed`.

    Parameters
    ----------
    result : RunResult
        Of any audience.

    Returns
    -------
    RunResult
        The same object for the internal audience.
    """
    if result.audience != "published":
        return result
    impact, hidden = _suppress_impact(result.impact, result.linked)
    causes = tuple(_suppress_cause(cause) for cause in result.causes)
    note = Message(
        "CX802",
        "info",
        "report",
        f"the audience is the public: no comments, no rows, counts below {SMALL_COUNT} as <{SMALL_COUNT}, and the"
        f" figures of {hidden} components are suppressed.",
        'Set [report] audience = "internal" to see everything.',
    )
    return replace(
        result,
        impact=impact,
        causes=causes,
        unexplained=tuple(_suppress_unexplained(one) for one in result.unexplained),
        churn=_suppress_churn(result.churn),
        verbatims=0,
        loaded=replace(result.loaded, messages=_hide_digits(result.loaded.messages)),
        tagged=replace(result.tagged, messages=_hide_digits(result.tagged.messages)),
        linked=replace(result.linked, messages=_hide_digits(result.linked.messages)),
        messages=(*_hide_digits(result.messages), note),
        drivers=suppress_drivers(result.drivers),
        claims=suppress_claims(result.claims, hidden=hidden),
        kpis=suppress_kpis(result.kpis),
        tracking=suppress_tracking(result.tracking),
        monitoring=suppress_monitoring(result.monitoring),
        bridge=suppress_bridge(result.bridge),
        loop=suppress_loop(result.loop),
    )


def suppress_impact(impact: Impact, linked: Linked) -> Impact:
    """Leave out of effects what the public must not see.

    Parameters
    ----------
    impact : Impact
        As estimated.
    linked : Linked
        Whom each component reached, and what they pay.

    Returns
    -------
    Impact
        With a reason in each hidden cell.
    """
    return _suppress_impact(impact, linked)[0]


def _suppress_impact(impact: Impact, linked: Linked) -> tuple[Impact, int]:
    reasons = {effect.component: _reason_for(effect, linked) for effect in impact.components}
    hidden = sum(reason is not None for reason in reasons.values())
    effects = [_suppress_effect(effect, reasons[effect.component]) for effect in impact.components]
    if hidden:
        effects = [replace(effect, joint_share=dict.fromkeys(effect.joint_share, DEDUCIBLE)) for effect in effects]
    joint = _suppress_joint(impact.joint, effects)
    overlap = _suppress_overlap(impact.overlap, effects)
    rest = impact.not_explained
    if rest is not None:
        # with the joint effect it adds up to what is known of all
        rest = replace(rest, **{key: DEDUCIBLE for key in EFFECTS if getattr(joint, key) is DEDUCIBLE})
    kept = replace(
        impact,
        components=tuple(effects),
        joint=joint,
        overlap=overlap,
        not_explained=rest,
        messages=_hide_digits(impact.messages),
        groups=suppress_groups(impact.groups),
        answering=suppress_answering(impact.answering),
        promises=suppress_promises(impact.promises),
        employees=suppress_employees(impact.employees),
        event_studies=suppress_events(impact.event_studies),
        segments=suppress_segments(impact.segments, reasons),
        serving=suppress_serving(impact.serving, reasons),
        doubts=suppress_doubts(impact.doubts, effects, impact.components),
        changes=suppress_changes(impact.changes, reasons),
    )
    return kept, hidden


def _suppress_overlap(overlap: JointEffect, effects: list[ComponentEffect]) -> JointEffect:
    """Hide the overlap wherever a component is hidden: it is what the rows do not add up to."""
    hidden = _count_hidden(effects)
    return replace(overlap, **{key: DEDUCIBLE for key in EFFECTS if hidden[key]})


def _suppress_joint(joint: JointEffect, effects: list[ComponentEffect]) -> JointEffect:
    """Hide a joint figure where it would give away the only component that is hidden in it."""
    hidden = _count_hidden(effects)
    return replace(joint, **{key: DEDUCIBLE for key in EFFECTS if hidden[key] == 1})


def _count_hidden(effects: list[ComponentEffect]) -> dict[str, int]:
    return {key: sum(getattr(effect, key) in (FEW, DOMINATED) for effect in effects) for key in EFFECTS}


def _reason_for(effect: ComponentEffect, linked: Linked) -> NotEstimable | None:
    if effect.customers_reached < SMALL_COUNT:
        return FEW
    return DOMINATED if _is_dominated(effect.component, linked) else None


def _is_dominated(component: str, linked: Linked) -> bool:
    incidents = linked.incidents
    reached = incidents.loc[incidents["component"] == component, "customer"].unique()
    customers = linked.customers
    prices = customers.loc[customers["customer"].isin(reached), "monthly_price"].dropna()
    return bool(prices.sum() > 0 and prices.max() > prices.sum() / 2)


def _suppress_effect(effect: ComponentEffect, reason: NotEstimable | None) -> ComponentEffect:
    if reason is None:
        return replace(
            effect,
            hazard_ratio=clean_answer(effect.hazard_ratio),
            experience=clean_answer(effect.experience),
            customers_kept=clean_answer(effect.customers_kept),
            revenue_kept=clean_answer(effect.revenue_kept),
            margin_kept=clean_answer(effect.margin_kept),
            cost_saved=clean_answer(effect.cost_saved),
            net_benefit=clean_answer(effect.net_benefit),
            tenth=_clean_all(effect.tenth),
            joint_share=_clean_all(effect.joint_share),
            seen_after=clean_answer(effect.seen_after),
            seen_otherwise=clean_answer(effect.seen_otherwise),
        )
    everything = reason is FEW
    return replace(
        effect,
        hazard_ratio=reason if everything else clean_answer(effect.hazard_ratio),
        experience=reason if everything else clean_answer(effect.experience),
        customers_kept=reason if everything else clean_answer(effect.customers_kept),
        revenue_kept=reason,
        margin_kept=reason,
        cost_saved=reason,
        net_benefit=reason,
        tenth={k: reason if everything or k in _MONEY else clean_answer(v) for k, v in effect.tenth.items()},
        seen_after=reason if everything else clean_answer(effect.seen_after),
        seen_otherwise=reason if everything else clean_answer(effect.seen_otherwise),
        rank_best=None,
        rank_worst=None,
    )


def _clean_all(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    return {key: clean_answer(answer) for key, answer in answers.items()}


def _suppress_unexplained(one: Unexplained) -> Unexplained:
    # the rest counts as well: nine in ten without a cause tell of the one with
    small = min(one.records, one.of - one.records) < SMALL_COUNT
    return replace(one, share=FEW if small else clean_answer(one.share))


def _suppress_cause(cause: CauseCount) -> CauseCount:
    small = min(cause.customers, cause.comments) < SMALL_COUNT
    share, corrected, trend = (
        FEW if small else clean_answer(answer) for answer in (cause.share, cause.corrected_share, cause.trend)
    )
    return replace(cause, share=share, corrected_share=corrected, trend=trend, examples=(), texts=())


def _suppress_churn(churn: ChurnFit) -> ChurnFit:
    ratios = _clean_all(churn.hazard_ratios)
    return replace(
        churn,
        curve=_thin(churn.curve),
        hazard_ratios=ratios,
        covariate_ratios=_clean_all(churn.covariate_ratios),
        uncorrected_ratios=_clean_all(churn.uncorrected_ratios),
        # of a ratio that is hidden its E-value would tell
        doubt=tuple(one for one in churn.doubt if isinstance(ratios[one.component], Estimate)),
        refusal=None if churn.refusal is None else replace(churn.refusal, reason=hide_digits(churn.refusal.reason)),
        messages=_hide_digits(churn.messages),
    )


def _thin(curve: tuple[CurvePoint, ...]) -> tuple[CurvePoint, ...]:
    """One step a month, as long as ten customers are at risk: single leavers cannot be read off it."""
    kept = {(point.segment, point.day // _CURVE_STEP_DAYS): point for point in curve if point.at_risk >= SMALL_COUNT}
    return tuple(kept.values())


def _hide_digits(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    told = [message for message in messages if message.code not in TELL_OF_CHANGES]
    return tuple(replace(message, message=hide_digits(message.message)) for message in told)
