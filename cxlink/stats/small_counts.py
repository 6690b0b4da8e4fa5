"""How many events a month may have where few are expected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cxlink.stats.arrays import Floats

LEAST, MOST = 1e-9, 1.0 - 1e-9
"""Correlation of two units of one month: below, digits would be lost and the law is binomial anyway."""

FAR = 40.0
"""Standard deviations beyond which no count is looked at."""


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Number of events among `n` units whose rate varies.

    Parameters
    ----------
    n : int
        Units.
    a, b : float
        Of the beta distribution of the rate.
    """

    n: int
    a: float
    b: float

    @classmethod
    def around(cls, centre: float, n: float, *, sigma: float, units: float) -> BetaBinomial:
        """Spread a rate as months were seen to, and as far as the centre is known.

        Parameters
        ----------
        centre : float
            Mean share of a first phase.
        n : float
            Units of the month; rounded.
        sigma : float
            How much more months differ than their units alone would make them, one or more.
        units : float
            Units that the centre rests on.

        Returns
        -------
        BetaBinomial
            Its mean is the centre, drawn towards one half by one unit; its variance that of a month, plus the centre's.
        """
        size = max(1, round(n))
        mean = (centre * units + 0.5) / (units + 1.0)
        between = (sigma**2 - 1.0) / max(size - 1, 1)
        share = min(max(between + sigma**2 / (units + 1.0), LEAST), MOST)
        strength = 1.0 / share - 1.0
        return cls(size, mean * strength, (1.0 - mean) * strength)

    def limits(self, tail: float) -> tuple[float, float]:
        """Shares beyond which no more than `tail` lies on each side.

        Parameters
        ----------
        tail : float
            Probability.

        Returns
        -------
        low : float
            The lowest share that is still within.
        high : float
            The highest one.
        """
        if self.a > self.b:
            low, high = self._mirrored().limits(tail)
            return 1.0 - high, 1.0 - low
        below = np.cumsum(self._probabilities())
        low_count = int(np.searchsorted(below, tail, side="right"))
        high_count = int(np.searchsorted(below, 1.0 - tail, side="left"))
        return low_count / self.n, min(high_count, self.n) / self.n

    def p_value(self, count: float) -> float:
        """Two-sided probability of as few, or as many.

        Parameters
        ----------
        count : float
            Events; rounded.

        Returns
        -------
        float
            Twice the smaller tail, at most one.
        """
        below, at = self._tails(count)
        return min(1.0, 2.0 * min(below + at, 1.0 - below))

    def score(self, count: float) -> float:
        """Normal number that lies as far out as the middle of the count's probability.

        Parameters
        ----------
        count : float
            Events; rounded.

        Returns
        -------
        float
            In standard deviations.
        """
        below, at = self._tails(count)
        return float(stats.norm.ppf(np.clip(below + at / 2.0, 1e-12, MOST)))

    def _tails(self, count: float) -> tuple[float, float]:
        """Probability of fewer, and of as many."""
        events = round(count)
        if self.a > self.b:
            below, at = self._mirrored()._tails(self.n - events)
            return 1.0 - below - at, at
        each = self._probabilities()
        return float(each[:events].sum()), float(each[events]) if events < each.size else 0.0

    def _mirrored(self) -> BetaBinomial:
        return BetaBinomial(self.n, self.b, self.a)

    def _probabilities(self) -> Floats:
        """Of no event, of one and so on, as far as there is anything to speak of."""
        strength = self.a + self.b
        mean = self.n * self.a / strength
        spread = np.sqrt(mean * self.b / strength * (strength + self.n) / (strength + 1.0))
        events = np.arange(min(self.n, int(mean + FAR * (spread + 1.0))), dtype=np.float64)
        # one from the one before: logarithms of gamma functions would lose digits where rates hardly vary
        none = np.log1p(-self.a / (strength + np.arange(self.n))).sum()
        ratio = (self.n - events) / (events + 1.0) * (events + self.a) / (self.n - events - 1.0 + self.b)
        each: Floats = np.exp(none + np.concatenate([[0.0], np.cumsum(np.log(ratio))]))
        return each
