"""Large bases: a sample of the active customers, drawn so that it tells the same, and how much its luck adds."""

from __future__ import annotations

import numpy as np


def draw_customers(price: np.ndarray, order: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw customers by size, so that those who pay much are surely among them.

    Systematic sampling through the customers in order, with probabilities half alike and half by the price.

    Parameters
    ----------
    price : ndarray
        (n_active,) monthly price.
    order : ndarray
        (n_active,) positions in an order in which neighbours are alike.
    n : int
        How many, below ``n_active``.
    rng : Generator
        Where the sampling starts.

    Returns
    -------
    ndarray
        (n_active,) weights: one over the probability for those drawn, else 0.

    References
    ----------
    .. [1] Madow (1949), Annals of Mathematical Statistics 20:333-354.
    """
    mean = price.mean()
    size = np.ones(len(price)) if mean <= 0 else 0.5 + 0.5 * price / mean
    share = _shares(size, n)
    reached = np.cumsum(share[order]) + rng.random()
    drawn = np.diff(np.floor(reached), prepend=np.floor(reached[0] - share[order[0]])) > 0
    weight = np.zeros(len(price))
    chosen = order[drawn]
    weight[chosen] = 1.0 / share[chosen]
    return weight


def _shares(size: np.ndarray, n: int) -> np.ndarray:
    """Probabilities that add up to n, none above one."""
    sure = np.zeros(len(size), dtype=bool)
    while True:
        left = n - int(sure.sum())
        share = np.where(sure, 1.0, left * size / size[~sure].sum())
        above = (share > 1.0) & ~sure
        if not above.any():
            return share
        sure |= above


def sampling_error(of_customers: np.ndarray, sums: np.ndarray, weight: np.ndarray, *, is_sample: bool) -> np.ndarray:
    """Standard error that sampling customers, and drawing their futures, leaves in a mean over futures.

    Parameters
    ----------
    of_customers : ndarray
        (n_customers, ...) each customer's part, as a mean over the futures.
    sums : ndarray
        (n_futures, ...) over the customers, in each future.
    weight : ndarray
        (n_customers,) one over the probability of each.
    is_sample : bool
        Whether they were sampled at all; else futures alone are luck.

    Returns
    -------
    ndarray
        (...) in the unit of the sums; of a sample as if drawn with replacement, which errs on the large side.

    References
    ----------
    .. [1] Hansen and Hurwitz (1943), Annals of Mathematical Statistics 14:333-362.
    """
    if not is_sample:
        error: np.ndarray = sums.std(axis=0, ddof=1) / np.sqrt(len(sums))
        return error
    weighted = of_customers * weight.reshape((-1,) + (1,) * (of_customers.ndim - 1))
    spread: np.ndarray = np.sqrt(len(weight)) * weighted.std(axis=0, ddof=1)
    return spread
