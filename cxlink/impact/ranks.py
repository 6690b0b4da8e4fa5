"""Between which ranks each component may stand."""

from __future__ import annotations

import numpy as np


def rank_intervals(point: np.ndarray, draws: np.ndarray, *, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Simultaneous intervals of ranks, 1 being the largest.

    All pairwise differences are judged at once, with the critical value taken from the draws of the largest
    standardised difference.

    Parameters
    ----------
    point : ndarray
        (n,).
    draws : ndarray
        (n_draws, n).
    level : float
        Coverage aimed at.

    Returns
    -------
    best : ndarray
        (n,) whole numbers from 1: the best rank that cannot be ruled out.
    worst : ndarray
        (n,) the worst one.

    References
    ----------
    .. [1] Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476.
    """
    n = len(point)
    difference = point[:, None] - point[None, :]
    drawn = draws[:, :, None] - draws[:, None, :]
    error = drawn.std(axis=0, ddof=1)
    known = error > 0
    scaled = np.abs(drawn - drawn.mean(axis=0)) / np.where(known, error, np.inf)
    critical = float(np.quantile(scaled.reshape(len(draws), -1).max(axis=1), level)) if n > 1 else 0.0
    larger = np.where(known, difference > critical * error, difference > 0)
    best = 1 + larger.sum(axis=0)
    worst = n - larger.sum(axis=1)
    return best.astype(int), worst.astype(int)
