"""The g-computation: draw after draw, the active customers' future as is and with incidents removed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from cxlink.handoff import HazardModel, Linked
from cxlink.impact.costs import ServingCost
from cxlink.impact.experience import ExperienceFit
from cxlink.impact.futures import DAYS_A_MONTH, Exposure, draw_future, expect_exposure, expose
from cxlink.impact.incidence import Incidence
from cxlink.impact.prices import PriceEffect
from cxlink.impact.projection import AS_IS, Parts, Totals, World, monthly_hazards, renewal_matrix
from cxlink.impact.sampling import draw_customers, sampling_error
from cxlink.impact.segment_sums import segment_gains
from cxlink.impact.shapley import EXACT_UP_TO, ORDER_PAIRS, draw_orders, parts_by_orders, shapley_parts

CUSTOMERS, REVENUE, COST, EXPERIENCE = range(4)
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


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Gains over AS_IS: customers, revenue, avoidable cost saved, experience.

    Parameters
    ----------
    alone, tenth, shapley : ndarray
        (n_components, 4) all incidents of one component removed, a tenth of them, and its part of the joint gain.
    joint : ndarray
        (4,) all components' incidents removed.
    ceiling : ndarray
        (4,) all components' incidents removed, and nobody leaves of their own will.
    held : ndarray
        (n_groups,) revenue as is of one customer of each group of the base, on average.
    segments : ndarray
        (n_segments, n_components + 1, 4) ``alone`` and, last, ``joint``, of the customers of each segment.
    as_is : ndarray
        (4,) customers, revenue, avoidable cost and experience where nothing is removed, under expected exposures.
    """

    alone: np.ndarray
    tenth: np.ndarray
    shapley: np.ndarray
    joint: np.ndarray
    ceiling: np.ndarray
    held: np.ndarray
    segments: np.ndarray
    as_is: np.ndarray = field(default_factory=lambda: np.zeros(4))

    def moved(self, to: Contrasts, less: Contrasts) -> Contrasts:
        """Move from one centre to another.

        Parameters
        ----------
        to, less : Contrasts
            Added, and taken off.

        Returns
        -------
        Contrasts
            The sum of its parts is that of theirs.
        """
        return Contrasts(
            self.alone + to.alone - less.alone,
            self.tenth + to.tenth - less.tenth,
            self.shapley + to.shapley - less.shapley,
            self.joint + to.joint - less.joint,
            self.ceiling + to.ceiling - less.ceiling,
            self.held + to.held - less.held,
            self.segments + to.segments - less.segments,
            self.as_is + to.as_is - less.as_is,
        )


@dataclass(frozen=True, slots=True)
class Simulation:
    """Gains at the point estimate, as means over futures.

    Parameters
    ----------
    alone, tenth : ndarray
        (n_components, 4) all incidents of one component removed, and a tenth of them.
    joint, ceiling : ndarray
        (4,) all components' incidents removed, and nobody leaving of their own will besides.
    error : ndarray
        (n_components + 1, 4) standard error that customers and futures leave in ``alone`` and, last, ``joint``.
    held : ndarray
        (n_groups,) revenue as is of one customer of each group of the base, on average.
    segments, segment_error : ndarray
        (n_segments, n_components + 1, 4) gains of each segment, and the standard error that futures leave in them.
    """

    alone: np.ndarray
    tenth: np.ndarray
    joint: np.ndarray
    ceiling: np.ndarray
    error: np.ndarray
    held: np.ndarray
    segments: np.ndarray
    segment_error: np.ndarray


