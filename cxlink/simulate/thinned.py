"""True effects of removing part of a component's incidents, month by month."""

from __future__ import annotations

import numpy as np

from cxlink.simulate.company import Company, observed_lives
from cxlink.simulate.days import AnyArray, FloatArray, IntArray
from cxlink.simulate.horizon import Horizon, Outcome
from cxlink.simulate.incidents import tenure_band
from cxlink.simulate.lives import exposure_code
from cxlink.simulate.truth import gains

REDUCTIONS_STREAM = 13


class ThinnedHorizon(Horizon):
    """The time after the cut-off, in worlds that lose part of their incidents.

    Which incidents are lost is drawn by one number an incident for all worlds: one that loses more loses them too. In
    each world, as in :class:`Horizon`, survival is propagated as a probability.
    """

    def live_thinned(self, removed: FloatArray, rng: np.random.Generator) -> Outcome:
        """Draw one future and live through it in every world.

        Parameters
        ----------
        removed : array of float, shape (n_worlds, n_months, n_components)
            Share of incidents removed in each month after the cut-off.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        Outcome
            Totals, one entry per world.
        """
        worlds = [_Thinned(self, removed[place]) for place in range(len(removed))]
        n, n_components = len(self), removed.shape[2]
        for step in range(self._n_days):
            day, month = self._first_day + step, int(self._month[step])
            band = tenure_band(day - self._people.acquired)
            due = self._due_days.are_due(day, np.arange(n))
            chance = self._incidence * self._incidence_factor[band]
            hit = rng.random((n, n_components)) < chance
            lot = rng.random((n, n_components))
            for world in worlds:
                world.live(day, month, band, due, chance, hit, lot, self._day_weight[step])
        found = [(w.survival.sum(), w.revenue, w.cost, w.score / w.at_risk) for w in worlds]
        return Outcome(*(np.array(column) for column in zip(*found, strict=True)))


class _Thinned:
    """One world: who is still there, what they pay, and when they last met each component."""

    def __init__(self, horizon: ThinnedHorizon, removed: FloatArray) -> None:
        n, k = len(horizon), removed.shape[1]
        self._horizon, self._removed = horizon, removed
        self._last = horizon._last_incident.copy()
        self._log_price, self._pending = horizon._log_price.copy(), horizon._pending.copy()
        self._rows, self._n_codes = np.arange(n), 1 << k
        self.survival = np.ones(n)
        self.revenue = self.cost = self.score = self.at_risk = 0.0

    def live(
        self,
        day: int,
        month: int,
        band: IntArray,
        due: AnyArray,
        chance: FloatArray,
        hit: AnyArray,
        lot: FloatArray,
        weight: FloatArray,
    ) -> None:
        of, removed = self._horizon, self._removed[month]
        self._log_price[due] -= self._pending[due]
        self._pending[due] = 0.0
        code = exposure_code(self._last, day, of._world.exposure_days)
        self.revenue += weight[0] * float(self.survival @ np.exp(self._log_price))
        self.cost += weight[1] * float(self.survival @ (chance @ ((1.0 - removed) * of._incident_cost)))
        self.score += float(self.survival @ of._nps.take(code + self._n_codes * self._rows))
        self.at_risk += float(self.survival.sum())
        rate = of._voluntary * of._tenure_ratio[band] * of._ratios.take(code + self._n_codes * band)
        self.survival *= np.exp(-rate - of._involuntary)
        met = hit & (lot >= removed)
        self._last[met] = day
        self._pending += met @ of._contraction


def estimate_reductions(
    company: Company, removed: FloatArray, *, repetitions: int = 10
) -> tuple[FloatArray, FloatArray]:
    """True gains of removing part of the incidents, over the horizon and the customers active at the cut-off.

    Parameters
    ----------
    company : Company
        As drawn by :func:`cxlink.simulate.simulate_company`; its lives are lived again from its seed.
    removed : array of float, shape (n_worlds, n_months, n_components)
        Share of incidents removed in each month after the cut-off, 0..1.
    repetitions : int
        Futures averaged; at least two.

    Returns
    -------
    gained : array of float, shape (n_worlds, n_quantities)
        In the order of the fields of :class:`cxlink.simulate.truth.Effect`.
    error : array of float, shape (n_worlds, n_quantities)
        Their standard errors.

    Raises
    ------
    ValueError
        When a share is out of range, or there are fewer than two repetitions.
    """
    if repetitions < 2 or removed.min(initial=0.0) < 0 or removed.max(initial=0.0) > 1:
        raise ValueError("shares must lie between 0 and 1, and repetitions be at least 2")
    world = company.world
    people, lives = observed_lives(world, company.seed)
    horizon = ThinnedHorizon(world, people, lives, np.zeros(1, dtype=np.int64))
    as_is = np.zeros((1, *removed.shape[1:]))
    rng = np.random.default_rng([company.seed, REDUCTIONS_STREAM])
    found = np.array(
        [
            gains(horizon.live_thinned(np.concatenate([as_is, removed]), rng), world.finance.gross_margin)[1:]
            for _ in range(repetitions)
        ]
    )
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(repetitions)
