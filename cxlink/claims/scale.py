"""From customers, revenue and cost to the unit of a claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.claims.model import Kpi, SlopeClaim

CUSTOMERS, REVENUE, COST, EXPERIENCE = range(4)
KPI_NAMES = {"nps": "NPS point", "csat": "CSAT point", "ces": "CES point"}
MARGINS = ("margin", "profit", "value")


@dataclass(frozen=True, slots=True)
class Scale:
    """What a claim's numbers are of.

    Parameters
    ----------
    claim : SlopeClaim
        The claim.
    kpi : str
        The score that moves: ``nps``, ``csat`` or ``ces``.
    population : int
        Active customers.
    margin_rate : float
        Share of revenue that is margin; 1 where the claim is not about margin.
    currency : str
        The project's.
    months : int
        Horizon.
    answer_point : float
        Points of the score that one point of all answers moves; 1 except for a 0-10 point of NPS.
    """

    claim: SlopeClaim
    kpi: Kpi
    population: int
    margin_rate: float
    currency: str
    months: int
    answer_point: float = 1.0

    @property
    def claimed(self) -> float:
        """The claim for one point of the score."""
        return self.claim.amount / (self.claim.step * self.answer_point)

    @property
    def is_leaving(self) -> bool:
        """Whether it is about who stays."""
        return self.claim.outcome in ("churn", "retention", "customers")

    @property
    def unit(self) -> str:
        """Of the claim and of every estimate held against it."""
        claim = self.claim
        by = "point of retention" if claim.lever == "retention" else KPI_NAMES[self.kpi]
        what = {
            "percent": f"% of {claim.outcome}",
            "points": f"points of {claim.outcome}",
            "customers": "customers",
            "money": f"{self.currency} of {claim.outcome}{' a customer' if claim.a_customer else ''}",
        }[claim.scale]
        return f"{what} by {by}"

    def of_effect(self, effect: np.ndarray, as_is: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outcome over score, from the effect of stopping incidents.

        Parameters
        ----------
        effect, as_is : ndarray
            (..., 4) customers, revenue, cost and experience: gained, and as they are.

        Returns
        -------
        top : ndarray
            Outcome.
        bottom : ndarray
            What it is divided by: the ratio is in the claim's unit.
        """
        claim, kept = self.claim, effect[..., CUSTOMERS]
        by = 100.0 * kept / self.population if claim.lever == "retention" else effect[..., EXPERIENCE]
        if self.is_leaving:
            sign = -1.0 if claim.outcome == "churn" else 1.0
            if claim.scale == "customers":
                return kept, by
            if claim.scale == "points":
                return sign * 100.0 * kept / self.population, by
            return sign * 100.0 * kept, by * (self.population - as_is[..., CUSTOMERS])
        place, sign = (COST, -1.0) if claim.outcome == "cost" else (REVENUE, 1.0)
        if claim.scale == "percent":
            return sign * 100.0 * effect[..., place], by * as_is[..., place]
        many = self.population if claim.a_customer else 1
        return sign * self.margin_rate * effect[..., place] / many, by

    def of_slope(self, slope: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outcome over score, from a slope between answers.

        Parameters
        ----------
        slope : ndarray
            Of one customer's revenue, or of its chance to leave, by point.
        mean : ndarray
            Of the same over all answers.

        Returns
        -------
        top : ndarray
            Outcome.
        bottom : ndarray
            What it is divided by: the ratio is in the claim's unit.
        """
        claim, one = self.claim, np.ones_like(mean)
        if self.is_leaving:
            sign = 1.0 if claim.outcome == "churn" else -1.0
            if claim.scale == "customers":
                return -slope * self.population, one
            if claim.scale == "points":
                return sign * 100.0 * slope, one
            return 100.0 * slope, mean
        if claim.scale == "percent":
            return 100.0 * slope, mean
        return self.margin_rate * slope * (1 if claim.a_customer else self.population), one
