"""What the reader is told about the effects: what is left out, and who never answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Answering, ChurnFit, Linked, Message, Simulated
from cxlink.impact.costs import ServingCost
from cxlink.impact.experience import Answers, ExperienceFit
from cxlink.impact.incidence import Incidence
from cxlink.impact.prices import PriceEffect

ANSWERED_CONCERN = 0.9
LUCK_CONCERN = 0.2


def cost_messages(n_unpriced: int, n_active: int, linked: Linked, costs: ServingCost) -> tuple[Message, ...]:
    """Tell which money is not counted.

    Parameters
    ----------
    n_unpriced, n_active : int
        Active customers without a price, and all of them.
    linked : Linked
        Component names.
    costs : ServingCost
        With the refusals of each component.

    Returns
    -------
    tuple of Message
        CX502 and CX503, or nothing.
    """
    found = []
    if 0 < n_unpriced < n_active:
        found.append(
            Message(
                "CX502",
                "warning",
                "impact",
                f"{n_unpriced} of {n_active} active customers have no recurring charge; their money counts as zero.",
                "Check that revenue bears their customer_id.",
            )
        )
    refused: dict[NotEstimable, list[str]] = {}
    for name, refusal in zip(linked.components, costs.refusals, strict=True):
        if refusal is not None:
            refused.setdefault(refusal, []).append(name)
    for refusal, names in refused.items():
        whom = "" if len(names) == len(linked.components) else f" of {', '.join(names)}"
        found.append(
            Message(
                "CX503",
                "info" if not whom else "warning",
                "impact",
                f"cost saved{whom} is left out: {refusal.reason}.",
                f"Needs {refusal.needs}.",
            )
        )
    return tuple(found)


def silent_message(linked: Linked, answers: Answers, answering: Answering | NotEstimable) -> tuple[Message, ...]:
    """Warn where many customers never answered.

    Parameters
    ----------
    linked : Linked
        Who was at risk, and how much of feedback found its customer.
    answers : Answers
        The answers.
    answering : Answering or NotEstimable
        What silence tells.

    Returns
    -------
    tuple of Message
        CX509 where effects allow for silence, else CX505, or nothing.
    """
    if isinstance(answering, Answering):
        return _allowed_message(answering)
    at_risk = linked.customers.loc[linked.customers["at_risk"], "customer"].to_numpy()
    if not len(at_risk) or not len(answers.value):
        return ()
    share = float(np.isin(at_risk, answers.cluster).mean())
    matched = linked.linkage.feedback_matched
    if share > ANSWERED_CONCERN or matched is None or matched < ANSWERED_CONCERN / 2:
        return ()
    return (
        Message(
            "CX505",
            "warning",
            "impact",
            f"{1 - share:.0%} of customers never answered; effects on the KPI hold if answering does not hang on it"
            f" (silence is not allowed for: {answering.reason}).",
            "If strong feelings make people answer, such effects are too large.",
        ),
    )


def _allowed_message(answering: Answering) -> tuple[Message, ...]:
    told = (
        "by the invitations"
        if answering.every_days is None
        else f"taking each customer to be asked every {answering.every_days:.0f} days"
    )
    moved = ""
    if isinstance(answering.of_all, Estimate) and isinstance(answering.among_answers, Estimate):
        here, there = answering.among_answers, answering.of_all
        moved = f", and its level is {there.point:.1f} {there.unit} over all asked, {here.point:.1f} among answers"
    return (
        Message(
            "CX509",
            "info",
            "impact",
            f"effects on the KPI allow for who answers, {told}{moved}.",
            "See who answers in the report. An invitations export tells silence better than its spacing."
            if answering.every_days is not None
            else "See who answers in the report.",
        ),
    )


def left_out_message(churn: ChurnFit, linked: Linked, fit: ExperienceFit) -> tuple[Message, ...]:
    """Say what the row "together" does not hold.

    Parameters
    ----------
    churn : ChurnFit
        With the refusals of each component.
    linked : Linked
        Component names.
    fit : ExperienceFit
        Likewise for the KPI.

    Returns
    -------
    tuple of Message
        CX504, or nothing.
    """
    without_churn = [name for name in linked.components if isinstance(churn.hazard_ratios[name], NotEstimable)]
    without_kpi = [name for name, one in zip(linked.components, fit.refusals, strict=True) if one is not None]
    parts = []
    if churn.refusal is None and 0 < len(without_churn) < len(linked.components):
        parts.append("customers and money kept leave out " + ", ".join(without_churn))
    if 0 < len(without_kpi) < len(linked.components):
        parts.append("the KPI leaves out " + ", ".join(without_kpi))
    if not parts:
        return ()
    return (
        Message(
            "CX504",
            "warning",
            "impact",
            'in the row "together", ' + "; ".join(parts) + ".",
            "See what each of them needs.",
        ),
    )


def label_message(
    names: Sequence[str],
    experience: ExperienceFit,
    prices: PriceEffect,
    costs: ServingCost,
    incidence: Sequence[Incidence],
) -> tuple[Message, ...]:
    """Say which parts labels could not correct for the tagger's error.

    Parameters
    ----------
    names : sequence of str
        Components.
    experience, prices, costs : ExperienceFit, PriceEffect, ServingCost
        Fitted parts.
    incidence : sequence of Incidence
        One a component.

    Returns
    -------
    tuple of Message
        CX506, or nothing.
    """
    reasons = {"effects on the KPI": experience.labels, "effects on prices": prices.labels}
    reasons |= {f"cost of {name}": why for name, why in zip(names, costs.labels, strict=True)}
    reasons |= {f"incidents of {name}": one.labels for name, one in zip(names, incidence, strict=True)}
    left: dict[str, list[str]] = {}
    for part, why in reasons.items():
        if why:
            left.setdefault(why, []).append(part)
    if not left:
        return ()
    told = "; ".join(f"{', '.join(parts)} ({why})" for why, parts in left.items())
    return (
        Message(
            "CX506",
            "warning",
            "impact",
            f"not corrected for the tagger's error: {told}.",
            "Have more customers' records read: cxlink tag review.",
        ),
    )


def luck_message(simulated: Simulated) -> tuple[Message, ...]:
    """Warn where sampled customers and futures add much to an interval.

    Parameters
    ----------
    simulated : Simulated
        How exactly the projection was computed.

    Returns
    -------
    tuple of Message
        CX507, or nothing.
    """
    if simulated.share_of_error <= LUCK_CONCERN:
        return ()
    return (
        Message(
            "CX507",
            "info",
            "impact",
            f"the luck of {simulated.futures} futures of {simulated.customers} customers is up to"
            f" {simulated.share_of_error:.0%} of a standard error.",
            "Nothing to do: where the last digits matter, compare runs with several seeds.",
        ),
    )


def rank_message(refusal: str) -> tuple[Message, ...]:
    """Say why no component has a rank.

    Parameters
    ----------
    refusal : str
        Empty where they have, or where no component has a net benefit.

    Returns
    -------
    tuple of Message
        CX508, or nothing.
    """
    if not refusal:
        return ()
    return (Message("CX508", "info", "impact", f"no ranks: {refusal}.", "Raise [model] draws; 1,000 are better."),)
