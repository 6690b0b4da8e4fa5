"""Changes projected with the run's own fits: at the point estimate, and in every joint draw of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from cxlink.impact.changes.plans import Plan
from cxlink.impact.changes.surface import choose_sizes, interpolate
from cxlink.impact.changes.worlds import Ask, ChangedWorlds
from cxlink.impact.gcomp import Fits, Projector
from cxlink.impact.population import Base
from cxlink.parallel import in_order

SIMULATED = 20_000
"""Customers whose futures are simulated with changes, where there are more."""

DRAWN = 1_000
"""Customers over whom draws of changes are made, where there are more: these tell how errors spread, not the size."""


@dataclass(frozen=True, slots=True)
class Projected:
    """A change, or changes together, at some sizes.

    Parameters
    ----------
    gains : ndarray
        (n_draws, n_sizes, 4, n_months), not discounted.
    incidents : ndarray
        (n_draws, n_sizes, n_components, n_months) of customers still there.
    """

    gains: np.ndarray
    incidents: np.ndarray

    def at(self, sizes: np.ndarray, wanted: np.ndarray) -> Projected:
        """Read off one size a draw.

        Parameters
        ----------
        sizes : ndarray
            (n_sizes,) of the projections.
        wanted : ndarray
            (n_draws,).

        Returns
        -------
        Projected
            Of one size.
        """
        gains, incidents = (interpolate(one, sizes, wanted)[:, None] for one in (self.gains, self.incidents))
        return Projected(gains, incidents)


@dataclass(frozen=True, slots=True)
class Alone:
    """One change by itself.

    Parameters
    ----------
    plan : Plan
        The change, with what vouchers cover.
    sizes : ndarray
        (n_sizes,) at which it was projected.
    point, drawn : Projected
        At the point estimate (one draw), and in each draw.
    doubted : Projected
        At the drawn size, with hazard ratios off by what the doubt allows.
    unmoved : ndarray
        (n_draws, 4, n_months) gains at the drawn size under expected exposures.
    """

    plan: Plan
    sizes: np.ndarray
    point: Projected
    drawn: Projected
    doubted: Projected
    unmoved: np.ndarray


class ChangeProjection:
    """Projects changes over samples of the active customers.

    Parameters
    ----------
    base : Base
        The active customers.
    fits : Fits
        Everything that was fitted.
    plans : sequence of Plan
        Changes that can be projected.
    n_months : int
        Horizon.
    exposure_days : int
        How long an incident acts.
    discount_rate : float
        A year; not used for what is told here.
    rng : Generator
        For samples and futures.
    threads : int
        How many may work at once; the result does not depend on it.
    """

    def __init__(
        self,
        base: Base,
        fits: Fits,
        plans: Sequence[Plan],
        *,
        n_months: int,
        exposure_days: int,
        discount_rate: float,
        rng: np.random.Generator,
        threads: int,
    ) -> None:
        self._fits, self._rng, self._threads = fits, rng, threads
        self._exposure_days, self._n_months, self._discount_rate = exposure_days, n_months, discount_rate
        # the same futures whatever is asked of them, so that answers differ by the changes alone
        self._futures = int(rng.integers(2**62))
        self._many, self._some = base.sample(SIMULATED, rng), base.sample(DRAWN, rng)
        incidents = self.worlds(self._some, ()).expect(None, ()).incidents[0]
        self.plans = tuple(plan.covering(incidents[plan.place]) if plan.served else plan for plan in plans)
        self._drawing = self.worlds(self._some, self.plans)
        self.sizes = tuple(choose_sizes(plan) for plan in self.plans)

    def worlds(self, base: Base, plans: Sequence[Plan]) -> ChangedWorlds:
        """Worlds of some customers.

        Parameters
        ----------
        base : Base
            The customers.
        plans : sequence of Plan
            The changes.

        Returns
        -------
        ChangedWorlds
            With the fits of this run.
        """
        return ChangedWorlds(self.projector(base), base, plans, self._exposure_days)

    def projector(self, base: Base) -> Projector:
        """Projector of some customers.

        Parameters
        ----------
        base : Base
            The customers.

        Returns
        -------
        Projector
            With the fits of this run.
        """
        return Projector(
            base,
            self._fits,
            n_months=self._n_months,
            exposure_days=self._exposure_days,
            discount_rate=self._discount_rate,
            rng=np.random.default_rng(0),  # its orders of Shapley parts are not used here
            alone_only=True,
        )

    def project(self, doubts: np.ndarray, *, with_pairs: bool) -> tuple[tuple[Alone, ...], np.ndarray]:
        """Each change by itself, and what two together gain.

        Parameters
        ----------
        doubts : ndarray
            (n_draws, n_components) by which the log hazard ratios may be off.
        with_pairs : bool
            Whether pairs are wanted; else there are none.

        Returns
        -------
        alone : tuple of Alone
            In the order of the plans.
        pairs : ndarray
            (n_draws, n_pairs, 4, n_months) gains at the drawn sizes, in the order of ``itertools.combinations``; not
            moved to the point of the simulated futures.
        """
        asks: list[Ask] = [((k, float(size)),) for k, sizes in enumerate(self.sizes) for size in sizes]
        pairs = list(combinations(range(len(self.plans)), 2)) if with_pairs else []
        projector = self.projector(self._some)

        def draw(number: int) -> tuple[np.ndarray, ...]:
            sizes = [float(plan.draws[number]) for plan in self.plans]
            together: list[Ask] = [((i, sizes[i]), (j, sizes[j])) for i, j in pairs]
            parts = projector.parts(number)
            doubtful = replace(parts, log_hazard_ratio=parts.log_hazard_ratio - doubts[number])
            singles: list[Ask] = [((k, size),) for k, size in enumerate(sizes)]
            told, doubted = self._drawing.expect_all(number, [(parts, [*asks, *together]), (doubtful, singles)])
            return told.gains, told.incidents, doubted.gains, doubted.incidents

        drawn = list(in_order(draw, range(len(doubts)), self._threads + 1))
        gains, incidents, doubtful, doubtful_incidents = (np.array(one) for one in zip(*drawn, strict=True))
        centre = self._centre(asks)
        alone, first = [], 0
        for k, plan in enumerate(self.plans):
            rows = slice(first, first + len(self.sizes[k]))
            below = slice(rows.start + 1, rows.stop + 1)  # of incidents the first is as is
            point, shift, point_incidents, shift_incidents = (one[rows][None] for one in centre)
            of_draws = Projected(gains[:, rows] + shift, incidents[:, below] + shift_incidents)
            moved = Projected(np.repeat(shift, len(doubts), 0), np.repeat(shift_incidents, len(doubts), 0)).at(
                self.sizes[k], plan.draws
            )
            doubted = Projected(
                doubtful[:, k : k + 1] + moved.gains, doubtful_incidents[:, k + 1 : k + 2] + moved.incidents
            )
            unmoved = interpolate(gains[:, rows], self.sizes[k], plan.draws)
            alone.append(Alone(plan, self.sizes[k], Projected(point, point_incidents), of_draws, doubted, unmoved))
            first = rows.stop
        return tuple(alone), gains[:, len(asks) :]

    def together(self, chosen: Sequence[int]) -> tuple[Projected, Projected]:
        """Changes made together, projected at once.

        Parameters
        ----------
        chosen : sequence of int
            Which plans.

        Returns
        -------
        point : Projected
            At mean sizes.
        drawn : Projected
            At the drawn ones.
        """
        ask: Ask = tuple((k, self.plans[k].point) for k in chosen)
        point, shift, point_incidents, shift_incidents = self._centre([ask])

        def draw(number: int) -> tuple[np.ndarray, np.ndarray]:
            ask = tuple((k, float(self.plans[k].draws[number])) for k in chosen)
            told = self._drawing.expect(number, [ask])
            return told.gains, told.incidents[1:]

        n_draws = len(self.plans[chosen[0]].draws)
        drawn = list(in_order(draw, range(n_draws), self._threads + 1))
        gains, incidents = (np.array(one) for one in zip(*drawn, strict=True))
        return Projected(point[None], point_incidents[None]), Projected(gains + shift, incidents + shift_incidents)

    def some(self, n: int) -> Base:
        """A sample of the customers over whom draws are made.

        Parameters
        ----------
        n : int
            About how many.

        Returns
        -------
        Base
            The same customers each time for the same generator.
        """
        return self._some.sample(n, self._rng)

    def log_ratio(self, place: int) -> float:
        """Estimated log hazard ratio of a component.

        Parameters
        ----------
        place : int
            Which component.

        Returns
        -------
        float
            0 where there is no model.
        """
        return 0.0 if self._fits.hazards is None else float(self._fits.hazards.log_hazard_ratio[place])

    def at_ratio(self, number: int, place: int, log_ratios: np.ndarray) -> np.ndarray:
        """Gains of one change at its mean size, at the point estimate but for one hazard ratio.

        Parameters
        ----------
        number : int
            Which plan.
        place : int
            Whose ratio.
        log_ratios : ndarray
            (n,) to try.

        Returns
        -------
        ndarray
            (n, 4, n_months), not moved to the point of the simulated futures.
        """
        parts = self.projector(self._some).parts(None)
        ask: Ask = ((number, self.plans[number].point),)
        questions = []
        for value in log_ratios:
            ratios = parts.log_hazard_ratio.copy()
            ratios[place] = value
            questions.append((replace(parts, log_hazard_ratio=ratios), [ask]))
        return np.array([one.gains[0] for one in self._drawing.expect_all(None, questions)])

    def _centre(self, asks: Sequence[Ask]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Gains and incidents of simulated futures, each with its distance from those of expected exposures."""
        told = self.worlds(self._many, self.plans).simulate(asks, np.random.default_rng(self._futures))
        expected = self._drawing.expect(None, asks)
        incidents = told.incidents[1:]
        return told.gains, told.gains - expected.gains, incidents, incidents - expected.incidents[1:]
