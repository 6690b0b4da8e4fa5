"""Sums over ranges of cells from their borders: a number enters at one border and leaves at another.

Cells are sorted by stratum. Each stratum has one border more than cells, so cell c of the s-th stratum lies between
borders ``c + s`` and ``c + s + 1``, and ranges of different strata never touch.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from cxlink.stats.arrays import Floats, Integers

Borders: TypeAlias = npt.NDArray[np.int32]

MANY_STRATA = 256
"""From here on strata share one cumulative sum: a loop over them would take longer than the sums."""


def place_at_borders(values: Floats, borders: Borders, n_borders: int) -> csc_array:
    """Sparse matrix that adds each row's number where the row leaves and takes it off where it enters.

    Its product with a matrix does for all columns, in one reading, what otherwise takes two counts a column.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows,)
        Number of each row.
    borders : ndarray of int32, shape (n_rows, 1) or (n_rows, 2)
        Where it leaves, and where it enters.
    n_borders : int
        How many borders there are.

    Returns
    -------
    csc_array, shape (n_borders, n_rows)
        Its transpose, times sums by :func:`sum_forwards`, gives sums over each row's cells.
    """
    n_rows, per_row = borders.shape
    signed = values
    if per_row == 2:
        signed = np.empty((n_rows, 2))
        signed[:, 0] = values
        np.negative(values, out=signed[:, 1])
    begins = np.arange(0, borders.size + 1, per_row, dtype=np.int32)
    return csc_array((signed.ravel(), borders.ravel(), begins), shape=(n_borders, n_rows))


def sum_backwards(change: Floats, stratum_first: Integers) -> Floats:
    """Cumulative sum from each stratum's last border to its second; what enters at the first was at risk throughout.

    Parameters
    ----------
    change : ndarray of float64, shape (n_borders, ...)
        What leaves less what enters at each border; may be overwritten.
    stratum_first : ndarray of int, shape (n_strata + 1,)
        First cell of each stratum, and the number of cells.

    Returns
    -------
    ndarray of float64, shape (n_cells, ...)
        What is there in each cell.
    """
    n_strata = stratum_first.size - 1
    if n_strata > MANY_STRATA:
        first_border = stratum_first[:-1] + np.arange(n_strata)
        change[first_border] = 0.0
        total = np.cumsum(change[::-1], axis=0)[::-1]
        beyond = np.concatenate((total[first_border[1:]], np.zeros_like(change[:1])))
        result: Floats = np.delete(total, first_border, axis=0)
        result -= np.repeat(beyond, np.diff(stratum_first), axis=0)
        return result
    result = np.empty((stratum_first[-1], *change.shape[1:]))
    for s, (begin, end) in enumerate(pairwise(stratum_first)):
        result[begin:end] = np.cumsum(change[begin + s + 1 : end + s + 1][::-1], axis=0)[::-1]
    return result


def sum_forwards(per_cell: Floats, stratum_first: Integers) -> Floats:
    """Cumulative sum from each stratum's first border, where it is zero, to its last.

    Parameters
    ----------
    per_cell : ndarray of float64, shape (n_cells, ...)
        Numbers of each cell.
    stratum_first : ndarray of int, shape (n_strata + 1,)
        First cell of each stratum, and the number of cells.

    Returns
    -------
    ndarray of float64, shape (n_borders, ...)
        The sum over a range of cells is the difference between its borders.
    """
    n_strata = stratum_first.size - 1
    if n_strata > MANY_STRATA:
        total = np.concatenate((np.zeros_like(per_cell[:1]), np.cumsum(per_cell, axis=0)))
        stratum = np.repeat(np.arange(n_strata), np.diff(stratum_first) + 1)
        before: Floats = total[np.arange(stratum.size) - stratum] - total[stratum_first[stratum]]
        return before
    result = np.zeros((stratum_first[-1] + n_strata, *per_cell.shape[1:]))
    for s, (begin, end) in enumerate(pairwise(stratum_first)):
        np.cumsum(per_cell[begin:end], axis=0, out=result[begin + s + 1 : end + s + 1])
    return result
