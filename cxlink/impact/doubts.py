"""How far the figures can be trusted, put together when they are known, and what the reader is warned of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import (
    ChurnFit,
    ComponentDoubt,
    ComponentEffect,
    CorrectedWinner,
    Doubts,
    ExposureSpread,
    Linked,
    Message,
)
from cxlink.impact.answers import Drawn
from cxlink.impact.evidence import Evidence, q_values
from cxlink.impact.experience import MIN_CLUSTERS, Answers
from cxlink.stats import EstimationError
from cxlink.stats.shrunk_effects import shrink_effects
from cxlink.stats.winners import correct_winner

FEW_CUSTOMERS = 40
"""Below, errors clustered by customer come out too small more often than not."""
APART_CONCERN = 0.01
"""Share of customer-days that nobody can be compared with."""
WON = "corrected for having been picked as the largest"
SHRUNKEN = "drawn towards the other components' by as much as their differences are chance"


def correct_costliest(
    names: Sequence[str], drawn: Sequence[Drawn], answers: Sequence[Answer], rng: np.random.Generator
) -> CorrectedWinner | None:
    """Correct the largest net benefit for having been picked.

    Parameters
    ----------
    names : sequence of str
        Components with a net benefit.
    drawn : sequence of Drawn
        Their net benefits, from the same draws.
    answers : sequence of Answer
        The same as shown.
    rng : Generator
        For the simultaneous interval behind the correction.

    Returns
    -------
    CorrectedWinner or None
        None where fewer than two components have a net benefit, or it is known without error.

    References
    ----------
    .. [1] Andrews, Kitagawa and McCloskey (2024), Quarterly Journal of Economics 139:305-358.
    """
    if len(drawn) < 2:
        return None
    points = np.array([one.point for one in drawn])
    covariance = np.cov(np.array([one.draws for one in drawn]))
    place = int(points.argmax())
    shown = answers[place]
    if isinstance(shown, NotEstimable):
        return None
    try:
        won = correct_winner(points, covariance, rng)
    except EstimationError:
        return None

    def told(point: float, low: float, high: float, level: float, method: str) -> Estimate:
        return Estimate(point, min(low, point), max(high, point), level, shown.unit, shown.n, shown.events, method)

    shrunken: Answer
    try:
        all_shrunk = shrink_effects(points, covariance)
        point, low, high = (float(values[place]) for values in (all_shrunk.estimate, all_shrunk.low, all_shrunk.high))
        shrunken = told(point, low, high, all_shrunk.level, SHRUNKEN)
    except EstimationError as error:
        shrunken = NotEstimable(error.reason, "more components with a net benefit")
    return CorrectedWinner(names[place], shown, told(won.estimate, won.low, won.high, won.level, WON), shrunken)


def build_doubts(
    churn: ChurnFit,
    effects: Sequence[ComponentEffect],
    evidence: Evidence,
    winner: CorrectedWinner | None,
    measured_late: tuple[str, ...],
) -> Doubts:
    """Put together what each component's figures rest on.

    Parameters
    ----------
    churn : ChurnFit
        As fitted, nothing held back.
    effects : sequence of ComponentEffect
        As shown, in the order of the components.
    evidence : Evidence
        What was tested.
    winner : CorrectedWinner or None
        The costliest component.
    measured_late : tuple of str
        Attributes that look as if measured after incidents.

    Returns
    -------
    Doubts
        In the order of the components.
    """
    by_quantity = [
        q_values([getattr(effect, key) for effect in effects]) for key in ("hazard_ratio", "experience", "net_benefit")
    ]
    spread = {one.component: one for one in churn.spread}
    none = NotEstimable("there is no churn model", "what the churn model needs")
    components = tuple(
        ComponentDoubt(
            component=effect.component,
            grade=effect.grade,
            reasons=tuple(evidence.reasons.get(effect.component, ())),
            q_hazard_ratio=by_quantity[0][place],
            q_experience=by_quantity[1][place],
            q_net_benefit=by_quantity[2][place],
            calibrated=churn.placebo.calibrated.get(effect.component, none),
            score=evidence.scores[place],
            spread=spread.get(effect.component),
        )
        for place, effect in enumerate(effects)
    )
    return Doubts(components, evidence.placebos, evidence.joint_scores, evidence.joint_prices, winner, measured_late)


def doubt_messages(linked: Linked, doubts: Doubts, answers: Answers, declared: Sequence[str]) -> tuple[Message, ...]:
    """Tell what speaks against figures.

    Parameters
    ----------
    linked : Linked
        Component names.
    doubts : Doubts
        All of it.
    answers : Answers
        For how many customers answered after an incident.
    declared : sequence of str
        Of ``[model] negative_controls``.

    Returns
    -------
    tuple of Message
        CX530 to CX536, or nothing.
    """
    return (
        *_held_back(doubts),
        *_few_customers(linked, doubts, answers),
        *_apart(doubts),
        *_controls(linked, doubts, declared),
        *_measured_late(doubts),
        *_small(doubts),
    )


def _held_back(doubts: Doubts) -> Iterator[Message]:
    for one in doubts.components:
        if one.reasons:
            yield Message(
                "CX530",
                "warning",
                "impact",
                f"{one.component}: descriptive only (D), and not turned into money: {'; '.join(one.reasons)}.",
                "Adjust for what both moves incidents and makes customers unhappy: [model] adjust_for.",
            )


def _few_customers(linked: Linked, doubts: Doubts, answers: Answers) -> Iterator[Message]:
    few = []
    for place, (name, one) in enumerate(zip(linked.components, doubts.components, strict=True)):
        met = one.spread.customers if one.spread is not None and one.q_hazard_ratio is not None else FEW_CUSTOMERS
        known = answers.exposed[:, place] & (answers.cluster >= 0)
        answered = len(np.unique(answers.cluster[known])) if one.score is not None else FEW_CUSTOMERS
        if MIN_CLUSTERS <= min(met, answered) < FEW_CUSTOMERS:
            few.append(f"{name} ({min(met, answered)})")
    if few:
        yield Message(
            "CX531",
            "warning",
            "impact",
            f"effects rest on the incidents of fewer than {FEW_CUSTOMERS} customers: {', '.join(few)}.",
            "Read these intervals as too narrow; a longer observed window brings more customers.",
        )


def _apart(doubts: Doubts) -> Iterator[Message]:
    for one in doubts.components:
        spread: ExposureSpread | None = one.spread
        if spread is not None and spread.customers and spread.days_apart >= APART_CONCERN:
            groups = f" ({', '.join(spread.groups)})" if spread.groups else ""
            yield Message(
                "CX532",
                "warning",
                "impact",
                f"{one.component}: in groups with {spread.days_apart:.0%} of customer-days nobody or everybody met it"
                f"{groups}.",
                "Nothing can be learned of the effect there; it is carried over from the other customers.",
            )


def _controls(linked: Linked, doubts: Doubts, declared: Sequence[str]) -> Iterator[Message]:
    failed = [one.component for one in doubts.placebos if one.kind == "declared control" and one.failed]
    if failed:
        yield Message(
            "CX533",
            "warning",
            "impact",
            f"declared to be without effect on leaving, and yet it seems to have one: {', '.join(failed)}.",
            "Other components' ratios may be off by as much: see their calibrated intervals.",
        )
    unknown = [name for name in declared if name not in linked.components]
    if unknown:
        yield Message(
            "CX535",
            "warning",
            "impact",
            f"[model] negative_controls names no component of this data: {', '.join(unknown)}.",
            f"Components here: {', '.join(linked.components) or 'none'}.",
        )


def _measured_late(doubts: Doubts) -> Iterator[Message]:
    if doubts.measured_late:
        yield Message(
            "CX534",
            "warning",
            "impact",
            f"goes with the latest incidents more than with earlier ones: {', '.join(doubts.measured_late)}. So it"
            " looks where an attribute was measured after the incidents that moved it.",
            "Export it as of the day of acquisition, or take it out of [model] adjust_for.",
        )


def _small(doubts: Doubts) -> Iterator[Message]:
    small = [f"{one.component} ({one.kind})" for one in doubts.placebos if one.small]
    if small:
        yield Message(
            "CX536",
            "info",
            "impact",
            f"beyond chance, but small beside the effect it puts in doubt: {', '.join(small)}.",
            "Allow for an error of about a tenth of these effects.",
        )
