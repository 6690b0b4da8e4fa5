"""Products of tall matrices in pieces so small that BLAS starts no threads.

On so few columns threads gain nothing; where other programs are at work, each would wait for the others.
"""

from __future__ import annotations

import numpy as np

from cxlink.stats.arrays import Floats

LARGEST_VECTOR_PRODUCT, LARGEST_PRODUCT = 9_000, 250_000
"""Multiplications up to which OpenBLAS keeps to one thread."""


def times_vector(matrix: Floats, vector: Floats) -> Floats:
    """Multiply a tall matrix with a vector.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_rows, n_columns)
        Row by row in memory.
    vector : ndarray of float64, shape (n_columns,)
        What each row is multiplied with.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        ``matrix @ vector``.
    """
    n_rows, n_columns = matrix.shape
    height = max(LARGEST_VECTOR_PRODUCT // n_columns, 1)
    whole = n_rows - n_rows % height
    out = np.empty(n_rows)
    np.matmul(matrix[:whole].reshape(-1, height, n_columns), vector, out=out[:whole].reshape(-1, height))
    np.matmul(matrix[whole:], vector, out=out[whole:])
    return out


def sum_rows(weights: Floats, matrix: Floats) -> Floats:
    """Add up the rows of a tall matrix.

    Parameters
    ----------
    weights : ndarray of float64, shape (n_rows,)
        What each row is multiplied with.
    matrix : ndarray of float64, shape (n_rows, n_columns)
        Row by row in memory.

    Returns
    -------
    ndarray of float64, shape (n_columns,)
        ``weights @ matrix``.
    """
    n_rows, n_columns = matrix.shape
    height = max(LARGEST_VECTOR_PRODUCT // n_columns, 1)
    whole = n_rows - n_rows % height
    result: Floats = weights[whole:] @ matrix[whole:]
    if whole:
        parts = weights[:whole].reshape(-1, 1, height) @ matrix[:whole].reshape(-1, height, n_columns)
        result += parts.sum(axis=(0, 1))
    return result


def cross_products(left: Floats, right: Floats) -> Floats:
    """Multiply a tall matrix, transposed, with another.

    Parameters
    ----------
    left, right : ndarray of float64, shape (n_rows, n_columns)
        Row by row in memory.

    Returns
    -------
    ndarray of float64, shape (n_columns, n_columns)
        ``left.T @ right``.
    """
    n_rows, n_columns = left.shape
    height = max(LARGEST_PRODUCT // n_columns**2, 1)
    whole = n_rows - n_rows % height
    result: Floats = left[whole:].T @ right[whole:]
    if whole:
        shape = (-1, height, n_columns)
        result += np.matmul(left[:whole].reshape(shape).transpose(0, 2, 1), right[:whole].reshape(shape)).sum(axis=0)
    return result
