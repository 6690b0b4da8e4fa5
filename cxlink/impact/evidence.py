"""What each component's figures rest on: placebos judged together, and the grade that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtr

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, ComponentEffect, Linked, Placebo, PlaceboKind, ScoreDoubt
from cxlink.impact.experience import Answers, Z
from cxlink.impact.leads import Lead, Leads, check_price_leads, check_score_leads
from cxlink.impact.prices import PriceEffect
from cxlink.impact.robustness import doubt_scores
from cxlink.stats.multiplicity import adjust_p_values

Grade = Literal["A", "B", "C", "D"]
MOST_FALSE = 0.02
"""Share of false alarms among placebos that fail; where all hold, the chance that any does.

Errors of few customers come out a little too small: of 100 simulated companies where all hold, one fails in 3 at .02,
in 8 at .05.
"""
LEAST_SHARE = 0.1
"""Of the effect that a placebo puts in doubt: a smaller one cannot have made it, however surely it is there."""
HELD_BACK = "its evidence is descriptive (D): "
WHY: dict[PlaceboKind, str] = {
    "later incidents and scores": "its later incidents go with earlier scores",
    "later incidents and prices": "its later incidents go with earlier prices",
    "involuntary ends": "its incidents go with ends that nobody chose",
    "declared control": "it was declared to be without effect",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was tested before anything is multiplied by money.

    Parameters
    ----------
    placebos : tuple of Placebo
        Judged together.
    scores : tuple of ScoreDoubt or None
        One a component.
    reasons : mapping of str to tuple of str
        By component, why it is descriptive only; components without a reason are left out.
    joint_scores, joint_prices : float or None
        P values of the leads of all components together.
    """

    placebos: tuple[Placebo, ...]
    scores: tuple[ScoreDoubt | None, ...]
    reasons: Mapping[str, tuple[str, ...]]
    joint_scores: float | None
    joint_prices: float | None


def gather_evidence(
    linked: Linked,
    churn: ChurnFit,
    answers: Answers,
    prices: PriceEffect,
    negative_controls: Sequence[str],
    *,
    exposure_days: int,
    unit: str,
) -> Evidence:
    """Test what cannot be, and judge all tests together.

    Parameters
    ----------
    linked : Linked
        Timelines.
    churn : ChurnFit
        With its own placebo, profiles by month, and where incidents fall.
    answers : Answers
        The answers.
    prices : PriceEffect
        As fitted.
    negative_controls : sequence of str
        Components declared to be without effect on leaving.
    exposure_days : int
        How long an incident counts.
    unit : str
        Of the KPI.

    Returns
    -------
    Evidence
        With reasons for grade D where a placebo fails, where the decision may have come before the complaint, or where
        nobody can be compared.
    """
    scores = doubt_scores(linked, answers, unit)
    by_score = check_score_leads(linked, answers, exposure_days=exposure_days, unit=unit)
    by_price = check_price_leads(linked, prices.estimable)
    names = linked.components
    tested: list[tuple[Placebo, float | None]] = []
    for place, name in enumerate(names):
        score, ratio = scores[place], churn.hazard_ratios[name]
        points = score.points.point if score is not None and isinstance(score.points, Estimate) else None
        price = float(prices.point[place]) if prices.estimable[place] else None
        leaving = float(np.log(ratio.point)) if isinstance(ratio, Estimate) else None
        tested += [
            (_of_lead(name, "later incidents and scores", by_score, place), points),
            (_of_lead(name, "later incidents and prices", by_price, place), price),
        ]
        if name in churn.placebo.ratios:
            tested.append((_of_ratio(name, "involuntary ends", churn.placebo.ratios[name]), leaving))
    declared = [
        (_of_ratio(name, "declared control", churn.hazard_ratios[name]), None)
        for name in negative_controls
        if name in names
    ]
    placebos = judge(tested)
    return Evidence((*placebos, *judge(declared)), scores, _reasons(churn, placebos), by_score.joint, by_price.joint)


def judge(tested: Sequence[tuple[Placebo, float | None]]) -> tuple[Placebo, ...]:
    """Judge placebos together.

    Parameters
    ----------
    tested : sequence of (Placebo, float or None)
        Each with the effect that it puts in doubt, in the same unit (a ratio as its logarithm).

    Returns
    -------
    tuple of Placebo
        With q-values; failed where the q-value is at most .02 and the size at least a tenth of the effect.

    References
    ----------
    .. [1] Benjamini and Hochberg (1995), JRSS B 57:289-300.
    """
    known = [place for place, (one, _) in enumerate(tested) if one.p_value is not None]
    adjusted = adjust_p_values([tested[place][0].p_value or 0.0 for place in known]) if known else np.zeros(0)
    found = [one for one, _ in tested]
    for place, q in zip(known, adjusted, strict=True):
        one, effect = tested[place]
        beyond = bool(q <= MOST_FALSE)
        matters = effect is None or abs(_size(one)) >= LEAST_SHARE * abs(effect)
        found[place] = replace(one, q_value=float(q), failed=beyond and matters, small=beyond and not matters)
    return tuple(found)


