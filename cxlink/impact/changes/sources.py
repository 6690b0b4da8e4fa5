"""Which inputs the spread of a change's NPV comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxlink.impact.changes.drawn import ChangeProjection, Projected
from cxlink.impact.changes.money import Purse
from cxlink.impact.changes.worlds import Answered, Ask
from cxlink.impact.projection import Parts
from cxlink.parallel import in_order

GROUPS = ("effect on leaving", "how often it happens", "effect on prices", "cost of serving", "size of the change")
LEAVING, INCIDENCE, PRICES, COST, SIZE = range(len(GROUPS))
CUSTOMERS, DRAWS = 200, 60
"""Shares of variance are wanted to a few percent: these many customers and draws will do."""


def find_sources(
    projection: ChangeProjection, purse: Purse, n_draws: int, rng: np.random.Generator, *, threads: int
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """Share of each change's variance that comes from each group of inputs.

    Draw by draw, the groups are moved from the point estimate to the draw in a random order and in its reverse. What
    each moves the NPV by, averaged over both, is its Shapley part of that draw; its covariance with the NPV over the
    draws, as a share of the variance, is what is told. It allows for groups that go together in the draws; a share
    below zero means that a group makes up for others.

    Parameters
    ----------
    projection : ChangeProjection
        Of the changes.
    purse : Purse
        Margin and discount.
    n_draws : int
        Draws that there are.
    rng : Generator
        For the orders and the customers.
    threads : int
        How many may work at once; the result does not depend on it.

    Returns
    -------
    tuple of tuple of (str, float)
        By change: the largest first, adding up to one; empty where nothing varies.

    References
    ----------
    .. [1] Owen (2014), SIAM/ASA Journal on Uncertainty Quantification 2:245-251.
    .. [2] Song, Nelson and Staum (2016), SIAM/ASA Journal on Uncertainty Quantification 4:1060-1083.
    """
    base = projection.some(CUSTOMERS)
    worlds, projector = projection.worlds(base, projection.plans), projection.projector(base)
    n = min(n_draws, DRAWS)
    orders = [[int(one) for one in rng.permutation(len(GROUPS))] for _ in range(n)]
    middle = projector.parts(None)

    def npvs_of(number: int, drawn: Parts, moves: Sequence[frozenset[int]]) -> dict[frozenset[int], np.ndarray]:
        """NPV of each change where these groups are those of the draw."""
        found = {}
        for of in (None, number):
            these = [moved for moved in moves if (INCIDENCE in moved) == (of is not None)]
            answered = worlds.expect_all(of, [(_mix(middle, drawn, moved), asks_of(number, moved)) for moved in these])
            found.update({moved: price(one) for moved, one in zip(these, answered, strict=True)})
        return found

    def asks_of(number: int, moved: frozenset[int]) -> list[Ask]:
        sizes = [float(plan.draws[number]) if SIZE in moved else plan.point for plan in projection.plans]
        return [((k, size),) for k, size in enumerate(sizes)]

    def price(answered: Answered) -> np.ndarray:
        found = []
        for k, plan in enumerate(projection.plans):
            projected = Projected(answered.gains[k][None, None], answered.incidents[k + 1][None, None])
            found.append(purse.npv(purse.flows(projected, [plan]), [plan])[0, 0])
        return np.array(found)

    nobody: frozenset[int] = frozenset()
    at_point = npvs_of(0, middle, [nobody])[nobody]

    def parts_of(number: int) -> np.ndarray:
        """(n_groups, n_plans) Shapley parts of one draw."""
        both = (orders[number], orders[number][::-1])
        moves = list(dict.fromkeys(frozenset(order[:step]) for order in both for step in range(1, len(order) + 1)))
        npvs = npvs_of(number, projector.parts(number), moves)
        parts = np.zeros((len(GROUPS), len(at_point)))
        for order in both:
            before = at_point
            for step, group in enumerate(order, start=1):
                after = npvs[frozenset(order[:step])]
                parts[group] += (after - before) / 2
                before = after
        return parts

    found = np.array(list(in_order(parts_of, range(n), threads + 1)))
    return tuple(_shares(found[:, :, k]) for k in range(len(projection.plans)))


def _mix(middle: Parts, drawn: Parts, moved: frozenset[int]) -> Parts:
    mixed = middle
    if LEAVING in moved:
        mixed = replace(
            mixed,
            voluntary=drawn.voluntary,
            involuntary=drawn.involuntary,
            log_hazard_ratio=drawn.log_hazard_ratio,
        )
    if PRICES in moved:
        mixed = replace(mixed, log_price_change=drawn.log_price_change)
    return replace(mixed, cost=drawn.cost) if COST in moved else mixed


def _shares(parts: np.ndarray) -> tuple[tuple[str, float], ...]:
    """Covariance of each group's parts with their sum, over the variance of the sum."""
    total = parts.sum(axis=1)
    spread = total - total.mean()
    variance = float(spread @ spread)
    if variance <= 1e-18 * float(np.square(parts).sum()) or variance == 0:
        return ()
    shares = (parts - parts.mean(axis=0)).T @ spread / variance
    told = [(name, float(share)) for name, share in zip(GROUPS, shares, strict=True)]
    return tuple(sorted(told, key=lambda one: -one[1]))
