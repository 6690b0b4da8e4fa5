"""From draws to answers: each quantity with its interval, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable

LEVEL = 0.95
NOISE = 1e-9
"""Of the parts: what rounding in floating point leaves of an exact zero."""
METHOD = "g-computation over the active customers; joint draws by weighted customers"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A quantity at the point and in every draw.

    Parameters
    ----------
    point : float
        At the point estimate.
    draws : ndarray
        (n_draws,).
    """

    point: float
    draws: np.ndarray

    def times(self, factor: float) -> Drawn:
        """Multiply by a constant.

        Parameters
        ----------
        factor : float
            Such as a margin.

        Returns
        -------
        Drawn
            The product.
        """
        return Drawn(self.point * factor, self.draws * factor)

    def plus(self, other: Drawn) -> Drawn:
        """Add, draw by draw.

        Parameters
        ----------
        other : Drawn
            From the same draws.

        Returns
        -------
        Drawn
            The sum.
        """
        return Drawn(self.point + other.point, self.draws + other.draws)


def answer(
    drawn: Drawn, refusal: NotEstimable | None, *, unit: str, n: int, events: int, method: str = METHOD
) -> Answer:
    """Quantile interval of the draws around the point, or the refusal.

    Parameters
    ----------
    drawn : Drawn
        The quantity.
    refusal : NotEstimable or None
        Wins where given.
    unit : str
        Of the quantity.
    n, events : int
        What it rests on.
    method : str
        How it was estimated.

    Returns
    -------
    Estimate or NotEstimable
        The interval always holds the point.
    """
    if refusal is not None:
        return refusal
    tail = (1 - LEVEL) / 2
    # of n draws the k-th lies below a share k / (n + 1) of all others: between the outermost ones there is more beyond
    low, high = (float(value) for value in np.quantile(drawn.draws, [tail, 1 - tail], method="weibull"))
    return Estimate(drawn.point, min(low, drawn.point), max(high, drawn.point), LEVEL, unit, n, events, method)


def first_refusal(*refusals: NotEstimable | None) -> NotEstimable | None:
    """The first reason that is given.

    Parameters
    ----------
    *refusals : NotEstimable or None
        In order of importance.

    Returns
    -------
    NotEstimable or None
        None where nothing is refused.
    """
    return next((refusal for refusal in refusals if refusal is not None), None)


def overlap_of(joint: Drawn, alone: Sequence[Drawn]) -> Drawn:
    """Joint effect less the sum of the effects alone, draw by draw.

    Parameters
    ----------
    joint : Drawn
        All at once.
    alone : sequence of Drawn
        One a component.

    Returns
    -------
    Drawn
        Negative where the effects alone count something twice.
    """
    total = Drawn(sum(one.point for one in alone), np.sum([one.draws for one in alone], axis=0))
    floor = NOISE * (abs(joint.point) + abs(total.point) + np.abs(joint.draws).max() + np.abs(total.draws).max())
    difference = joint.plus(total.times(-1.0))
    return Drawn(
        0.0 if abs(difference.point) < floor else difference.point,
        np.where(np.abs(difference.draws) < floor, 0.0, difference.draws),
    )
