"""Each component's part of the joint effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np

EXACT_UP_TO = 6
"""Beyond, parts are means over `ORDER_PAIRS` orders and their reverses."""

ORDER_PAIRS = 50


def shapley_parts(value: Callable[[frozenset[int]], np.ndarray], n: int) -> np.ndarray:
    """Average gain of stopping one component over all orders in which they could be stopped.

    Parameters
    ----------
    value : callable
        Set of stopped components -> (n_quantities,); asked for the same set many times.
    n : int
        Number of components; the work doubles with each.

    Returns
    -------
    ndarray
        (n, n_quantities); adds up to the joint effect exactly.
    """
    if n == 0:
        return np.zeros((0, len(value(frozenset()))))
    parts = []
    for one in range(n):
        others = [other for other in range(n) if other != one]
        total = np.zeros_like(value(frozenset()))
        for code in range(1 << len(others)):
            members = frozenset(other for bit, other in enumerate(others) if code >> bit & 1)
            share = factorial(len(members)) * factorial(n - len(members) - 1) / factorial(n)
            total = total + share * (value(members | {one}) - value(members))
        parts.append(total)
    return np.array(parts)


def parts_by_orders(
    value: Callable[[frozenset[int]], np.ndarray], n: int, orders: Sequence[Sequence[int]]
) -> np.ndarray:
    """Mean gain of stopping each component, over some orders in which they are stopped.

    Parameters
    ----------
    value : callable
        Set of stopped components -> (n_quantities,).
    n : int
        Number of components.
    orders : sequence of sequence of int
        Permutations of the components.

    Returns
    -------
    ndarray
        (n, n_quantities); exact in its sum.
    """
    parts = np.zeros((n, len(value(frozenset()))))
    for order in orders:
        members: frozenset[int] = frozenset()
        before = value(members)
        for one in order:
            members = members | {one}
            after = value(members)
            parts[one] += (after - before) / len(orders)
            before = after
    return parts


def draw_orders(n: int, n_pairs: int, rng: np.random.Generator) -> list[list[int]]:
    """Draw random orders, each followed by its reverse.

    Parameters
    ----------
    n : int
        Number of components.
    n_pairs : int
        Orders, without the reversed ones.
    rng : Generator
        Randomness.

    Returns
    -------
    list of list of int
        Permutations.
    """
    forward = [[int(one) for one in rng.permutation(n)] for _ in range(n_pairs)]
    return [order for one in forward for order in (one, one[::-1])]
