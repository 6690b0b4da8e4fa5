"""Simulated futures: which customer meets which incident when, and for how long it acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DAYS_A_MONTH = 365.25 / 12
STEPS_A_MONTH = 3


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one component's incidents do to one future.

    Parameters
    ----------
    share : ndarray
        (n_active, n_months) share of the month's days on which the customer is exposed.
    count : ndarray
        (n_active, n_months) expected incidents.
    met : ndarray
        (n_active, n_months) incidents that happen in a simulated future; expected ones where none is drawn. Who met
        many has left more often: what follows from an incident later on, as its price does, hangs on these.
    served : ndarray or None
        (n_active, n_months) expected incidents that cost to serve; as `count` where None.
    """

    share: np.ndarray
    count: np.ndarray
    met: np.ndarray
    served: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Future:
    """Incidents of one component in one simulated future, before anything is changed.

    Parameters
    ----------
    customer, day : ndarray
        (n_incidents,) position among the active customers, and days after the cut-off, from 0.
    expected, met : ndarray
        (n_active, n_months) incidents that the rates let expect, and those drawn.
    """

    customer: np.ndarray
    day: np.ndarray
    expected: np.ndarray
    met: np.ndarray


def draw_future(daily_rates: np.ndarray, rng: np.random.Generator) -> Future:
    """Draw a component's incidents as a Poisson process whose rate changes by month.

    Parameters
    ----------
    daily_rates : ndarray
        (n_active, n_months).
    rng : Generator
        Randomness.

    Returns
    -------
    Future
        Sorted by customer and day.
    """
    expected = daily_rates * DAYS_A_MONTH
    counts = rng.poisson(expected)
    customer, month = np.nonzero(counts)
    repeated = counts[customer, month]
    customer, month = np.repeat(customer, repeated), np.repeat(month, repeated)
    day = (month + rng.random(len(month))) * DAYS_A_MONTH
    order = np.lexsort((day, customer))
    return Future(customer[order], day[order], expected, counts)


def expose(
    future: Future, residual: np.ndarray, n_months: int, exposure_days: int, shares: Sequence[float]
) -> list[Exposure]:
    """Months of exposure that a future brings when shares of its incidents are removed.

    A partial removal is averaged over which incidents it removes: a day that one incident exposes stays exposed with
    probability ``1 - share``, one that two or more expose with ``1 - share ** 2``. That leaves no lottery in the
    contrast.

    Parameters
    ----------
    future : Future
        The component's incidents.
    residual : ndarray
        (n_active,) days after the cut-off on which incidents before it still act; they act out in every contrast.
    n_months : int
        Length of the horizon.
    exposure_days : int
        How long an incident acts.
    shares : sequence of float
        Shares of incidents removed: 0 as is, 1 none is left.

    Returns
    -------
    list of Exposure
        One a share.
    """
    n_active = len(residual)
    customer, day = future.customer, future.day
    after = np.maximum(day, residual[customer])
    same = np.zeros(len(customer), dtype=bool)
    same[1:] = customer[1:] == customer[:-1]
    before = np.where(same, np.append(-np.inf, day[:-1] + exposure_days), -np.inf)
    ends = day + exposure_days

    def days(begins: np.ndarray) -> np.ndarray:
        return _days_by_month(customer, begins, ends, n_active, n_months)

    union, total = days(np.maximum(after, before)), days(after)
    once, repeatedly = np.clip(2 * union - total, 0, None), np.clip(total - union, 0, union)
    everyone = np.arange(n_active)
    earlier = _days_by_month(everyone, np.zeros(n_active), residual.astype(float), n_active, n_months)
    return [
        Exposure(
            share=(earlier + (1 - share) * once + (1 - share**2) * np.minimum(repeatedly, union - once)) / DAYS_A_MONTH,
            count=(1 - share) * future.expected,
            met=(1 - share) * future.met,
        )
        for share in shares
    ]


