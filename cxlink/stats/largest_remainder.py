"""Whole amounts split into whole parts that add up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

Amounts = npt.NDArray[np.int64]

FINEST = 2**31
"""Shares are taken in parts of this: products with remainders stay whole numbers of 64 bits."""


def split_exactly(amounts: npt.ArrayLike, shares: npt.ArrayLike) -> Amounts:
    """Split whole amounts in proportion to shares, by the method of largest remainders.

    Parameters
    ----------
    amounts : array_like of int, shape (n_rows,)
        In the smallest unit, such as cents; a negative amount is split as its size is.
    shares : array_like of float, shape (n_rows, n_parts)
        Zero or more, of any sum; taken to the nearest 2^-31 of their sum. Where all of a row are zero, they count as
        equal.

    Returns
    -------
    ndarray of int64, shape (n_rows, n_parts)
        Each row adds up to its amount, without any rounding. A part differs by less than one from its exact
        proportion. What is left goes to the largest remainders, among equal ones to the earlier part; a part of share
        zero gets nothing.

    Raises
    ------
    EstimationError
        If shapes differ, an amount is not a whole number of at most 2^62, or a share is negative, missing or infinite.

    References
    ----------
    .. [1] Balinski and Young (2001), Fair Representation, 2nd ed., on Hamilton's method.

    Examples
    --------
    >>> split_exactly([100, -100, 1], [[1, 1, 1], [1, 1, 1], [0, 2, 1]])
    array([[ 34,  33,  33],
           [-34, -33, -33],
           [  0,   1,   0]])
    """
    whole = read_amounts("amounts", amounts)
    parts = np.asarray(shares, dtype=np.float64)
    if parts.ndim != 2 or parts.shape[0] != whole.size or parts.shape[1] == 0:
        raise EstimationError(f"shares have shape {parts.shape}, expected ({whole.size}, one column a part)")
    if not np.all(np.isfinite(parts)) or np.any(parts < 0):
        raise EstimationError("shares must be zero or more")
    finely = _read_finely(parts)
    total = finely.sum(axis=1)
    # amount * share / total, with the amount taken apart so that no product exceeds 2^63
    turns, rest = np.divmod(np.abs(whole), total)
    product = rest[:, None] * finely
    split = turns[:, None] * finely + product // total[:, None]
    remainder = product % total[:, None]
    left = remainder.sum(axis=1) // total
    order = np.argsort(-remainder, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(parts.shape[1]), axis=1)
    split += place < left[:, None]
    result: Amounts = split * np.sign(whole)[:, None]
    return result


def read_amounts(name: str, values: npt.ArrayLike) -> Amounts:
    """Check that `values` is a vector of whole numbers.

    Parameters
    ----------
    name : str
        What to call it in an error.
    values : array_like, shape (n_rows,)
        Amounts in the smallest unit.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        The same.

    Raises
    ------
    EstimationError
        If there is more than one dimension, or a value is missing, not whole, or larger than 2^62 (2^53 as float).
    """
    raw = np.asarray(values)
    if raw.ndim != 1:
        raise EstimationError(f"{name} must have one dimension, it has {raw.ndim}")
    if raw.dtype.kind not in "iuf":
        raise EstimationError(f"{name} must be numbers")
    largest = 2**53 if raw.dtype.kind == "f" else 2**62
    with np.errstate(invalid="ignore"):
        fits = (raw <= largest) & (raw >= -largest if raw.dtype.kind != "u" else True)
        wrong = np.flatnonzero(~(fits & (raw == np.round(raw))))
    if wrong.size:
        raise EstimationError(f"{name} must be whole numbers; {wrong.size} are not, the first is row {wrong[0]}")
    return raw.astype(np.int64)


def _read_finely(shares: Floats) -> Amounts:
    """Shares as whole numbers with a sum near `FINEST`."""
    largest = shares.max(axis=1, keepdims=True)
    # By the largest first: the sum of tiny or huge shares would vanish or overflow.
    scaled = np.divide(shares, largest, out=np.ones_like(shares), where=largest > 0)
    finely: Amounts = np.round(scaled / scaled.sum(axis=1, keepdims=True) * FINEST).astype(np.int64)
    return finely
