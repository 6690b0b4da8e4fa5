"""Worlds in which changes are made: incidents removed, added, displaced, or made good, month by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from cxlink.impact.changes.plans import Plan
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE
from cxlink.impact.futures import (
    DAYS_A_MONTH,
    Exposure,
    Future,
    draw_future,
    expect_exposure,
    expose_thinned,
)
from cxlink.impact.gcomp import FUTURES, Projector
from cxlink.impact.population import Base
from cxlink.impact.projection import AS_IS, Parts, World

N_GAINS = 4
AT_ONCE = 5
Ask = tuple[tuple[int, float], ...]
"""Changes made together: which, and of what size."""
Make = Callable[[int, np.ndarray, np.ndarray | None], Exposure]
"""Exposure of a component, where its incidents are kept by month and others are added."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What changes made together gain over the world as is.

    Parameters
    ----------
    gains : ndarray
        (n_asks, 4, n_months) more customers in the month, revenue, avoidable cost saved and experience; each adds up
        over months to the gain over the horizon. Not discounted.
    incidents : ndarray
        (n_asks + 1, n_components, n_months) of customers still there; the first as is.
    so_far : ndarray
        (n_asks, n_months) experience gained, as a mean over the months up to each; the last is that of the horizon.
    """

    gains: np.ndarray
    incidents: np.ndarray
    so_far: np.ndarray


class ChangedWorlds:
    """Gains of changes over the world as is, under expected exposures or over simulated futures.

    Parameters
    ----------
    projector : Projector
        Of the customers below.
    base : Base
        The active customers, or a sample.
    plans : sequence of Plan
        All changes.
    exposure_days : int
        How long an incident acts.
    """

    def __init__(self, projector: Projector, base: Base, plans: Sequence[Plan], exposure_days: int) -> None:
        self._projector, self._base, self._plans = projector, base, tuple(plans)
        self._exposure_days, self._n = exposure_days, len(base.residual)

    def expect(self, number: int | None, asks: Sequence[Ask]) -> Answered:
        """Gains under expected exposures.

        Parameters
        ----------
        number : int or None
            Which draw; the point estimate where None.
        asks : sequence of Ask
            Changes made together.

        Returns
        -------
        Answered
            Without the luck of any future.
        """
        return self.expect_all(number, [(self._projector.parts(number), asks)])[0]

    def expect_all(self, number: int | None, questions: Sequence[tuple[Parts, Sequence[Ask]]]) -> list[Answered]:
        """Gains under expected exposures, for several settings of what exposures do.

        Parameters
        ----------
        number : int or None
            Of which draw the incidents are; the point estimate where None.
        questions : sequence of (Parts, sequence of Ask)
            What exposures do, and changes made together.

        Returns
        -------
        list of Answered
            One a question.
        """
        daily = [self._projector.rates(place, number) for place in range(self._n)]

        def make(place: int, kept: np.ndarray, added: np.ndarray | None) -> Exposure:
            changed = daily[place] * kept if added is None else daily[place] * kept + added
            return expect_exposure(changed, self._base.residual[place], self._exposure_days, (0.0,))[0]

        return self._answer(questions, daily, make)

    def simulate(self, asks: Sequence[Ask], rng: np.random.Generator) -> Answered:
        """Gains at the point estimate, as means over simulated futures.

        Parameters
        ----------
        asks : sequence of Ask
            Changes made together.
        rng : Generator
            For the futures.

        Returns
        -------
        Answered
            Of all futures.
        """
        daily = [self._projector.rates(place, None) for place in range(self._n)]
        parts, residual, days = self._projector.parts(None), self._base.residual, self._exposure_days
        found = []
        for _ in range(FUTURES):
            futures = [draw_future(rates, rng) for rates in daily]

            def make(
                place: int, kept: np.ndarray, added: np.ndarray | None, futures: list[Future] = futures
            ) -> Exposure:
                exposure = expose_thinned(futures[place], residual[place], days, np.minimum(kept, 1.0))
                more = daily[place] * np.maximum(kept - 1.0, 0.0) + (0.0 if added is None else added)
                if not more.any():
                    return exposure
                new = expect_exposure(more, np.zeros(len(residual[place])), days, (0.0,))[0]
                share = exposure.share + (1.0 - exposure.share) * new.share
                return Exposure(share, exposure.count + new.count, exposure.met + new.met)

            # a few at a time: a world holds arrays of all customers for each of its exposures
            parted = [(parts, asks[first : first + AT_ONCE]) for first in range(0, len(asks), AT_ONCE)]
            told = self._answer(parted, daily, make)
            gains, so_far = (
                np.concatenate(one) for one in zip(*((one.gains, one.so_far) for one in told), strict=True)
            )
            found.append((gains, np.concatenate([told[0].incidents[:1], *(one.incidents[1:] for one in told)]), so_far))
        return Answered(*(np.mean(one, axis=0) for one in zip(*found, strict=True)))

    def _answer(
        self, questions: Sequence[tuple[Parts, Sequence[Ask]]], daily: Sequence[np.ndarray], make: Make
    ) -> list[Answered]:
        n_months = daily[0].shape[1]
        as_is = [make(place, np.ones(n_months), None) for place in range(self._n)]
        known: list[dict[str, Exposure]] = [{AS_IS: one} for one in as_is]
        found = []
        for parts, asks in questions:
            named = [self._names(ask, known, daily, make) for ask in asks]
            used = [
                {name: known[place][name] for name in dict.fromkeys((AS_IS, *(names[place] for names in named)))}
                for place in range(self._n)
            ]
            world = World(parts, used, self._base.weight)
            before = world.by_month([AS_IS] * self._n)
            told = [before if set(names) == {AS_IS} else world.by_month(names) for names in named]
            gains = np.array([_gain(before, other) for other in told]).reshape(len(asks), N_GAINS, n_months)
            so_far = np.array([_experience_so_far(other) - _experience_so_far(before) for other in told])
            incidents = np.array([before[5:], *(other[5:] for other in told)])
            found.append(Answered(gains, incidents, so_far.reshape(len(asks), n_months)))
        return found

    def _names(
        self, ask: Ask, known: list[dict[str, Exposure]], daily: Sequence[np.ndarray], make: Make
    ) -> tuple[str, ...]:
        """Name of each component's exposure where these changes are made; those not known yet are worked out."""
        names = [AS_IS] * self._n
        made = tuple(one for one in ask if one[1] != 0)
        for place in sorted(self._touched(made)):
            acts = tuple(one for one in made if place in (self._plans[one[0]].place, self._plans[one[0]].displaced))
            names[place] = str(acts)
            if names[place] not in known[place]:
                known[place][names[place]] = self._exposure(place, acts, daily, make)
        return tuple(names)

    def _touched(self, ask: Ask) -> set[int]:
        plans = [self._plans[number] for number, _ in ask]
        return {place for plan in plans for place in (plan.place, plan.displaced) if place >= 0}

    def _exposure(self, place: int, acts: Ask, daily: Sequence[np.ndarray], make: Make) -> Exposure:
        """A mean over who is reached by which change, so that some keep all incidents and others lose many."""
        own = [(self._plans[number], size) for number, size in acts if self._plans[number].place == place]
        added = self._displaced(place, acts, daily)
        branches = [
            ((plan, size, 1.0), (plan, 0.0, 0.0)) if plan.asked.adoption < 1 else ((plan, size, 1.0),)
            for plan, size in own
        ]
        mixed: list[tuple[float, Exposure]] = []
        for branch in product(*branches):
            weight, kept, served = 1.0, np.ones(daily[place].shape[1]), np.ones(daily[place].shape[1])
            for plan, size, reached in branch:
                share = plan.asked.adoption
                weight *= share if reached else 1.0 - share
                kept = kept * (1.0 - size * plan.ramp)
                served = served if plan.served else served * (1.0 - size * plan.ramp)
            exposure = make(place, kept, added)
            if any(plan.served for plan, _ in own):
                more = 0.0 if added is None else added
                exposure = replace(exposure, served=(daily[place] * served + more) * DAYS_A_MONTH)
            mixed.append((weight, exposure))
        if len(mixed) == 1:
            return mixed[0][1]
        return Exposure(
            sum(weight * one.share for weight, one in mixed),  # type: ignore[arg-type]  # there are two or more
            sum(weight * one.count for weight, one in mixed),  # type: ignore[arg-type]
            sum(weight * one.met for weight, one in mixed),  # type: ignore[arg-type]
            None
            if mixed[0][1].served is None
            else sum(weight * one.served for weight, one in mixed if one.served is not None),  # type: ignore[arg-type]
        )

    def _displaced(self, place: int, acts: Ask, daily: Sequence[np.ndarray]) -> np.ndarray | None:
        added = None
        for number, size in acts:
            plan = self._plans[number]
            if plan.displaced == place and plan.place >= 0:
                share = plan.asked.adoption * plan.asked.displaced_share * size
                moved = daily[plan.place] * (share * plan.ramp)
                added = moved if added is None else added + moved
        return added


def _gain(as_is: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Gain of one world over another, in months that add up to the horizon."""
    gain = np.zeros((N_GAINS, as_is.shape[1]))
    gain[CUSTOMERS] = np.diff(other[0] - as_is[0], prepend=0.0)
    gain[REVENUE], gain[COST] = other[1] - as_is[1], as_is[2] - other[2]
    # a mean over all months there: its gain has no month of its own
    present, before = other[4].sum(), as_is[4].sum()
    if present > 0 and before > 0:
        gain[EXPERIENCE] = (other[3].sum() / present - as_is[3].sum() / before) / as_is.shape[1]
    return gain + 0.0  # no negative zero


def _experience_so_far(world: np.ndarray) -> np.ndarray:
    """(n_months,) mean over the months up to each, and over the customers there; 0 where nobody was there."""
    points, present = np.cumsum(world[3]), np.cumsum(world[4])
    mean: np.ndarray = np.divide(points, present, out=np.zeros_like(points), where=present > 0)
    return mean
