"""Sums of products of columns, for the rows as they are and for draws of customers, and columns swept out of them."""

from __future__ import annotations

import numpy as np

from cxlink.stats.arrays import Floats, Integers

ROWS_AT_A_TIME = 1 << 12
"""Rows whose products are held in memory at once."""

EXPLAINED = 1e-10
"""Share of a column's variance below which what others leave of it counts as rounding."""


def sum_products_of_draws(rows: Floats, weights: Floats, codes: Integers, draws: Floats) -> Floats:
    """Sums of products of columns under the weights of each draw.

    Parameters
    ----------
    rows : ndarray of float64, shape (n_rows, n_columns)
        One column beside another.
    weights : ndarray of float64, shape (n_rows,)
        Of the rows.
    codes : ndarray of int, shape (n_rows,)
        Cluster of each row.
    draws : ndarray of float64, shape (n_draws, n_clusters)
        Weights of the clusters, by which those of their rows are multiplied.

    Returns
    -------
    ndarray of float64, shape (n_draws, n_columns, n_columns)
        Made of the clusters' own sums, each of which is computed once.
    """
    order = np.argsort(codes, kind="stable")
    places = np.triu_indices(rows.shape[1])
    flat = np.zeros((draws.shape[0], places[0].size))
    for begin in range(0, order.size, ROWS_AT_A_TIME):
        part = order[begin : begin + ROWS_AT_A_TIME]
        block, mine = rows[part], codes[part]
        products = block[:, places[0]] * block[:, places[1]] * weights[part, None]
        first = np.flatnonzero(np.concatenate(([True], mine[1:] != mine[:-1])))
        flat += draws[:, mine[first]] @ np.add.reduceat(products, first, axis=0)
    sums = np.empty((draws.shape[0], rows.shape[1], rows.shape[1]))
    sums[:, places[0], places[1]] = flat
    sums[:, places[1], places[0]] = flat
    return sums


def sweep_columns(sums: Floats, n_swept: int, lengths: Floats) -> Floats:
    """Take the first columns out of all others: what is left are the sums of products of residuals.

    Parameters
    ----------
    sums : ndarray of float64, shape (n_draws, n_columns, n_columns)
        Sums of products.
    n_swept : int
        Columns to take out. One that has nothing left of its own explains nothing, and changes nothing.
    lengths : ndarray of float64, shape (n_draws, n_swept)
        Sums of squares before any column was taken out, by which that is judged.

    Returns
    -------
    ndarray of float64, shape (n_draws, n_columns - n_swept, n_columns - n_swept)
        Of the other columns.
    """
    for column in range(n_swept):
        pivot = sums[:, 0, 0]
        there = pivot > EXPLAINED * lengths[:, column]
        share = np.divide(sums[:, 0, 1:], pivot[:, None], out=np.zeros_like(sums[:, 0, 1:]), where=there[:, None])
        sums = sums[:, 1:, 1:] - share[:, :, None] * sums[:, 0, None, 1:]
    return sums