def expose_thinned(future: Future, residual: np.ndarray, exposure_days: int, kept: np.ndarray) -> Exposure:
    """Months of exposure that a future brings when incidents are kept with a probability that changes by month.

    Averaged exactly over which incidents are kept, however many overlap: a kept incident exposes the days that the
    latest kept one before it does not.

    Parameters
    ----------
    future : Future
        The component's incidents.
    residual : ndarray
        (n_active,) days after the cut-off on which incidents before it still act.
    exposure_days : int
        How long an incident acts.
    kept : ndarray
        (n_months,) probability, 0..1, that an incident of the month happens.

    Returns
    -------
    Exposure
        Of `kept` ones throughout, the same as as is.
    """
    (n_active, n_months), customer, day = future.expected.shape, future.customer, future.day
    chance = kept[np.minimum((day / DAYS_A_MONTH).astype(int), n_months - 1)]
    after, ends = np.maximum(day, residual[customer]), day + exposure_days
    days = _days_by_month(np.arange(n_active), np.zeros(n_active), residual.astype(float), n_active, n_months)
    reached = chance.copy()  # it is kept, and none between it and the one looked at
    rows, lag = np.arange(len(day)), 0
    while len(rows):
        lag += 1
        before = rows - lag
        near = np.zeros(len(rows), dtype=bool)
        inside = before >= 0
        near[inside] = (customer[before[inside]] == customer[rows[inside]]) & (
            day[before[inside]] + exposure_days > day[rows[inside]]
        )
        alone = rows[~near]  # none before it overlaps any more
        days += _days_by_month(customer[alone], after[alone], ends[alone], n_active, n_months, reached[alone])
        rows, before = rows[near], before[near]
        begins = np.maximum(after[rows], day[before] + exposure_days)
        days += _days_by_month(customer[rows], begins, ends[rows], n_active, n_months, reached[rows] * chance[before])
        reached[rows] *= 1.0 - chance[before]
    return Exposure(share=days / DAYS_A_MONTH, count=future.expected * kept, met=future.met * kept)


def _days_by_month(
    customer: np.ndarray,
    begins: np.ndarray,
    ends: np.ndarray,
    n_active: int,
    n_months: int,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    days = np.zeros((n_active, n_months))
    for month in range(n_months):
        overlap = np.minimum(ends, (month + 1) * DAYS_A_MONTH) - np.maximum(begins, month * DAYS_A_MONTH)
        if weight is not None:
            overlap = overlap * weight
        inside = overlap > 0
        days[:, month] = np.bincount(customer[inside], weights=overlap[inside], minlength=n_active)
    return days


def expect_exposure(
    daily_rates: np.ndarray, residual: np.ndarray, exposure_days: int, shares: Sequence[float]
) -> list[Exposure]:
    """Months of exposure that rates let expect, without drawing any incident.

    Survival under the expected exposure is a little below the mean of survival over futures, in which some meet much
    and others nothing: good for how a draw differs from another, not for the level.

    Parameters
    ----------
    daily_rates : ndarray
        (n_active, n_months).
    residual : ndarray
        (n_active,) days after the cut-off on which incidents before it still act.
    exposure_days : int
        How long an incident acts.
    shares : sequence of float
        Shares of incidents removed: 0 as is, 1 none is left.

    Returns
    -------
    list of Exposure
        One a share.
    """
    n_active, n_months = daily_rates.shape
    expected = daily_rates * DAYS_A_MONTH
    reached = np.concatenate([np.zeros((n_active, 1)), np.cumsum(expected, axis=1)], axis=1)
    moment = (np.arange(n_months * STEPS_A_MONTH) + 0.5) / STEPS_A_MONTH
    window = exposure_days / DAYS_A_MONTH
    recent = _reached(reached, moment) - _reached(reached, np.maximum(moment - window, 0.0))
    acting = moment[None, :] * DAYS_A_MONTH < residual[:, None]
    found = []
    for share in shares:
        exposed = np.where(acting, 1.0, -np.expm1(-(1.0 - share) * recent))
        by_month = exposed[:, ::STEPS_A_MONTH].copy()
        for step in range(1, STEPS_A_MONTH):
            by_month += exposed[:, step::STEPS_A_MONTH]
        by_month /= STEPS_A_MONTH
        left = (1.0 - share) * expected
        found.append(Exposure(share=by_month, count=left, met=left))
    return found


def _reached(reached: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Incidents expected up to moments in months, between what stands at the months' ends."""
    month = np.minimum(moment.astype(int), reached.shape[1] - 2)
    since: np.ndarray = moment - month
    found: np.ndarray = reached[:, month] * (1.0 - since) + reached[:, month + 1] * since
    return found
