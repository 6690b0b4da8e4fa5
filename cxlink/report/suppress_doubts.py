"""What ``audience = "published"`` leaves out of doubts: whatever would tell of a figure that is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentDoubt, ComponentEffect, Doubts, Placebo
from cxlink.report.hiding import FEW, clean_answer, hide_digits


def suppress_doubts(
    doubts: Doubts | NotEstimable, shown: Sequence[ComponentEffect], asked: Sequence[ComponentEffect]
) -> Doubts | NotEstimable:
    """Leave out what tells of components whose figures are hidden.

    Parameters
    ----------
    doubts : Doubts or NotEstimable
        Of the internal audience.
    shown, asked : sequence of ComponentEffect
        The components' figures with the hidden ones hidden, and as estimated.

    Returns
    -------
    Doubts or NotEstimable
        Without the costliest component's correction where any net benefit is hidden: it tells of all of them.
    """
    if isinstance(doubts, NotEstimable):
        cleaned = clean_answer(doubts)
        return cleaned if isinstance(cleaned, NotEstimable) else doubts
    by_name = {one.component: one for one in shown}
    few = {one.component for one in shown if one.seen_after is FEW and one.experience is FEW}
    hidden = any(
        isinstance(before.net_benefit, Estimate) and not isinstance(after.net_benefit, Estimate)
        for before, after in zip(asked, shown, strict=True)
    )
    return replace(
        doubts,
        components=tuple(_suppress(one, by_name[one.component], one.component in few) for one in doubts.components),
        placebos=tuple(_suppress_placebo(one, one.component in few) for one in doubts.placebos),
        joint_scores=None if few else doubts.joint_scores,
        joint_prices=None if few else doubts.joint_prices,
        winner=None if hidden else doubts.winner,
    )


def _suppress(one: ComponentDoubt, effect: ComponentEffect, few: bool) -> ComponentDoubt:
    def kept(q: float | None, answer: Answer) -> float | None:
        return q if isinstance(answer, Estimate) else None

    spread = one.spread
    return replace(
        one,
        reasons=tuple(hide_digits(reason) for reason in one.reasons),
        q_hazard_ratio=kept(one.q_hazard_ratio, effect.hazard_ratio),
        q_experience=kept(one.q_experience, effect.experience),
        q_net_benefit=kept(one.q_net_benefit, effect.net_benefit),
        calibrated=clean_answer(one.calibrated) if isinstance(effect.hazard_ratio, Estimate) else FEW,
        score=one.score if isinstance(effect.experience, Estimate) else None,
        spread=None if few or spread is None else spread,
    )


def _suppress_placebo(one: Placebo, few: bool) -> Placebo:
    answer = FEW if few else clean_answer(one.answer)
    if isinstance(answer, Estimate):
        return one
    return replace(one, answer=answer, p_value=None, q_value=None, detectable=None)
