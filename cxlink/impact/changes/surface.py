"""Gains of a change for any size of it, from exact projections at a few sizes."""

from __future__ import annotations

import numpy as np

from cxlink.impact.changes.plans import Plan

N_SIZES = 5


def choose_sizes(plan: Plan) -> np.ndarray:
    """Sizes at which a change is projected: nothing, the ends of what can be asked of it, and some between.

    Parameters
    ----------
    plan : Plan
        The change.

    Returns
    -------
    ndarray
        (n_sizes,) ascending, 0 among them; they crowd towards the ends, as interpolation wants it.
    """
    low, high = min(0.0, float(plan.draws.min())), float(plan.cause_draws.max())
    if plan.asked.kind == "more":
        low, high = 1.25 * low, max(0.0, float(plan.draws.max()))
    between = (1.0 - np.cos(np.pi * np.arange(N_SIZES) / (N_SIZES - 1))) / 2
    return np.unique(np.append(np.round(low + (high - low) * between, 12), 0.0))


def interpolate(values: np.ndarray, sizes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Read off values between the sizes: the polynomial through all of them, draw by draw.

    Parameters
    ----------
    values : ndarray
        (n_draws, n_sizes, ...) exact at the sizes.
    sizes : ndarray
        (n_sizes,) distinct.
    at : ndarray
        (n_draws,) one size a draw.

    Returns
    -------
    ndarray
        (n_draws, ...).
    """
    basis = np.ones((len(at), len(sizes)))
    for place, size in enumerate(sizes):
        for other in np.delete(sizes, place):
            basis[:, place] *= (at - other) / (size - other)
    found: np.ndarray = np.einsum("bs,bs...->b...", basis, values)
    return found
