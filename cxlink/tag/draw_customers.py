"""Whose records are labelled: customers drawn with a known probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats

PLAIN_SHARE = 0.3
"""Of the sample, at least: customers drawn alike, whatever was found in their words."""

LEAVER, DOUBT = 3.0, 2.0
"""How much more often a customer who left, and one whose words are in doubt, is drawn in the rest of the sample."""


@dataclass(frozen=True, slots=True)
class LabelSample:
    """Who was drawn, and with which probability everybody could have been; both of shape (n_customers,)."""

    drawn: Flags
    probability: Floats


def draw_for_labels(
    left: Flags, in_doubt: Flags, *, n: int, rng: np.random.Generator, plain_share: float = PLAIN_SHARE
) -> LabelSample:
    """Draw customers for labelling.

    Every customer is drawn by itself (Poisson sampling), so that the number drawn is about `n`.

    Parameters
    ----------
    left : ndarray of bool, shape (n_customers,)
        Customers who left: few, and what effects on leaving rest on.
    in_doubt : ndarray of bool, shape (n_customers,)
        Customers with words in which the tagger is not sure.
    n : int
        Customers wanted.
    rng : Generator
        Randomness.
    plain_share : float, default 0.3
        Share of the sample that is drawn alike.

    Returns
    -------
    LabelSample
        ``probability`` is 1 for all where as many are wanted as there are.

    References
    ----------
    .. [1] Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 3.5 on Poisson sampling.
    """
    n_customers = len(left)
    if n >= n_customers:
        return LabelSample(np.ones(n_customers, dtype=bool), np.ones(n_customers))
    plain = np.full(n_customers, plain_share * n / n_customers)
    size = np.where(left, LEAVER, 1.0) * np.where(in_doubt, DOUBT, 1.0)
    directed = _in_proportion(size, (1.0 - plain_share) * n)
    probability = 1.0 - (1.0 - plain) * (1.0 - directed)
    return LabelSample(rng.random(n_customers) < probability, probability)


def _in_proportion(size: Floats, expected: float) -> Floats:
    """Probabilities in proportion to a size, with a given sum; those that would exceed one are one."""
    certain = np.zeros(len(size), dtype=bool)
    while True:
        rest = expected - certain.sum()
        share = np.where(certain, 1.0, size * rest / max(float(size[~certain].sum()), 1e-300))
        over = (share > 1.0) & ~certain
        if not over.any():
            return share
        certain |= over
