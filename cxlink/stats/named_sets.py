"""Which components tickets name, and the few distinct sets of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Integers
from cxlink.stats.errors import EstimationError

BITS = 32
"""Columns packed into a whole number at a time."""


def read_named(named: npt.ArrayLike) -> npt.NDArray[Any]:
    """Check which components tickets name.

    Parameters
    ----------
    named : array_like, shape (n_tickets, n_components)
        Booleans or numbers from zero up.

    Returns
    -------
    ndarray, shape (n_tickets, n_components)
        The same.

    Raises
    ------
    EstimationError
        If it is empty, a number is negative or missing, or a ticket names no component.
    """
    places = np.asarray(named)
    if places.ndim != 2 or 0 in places.shape:
        raise EstimationError(f"named has shape {places.shape}, expected one row a ticket and one column a component")
    if places.dtype.kind not in "biuf":
        raise EstimationError("named must be numbers or booleans")
    if not np.all(places >= 0):
        raise EstimationError("named must be zero or more")
    nothing = np.flatnonzero(~places.any(axis=1))
    if nothing.size:
        raise EstimationError(f"{nothing.size} tickets name no component, the first is row {nothing[0]}")
    return places


def find_sets(flags: Flags) -> tuple[Flags, Integers]:
    """Find the distinct sets of components that tickets name.

    Parameters
    ----------
    flags : ndarray of bool, shape (n_tickets, n_components)
        Components named.

    Returns
    -------
    sets : ndarray of bool, shape (n_sets, n_components)
        Each once.
    which : ndarray of int, shape (n_tickets,)
        Set of each ticket.
    """
    codes, first = np.zeros(flags.shape[0], dtype=np.int64), np.zeros(1, dtype=np.int64)
    for begin in range(0, flags.shape[1], BITS):
        packed = codes
        for j in range(begin, min(begin + BITS, flags.shape[1])):
            packed = 2 * packed + flags[:, j]
        _, first, codes = np.unique(packed, return_index=True, return_inverse=True)
    return flags[first], codes.astype(np.intp, copy=False)
