"""Covariates brought to comparable size, without a copy where they can stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, check_sizes, name_columns
from cxlink.stats.errors import CoxError
from cxlink.stats.row_parts import cut
from cxlink.stats.small_products import sum_rows, times_vector

BLOCK = 1 << 12
"""Rows worked on at a time, so that they stay in the processor's cache."""

FARTHEST_CENTER = 10.0
"""Standard deviations from zero up to which a column is centred only in the sums: they lose two digits of sixteen."""

ORDINARY_SCALE = (1e-6, 1e6)
"""Standard deviations whose squares, times any weights, cannot overflow or underflow: such columns keep their unit."""


@dataclass(frozen=True, slots=True)
class Standardised:
    """Covariates with what must still be done to them: ``standardised = (matrix - offset) / unit``.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_rows, n_columns)
        Row by row in memory; the caller's own array where that will do.
    offset, unit : ndarray of float64, shape (n_columns,)
        Zero and one where the matrix is centred and scaled already.
    scale : ndarray of float64, shape (n_columns,)
        Standard deviation of each covariate in its own unit.
    """

    matrix: Floats
    offset: Floats
    unit: Floats
    scale: Floats

    def predict(self, beta: Floats) -> Floats:
        """Linear predictor, up to a constant.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        ndarray of float64, shape (n_rows,)
            One number a row.
        """
        return times_vector(self.matrix, beta / self.unit)

    def center_sums(self, sums: Floats, weights: Floats) -> Floats:
        """Standardise weighted sums of rows.

        Parameters
        ----------
        sums : ndarray of float64, shape (..., n_columns)
            Sums of weight times row of the matrix.
        weights : ndarray of float64, shape (...)
            Sums of the weights.

        Returns
        -------
        ndarray of float64, shape (..., n_columns)
            Sums of weight times standardised row.
        """
        result: Floats = sums - np.multiply.outer(weights, self.offset)
        result /= self.unit
        return result

    def center_products(self, products: Floats, sums: Floats, weight: float) -> Floats:
        """Standardise a weighted sum of products of rows with themselves.

        Parameters
        ----------
        products : ndarray of float64, shape (n_columns, n_columns)
            Sum of weight times row times row, of the matrix.
        sums : ndarray of float64, shape (n_columns,)
            Sum of weight times standardised row.
        weight : float
            Sum of the weights.

        Returns
        -------
        ndarray of float64, shape (n_columns, n_columns)
            Of standardised rows.
        """
        shift = self.offset / self.unit
        cross = np.outer(shift, sums)
        centered: Floats = products / np.outer(self.unit, self.unit)
        centered -= cross + cross.T + weight * np.outer(shift, shift)
        return centered

    def take(self, rows: npt.NDArray[Any]) -> Standardised:
        """Some of the rows, standardised as all of them are.

        Parameters
        ----------
        rows : ndarray of int, or of bool of shape (n_rows,)
            Which rows.

        Returns
        -------
        Standardised
            A copy.
        """
        return Standardised(self.matrix[rows], self.offset, self.unit, self.scale)


def standardise(matrix: npt.NDArray[Any], used: Flags | None, weights: Floats | None) -> Standardised:
    """Find each covariate's mean and spread; centre and scale a copy only where the numbers are out of the ordinary.

    Parameters
    ----------
    matrix : ndarray, shape (n_rows, n_columns)
        Finite numbers or booleans.
    used : ndarray of bool, shape (n_rows,), or None
        Rows in use; None: all.
    weights : ndarray of float64, shape (n_used,), or None
        Case weights above zero of the rows in use; None: all one.

    Returns
    -------
    Standardised
        The rows in use.

    Raises
    ------
    CoxError
        If a covariate is constant, or its numbers are far too large or small.
    """
    is_ready = used is None and matrix.dtype == np.float64 and matrix.flags.c_contiguous
    rows = matrix if is_ready else _copy_rows(matrix, used)
    center, scale = _moments(rows, weights)
    lowest, highest = ORDINARY_SCALE
    # False also where the moments overflowed.
    if np.all((np.abs(center) <= FARTHEST_CENTER * scale) & (scale > lowest) & (scale < highest)):
        return Standardised(rows, center, scale, scale)
    rows = rows.copy() if is_ready else rows
    scale = _standardise_in_place(rows, weights)
    return Standardised(rows, np.zeros_like(scale), np.ones_like(scale), scale)


def _copy_rows(matrix: npt.NDArray[Any], used: Flags | None) -> Floats:
    """Rows in use, row by row in memory."""
    rows = np.empty((matrix.shape[0] if used is None else int(np.count_nonzero(used)), matrix.shape[1]))
    filled = 0
    for part in cut(matrix.shape[0], BLOCK):
        block = matrix[part] if used is None else matrix[part][used[part]]
        rows[filled : filled + block.shape[0]] = block
        filled += block.shape[0]
    return rows


def _moments(matrix: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column, in one reading; not finite where numbers are too large."""
    n_rows, n_columns = matrix.shape
    sums = np.zeros((2, n_columns))
    with np.errstate(over="ignore", invalid="ignore"):
        for block in cut(n_rows, BLOCK):
            own = _weigh(block, weights)
            sums += sum_rows(own, matrix[block]), sum_rows(own, np.square(matrix[block]))
        first, second = sums / (n_rows if weights is None else weights.sum())
        return first, np.sqrt(np.maximum(second - first**2, 0.0))


def _standardise_in_place(matrix: Floats, weights: Floats | None) -> Floats:
    """Centre and scale whatever the numbers' size; gives the standard deviations."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    is_constant = low == high
    matrix[:, is_constant] = 0.0
    largest = np.where(is_constant, 0.0, np.maximum(np.abs(low), np.abs(high)))
    check_sizes(largest, CoxError)
    blocks = cut(matrix.shape[0], BLOCK)
    total = matrix.shape[0] if weights is None else weights.sum()
    center, squares = np.zeros(matrix.shape[1]), np.zeros(matrix.shape[1])
    for block in blocks:
        center += sum_rows(_weigh(block, weights), matrix[block])
    center /= total
    for block in blocks:
        matrix[block] -= center
        squares += sum_rows(_weigh(block, weights), np.square(matrix[block]))
    scale: Floats = np.sqrt(squares / total)
    constant = tuple(int(j) for j in np.flatnonzero(scale <= 1e-13 * largest))
    if constant:
        raise CoxError(f"{name_columns(constant)}: constant among the rows at risk", constant)
    matrix *= 1.0 / scale
    return scale


def _weigh(block: slice, weights: Floats | None) -> Floats:
    return np.ones(block.stop - block.start) if weights is None else weights[block]
