"""What ``audience = "published"`` leaves out of what moved the score and revenue."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import Bridge, Bridges
from cxlink.report.hiding import FEW, hide_digits
from cxlink.report.numbers import SMALL_COUNT

MONEY = NotEstimable("suppressed: single customers' prices could be read off a movement", "")


def suppress_bridge(bridges: Bridges | NotEstimable) -> Bridges | NotEstimable:
    """Leave out movements of revenue, and the terms of a score where one is about fewer than ten customers.

    Parameters
    ----------
    bridges : Bridges or NotEstimable
        Of the internal audience.

    Returns
    -------
    Bridges or NotEstimable
        All terms of a score are hidden together: one that is hidden would follow from the others.
    """
    if isinstance(bridges, NotEstimable):
        return replace(bridges, reason=hide_digits(bridges.reason))
    messages = tuple(replace(one, message=hide_digits(one.message)) for one in bridges.messages)
    return replace(bridges, bridges=tuple(_bridge(one) for one in bridges.bridges), messages=messages)


def _bridge(one: Bridge) -> Bridge:
    if one.refusal is not None:
        return replace(one, refusal=replace(one.refusal, reason=hide_digits(one.refusal.reason)))
    few = any(0 < term.customers < SMALL_COUNT for term in one.terms)
    if one.kpi != "revenue" and not few:
        return one
    why = MONEY if one.kpi == "revenue" else FEW
    return replace(one, level_from=None, level_to=None, move=None, terms=(), factors=(), refusal=why)
