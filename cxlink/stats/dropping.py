"""Fitting what can be fitted: columns whose coefficient does not exist are left out, and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.errors import EstimationError

Fitted = TypeVar("Fitted")
TOLERANCE = 1e-6


def fit_kept_columns(
    fit: Callable[[Floats], Fitted], X: Floats, kept: np.ndarray | None = None
) -> tuple[Fitted, np.ndarray]:
    """Fit, leaving out the columns that the estimator refuses, as long as something remains.

    Parameters
    ----------
    fit : callable
        Design matrix -> result; raises `EstimationError` with the columns at fault.
    X : ndarray of float64, shape (n_rows, n_columns)
        Design matrix; of columns that repeat one another, the later one is left out.
    kept : ndarray of bool, shape (n_columns,), optional
        Columns to begin with; all where absent.

    Returns
    -------
    result : object
        Of `fit`, for the columns kept.
    kept : ndarray of bool, shape (n_columns,)
        Which columns those are.

    Raises
    ------
    EstimationError
        If the fault lies in no column, or nothing would remain.
    """
    chosen = np.ones(X.shape[1], dtype=bool) if kept is None else kept.copy()
    while True:
        try:
            return fit(X if chosen.all() else X[:, chosen]), chosen
        except EstimationError as error:
            if not error.columns or chosen.sum() <= 1:
                raise
            chosen[np.flatnonzero(chosen)[error.columns[-1]]] = False


def find_partners(X: Floats, column: int, kept: np.ndarray) -> np.ndarray:
    """Columns that together make up a column that was left out.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_columns)
        Design matrix.
    column : int
        The column that was left out.
    kept : ndarray of bool, shape (n_columns,)
        Columns that stayed in.

    Returns
    -------
    ndarray of int
        Their indices; empty where the column is no combination of them.
    """
    places = np.flatnonzero(kept)
    target = X[:, column]
    length = float(np.linalg.norm(target))
    if length == 0:
        return places[:0]
    weight, _, _, _ = np.linalg.lstsq(X[:, places], target, rcond=None)
    if float(np.linalg.norm(target - X[:, places] @ weight)) > TOLERANCE * length:
        return places[:0]
    found: np.ndarray = places[np.abs(weight) > TOLERANCE]
    return found
