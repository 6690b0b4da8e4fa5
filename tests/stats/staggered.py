"""Made-up customers who meet first events at different times: revenue as it is, and as it would be without any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEVER = np.inf


@dataclass(frozen=True)
class Staggered:
    """What :func:`cxlink.stats.follow_first_event` takes, and the truth."""

    revenue: np.ndarray
    without: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    event: np.ndarray

    def truth(self, before: int = 6, after: int = 12) -> np.ndarray:
        """Mean difference by month relative to the event, over those who met one and paid in the month before."""
        months = self.revenue.shape[1]
        met = np.flatnonzero(self.event < months)
        month = self.event[met].astype(int)
        paid = (month >= 1) & (self.revenue[met, month - 1] > 0) & (self.entered[met] < month)
        met, month = met[paid], month[paid]
        found = []
        for offset in range(-before, after + 1):
            seen = (month + offset >= 0) & (month + offset < months) & (self.entered[met] <= month + offset)
            rows, at = met[seen], month[seen] + offset
            found.append((self.revenue[rows, at] - self.without[rows, at]).mean())
        return np.array(found)


def customers_who_leave(
    n: int,
    rng: np.random.Generator,
    *,
    months: int = 36,
    meets: float = 0.03,
    leaves: float = 0.02,
    ratio: float = 1.0,
    price_cut: float = 0.0,
) -> Staggered:
    """Customers who leave by themselves, and `ratio` times as often once they met an event, which also cuts the price.

    New ones meet events and leave twice as often in their first three months. Prices differ and move at random.
    """
    entered = rng.uniform(-24, months * 0.8, n)
    price = np.exp(rng.normal(3.0, 0.5, n))
    moves = np.exp(np.cumsum(rng.normal(0, 0.01, (n, months)), axis=1))

    def moment(rate: float, since: np.ndarray, factor: np.ndarray | float = 1.0) -> np.ndarray:
        """When it happens at a rate that is twice as high in the first three months after `entered`."""
        early = np.maximum(entered + 3 - since, 0.0)
        spent = rng.standard_exponential(n) / np.maximum(rate * factor, 1e-12)
        return since + np.where(spent < 2 * early, spent / 2, spent - early)

    start = np.maximum(entered, 0.0)
    event, leaving = moment(meets, start), moment(leaves, start)
    event[event >= np.minimum(leaving, months)] = NEVER
    wait = np.where(np.isfinite(event), event, leaving)
    hastened = wait + (leaving - wait) / ratio
    month = np.arange(months)
    came = month >= np.floor(entered)[:, None]

    def paid(left: np.ndarray, cut: np.ndarray) -> np.ndarray:
        return np.where(came & (month <= left[:, None]), price[:, None] * moves * (1 - cut), 0.0)

    size = price_cut * (0.5 + rng.random(n))
    cut = np.where(np.isfinite(event)[:, None] & (month > event[:, None]), size[:, None], 0.0)
    left = np.where(hastened >= months, NEVER, hastened)
    return Staggered(paid(left, cut), paid(leaving, np.zeros((n, 1))), entered, left, event)
