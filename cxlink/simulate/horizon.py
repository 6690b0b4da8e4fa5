"""One possible future of the customers active at the cut-off, lived in several worlds at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.simulate.days import AnyArray, Calendar, FloatArray, IntArray
from cxlink.simulate.incidents import incident_rate, step_factor, tenure_band, tenure_factor
from cxlink.simulate.lives import NEVER, DueDays, Lives, code_bits, exposure_code, hazard_ratio_table
from cxlink.simulate.population import Population, involuntary_rate, voluntary_rate
from cxlink.simulate.satisfaction import expected_nps, satisfaction_drops
from cxlink.simulate.world import World


@dataclass(frozen=True)
class Outcome:
    """Totals over the customers active at the cut-off, one entry per world.

    Parameters
    ----------
    customers : array of float
        Expected number still active after the horizon.
    revenue : array of float
        Discounted recurring revenue.
    avoidable_cost : array of float
        Discounted avoidable cost of tickets: credits, and the avoidable share of handling.
    nps : array of float
        Mean over customer-days at risk, -100 to 100.
    """

    customers: FloatArray
    revenue: FloatArray
    avoidable_cost: FloatArray
    nps: FloatArray


class Horizon:
    """The time after the cut-off.

    A world is a set of components whose incidents do not happen after the cut-off. Survival is propagated as a
    probability; only incidents are drawn, and the same ones serve every world.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        Their lives up to the cut-off.
    stopped : array of int
        One exposure code per world: the components without incidents.
    """

    def __init__(self, world: World, people: Population, lives: Lives, stopped: IntArray) -> None:
        active = np.flatnonzero(lives.ended == NEVER)
        self._world, self._stopped = world, stopped.astype(np.int64)
        self._people = people.take(active)
        self._last_incident = lives.last_incident[active]
        self._log_price, self._pending = lives.log_price[active], lives.pending[active]
        calendar = Calendar(world.starts_on)
        self._first_day = calendar.number(world.observed_to) + 1
        months = calendar.months(np.arange(self._first_day, self._first_day + 31 * world.horizon_months))
        months = months[months < months[0] + world.horizon_months]
        self._day_weight = _day_weights(months, world.finance.discount_rate)
        self._n_days, self._month = len(months), months - months[0]
        self._due_days = DueDays(calendar, self._people, self._first_day + self._n_days)
        self._voluntary = voluntary_rate(world, self._people)
        self._involuntary = involuntary_rate(world, self._people)
        self._incidence = incident_rate(world, self._people) * step_factor(world)
        self._incidence_factor = tenure_factor(world)
        self._tenure_ratio = np.exp(np.asarray(world.leaving.tenure_log_hazard))
        self._ratios = hazard_ratio_table(world).ravel()
        self._contraction = np.array([component.contraction for component in world.components])
        self._incident_cost = avoidable_costs(world)
        levels = self._people.satisfaction[:, None] - satisfaction_drops(world)
        self._nps = expected_nps(world.satisfaction, levels).ravel()

    def __len__(self) -> int:
        return len(self._people)

    def live(self, rng: np.random.Generator) -> Outcome:
        """Draw the incidents of one future and live through it in every world.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        Outcome
            Totals, one entry per world.
        """
        n, n_worlds = len(self._people), len(self._stopped)
        state = _State(self._last_incident.copy(), self._pending, self._log_price, len(self._contraction))
        survival = np.ones((n_worlds, n))
        revenue, cost, score, at_risk = (np.zeros(n_worlds) for _ in range(4))
        kept = (1 - code_bits(len(self._contraction))[self._stopped]).astype(np.float64)
        rows = np.arange(n)
        n_codes = 1 << len(self._contraction)
        for step in range(self._n_days):
            day = self._first_day + step
            band = tenure_band(day - self._people.acquired)
            state.charge(self._due_days.are_due(day, rows))
            chance = self._incidence * self._incidence_factor[band]
            code = self._codes(state.last_incident, day)
            weight = self._day_weight[step]
            revenue += weight[0] * (survival * state.prices(kept)).sum(axis=1)
            cost += weight[1] * (survival * (kept @ (chance * self._incident_cost).T)).sum(axis=1)
            score += (survival * self._nps.take(code + n_codes * rows)).sum(axis=1)
            at_risk += survival.sum(axis=1)
            rate = self._voluntary * self._tenure_ratio[band] * self._ratios.take(code + n_codes * band)
            survival *= np.exp(-rate - self._involuntary)
            state.have(rng.random(chance.shape) < chance, day, self._contraction)
        return Outcome(survival.sum(axis=1), revenue, cost, score / at_risk)

    def _codes(self, last_incident: IntArray, day: int) -> IntArray:
        window = self._world.exposure_days
        as_is = exposure_code(last_incident, day, window)
        past = exposure_code(self._last_incident, day, window)
        stopped = self._stopped[:, None]
        return (as_is & ~stopped) | (past & stopped)


class _State:
    """Incidents and prices as is; the price of another world leaves out the stopped components' part."""

    def __init__(self, last_incident: IntArray, pending: FloatArray, log_price: FloatArray, k: int) -> None:
        self.last_incident = last_incident
        self._pending_before = pending.copy()
        self._log_price = log_price.copy()
        self._pending = np.zeros((len(pending), k))
        self._taken = np.zeros((len(pending), k))

    def charge(self, due: AnyArray) -> None:
        self._log_price[due] -= self._pending_before[due]
        self._pending_before[due] = 0.0
        self._taken[due] += self._pending[due]
        self._pending[due] = 0.0

    def prices(self, kept: FloatArray) -> FloatArray:
        prices: FloatArray = np.exp(self._log_price - kept @ self._taken.T)
        return prices

    def have(self, hit: AnyArray, day: int, contraction: FloatArray) -> None:
        self.last_incident[hit] = day
        self._pending += hit * contraction


def _day_weights(months: IntArray, discount_rate: float) -> FloatArray:
    """Weight of a day's monthly price, and of its costs."""
    position = months - months[0]
    discount = (1.0 + discount_rate) ** (-(position + 0.5) / 12)
    per_month = np.bincount(position)[position]
    return np.column_stack([discount / per_month, discount])


def avoidable_costs(world: World) -> FloatArray:
    """Avoidable cost that an incident of each component brings, in project currency.

    Parameters
    ----------
    world : World
        Settings.

    Returns
    -------
    array of float, shape (n_components,)
        Credits, and the avoidable share of handling.
    """
    share = world.finance.avoidable_share
    return np.array(
        [c.ticket_share * (share * c.handling_cost + c.credit_share * c.credit_mean) for c in world.components]
    )