def p_of(answer: Answer) -> float | None:
    """P value of no effect, from the interval of an estimate.

    Parameters
    ----------
    answer : Answer
        Of any kind; of a hazard ratio the logarithm counts.

    Returns
    -------
    float or None
        Two-sided, normal; None where there is no estimate or its interval is a point.
    """
    if isinstance(answer, NotEstimable):
        return None
    point, low, high = answer.point, answer.low, answer.high
    if answer.unit == "hazard ratio":
        if low <= 0:
            return None
        point, low, high = (float(np.log(value)) for value in (point, low, high))
    return None if high <= low else float(2 * ndtr(-abs(point) / (high - low) * 2 * Z))


def q_values(answers: Sequence[Answer]) -> tuple[float | None, ...]:
    """Adjust the p values of one quantity for all components.

    Parameters
    ----------
    answers : sequence of Answer
        One a component.

    Returns
    -------
    tuple of float or None
        None where there is no estimate.
    """
    p_values = [p_of(answer) for answer in answers]
    known = [p for p in p_values if p is not None]
    adjusted = iter(adjust_p_values(known) if known else ())
    return tuple(None if p is None else float(next(adjusted)) for p in p_values)


def grade_component(effects: Sequence[Answer], reasons: Sequence[str]) -> Grade:
    """Evidence behind a component: adjusted where an effect is estimated and nothing speaks against it.

    Parameters
    ----------
    effects : sequence of Answer
        On customers, revenue and the KPI. Cost of tickets is counted, not compared: it is no evidence of an effect.
    reasons : sequence of str
        What speaks against it.

    Returns
    -------
    str
        ``C``, or ``D`` for description. Nothing here is an experiment.
    """
    return "C" if not reasons and any(isinstance(one, Estimate) for one in effects) else "D"


def hold_back(churn: ChurnFit, reasons: Mapping[str, tuple[str, ...]]) -> ChurnFit:
    """Take hazard ratios of descriptive evidence out of what is projected, and so out of all money.

    Parameters
    ----------
    churn : ChurnFit
        As fitted.
    reasons : mapping of str to tuple of str
        By component, why its evidence is descriptive.

    Returns
    -------
    ChurnFit
        The same object where there is nothing to hold back. Exposure to what is held back acts the same in every
        contrast, so that removing it gains nothing; its ratio is refused.
    """
    held = {
        name: NotEstimable(HELD_BACK + "; ".join(why), "what cxlink explain CX530 says")
        for name, why in reasons.items()
        if isinstance(churn.hazard_ratios[name], Estimate)
    }
    if not held or churn.model is None:
        return churn
    estimable = churn.model.estimable & np.array([name not in held for name in churn.model.components], dtype=bool)
    return replace(
        churn,
        hazard_ratios={**churn.hazard_ratios, **held},
        model=replace(churn.model, estimable=estimable),
    )


def _reasons(churn: ChurnFit, placebos: Sequence[Placebo]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in placebos:
        if one.failed:
            found.setdefault(one.component, []).append(WHY[one.kind])
    for profile in churn.lags:
        if profile.refusal is not None:
            found.setdefault(profile.component, []).append("leaving may have been decided before the complaint")
    for spread in churn.spread:
        if spread.customers and spread.customers_apart >= 1:
            found.setdefault(spread.component, []).append("no customers alike did and did not meet it")
    return {name: tuple(why) for name, why in found.items()}


def _of_lead(name: str, kind: PlaceboKind, leads: Leads, place: int) -> Placebo:
    lead: Lead = leads.by_component[place]
    return Placebo(name, kind, lead.answer, lead.p_value, None, lead.detectable)


def _of_ratio(name: str, kind: PlaceboKind, ratio: Answer) -> Placebo:
    return Placebo(name, kind, ratio, p_of(ratio))


def _size(one: Placebo) -> float:
    if isinstance(one.answer, NotEstimable):
        return 0.0
    point = one.answer.point
    return float(np.log(point)) if one.answer.unit == "hazard ratio" else point


def grade_effect(effect: ComponentEffect, fitted: ChurnFit, evidence: Evidence) -> ComponentEffect:
    """Give a component its grade, and back the ratio that was held back from the projection: as description.

    Parameters
    ----------
    effect : ComponentEffect
        As projected.
    fitted : ChurnFit
        Before anything was held back.
    evidence : Evidence
        What is against it.

    Returns
    -------
    ComponentEffect
        With CX530 where it is descriptive.
    """
    reasons = evidence.reasons.get(effect.component, ())
    return replace(
        effect,
        hazard_ratio=fitted.hazard_ratios[effect.component],
        grade=grade_component((effect.customers_kept, effect.revenue_kept, effect.experience), reasons),
        warnings=(*effect.warnings, "CX530") if reasons else effect.warnings,
    )
