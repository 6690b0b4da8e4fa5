"""Customers before anything happens to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.simulate.days import DAYS_PER_MONTH, Calendar, FloatArray, IntArray
from cxlink.simulate.world import LANGUAGES_OF_REGION, REGIONS, World

PLAN_SHARES = (0.5, 0.3, 0.2)
REGION_SHARES = (0.25, 0.30, 0.37, 0.08)
CENTRE_OF_USAGE = 5.0


@dataclass(frozen=True)
class Population:
    """Arrays over customers.

    Parameters
    ----------
    acquired : array of int
        Day of acquisition.
    anchor : array of int
        Day of the month of acquisition, on which charges fall.
    plan, region : array of int
        Positions in ``PLANS`` and ``REGIONS``.
    usage : array of float
        0.2 to 12, one decimal, as exported.
    language : array of str
        Language of the customer's texts.
    is_yearly : array of bool
        Whether a charge covers twelve months.
    log_price : array of float
        Log of the monthly price at acquisition.
    frailty : array of float
        Unmeasured confounder, standard normal.
    satisfaction : array of float
        Own level without exposure.
    survey_phase : array of int
        Day of the first invitation.
    """

    acquired: IntArray
    anchor: IntArray
    plan: IntArray
    region: IntArray
    usage: FloatArray
    language: np.ndarray[tuple[int], np.dtype[np.str_]]
    is_yearly: np.ndarray[tuple[int], np.dtype[np.bool_]]
    log_price: FloatArray
    frailty: FloatArray
    satisfaction: FloatArray
    survey_phase: IntArray

    def __len__(self) -> int:
        return len(self.acquired)

    def take(self, rows: IntArray) -> Population:
        """Keep the customers at these positions, in this order.

        Parameters
        ----------
        rows : array of int
            Positions of customers.

        Returns
        -------
        Population
            These customers.
        """
        return Population(**{name: values[rows] for name, values in vars(self).items()})


def draw_population(world: World, size: int, rng: np.random.Generator) -> Population:
    """Draw customers.

    Parameters
    ----------
    world : World
        Settings.
    size : int
        How many.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Population
        Independent customers, in no particular order.
    """
    calendar = Calendar(world.starts_on)
    acquired = _draw_acquisition(world, calendar, size, rng)
    plan = rng.choice(len(PLAN_SHARES), size=size, p=PLAN_SHARES)
    region = rng.choice(len(REGION_SHARES), size=size, p=REGION_SHARES)
    plan_lift = 0.5 * (plan - 0.7)
    usage = np.clip(rng.normal(CENTRE_OF_USAGE + plan_lift, 2.0), 0.2, 12.0).astype(np.float64).round(1)
    affinity = rng.normal(size=size)
    tastes = world.satisfaction
    own_level = rng.normal(tastes.mean, tastes.customer_sd, size)
    base_price = np.asarray(world.monthly_price)[plan]
    language, is_yearly = _draw_languages(region, rng), rng.random(size) < world.yearly_payer_share
    log_price = np.log(base_price) + 0.10 * affinity + rng.normal(0.0, 0.12, size)
    frailty = rng.normal(size=size)
    return Population(
        acquired=acquired,
        anchor=calendar.day_of_month(acquired),
        plan=plan,
        region=region,
        usage=usage,
        language=language,
        is_yearly=is_yearly,
        log_price=log_price,
        frailty=frailty,
        satisfaction=own_level
        + tastes.affinity_slope * affinity
        + tastes.usage_slope * (usage - CENTRE_OF_USAGE)
        + tastes.frailty_slope * frailty,
        survey_phase=rng.integers(0, tastes.survey_every_days, size),
    )


def _draw_acquisition(world: World, calendar: Calendar, size: int, rng: np.random.Generator) -> IntArray:
    window_starts = calendar.number(world.observed_from)
    window_ends = calendar.number(world.observed_to)
    is_before = rng.random(size) < world.acquired_before_share
    before = rng.integers(0, window_starts, size)
    within = rng.integers(window_starts, window_ends + 1, size)
    return np.where(is_before, before, within)


def _draw_languages(region: IntArray, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    languages = np.empty(len(region), dtype="U2")
    for position, name in enumerate(REGIONS):
        here = np.flatnonzero(region == position)
        names, shares = zip(*LANGUAGES_OF_REGION[name], strict=True)
        languages[here] = rng.choice(names, size=len(here), p=np.asarray(shares) / sum(shares))
    return languages


def voluntary_rate(world: World, people: Population) -> FloatArray:
    """Daily hazard of leaving voluntarily, without exposure, in the last tenure band.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.

    Returns
    -------
    array of float
        Events a day.
    """
    leaving = world.leaving
    log_rate = (
        leaving.usage_slope * (people.usage - CENTRE_OF_USAGE)
        + np.asarray(leaving.plan_shift)[people.plan]
        + np.asarray(leaving.region_shift)[people.region]
        + leaving.frailty_sd * people.frailty
    )
    rate: FloatArray = leaving.voluntary_per_month / DAYS_PER_MONTH * np.exp(log_rate)
    return rate


def involuntary_rate(world: World, people: Population) -> FloatArray:
    """Daily hazard of leaving because a payment failed.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.

    Returns
    -------
    array of float
        Events a day.
    """
    shift = np.asarray(world.leaving.involuntary_plan_shift)[people.plan]
    rate: FloatArray = world.leaving.involuntary_per_month / DAYS_PER_MONTH * np.exp(shift)
    return rate
