"""Intervals and ranks that hold for all of several numbers at once, from joint draws of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, Integers
from cxlink.stats.errors import EstimationError


def largest_deviation(draws: npt.ArrayLike, *, level: float = 0.95) -> tuple[Floats, float]:
    """Standard errors, and how many of them the farthest of all numbers stays within.

    Parameters
    ----------
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws, such as ``point + (weights - 1) @ influence``.
    level : float, default 0.95
        Share of the draws in which no number strays farther.

    Returns
    -------
    errors : ndarray of float64, shape (n_numbers,)
        Standard deviations of the draws.
    critical : float
        Half the width of the simultaneous intervals, in standard errors; 0 where nothing varies.

    Raises
    ------
    EstimationError
        If there are fewer than two draws, a number is missing or infinite, or `level` is out of range.

    References
    ----------
    .. [1] Romano and Wolf (2005), Econometrica 73:1237-1282.
    """
    drawn = np.asarray(draws, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[0] < 2 or not np.all(np.isfinite(drawn)):
        raise EstimationError("draws must have two dimensions, two rows or more, and finite numbers only")
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    errors = drawn.std(axis=0, ddof=1)
    varies = errors > 0.0
    if not varies.any():
        return errors, 0.0
    apart = np.abs(drawn - drawn.mean(axis=0))[:, varies] / errors[varies]
    return errors, float(np.quantile(apart.max(axis=1), level))


def rank_sets(point: npt.ArrayLike, draws: npt.ArrayLike, *, level: float = 0.95) -> tuple[Integers, Integers]:
    """Ranks that cannot be ruled out, for all numbers at once; rank 1 is the largest.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws of them.
    level : float, default 0.95
        Coverage aimed at.

    Returns
    -------
    best : ndarray of int, shape (n_numbers,)
        Counted from 1.
    worst : ndarray of int, shape (n_numbers,)
        Up to the number of numbers.

    Raises
    ------
    EstimationError
        As :func:`largest_deviation`; or if shapes differ.

    References
    ----------
    .. [1] Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476-518.
    """
    estimates, drawn = np.asarray(point, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    if drawn.shape[1:] != estimates.shape or estimates.ndim != 1:
        raise EstimationError(f"draws has shape {drawn.shape}, expected (n_draws, {estimates.size})")
    one, other = np.triu_indices(estimates.size, 1)
    larger = np.zeros((estimates.size, estimates.size), dtype=bool)
    if one.size:
        errors, critical = largest_deviation(drawn[:, one] - drawn[:, other], level=level)
        apart = estimates[one] - estimates[other]
        larger[one, other] = apart > critical * errors
        larger[other, one] = -apart > critical * errors
    return 1 + larger.sum(axis=0), estimates.size - larger.sum(axis=1)
