"""Ratings as low and high dummies, told apart from the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats, Integers
from cxlink.stats.dropping import find_partners

LEAST = 10
"""Customers that must have rated low, in the middle and high for an attribute's contrast."""


@dataclass(frozen=True, slots=True)
class RatedRows:
    """Rows in use.

    Parameters
    ----------
    ratings : ndarray of float64, shape (n_used, n_attributes)
        Any number where not experienced.
    experienced : ndarray of bool, shape (n_used, n_attributes)
        Whether there is a rating.
    other : ndarray of float64, shape (n_used, n_other)
        Ones, and covariates.
    codes : ndarray of int, shape (n_used,)
        Cluster of each row.
    """

    ratings: Floats
    experienced: Flags
    other: Floats
    codes: Integers


@dataclass(frozen=True, slots=True)
class AsymmetryDesign:
    """Columns for the joint regression.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_used, n_columns)
        For each attribute that can be told, its low and its high dummy; then all other columns.
    attributes : ndarray of int, shape (n_told,)
        Those attributes.
    left_out : tuple of (int, str)
        The others, which are adjusted for by their rating, and why.
    """

    matrix: Floats
    attributes: Integers
    left_out: tuple[tuple[int, str], ...]


def build_asymmetry_design(rows: RatedRows, low: Floats, high: Floats) -> AsymmetryDesign:
    """Cut ratings in three.

    Parameters
    ----------
    rows : RatedRows
        Ratings.
    low, high : ndarray of float64, shape (n_attributes,)
        A rating is low up to the one, high from the other.

    Returns
    -------
    AsymmetryDesign
        Attributes that were not always experienced have a column that tells where they were.
    """
    dummies: list[Floats] = []
    others = [*rows.other.T]
    told, left_out = [], []
    for place, (rating, there) in enumerate(zip(rows.ratings.T, rows.experienced.T, strict=True)):
        if not there.all():
            others.append(there.astype(np.float64))
        is_low, is_high = there & (rating <= low[place]), there & (rating >= high[place])
        parts = {"low": is_low, "in the middle": there & ~is_low & ~is_high, "high": is_high}
        few = [
            f"{np.unique(rows.codes[part]).size} customers rated {name}"
            for name, part in parts.items()
            if np.unique(rows.codes[part]).size < LEAST
        ]
        if few:
            left_out.append((place, f"{', '.join(few)}: at least {LEAST} are needed"))
            others.append(np.where(there, rating - rating[there].mean() if there.any() else 0.0, 0.0))
        else:
            told.append(place)
            dummies += [is_low.astype(np.float64), is_high.astype(np.float64)]
    matrix = np.column_stack((*dummies, *_keep_independent(others, rows.other.shape[1])))
    return AsymmetryDesign(matrix, np.array(told, dtype=np.intp), tuple(left_out))


def _keep_independent(columns: list[Floats], n_given: int) -> list[Floats]:
    """Leave out columns made here that say nothing new, such as that of an attribute experienced where another was."""
    kept = columns[:n_given]
    for column in columns[n_given:]:
        stacked = np.column_stack((*kept, column))
        known = np.arange(stacked.shape[1]) < len(kept)
        if column.any() and not find_partners(stacked, len(kept), known).size:
            kept.append(column)
    return kept