@dataclass(frozen=True, slots=True)
class Base:
    """The active customers at the cut-off.

    Parameters
    ----------
    customer : ndarray
        (n_active,) keys.
    tenure, price : ndarray
        (n_active,) days at the cut-off, and monthly price (0 where unknown).
    covariates : ndarray
        (n_active, n_covariates).
    covered_months : ndarray
        (n_active,) months that one charge covers; 1 where unknown.
    residual : ndarray
        (n_components, n_active) days after the cut-off on which earlier incidents still act.
    end_rate : float
        Ends of any kind a day at risk, over the observed window; for data that no hazard can be fitted to.
    weight : ndarray
        (n_active,) how many customers each stands for.
    groups : ndarray
        (n_groups, n_active) bool: whose revenue as is is told; a customer may be in several groups, or in none.
    segments : ndarray
        (n_segments, n_active) bool: for whom gains are told apart; a customer may be in several, or in none.
    """

    customer: np.ndarray
    tenure: np.ndarray
    price: np.ndarray
    covariates: np.ndarray
    covered_months: np.ndarray
    residual: np.ndarray
    end_rate: float
    weight: np.ndarray
    groups: np.ndarray
    segments: np.ndarray

    def sample(self, n: int, rng: np.random.Generator) -> Base:
        """Draw some of the customers, those alike side by side.

        Parameters
        ----------
        n : int
            About how many.
        rng : Generator
            Randomness.

        Returns
        -------
        Base
            The same object where there are no more.
        """
        if n >= len(self.customer):
            return self
        order = np.lexsort((self.tenure, (self.residual > 0).sum(axis=0)))
        weight = draw_customers(self.price, order, n, rng)
        kept = np.flatnonzero(weight)
        return replace(
            self,
            customer=self.customer[kept],
            tenure=self.tenure[kept],
            price=self.price[kept],
            covariates=self.covariates[kept],
            covered_months=self.covered_months[kept],
            residual=self.residual[:, kept],
            weight=weight[kept],
            groups=self.groups[:, kept],
            segments=self.segments[:, kept],
        )


