"""What groups of columns explain: alone, beside others, and on average over all orders."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.importance_sums import sweep_columns


@dataclass(frozen=True, slots=True)
class Residuals:
    """Sums of products of the groups' columns and the outcome, of what covariates leave of them.

    Parameters
    ----------
    sums : ndarray of float64, shape (n_draws, n_columns + 1, n_columns + 1)
        Columns in the order of their groups, the outcome last.
    lengths : ndarray of float64, shape (n_draws, n_columns)
        Sums of squares of the columns, before covariates took part of them.
    begins : ndarray of int, shape (n_groups + 1,)
        First column of each group, and the number of columns.
    """

    sums: Floats
    lengths: Floats
    begins: Integers

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return self.begins.size - 1


def unexplained_by_subset(residuals: Residuals) -> Floats:
    """Residual sum of squares of the outcome, beside each subset of the groups.

    Parameters
    ----------
    residuals : Residuals
        Sums of products.

    Returns
    -------
    ndarray of float64, shape (2 ** n_groups, n_draws)
        By the subset's number, whose bit g tells that group g is in.
    """
    found = np.empty((1 << residuals.n_groups, residuals.sums.shape[0]))

    def visit(sums: Floats, first: int, subset: int) -> None:
        """All subsets that add groups from `first` on; `sums` begins with that group's columns."""
        found[subset] = sums[:, -1, -1]
        offset = residuals.begins[first]
        for group in range(first, residuals.n_groups):
            begin, end = residuals.begins[group : group + 2]
            mine = sums[:, begin - offset :, begin - offset :]
            left = sweep_columns(mine, int(end - begin), residuals.lengths[:, begin:end])
            visit(left, group + 1, subset | 1 << group)

    visit(residuals.sums, 0, 0)
    return found


def gains_in_order(residuals: Residuals, order: Integers) -> Floats:
    """What each group explains beside those before it.

    Parameters
    ----------
    residuals : Residuals
        Sums of products.
    order : ndarray of int, shape (n_groups,)
        In which the groups come.

    Returns
    -------
    ndarray of float64, shape (n_groups, n_draws)
        Sums of squares, by group.
    """
    columns = [np.arange(*residuals.begins[group : group + 2]) for group in order]
    every = np.concatenate((*columns, [residuals.begins[-1]]))
    sums = residuals.sums[:, every[:, None], every]
    gains = np.empty((order.size, sums.shape[0]))
    for group, mine in zip(order, columns, strict=True):
        before = sums[:, -1, -1]
        sums = sweep_columns(sums, mine.size, residuals.lengths[:, mine])
        gains[group] = before - sums[:, -1, -1]
    return gains


def all_orders(n_groups: int) -> Floats:
    """How often each subset counts in a group's gain, averaged over all orders.

    Parameters
    ----------
    n_groups : int
        Number of groups.

    Returns
    -------
    ndarray of float64, shape (n_groups, 2 ** n_groups)
        With sums of squares left unexplained u, the gains are ``all_orders(n) @ u``.
    """
    subsets = np.arange(1 << n_groups)
    size = np.array([int(subset).bit_count() for subset in subsets])
    alone = np.array([1.0 / (n_groups * comb(n_groups - 1, k)) for k in range(n_groups)] + [0.0])
    counts = np.empty((n_groups, subsets.size))
    for group in range(n_groups):
        inside = (subsets >> group & 1).astype(bool)
        counts[group] = np.where(inside, -alone[size - 1], alone[size])
    return counts


def sampled_orders(orders: Integers) -> tuple[Integers, Floats]:
    """The same for some orders.

    Parameters
    ----------
    orders : ndarray of int, shape (n_orders, n_groups)
        Each one a permutation of the groups.

    Returns
    -------
    subsets : ndarray of bool, shape (n_subsets, n_groups)
        Those that come up.
    counts : ndarray of float64, shape (n_groups, n_subsets)
        As of :func:`all_orders`.
    """
    n_orders, n_groups = orders.shape
    places: dict[bytes, int] = {}
    subsets: list[Integers] = []
    entries: list[tuple[int, int, float]] = []
    for order in orders:
        inside = np.zeros(n_groups, dtype=bool)
        for step in range(n_groups + 1):
            place = places.setdefault(inside.tobytes(), len(places))
            if place == len(subsets):
                subsets.append(inside.copy())
            if step > 0:
                entries.append((int(order[step - 1]), place, -1.0 / n_orders))
            if step < n_groups:
                entries.append((int(order[step]), place, 1.0 / n_orders))
                inside[order[step]] = True
    counts = np.zeros((n_groups, len(subsets)))
    for group, place, count in entries:
        counts[group, place] += count
    return np.array(subsets), counts
