"""What the reader should know of changes before deciding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import BudgetChoice, ChangeEffect, Changes, Message, Payoff

MUCH_DOUBT = 0.1
"""Loss of probability by the allowance that is worth a warning."""
MUCH_ERROR = 0.05
"""Of the NPV of those taken: error of counting by pairs."""


def change_messages(changes: Changes, made: Sequence[str], n_months: int) -> tuple[Message, ...]:
    """Tell what speaks against figures of changes.

    Parameters
    ----------
    changes : Changes
        As found.
    made : sequence of str
        Changes that were made already.
    n_months : int
        Horizon.

    Returns
    -------
    tuple of Message
        CX580 to CX587, or nothing.
    """
    return (
        *(message for effect in changes.effects for message in _of_effect(effect, n_months)),
        *_made(made),
        *_of_budget(changes.budget),
    )


def _of_effect(effect: ChangeEffect, n_months: int) -> Iterator[Message]:
    name = effect.asked.name
    if isinstance(effect.incidents, NotEstimable):
        why = effect.incidents
        yield Message("CX580", "warning", "changes", f"{name}: {why.reason}.", f"It needs {why.needs}.")
        return
    if isinstance(effect.payoff, NotEstimable):
        why = effect.payoff
        yield Message(
            "CX581", "warning", "changes", f"{name}: no NPV can be told, since {why.reason}.", f"It needs {why.needs}."
        )
        return
    yield from _of_payoff(effect, effect.payoff, n_months)


def _of_payoff(effect: ChangeEffect, payoff: Payoff, n_months: int) -> Iterator[Message]:
    name = effect.asked.name
    if payoff.never > 0.5:
        yield Message(
            "CX582",
            "warning",
            "changes",
            f"{name}: in {payoff.never:.0%} of draws it does not pay back within {n_months} months.",
            "Customers kept are worth something after the horizon too: try a longer [model] horizon_months.",
        )
    if 2 * effect.asked.ramp_months > n_months:
        yield Message(
            "CX583",
            "warning",
            "changes",
            f"{name}: it takes {effect.asked.ramp_months} of {n_months} months until it works in full.",
            "A longer [model] horizon_months shows more of what it brings.",
        )
    if payoff.allowing_for_doubt is None:
        if isinstance(payoff.allowance, NotEstimable):
            yield Message(
                "CX586",
                "info",
                "changes",
                f"{name}: the probability allows for chance alone, since {payoff.allowance.reason}.",
                f"It needs {payoff.allowance.needs}.",
            )
    elif payoff.probability - payoff.allowing_for_doubt >= MUCH_DOUBT:
        yield Message(
            "CX585",
            "warning",
            "changes",
            f"{name}: a probability of {payoff.probability:.0%} falls to {payoff.allowing_for_doubt:.0%} where causes"
            " that were not measured are allowed for.",
            "Try it on part of the customers first, chosen by lot.",
        )


def _made(made: Sequence[str]) -> Iterator[Message]:
    if made:
        yield Message(
            "CX584",
            "info",
            "changes",
            f"begun before the cut-off, and so not looked ahead at: {', '.join(made)}.",
            "What they do is in the data already.",
        )


def _of_budget(budget: BudgetChoice | NotEstimable | None) -> Iterator[Message]:
    if not isinstance(budget, BudgetChoice) or not isinstance(budget.npv, Estimate) or len(budget.taken) < 2:
        return
    error = abs(budget.npv.point - budget.by_pairs)
    if error > MUCH_ERROR * abs(budget.npv.point):
        yield Message(
            "CX587",
            "warning",
            "changes",
            f"the choice counted the changes taken as {budget.by_pairs:,.0f}; projected together they come to"
            f" {budget.npv.point:,.0f}.",
            "More than two of them meet in the same customers: ask about sets of them as well.",
        )
