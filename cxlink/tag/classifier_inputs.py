"""What a classifier is given beside its own numbers: batches of texts, hits of rules and sentence embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.errors import EstimationError
from cxlink.tag.features import Sparse

BATCH_LETTERS = 5_000_000
"""Letters of the texts that are turned into numbers at a time; bounds the memory of a prediction."""


def read_block(name: str, values: npt.ArrayLike | None, n: int, width: int) -> Floats:
    """Check a block of further features.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n, width), or None
        Flags or numbers.
    n : int
        Number of texts.
    width : int
        Columns it must have; 0 for no block.

    Returns
    -------
    ndarray of float64, shape (n, width)
        The same numbers.

    Raises
    ------
    EstimationError
        If the shape differs or a number is missing or infinite.
    """
    block = np.zeros((n, 0)) if values is None else np.asarray(values, dtype=np.float64)
    if block.shape != (n, width):
        raise EstimationError(f"{name} has shape {block.shape}, this classifier needs ({n}, {width})")
    if not np.isfinite(block).all():
        raise EstimationError(f"{name} has missing or infinite numbers")
    return block


def scale_embeddings(embeddings: Floats) -> Floats:
    """Bring embeddings to length one.

    Parameters
    ----------
    embeddings : ndarray of float64, shape (n, n_embedding)
        Finite.

    Returns
    -------
    ndarray of float64, shape (n, n_embedding)
        Rows of length one; rows of zeros stay.
    """
    largest = np.abs(embeddings).max(axis=1, initial=0.0, keepdims=True)
    scaled = embeddings / np.where(largest > 0.0, largest, 1.0)
    length = np.sqrt((scaled**2).sum(axis=1, keepdims=True))
    return np.asarray(scaled / np.where(length > 0.0, length, 1.0), dtype=np.float64)


def join_matrix(matrix: Sparse, rule_hits: Floats, embeddings: Floats) -> Sparse:
    """Put the further features beside those of the texts.

    Parameters
    ----------
    matrix : csr_matrix of float64, shape (n, n_features)
        From :func:`cxlink.tag.features.build_matrix`.
    rule_hits : ndarray of float64, shape (n, n_rules)
        Zeros and ones.
    embeddings : ndarray of float64, shape (n, n_embedding)
        From :func:`scale_embeddings`.

    Returns
    -------
    csr_matrix of float64, shape (n, n_features + n_rules + n_embedding)
        Without stored zeros.
    """
    from scipy import sparse

    if not rule_hits.shape[1] and not embeddings.shape[1]:
        return matrix
    return sparse.hstack([matrix, sparse.csr_matrix(rule_hits), sparse.csr_matrix(embeddings)], format="csr")


def split_batches(texts: Sequence[str]) -> list[slice]:
    """Cut texts into batches of about ``BATCH_LETTERS`` letters.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        Of any length.

    Returns
    -------
    list of slice
        One after the other.
    """
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.intp)
    batch: Integers = ends // BATCH_LETTERS
    borders = [0, *(np.flatnonzero(np.diff(batch)) + 1).tolist(), len(texts)]
    return [slice(first, last) for first, last in pairwise(borders) if first < last]
