"""What a point of the score is worth where incidents moved it: through each component, and through all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.claims.ladder import Climbed
from cxlink.claims.quantity import Quantity
from cxlink.claims.scale import Scale
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, ComponentEffect, EffectDraws, Impact, Rung

THROUGH = "through components"
SAYS = (
    "What stopping the components' incidents does to the outcome, over what it does to the score. A score is no lever"
    " by itself: this is what a point is worth where these incidents moved it."
)
METHOD = "ratio of effects over the active customers, Fieller's set of joint draws"
OUTCOMES = {
    "revenue": "revenue_kept",
    "margin": "margin_kept",
    "profit": "margin_kept",
    "value": "margin_kept",
    "cost": "cost_saved",
}
MOST_APART = 0.5


@dataclass(frozen=True, slots=True)
class Levers:
    """What each component and all of them say of a claim.

    Parameters
    ----------
    joint : Climbed
        All together: the strongest rung.
    each : tuple of Rung
        One a component.
    faults : tuple of str
        Why the joint rung is not to be trusted; empty where it is.
    """

    joint: Climbed
    each: tuple[Rung, ...]
    faults: tuple[str, ...]


def estimate_levers(scale: Scale, impact: Impact, churn: ChurnFit, *, months: int) -> Levers:
    """Put outcome over score, component by component and jointly.

    Parameters
    ----------
    scale : Scale
        Of the claim.
    impact : Impact
        Effects, with their draws.
    churn : ChurnFit
        For what would explain effects away.
    months : int
        Horizon of these effects.

    Returns
    -------
    Levers
        Refused where a component's effect is, and where the score may not have moved at all.
    """
    refusal = _refusal(scale, impact, months)
    draws = impact.draws
    if refusal is not None or draws is None:
        why = refusal or NotEstimable("nobody is active at the cut-off", "customers still active")
        return Levers(Climbed(Rung(THROUGH, why, SAYS), None), (), ())
    used = [place for place, effect in enumerate(impact.components) if _lacks(scale, effect) is None]
    each = tuple(
        Rung(effect.component, _alone(scale, draws, place, effect), "through this component alone")
        for place, effect in enumerate(impact.components)
    )
    if not used:
        lacks = next((one for one in (_lacks(scale, effect) for effect in impact.components) if one), None)
        why = lacks or NotEstimable("no component has an incident", "tickets, events or comments that name a component")
        return Levers(Climbed(Rung(THROUGH, why, SAYS), None), each, ())
    quantity = _together(scale, draws, used, impact)
    answer = quantity.answer(scale.unit, METHOD)
    if isinstance(answer, NotEstimable):
        held = Rung(THROUGH, _unmoved(scale), SAYS)
        return Levers(Climbed(held, None), each, ())
    return Levers(Climbed(Rung(THROUGH, answer, SAYS), quantity), each, _faults(scale, impact, churn, draws, used))


def _unmoved(scale: Scale) -> NotEstimable:
    what = "retention" if scale.claim.lever == "retention" else "the score"
    return NotEstimable(
        f"the components may not have moved {what} at all, so that nothing can be divided by that",
        "more incidents, more answers after them",
    )


def _refusal(scale: Scale, impact: Impact, months: int) -> NotEstimable | None:
    if scale.claim.lever != "retention" and scale.kpi != impact.kpi:
        return NotEstimable(
            f"effects are told for {impact.kpi.upper()}, the claim is about {scale.kpi.upper()}",
            f'[model] kpi = "{scale.kpi}"',
        )
    if scale.months != months:
        return NotEstimable(
            f"effects are told for {months} months, the claim is about {scale.months}",
            f"[model] horizon_months = {scale.months}",
        )
    return None


def _lacks(scale: Scale, effect: ComponentEffect) -> NotEstimable | None:
    outcome = OUTCOMES.get(scale.claim.outcome, "customers_kept")
    mover = "customers_kept" if scale.claim.lever == "retention" else "experience"
    for key in (mover, outcome):
        found: Answer = getattr(effect, key)
        if isinstance(found, NotEstimable):
            return found
    return None


def _quantity(scale: Scale, point: np.ndarray, drawn: np.ndarray, draws: EffectDraws, n: int, events: int) -> Quantity:
    top, bottom = scale.of_effect(point, draws.as_is_point)
    tops, bottoms = scale.of_effect(drawn, draws.as_is)
    return Quantity(float(top), tops, float(bottom), bottoms, n, events)


def _alone(scale: Scale, draws: EffectDraws, place: int, effect: ComponentEffect) -> Answer:
    lacks = _lacks(scale, effect)
    if lacks is not None:
        return lacks
    events = effect.experience.events if isinstance(effect.experience, Estimate) else 0
    one = _quantity(scale, draws.alone_point[place], draws.alone[:, place], draws, effect.customers_reached, events)
    answer = one.answer(scale.unit, METHOD)
    return _unmoved(scale) if isinstance(answer, NotEstimable) else answer


def _together(scale: Scale, draws: EffectDraws, used: list[int], impact: Impact) -> Quantity:
    effects = [impact.components[place] for place in used]
    events = sum(effect.incidents for effect in effects)
    if len(used) == len(impact.components):
        return _quantity(scale, draws.joint_point, draws.joint, draws, impact.population, events)
    # a component that is refused on one side must not stand on the other
    point, drawn = draws.alone_point[used].sum(axis=0), draws.alone[:, used].sum(axis=1)
    return _quantity(scale, point, drawn, draws, impact.population, events)


def _faults(scale: Scale, impact: Impact, churn: ChurnFit, draws: EffectDraws, used: list[int]) -> tuple[str, ...]:
    """Doubts about the component that carries most of the outcome."""
    tops = [abs(float(scale.of_effect(draws.alone_point[place], draws.as_is_point)[0])) for place in used]
    main = impact.components[used[int(np.argmax(tops))]].component
    found = []
    for one in churn.doubt:
        times = one.times_to_explain
        if one.component == main and times is not None and times < 1 and scale.claim.outcome != "cost":
            found.append(
                f"a cause {times:.2g} times as strong as {one.attribute} would explain {main}'s effect on leaving away"
            )
    if isinstance(impact.doubts, NotEstimable):
        return tuple(found)
    for doubt in impact.doubts.components:
        if doubt.component != main:
            continue
        score = doubt.score
        if score and score.times_to_explain is not None and score.times_to_explain < 1 and _by_score(scale):
            found.append(
                f"a cause {score.times_to_explain:.2g} times as strong as {score.attribute} would explain {main}'s"
                " effect on the score away"
            )
        if doubt.spread is not None and doubt.spread.customers_apart > MOST_APART:
            found.append(f"{main} met all or none of {doubt.spread.customers_apart:.0%} of customers: no overlap")
    return tuple(found)


def _by_score(scale: Scale) -> bool:
    return scale.claim.lever != "retention"
