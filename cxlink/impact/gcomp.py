"""The g-computation: draw after draw, the active customers' future as is and with incidents removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxlink.handoff import HazardModel
from cxlink.impact.contrasts import REVENUE, Contrasts, Simulation, gain_over, months_over
from cxlink.impact.costs import ServingCost
from cxlink.impact.experience import ExperienceFit
from cxlink.impact.futures import DAYS_A_MONTH, Exposure, draw_future, expect_exposure, expose
from cxlink.impact.incidence import Incidence
from cxlink.impact.population import Base
from cxlink.impact.prices import PriceEffect
from cxlink.impact.projection import AS_IS, Parts, World, monthly_hazards, renewal_matrix
from cxlink.impact.sampling import sampling_error
from cxlink.impact.segment_sums import segment_gains
from cxlink.impact.shapley import EXACT_UP_TO, ORDER_PAIRS, draw_orders, parts_by_orders, shapley_parts

FUTURES = 20
DRAW_PAIRS = 2
"""Orders, each with its reverse, from which draws take Shapley parts: centred on the exact ones, few will do."""

REMOVED = {AS_IS: 0.0, "tenth": 0.1, "none": 1.0}


@dataclass(frozen=True, slots=True)
class Fits:
    """Everything that was fitted."""

    hazards: HazardModel | None
    incidence: tuple[Incidence, ...]
    prices: PriceEffect
    costs: ServingCost
    experience: ExperienceFit


class Projector:
    """Contrasts of the active customers' future for the point estimate and for each draw.

    Parameters
    ----------
    base : Base
        The active customers.
    fits : Fits
        Everything that was fitted.
    n_months : int
        Horizon.
    exposure_days : int
        How long an incident acts.
    discount_rate : float
        A year.
    rng : Generator
        For the orders of Shapley parts.
    alone_only : bool, default False
        Whether each component alone, and all together, are enough: every other contrast, and the luck, is then 0.
    """

    def __init__(
        self,
        base: Base,
        fits: Fits,
        *,
        n_months: int,
        exposure_days: int,
        discount_rate: float,
        rng: np.random.Generator,
        alone_only: bool = False,
    ) -> None:
        self._base, self._fits = base, fits
        self._removed = {AS_IS: 0.0, "none": 1.0} if alone_only else REMOVED
        self._alone_only = alone_only
        self._n_months, self._exposure_days = n_months, exposure_days
        self._discount = (1 + discount_rate) ** -((np.arange(n_months) + 0.5) / 12)
        model = fits.hazards
        self._known = np.zeros(len(fits.incidence), dtype=bool) if model is None else model.estimable
        self._renewals = tuple(
            (np.flatnonzero(base.covered_months == months), renewal_matrix(int(months), n_months))
            for months in np.unique(base.covered_months)
        )
        self._middles = base.tenure[:, None] + DAYS_A_MONTH * (np.arange(n_months) + 0.5)[None, :]
        n = len(fits.incidence)
        self._orders = draw_orders(n, ORDER_PAIRS if n > EXACT_UP_TO else DRAW_PAIRS, rng)

    def simulate(self, rng: np.random.Generator, *, is_sample: bool) -> Simulation:
        """Gains at the point estimate, as means over simulated futures.

        Parameters
        ----------
        rng : Generator
            For the futures.
        is_sample : bool
            Whether the customers of the base are a sample.

        Returns
        -------
        Simulation
            With what the luck of customers and futures leaves in them.
        """
        if self._alone_only:
            return self._simulate_alone(rng)
        sums, held, of_segments, by_month = [], [], [], []
        of_customers = np.zeros((len(self._base.customer), len(self._fits.incidence) + 1, 4))
        for _ in range(FUTURES):
            world = self._future(rng)
            gains, totals, by_segment, revenue, months = self._gains_of_customers(world)
            by_month.append(months)
            of_segments.append(by_segment)
            held.append(self._mean_by_group(revenue))
            of_customers += gains / FUTURES
            sums.append(np.vstack([totals, *self._other_gains(world)]))
            del world  # or two futures of a large base stand in memory while the next is drawn
        found, n = np.array(sums), len(self._fits.incidence)
        error = sampling_error(of_customers, found[:, : n + 1], self._base.weight, is_sample=is_sample)
        mean = found.mean(axis=0)
        luck = sampling_error(
            np.zeros((len(self._base.customer), 1)), np.array(of_segments), self._base.weight, is_sample=False
        )
        return Simulation(
            alone=mean[:n],
            tenth=mean[n + 1 : 2 * n + 1],
            joint=mean[n],
            ceiling=mean[-1],
            error=error,
            held=np.mean(held, axis=0),
            segments=np.mean(of_segments, axis=0),
            segment_error=luck,
            alone_months=np.mean(by_month, axis=0)[:n],
            joint_months=np.mean(by_month, axis=0)[n],
        )

    def _simulate_alone(self, rng: np.random.Generator) -> Simulation:
        n = len(self._fits.incidence)
        sums = []
        for _ in range(FUTURES):
            world = self._future(rng)
            as_is = world.totals([AS_IS] * n)
            stopped = [["none" if place == other else AS_IS for other in range(n)] for place in range(n)]
            sums.append([gain_over(as_is, world.totals(names)) for names in (*stopped, ["none"] * n)])
        mean = np.mean(sums, axis=0)
        nobody = np.zeros((0, n + 1, 4))
        return Simulation(
            mean[:n], np.zeros((n, 4)), mean[n], np.zeros(4), np.zeros((n + 1, 4)), np.zeros(0), nobody, nobody
        )

    def expect(self, number: int | None, *, exact: bool = False) -> Contrasts:
        """Contrasts under expected exposures, at the point estimate or in one joint draw of all fitted parts.

        Without the luck of any future, so that draws differ by what was fitted alone.

        Parameters
        ----------
        number : int or None
            Which draw; the point estimate where None.
        exact : bool
            Whether the Shapley parts are exact (up to six components), not of a few random orders, the same each time.

        Returns
        -------
        Contrasts
            Sums over the customers that the base stands for.
        """
        return self._contrasts(self._expected(number), exact=exact)

    def revenue(self, number: int | None, rng: np.random.Generator | None = None) -> np.ndarray:
        """Discounted revenue of each customer as is.

        Parameters
        ----------
        number : int or None
            Which draw; the point estimate where None.
        rng : Generator, optional
            For one future at the point estimate; under expected exposures where absent.

        Returns
        -------
        ndarray
            (n_active,) over the horizon.
        """
        world = self._expected(number) if rng is None else self._future(rng)
        revenue: np.ndarray = world.values([AS_IS] * len(self._fits.incidence))[REVENUE]
        return revenue

    def _future(self, rng: np.random.Generator) -> World:
        """One future at the point estimate."""
        choices = []
        for place, residual in enumerate(self._base.residual):
            future = draw_future(self.rates(place, None), rng)
            exposures = expose(future, residual, self._n_months, self._exposure_days, tuple(self._removed.values()))
            choices.append(dict(zip(self._removed, exposures, strict=True)))
        return World(self.parts(None), choices, self._base.weight)

    def _expected(self, number: int | None) -> World:
        """Expected exposures at the point estimate, or in one draw."""
        choices: list[dict[str, Exposure]] = []
        for place, residual in enumerate(self._base.residual):
            exposures = expect_exposure(
                self.rates(place, number), residual, self._exposure_days, tuple(self._removed.values())
            )
            choices.append(dict(zip(self._removed, exposures, strict=True)))
        return World(self.parts(number), choices, self._base.weight)

    def _contrasts(self, world: World, *, exact: bool) -> Contrasts:
        n = len(self._fits.incidence)
        each, money = world.values_and_months([AS_IS] * n)
        as_is = world.add_up(each)

        known: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros(4)}
        by_segment: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros((len(self._base.segments), 4))}
        by_month: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros_like(money)}

        def stopped(members: frozenset[int]) -> np.ndarray:
            if members not in known:
                values, brought = world.values_and_months(["none" if place in members else AS_IS for place in range(n)])
                known[members] = gain_over(as_is, world.add_up(values))
                by_month[members] = months_over(money, brought)
                if len(members) in (1, n):
                    by_segment[members] = self._segment_gains(each, values)
            return known[members]

        alone = np.array([stopped(frozenset([place])) for place in range(n)]).reshape(n, 4)
        if self._alone_only:
            nothing = np.zeros((n, 4))
            everything, nobody = stopped(frozenset(range(n))), np.zeros((0, n + 1, 4))
            return Contrasts(alone, nothing, nothing, everything, np.zeros(4), np.zeros(0), nobody)
        *tenth, ceiling = self._other_gains(world)

        def parts_of(value: Callable[[frozenset[int]], np.ndarray]) -> np.ndarray:
            return shapley_parts(value, n) if exact and n <= EXACT_UP_TO else parts_by_orders(value, n, self._orders)

        shapley = parts_of(stopped)
        months = parts_of(lambda members: by_month[members].ravel())  # of the same worlds, which are known by now
        held = self._mean_by_group(each[REVENUE])
        joint = stopped(frozenset(range(n)))
        singles = [by_segment[frozenset([place])] for place in range(n)]
        segments = np.stack([*singles, by_segment[frozenset(range(n))]], axis=1)
        totals = np.array([as_is.customers, as_is.revenue, as_is.cost, as_is.experience])
        return Contrasts(
            alone,
            np.array(tenth).reshape(n, 4),
            shapley,
            joint,
            ceiling,
            held,
            segments,
            totals,
            np.array([by_month[frozenset([place])] for place in range(n)]).reshape(n, *money.shape),
            months.reshape(n, *money.shape),
            by_month[frozenset(range(n))],
        )

    def _segment_gains(self, as_is: np.ndarray, values: np.ndarray) -> np.ndarray:
        return segment_gains(as_is, values, self._base.weight, self._base.segments)

    def _mean_by_group(self, values: np.ndarray) -> np.ndarray:
        """Mean of each group; of one that is not in the sample, there is none."""
        weight = self._base.groups * self._base.weight
        size = weight.sum(axis=1)
        means: np.ndarray = np.divide(weight @ values, size, out=np.full(len(size), np.nan), where=size > 0)
        return means

    def _other_gains(self, world: World) -> list[np.ndarray]:
        """Gains of a tenth of each component's incidents removed, and last of nobody leaving at all."""
        n = len(self._fits.incidence)
        as_is = world.totals([AS_IS] * n)
        tenth = [["tenth" if other == place else AS_IS for other in range(n)] for place in range(n)]
        ceiling = world.add_up(world.values(["none"] * n, nobody_leaves=True))
        return [*(gain_over(as_is, world.totals(names)) for names in tenth), gain_over(as_is, ceiling)]

    def _gains_of_customers(self, world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Each customer's part of the gains, their sums over all and over segments, revenue as is, and by month.

        The sums are of each component alone and, last, of all together.
        """
        n, weight = len(self._fits.incidence), self._base.weight
        as_is, money = world.values_and_months([AS_IS] * n)
        totals = world.add_up(as_is)
        before = totals.experience
        gains, sums, by_segment, by_month = [], [], [], []
        for stopped in (*([place] for place in range(n)), range(n)):
            values, brought = world.values_and_months(["none" if place in stopped else AS_IS for place in range(n)])
            by_month.append(months_over(money, brought))
            stopped_totals = world.add_up(values)
            sums.append(gain_over(totals, stopped_totals))
            by_segment.append(self._segment_gains(as_is, values))
            after = stopped_totals.experience
            # a mean over months there: each customer's part of it, to first order
            points = (values[3] - after * values[4]) / (weight @ values[4])
            points = points - (as_is[3] - before * as_is[4]) / (weight @ as_is[4])
            gains.append(np.array([*(values[:2] - as_is[:2]), as_is[2] - values[2], points]))
        found = np.moveaxis(np.array(gains), 2, 0), np.array(sums), np.stack(by_segment, axis=1)
        return *found, as_is[REVENUE], np.array(by_month)

    def rates(self, place: int, number: int | None) -> np.ndarray:
        """Incidents a day of one component.

        Parameters
        ----------
        place : int
            Which component.
        number : int or None
            Which draw; the point estimate where None.

        Returns
        -------
        ndarray
            (n_active, n_months).
        """
        incidence = self._fits.incidence[place]
        terms = incidence.point if number is None else incidence.draws[number]
        return incidence.daily_rates(terms, self._base.covariates, self._middles)

    def parts(self, number: int | None) -> Parts:
        """Everything that was fitted but incidents, for the customers of the base.

        Parameters
        ----------
        number : int or None
            Which draw; the point estimate where None.

        Returns
        -------
        Parts
            For a `World`.
        """
        base, fits = self._base, self._fits
        voluntary, involuntary, log_ratio = self._hazards(number)
        levels = fits.experience.level if number is None else fits.experience.level_draws[number]
        return Parts(
            voluntary=voluntary,
            involuntary=involuntary,
            log_hazard_ratio=log_ratio,
            churn_known=self._known,
            price=base.price,
            log_price_change=fits.prices.point if number is None else fits.prices.draws[number],
            experience_level=levels[0] + base.covariates @ levels[1:],
            experience_change=fits.experience.point if number is None else fits.experience.draws[number],
            cost=fits.costs.point if number is None else fits.costs.draws[number],
            discount=self._discount,
            renewals=self._renewals,
        )

    def _hazards(self, number: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        base, model = self._base, self._fits.hazards
        shape = (len(base.tenure), self._n_months)
        if model is None:
            monthly = np.full(shape, base.end_rate * DAYS_A_MONTH)
            return np.zeros(shape), monthly, np.zeros(len(self._fits.incidence))
        if number is None:
            slopes, calendar = model.coefficients, model.calendar
            voluntary, involuntary, log_ratio = model.voluntary_rates, model.involuntary_rates, model.log_hazard_ratio
        else:
            slopes, calendar = model.coefficient_draws[number], float(model.calendar_draws[number])
            voluntary, involuntary = model.voluntary_rate_draws[number], model.involuntary_rate_draws[number]
            log_ratio = model.log_hazard_ratio_draws[number]
        risk = np.exp(base.covariates @ slopes + calendar)
        edges, everyone = model.band_edges, np.ones(len(base.tenure))
        return (
            monthly_hazards(base.tenure, edges, voluntary, risk, self._n_months),
            monthly_hazards(base.tenure, edges, involuntary, everyone, self._n_months),
            log_ratio,
        )
