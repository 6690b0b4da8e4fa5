"""An estimate of what a claim is about: one thing for one unit of another, at the point and in every draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.stats import EstimationError
from cxlink.stats.claim_verdict import LEVEL
from cxlink.stats.fieller import RatioSet, fieller_set

WIDER = 0.95
NO_BOUND = NotEstimable(
    "what it is divided by may be zero, so that no number is ruled out", "more incidents and more answers"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A ratio of two estimates from the same draws.

    Parameters
    ----------
    top : float
        What is divided.
    top_draws : ndarray
        (n_draws,) of it.
    bottom : float
        What it is divided by; 1 where by nothing.
    bottom_draws : ndarray
        (n_draws,) of it.
    n, events : int
        What it rests on.
    """

    top: float
    top_draws: np.ndarray
    bottom: float
    bottom_draws: np.ndarray
    n: int
    events: int

    @property
    def point(self) -> float:
        """The ratio."""
        return self.top / self.bottom

    def set_at(self, level: float) -> RatioSet:
        """Give the confidence set of the ratio.

        Parameters
        ----------
        level : float
            Coverage.

        Returns
        -------
        RatioSet
            By the draws' variances.
        """
        spread = np.cov(self.top_draws, self.bottom_draws)
        return fieller_set(
            self.top,
            self.bottom,
            variance_numerator=float(spread[0, 0]),
            variance_denominator=float(spread[1, 1]),
            covariance=float(spread[0, 1]),
            level=level,
        )

    def inflation_set(self, claimed: float) -> RatioSet:
        """How many times the truth a claim may be.

        Parameters
        ----------
        claimed : float
            In the unit of the ratio.

        Returns
        -------
        RatioSet
            At 95%.
        """
        spread = np.cov(self.top_draws, self.bottom_draws)
        return fieller_set(
            claimed * self.bottom,
            self.top,
            variance_numerator=claimed**2 * float(spread[1, 1]),
            variance_denominator=float(spread[0, 0]),
            covariance=claimed * float(spread[0, 1]),
            level=WIDER,
        )

    def answer(self, unit: str, method: str) -> Answer:
        """Give the ratio with its 90% interval.

        Parameters
        ----------
        unit : str
            Of the ratio.
        method : str
            How it was estimated.

        Returns
        -------
        Estimate or NotEstimable
            Refused where the interval has no end.
        """
        try:
            found = self.set_at(LEVEL)
        except EstimationError:
            return NO_BOUND
        if found.kind != "interval" or self.set_at(WIDER).kind != "interval":
            return NO_BOUND
        return Estimate(
            self.point,
            min(found.low, self.point),
            max(found.high, self.point),
            LEVEL,
            unit,
            self.n,
            self.events,
            method,
        )
