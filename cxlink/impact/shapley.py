"""Each component's part of the joint effect."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

EXACT_UP_TO = 6


def shapley_parts(value: Callable[[frozenset[int]], np.ndarray], n: int, rng: np.random.Generator) -> np.ndarray:
    """Average gain of stopping one component over all orders in which they could be stopped.

    Exact up to six components; beyond, the mean over antithetic random orders. Either way the parts add up to the joint
    effect exactly.

    Parameters
    ----------
    value : callable
        Set of stopped components -> (n_quantities,); asked for the same set many times.
    n : int
        Number of components.
    rng : Generator
        For the random orders.

    Returns
    -------
    ndarray
        (n, n_quantities).
    """
    if n == 0:
        return np.zeros((0, len(value(frozenset()))))
    return _exact(value, n) if n <= EXACT_UP_TO else _sampled(value, n, rng)


def sampled_parts(value: Callable[[frozenset[int]], np.ndarray], n: int, rng: np.random.Generator) -> np.ndarray:
    """Shapley parts from one random order and its reverse.

    Parameters
    ----------
    value : callable
        Set of stopped components -> (n_quantities,).
    n : int
        Number of components.
    rng : Generator
        For the order.

    Returns
    -------
    ndarray
        (n, n_quantities); unbiased over orders, and exact in its sum.
    """
    return _sampled(value, n, rng, orders=1)


def _exact(value: Callable[[frozenset[int]], np.ndarray], n: int) -> np.ndarray:
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


def _sampled(
    value: Callable[[frozenset[int]], np.ndarray], n: int, rng: np.random.Generator, orders: int = 50
) -> np.ndarray:
    parts = np.zeros((n, len(value(frozenset()))))
    for _ in range(orders):
        order = [int(one) for one in rng.permutation(n)]
        for sequence in (order, order[::-1]):
            members: frozenset[int] = frozenset()
            before = value(members)
            for one in sequence:
                members = members | {one}
                after = value(members)
                parts[one] += (after - before) / (2 * orders)
                before = after
    return parts