def build_base(
    linked: Linked, exposure_days: int, groups: np.ndarray | None = None, segments: np.ndarray | None = None
) -> Base:
    """Gather the active customers and what still acts on them.

    Parameters
    ----------
    linked : Linked
        Timelines.
    exposure_days : int
        How long an incident acts.
    groups : ndarray, optional
        (n_groups, n_active) bool: whose revenue as is is told; no group where absent.
    segments : ndarray, optional
        (n_segments, n_active) bool: for whom gains are told apart; no segment where absent.

    Returns
    -------
    Base
        In the order of the key.
    """
    active = linked.customers.loc[linked.customers["active"]]
    spells = linked.customers.loc[linked.customers["at_risk"]]
    keys = active["customer"].to_numpy()
    residual = np.zeros((len(linked.components), len(keys)))
    for place, name in enumerate(linked.components):
        rows = linked.incidents.loc[linked.incidents["component"] == name]
        latest = rows.groupby("customer")["incident_day"].max()
        last = latest.reindex(keys).to_numpy(dtype=float)
        residual[place] = np.clip(np.nan_to_num(last + exposure_days - linked.to_day, nan=0.0), 0.0, None)
    return Base(
        customer=keys,
        tenure=active["tenure"].to_numpy(dtype=float),
        price=np.nan_to_num(active["monthly_price"].to_numpy(dtype=float)),
        covariates=linked.covariates[keys],
        covered_months=np.maximum(np.nan_to_num(active["covered_months"].to_numpy(dtype=float), nan=1.0), 1.0),
        residual=residual,
        end_rate=float((spells["event"] > 0).sum() / max((spells["stop"] - spells["start"]).sum(), 1)),
        weight=np.ones(len(keys)),
        groups=np.zeros((0, len(keys)), dtype=bool) if groups is None else groups,
        segments=np.zeros((0, len(keys)), dtype=bool) if segments is None else segments,
    )


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
        sums, held, of_segments = [], [], []
        of_customers = np.zeros((len(self._base.customer), len(self._fits.incidence) + 1, 4))
        for _ in range(FUTURES):
            world = self._future(rng)
            gains, totals, by_segment, revenue = self._gains_of_customers(world)
            of_segments.append(by_segment)
            held.append(self._mean_by_group(revenue))
            of_customers += gains / FUTURES
            sums.append(np.vstack([totals, *self._other_gains(world)]))
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
        each = world.values([AS_IS] * n)
        as_is = world.add_up(each)

        known: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros(4)}
        by_segment: dict[frozenset[int], np.ndarray] = {frozenset(): np.zeros((len(self._base.segments), 4))}

        def stopped(members: frozenset[int]) -> np.ndarray:
            if members not in known:
                values = world.values(["none" if place in members else AS_IS for place in range(n)])
                known[members] = gain_over(as_is, world.add_up(values))
                if len(members) in (1, n):
                    by_segment[members] = self._segment_gains(each, values)
            return known[members]

        alone = np.array([stopped(frozenset([place])) for place in range(n)]).reshape(n, 4)
        if self._alone_only:
            nothing = np.zeros((n, 4))
            everything, nobody = stopped(frozenset(range(n))), np.zeros((0, n + 1, 4))
            return Contrasts(alone, nothing, nothing, everything, np.zeros(4), np.zeros(0), nobody)
        *tenth, ceiling = self._other_gains(world)
        shapley = shapley_parts(stopped, n) if exact and n <= EXACT_UP_TO else parts_by_orders(stopped, n, self._orders)
        held = self._mean_by_group(each[REVENUE])
        joint = stopped(frozenset(range(n)))
        singles = [by_segment[frozenset([place])] for place in range(n)]
        segments = np.stack([*singles, by_segment[frozenset(range(n))]], axis=1)
        totals = np.array([as_is.customers, as_is.revenue, as_is.cost, as_is.experience])
        return Contrasts(alone, np.array(tenth).reshape(n, 4), shapley, joint, ceiling, held, segments, totals)

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

    def _gains_of_customers(self, world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Each customer's part of the gains, their sums over all and over segments, and revenue as is.

        The sums are of each component alone and, last, of all together.
        """
        n, weight = len(self._fits.incidence), self._base.weight
        as_is = world.values([AS_IS] * n)
        totals = world.add_up(as_is)
        before = totals.experience
        gains, sums, by_segment = [], [], []
        for stopped in (*([place] for place in range(n)), range(n)):
            values = world.values(["none" if place in stopped else AS_IS for place in range(n)])
            stopped_totals = world.add_up(values)
            sums.append(gain_over(totals, stopped_totals))
            by_segment.append(self._segment_gains(as_is, values))
            after = stopped_totals.experience
            # a mean over months there: each customer's part of it, to first order
            points = (values[3] - after * values[4]) / (weight @ values[4])
            points = points - (as_is[3] - before * as_is[4]) / (weight @ as_is[4])
            gains.append(np.array([*(values[:2] - as_is[:2]), as_is[2] - values[2], points]))
        return np.moveaxis(np.array(gains), 2, 0), np.array(sums), np.stack(by_segment, axis=1), as_is[REVENUE]

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


def gain_over(as_is: Totals, other: Totals) -> np.ndarray:
    """Gain of one world over another.

    Parameters
    ----------
    as_is, other : Totals
        Of the two.

    Returns
    -------
    ndarray
        (4,) customers, revenue, avoidable cost saved, experience.
    """
    difference = other.minus(as_is)
    difference[COST] = -difference[COST]
    return difference + 0.0  # no negative zero


def put_together(simulation: Simulation, expected: Contrasts) -> Contrasts:
    """Contrasts at the point estimate: sizes from simulated futures, parts from the expected exposures.

    Parameters
    ----------
    simulation : Simulation
        Means over futures.
    expected : Contrasts
        Of the point estimate, with exact Shapley parts.

    Returns
    -------
    Contrasts
        The Shapley parts follow what each component gains alone, and add up to the joint gain.
    """
    shapley = expected.shapley + simulation.alone - expected.alone
    if len(shapley):
        shapley = shapley + (simulation.joint - shapley.sum(axis=0)) / len(shapley)
    return Contrasts(
        simulation.alone,
        simulation.tenth,
        shapley,
        simulation.joint,
        simulation.ceiling,
        simulation.held,
        simulation.segments,
        expected.as_is,
    )
