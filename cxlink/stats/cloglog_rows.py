"""The rows of a grouped-time hazard model, checked and read block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, read_flags, read_matrix, read_vector, read_weights
from cxlink.stats.errors import EstimationError

BLOCK_ROWS = 8_192
"""Rows of the design that are held as numbers at one time."""


@dataclass(frozen=True, slots=True)
class CloglogRows:
    """The rows in use: those with a weight above zero.

    Parameters
    ----------
    matrix : ndarray, shape (n_rows, n_columns)
        All rows of the design, as they came.
    used : ndarray of int, shape (n_used,), or None
        Which rows are in use; None: all.
    event : ndarray of bool, shape (n_used,)
        Whether the row ends in an event.
    weights : ndarray of float64, shape (n_used,)
        Case weights above zero.
    offset : ndarray of float64, shape (n_used,), or None
        Known part of the linear predictor.
    """

    matrix: npt.NDArray[Any]
    used: Integers | None
    event: Flags
    weights: Floats
    offset: Floats | None

    def read_block(self, part: slice, center: Floats) -> Floats:
        """Some rows in use, as a copy.

        Parameters
        ----------
        part : slice
            Which of the rows in use.
        center : ndarray of float64, shape (n_columns,)
            What to take off each column.

        Returns
        -------
        ndarray of float64, shape (n_block, n_columns)
            Their design.
        """
        chosen = self.matrix[part] if self.used is None else self.matrix[self.used[part]]
        block: Floats = np.subtract(chosen, center, dtype=np.float64, order="C")
        return block

    def read_column(self, j: int) -> Floats:
        """One column of the rows in use, as a copy.

        Parameters
        ----------
        j : int
            Which one.

        Returns
        -------
        ndarray of float64, shape (n_used,)
            Its values.
        """
        chosen = self.matrix[:, j] if self.used is None else self.matrix[self.used, j]
        column: Floats = chosen.astype(np.float64)
        return column

    def slices(self) -> Iterator[slice]:
        """Cut the rows in use into blocks.

        Yields
        ------
        slice
            Of at most `BLOCK_ROWS` rows.
        """
        for first in range(0, self.event.size, BLOCK_ROWS):
            yield slice(first, min(first + BLOCK_ROWS, self.event.size))


def read_cloglog_rows(
    X: npt.ArrayLike, event: npt.ArrayLike, weights: npt.ArrayLike | None, offset: npt.ArrayLike | None
) -> CloglogRows:
    """Check the inputs of :func:`cxlink.stats.cloglog.fit_cloglog`.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        As for :func:`cxlink.stats.cloglog.fit_cloglog`, and so are the others.
    event : array_like of bool, shape (n_rows,)
        Whether the row ends in an event.
    weights : array_like of float, shape (n_rows,), optional
        Case weights.
    offset : array_like of float, shape (n_rows,), optional
        Known part of the linear predictor.

    Returns
    -------
    CloglogRows
        The rows with a weight above zero.

    Raises
    ------
    EstimationError
        If shapes differ, numbers are missing or infinite, no row has an event, or all have.
    """
    matrix = read_matrix(X, EstimationError)
    n_rows = matrix.shape[0]
    events = read_flags("event", event, n_rows, EstimationError)
    case_weights = read_weights(weights, n_rows, EstimationError)
    known = None if offset is None else read_vector("offset", offset, n_rows, EstimationError)
    used = None
    if case_weights is None:
        case_weights = np.ones(n_rows)
    elif not case_weights.all():
        used = np.flatnonzero(case_weights)
        events, case_weights = events[used], case_weights[used]
        known = None if known is None else known[used]
    if not events.any():
        raise EstimationError("no events: no row with a weight above zero ends in an event")
    if events.all():
        raise EstimationError("every row with a weight above zero ends in an event: the hazard is infinite")
    return CloglogRows(matrix, used, events, case_weights, known)


def sum_products(block: Floats, weights: Floats) -> Floats:
    """Weighted sums of products of columns.

    Parameters
    ----------
    block : ndarray of float64, shape (n_block, n_columns)
        Some rows; changed in place.
    weights : ndarray of float64, shape (n_block,)
        Zero or more.

    Returns
    -------
    ndarray of float64, shape (n_columns, n_columns)
        ``block.T @ diag(weights) @ block``.
    """
    # A matrix times itself takes half the time of two different ones.
    block *= np.sqrt(weights)[:, None]
    products: Floats = block.T @ block
    return products
