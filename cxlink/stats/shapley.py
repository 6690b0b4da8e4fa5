"""Shapley values of a cost function of sets of components."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import TypeAlias

import numpy as np

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.errors import EstimationError

CostFunction: TypeAlias = Callable[[Flags], Floats]
"""Sets of components, shape (n_sets, n_components), to what a ticket that names just these is expected to cost."""

MOST_COMPONENTS = 5
"""Components of a set whose subsets are all looked at: 32 of them."""

SLACK = 1e-9
"""Share of a set's cost by which a smaller set may seem to cost more, and is taken to cost the same."""


def shapley_values(sets: Flags, expected: CostFunction) -> Floats:
    """Split the expected cost of sets of components among their members.

    Parameters
    ----------
    sets : ndarray of bool, shape (n_sets, n_components)
        Each with one member to five.
    expected : callable
        Of sets; a set without members is not asked for and costs nothing.

    Returns
    -------
    ndarray of float64, shape (n_sets, n_components)
        What a member adds to the cost, averaged over all orders in which the members may join; rows add up to the cost
        of the set. Zero or more, and zero for components that are not members.

    Raises
    ------
    EstimationError
        If a set has no member or more than five, or costs less than one of its subsets: what a member of it costs would
        be below zero.

    References
    ----------
    .. [1] Shapley (1953), A value for n-person games, in Contributions to the Theory of Games II.
    """
    size = sets.sum(axis=1)
    if np.any(size < 1) or np.any(size > MOST_COMPONENTS):
        raise EstimationError(
            f"a ticket names {size.min() if np.any(size < 1) else size.max()} components: a cost function that is not"
            f" additive is split among 1 to {MOST_COMPONENTS}"
        )
    values = np.zeros(sets.shape)
    for n in np.unique(size):
        rows = np.flatnonzero(size == n)
        members = np.nonzero(sets[rows])[1].reshape(rows.size, n)
        costs = _cost_subsets(members, sets.shape[1], expected)
        values[rows[:, None], members] = np.maximum(costs @ _weights(int(n)), 0.0)
    return values


def additive_shares(sets: Flags, marginal: Floats, base: float) -> Floats:
    """Shares of components in the cost of tickets that name them, where costs add up.

    Parameters
    ----------
    sets : ndarray of bool, shape (n_sets, n_components)
        Components named, at least one.
    marginal : ndarray of float64, shape (n_components,)
        What each adds; zero or more.
    base : float
        Of a ticket; zero or more.

    Returns
    -------
    ndarray of float64, shape (n_sets, n_components)
        Shapley values of "base, if anything is named, plus marginal costs", over their sum: a component's own marginal
        cost and an equal part of the base, since whoever joins first brings the base along, and each is first equally
        often. Rows sum to one. Equal where the ticket is expected to cost nothing.
    """
    size = sets.sum(axis=1, keepdims=True)
    values = sets * (marginal + base / size)
    total = values.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(values, total, out=sets / size, where=total > 0)
    return shares


def _cost_subsets(members: np.ndarray, n_components: int, expected: CostFunction) -> Floats:
    """Cost of all subsets of each set, shape (n_sets, 2^n); bit i of the place: member i is in."""
    n_sets, n = members.shape
    inside = _subsets(n)
    asked = np.zeros((n_sets, 2**n, n_components), dtype=bool)
    np.put_along_axis(asked, np.broadcast_to(members[:, None, :], (n_sets, 2**n, n)), inside[None], axis=2)
    costs = np.zeros((n_sets, 2**n))
    answers = np.asarray(expected(asked[:, 1:].reshape(-1, n_components)), dtype=np.float64)
    costs[:, 1:] = answers.reshape(n_sets, 2**n - 1)
    if not np.all(np.isfinite(costs)):
        raise EstimationError("the expected cost of a set of components is missing or infinite")
    for i in range(n):
        without = np.flatnonzero(~inside[:, i])
        more = costs[:, without + 2**i]
        if np.any(more < costs[:, without] - SLACK * np.abs(costs).max(axis=1, keepdims=True)):
            raise EstimationError("tickets are expected to cost less with one component more: they cannot be split")
    return costs


def _subsets(n: int) -> Flags:
    members: Flags = (np.arange(2**n)[:, None] >> np.arange(n)) % 2 == 1
    return members


def _weights(n: int) -> Floats:
    """Matrix (2^n, n) from costs of subsets to Shapley values."""
    inside = _subsets(n)
    size = inside.sum(axis=1)
    joined = np.array([factorial(max(s - 1, 0)) * factorial(n - s) for s in size]) / factorial(n)
    outside = np.array([factorial(s) * factorial(max(n - s - 1, 0)) for s in size]) / factorial(n)
    weights: Floats = np.where(inside, joined[:, None], -outside[:, None])
    return weights
