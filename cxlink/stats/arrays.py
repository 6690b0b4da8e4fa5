"""Checks of the arrays that estimators receive."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cxlink.stats.errors import EstimationError

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.intp]
Flags: TypeAlias = npt.NDArray[np.bool_]
Labels: TypeAlias = npt.NDArray[Any]

LARGEST_WHOLE = 2**53
"""From here on neighbouring whole numbers are one and the same float64."""

LARGEST_TOTAL, SMALLEST_TOTAL = 1e100, 1e-100
"""Sum of case weights beyond which squares and quotients overflow."""

LARGEST_NUMBER, SMALLEST_NUMBER = 1e100, 1e-100
"""Size of a column's largest number beyond which variances of its coefficient overflow or vanish."""


def read_vector(name: str, values: npt.ArrayLike, n_rows: int, error: type[EstimationError]) -> Floats:
    """Check that `values` is a finite vector of the right length.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows,)
        Numbers in any unit.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        The same numbers.

    Raises
    ------
    EstimationError
        If the shape differs or a value is missing or infinite.
    """
    vector = np.asarray(values, dtype=np.float64)
    if vector.shape != (n_rows,):
        raise error(f"{name} has shape {vector.shape}, expected ({n_rows},)")
    wrong = np.flatnonzero(~np.isfinite(vector))
    if wrong.size:
        raise error(f"{name} is missing or infinite in {wrong.size} rows, the first is row {wrong[0]}")
    return vector


def read_flags(name: str, values: npt.ArrayLike, n_rows: int, error: type[EstimationError]) -> Flags:
    """Check that `values` is a vector of 0 and 1, or of booleans.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows,)
        Zeros and ones, or booleans.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        True for 1.

    Raises
    ------
    EstimationError
        If the shape differs or a value is neither 0 nor 1.
    """
    vector = read_vector(name, values, n_rows, error)
    flags: Flags = np.equal(vector, 1.0)
    if not np.all(flags | (vector == 0.0)):
        raise error(f"{name} must be 0 or 1")
    return flags


def read_weights(values: npt.ArrayLike | None, n_rows: int, error: type[EstimationError]) -> Floats | None:
    """Check case weights.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,), or None
        Zero or more; a row of weight zero counts as absent.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray of float64, shape (n_rows,), or None
        The same weights; None when none were given.

    Raises
    ------
    EstimationError
        If a weight is negative, missing or infinite.
    """
    if values is None:
        return None
    weights = read_vector("weights", values, n_rows, error)
    if np.any(weights < 0):
        raise error("weights must not be negative")
    return weights


def read_codes(name: str, values: npt.ArrayLike, n_rows: int, error: type[EstimationError]) -> tuple[Labels, Integers]:
    """Give each distinct label of a grouping a number.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows,)
        Labels of any sortable type.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    labels : ndarray, shape (n_groups,)
        Distinct labels, ascending.
    codes : ndarray of int, shape (n_rows,)
        Position of each row's label in `labels`.

    Raises
    ------
    EstimationError
        If the shape differs or a numeric label is missing.
    """
    raw = np.asarray(values)
    if raw.shape != (n_rows,):
        raise error(f"{name} has shape {raw.shape}, expected ({n_rows},)")
    if raw.dtype.kind == "f" and not np.all(np.isfinite(raw)):
        raise error(f"{name} has missing labels")
    labels, codes = np.unique(raw, return_inverse=True)
    return labels, codes.astype(np.intp, copy=False)


