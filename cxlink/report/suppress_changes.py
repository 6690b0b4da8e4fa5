"""What ``audience = "published"`` leaves out of changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import ChangeEffect, Changes
from cxlink.report.hiding import DEDUCIBLE, clean_answer

TELL_OF_CHANGES = ("CX582", "CX585", "CX587")
"""Messages with figures of changes, which may be hidden."""


def suppress_changes(changes: Changes, hidden: Mapping[str, NotEstimable | None]) -> Changes:
    """Leave out changes of components that are hidden, and choices that would tell of them.

    Parameters
    ----------
    changes : Changes
        Of the internal audience.
    hidden : mapping of str to NotEstimable or None
        Components that are hidden in the whole table, with the reason.

    Returns
    -------
    Changes
        What was stated stays: it is no observation.
    """
    reasons = [_reason(effect, hidden) for effect in changes.effects]
    effects = tuple(_suppress(effect, why) for effect, why in zip(changes.effects, reasons, strict=True))
    hides = any(why is not None for why in reasons)
    return Changes(effects, DEDUCIBLE if hides and changes.budget is not None else changes.budget)


def _reason(effect: ChangeEffect, hidden: Mapping[str, NotEstimable | None]) -> NotEstimable | None:
    named = (effect.asked.component, effect.asked.displaced_to)
    return next((why for name in named if (why := hidden.get(name)) is not None), None)


def _suppress(effect: ChangeEffect, why: NotEstimable | None) -> ChangeEffect:
    if why is not None:
        return ChangeEffect(effect.asked, why, why, why, why, why, why, why, why)
    npv = clean_answer(effect.npv)
    return replace(
        effect,
        incidents=clean_answer(effect.incidents),
        experience=clean_answer(effect.experience),
        customers_kept=clean_answer(effect.customers_kept),
        revenue_kept=clean_answer(effect.revenue_kept),
        margin_kept=clean_answer(effect.margin_kept),
        cost_saved=clean_answer(effect.cost_saved),
        npv=npv,
        payoff=npv if isinstance(npv, NotEstimable) else effect.payoff,
        paths=None,
    )
