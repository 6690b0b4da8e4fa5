"""The cost of each ticket split among the components it names, to the cent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.component_costs import ComponentCosts
from cxlink.stats.errors import EstimationError
from cxlink.stats.largest_remainder import Amounts, read_amounts, split_exactly
from cxlink.stats.named_sets import find_sets, read_named
from cxlink.stats.shapley import CostFunction, additive_shares, shapley_values


@dataclass(frozen=True, slots=True)
class CostParts:
    """What each ticket costs each of its components, by three rules; arrays of pairs have shape (n_pairs,).

    Parameters
    ----------
    ticket, component : ndarray of int
        Row and column of `named`; by ticket, then by component.
    fitted : ndarray of int64
        Part by the Shapley value of the fitted cost function.
    equal : ndarray of int64
        Part where all components of a ticket are charged alike.
    primary : ndarray of int64
        Part where the component named first is charged with all.
    total_fitted, total_equal, total_primary : ndarray of int64, shape (n_components,)
        Their sums by component; each adds up to the sum of the costs.
    """

    ticket: Integers
    component: Integers
    fitted: Amounts
    equal: Amounts
    primary: Amounts
    total_fitted: Amounts
    total_equal: Amounts
    total_primary: Amounts


def split_costs(named: npt.ArrayLike, cost: npt.ArrayLike, expected: ComponentCosts | CostFunction | None) -> CostParts:
    """Split what tickets cost among the components they name.

    The cost function of a single ticket is the fitted one, times what the ticket cost over what it was expected to: its
    Shapley values are the fitted ones, in proportion. Handling and credits are split in two calls, each by its own fit.

    Parameters
    ----------
    named : array_like, shape (n_tickets, n_components)
        Zero where the ticket does not name the component; otherwise the place at which it does, 1 for the first. Equal
        places, as where the order is not known, count in the order of the components.
    cost : array_like of int, shape (n_tickets,)
        Of each ticket, in whole minor units such as cents; may be zero or negative.
    expected : ComponentCosts or callable or None
        The additive fit; or a cost function of sets, for tickets of up to five components; or None where nothing tells
        components apart: equal parts.

    Returns
    -------
    CostParts
        Under each rule the parts of a ticket add up to its cost exactly. What rounding leaves goes to the largest
        remainders, among equal ones to the first component.

    Raises
    ------
    EstimationError
        If shapes differ, a cost is not whole, or a ticket names no component; or if the cost function falls with one
        component more, or is asked for more than five.

    References
    ----------
    .. [1] Shapley (1953), A value for n-person games.
    .. [2] Young (1994), Cost allocation, in Handbook of Game Theory 2, chapter 34.

    Examples
    --------
    >>> parts = split_costs([[1, 2], [2, 1], [0, 1]], [1000, 999, -50], lambda sets: sets @ np.array([3.0, 1.0]))
    >>> parts.total_fitted, parts.total_equal, parts.total_primary
    (array([1499,  450]), array([1000,  949]), array([1000,  949]))
    """
    places = read_named(named)
    amounts = read_amounts("cost", cost)
    if amounts.size != places.shape[0]:
        raise EstimationError(f"cost has shape {amounts.shape}, expected ({places.shape[0]},)")
    flags: Flags = places > 0
    sets, which = find_sets(flags)
    shares = _share(sets, expected)
    ticket, component = np.nonzero(flags)
    n_pairs, n_components = ticket.size, flags.shape[1]
    if float(np.abs(amounts.astype(np.float64)).sum()) > 2.0**62:
        raise EstimationError("costs add up to more than whole numbers can hold")
    fitted, equal, primary = (np.zeros(n_pairs, dtype=np.int64) for _ in range(3))
    size = flags.sum(axis=1)
    begin = np.cumsum(size) - size
    for n in np.unique(size):
        rows = np.flatnonzero(size == n)
        pairs = begin[rows, None] + np.arange(n)
        mine = component[pairs]
        fitted[pairs] = split_exactly(amounts[rows], shares[which[rows, None], mine])
        equal[pairs] = split_exactly(amounts[rows], np.ones((rows.size, n)))
        first = np.argmin(places[rows[:, None], mine], axis=1)
        primary[pairs[np.arange(rows.size), first]] = amounts[rows]
    totals = [_sum_exactly(parts, component, n_components) for parts in (fitted, equal, primary)]
    return CostParts(ticket, component, fitted, equal, primary, *totals)


def _share(sets: Flags, expected: ComponentCosts | CostFunction | None) -> Floats:
    if expected is None:
        return additive_shares(sets, np.zeros(sets.shape[1]), 1.0)
    if not isinstance(expected, ComponentCosts):
        return shapley_values(sets, expected)
    if expected.marginal.size != sets.shape[1]:
        raise EstimationError(f"named has {sets.shape[1]} components, the fit has {expected.marginal.size}")
    return additive_shares(sets, expected.marginal, expected.base)


def _sum_exactly(parts: Amounts, component: Integers, n_components: int) -> Amounts:
    """Whole sums: those of bincount are floats."""
    total = np.zeros(n_components, dtype=np.int64)
    np.add.at(total, component, parts)
    return total