def read_matrix(X: npt.ArrayLike, error: type[EstimationError]) -> npt.NDArray[Any]:
    """Check that a design matrix has rows, columns and finite numbers only.

    Parameters
    ----------
    X : array_like, shape (n_rows, n_columns)
        Numbers or booleans.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray, shape (n_rows, n_columns)
        The same array in its own dtype: a large one is not copied here.

    Raises
    ------
    EstimationError
        If it is not two-dimensional, is empty, or holds missing or infinite numbers (the column is named).
    """
    matrix = np.asarray(X)
    if matrix.ndim != 2:
        raise error(f"X must have two dimensions, it has {matrix.ndim}")
    if matrix.shape[0] == 0 or matrix.shape[1] == 0:
        raise error(f"X is empty: shape {matrix.shape}")
    if matrix.dtype.kind not in "buif":
        matrix = matrix.astype(np.float64)
    if matrix.dtype.kind == "f" and not np.isfinite(matrix).all():
        bad = tuple(j for j in range(matrix.shape[1]) if not np.all(np.isfinite(matrix[:, j])))
        raise error(f"{name_columns(bad)}: missing or infinite numbers", bad)
    return matrix


def name_columns(columns: tuple[int, ...]) -> str:
    """Write column indices for a message.

    Parameters
    ----------
    columns : tuple of int
        Counted from zero.

    Returns
    -------
    str
        Such as ``column 3 of X`` or ``columns 0, 3 of X``.
    """
    return ("column " if len(columns) == 1 else "columns ") + ", ".join(map(str, columns)) + " of X"


def read_times(name: str, values: npt.ArrayLike, n_rows: int, error: type[EstimationError]) -> Floats:
    """Check that `values` are times that stay apart as float64.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows,)
        Times in any unit.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        The same times.

    Raises
    ------
    EstimationError
        If the shape differs, a value is missing or infinite, or is a whole number too large for float64.
    """
    raw = np.asarray(values)
    try:
        times = read_vector(name, raw, n_rows, error)
    except OverflowError:
        raise error(f"{name} holds numbers too large to compute with") from None
    if raw.dtype.kind in "uiO" and np.any(np.abs(times) > LARGEST_WHOLE):
        raise error(f"{name} holds whole numbers too large to tell neighbours apart: count from a later zero")
    return times


def read_case_weights(values: npt.ArrayLike | None, n_rows: int, error: type[EstimationError]) -> Floats | None:
    """Check case weights, and that their sums can be computed with.

    Parameters
    ----------
    values : array_like of float, shape (n_rows,), or None
        Zero or more; a row of weight zero counts as absent.
    n_rows : int
        Length it must have.
    error : type of EstimationError
        What to raise.

    Returns
    -------
    ndarray of float64, shape (n_rows,), or None
        The same weights; None when none were given.

    Raises
    ------
    EstimationError
        If a weight is negative, missing or infinite, or all of them are far too large or too small.
    """
    weights = read_weights(values, n_rows, error)
    # All zero is told in better words: no events.
    if weights is not None and weights.any():
        largest = float(weights.max())
        if not SMALLEST_TOTAL < largest < LARGEST_TOTAL / weights.size:
            raise error("weights are too large or too small to compute with: bring them to about one")
    return weights


def check_clusters(codes: Integers, error: type[EstimationError]) -> None:
    """Refuse errors clustered by customer where there is one customer: they would be zero.

    Parameters
    ----------
    codes : ndarray of int, shape (n_used,)
        Cluster code of each row in use.
    error : type of EstimationError
        What to raise.

    Raises
    ------
    EstimationError
        If all codes are the same.
    """
    if codes.min() == codes.max():
        raise error("cluster names a single customer among the rows in use: nothing shows how customers differ")


def check_sizes(largest: npt.ArrayLike, error: type[EstimationError]) -> None:
    """Refuse columns whose numbers are far too large or too small to compute with.

    Parameters
    ----------
    largest : array_like of float, shape (n_columns,)
        Size of each column's largest number; zero counts as small enough.
    error : type of EstimationError
        What to raise.

    Raises
    ------
    EstimationError
        Naming the columns.
    """
    size = np.asarray(largest, dtype=np.float64)
    odd = tuple(int(j) for j in np.flatnonzero((size >= LARGEST_NUMBER) | ((size > 0) & (size <= SMALLEST_NUMBER))))
    if odd:
        raise error(f"{name_columns(odd)}: numbers too large or too small to compute with, change its unit", odd)
