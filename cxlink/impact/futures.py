"""Simulated futures: which customer meets which incident when, and for how long it acts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one component's incidents do to one future.

    Parameters
    ----------
    share : ndarray
        (n_active, n_months) share of the month's days on which the customer is exposed.
    count : ndarray
        (n_active, n_months) incidents.
    """

    share: np.ndarray
    count: np.ndarray


@dataclass(frozen=True, slots=True)
class Future:
    """Incidents of one component in one simulated future, before anything is changed.

    Parameters
    ----------
    customer, day, lot : ndarray
        (n_incidents,) position among the active customers, days after the cut-off (from 0), and a uniform number that
        decides whether a partial reduction removes the incident: common to all contrasts.
    """

    customer: np.ndarray
    day: np.ndarray
    lot: np.ndarray


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
    counts = rng.poisson(daily_rates * DAYS_A_MONTH)
    customer, month = np.nonzero(counts)
    repeated = counts[customer, month]
    customer, month = np.repeat(customer, repeated), np.repeat(month, repeated)
    day = (month + rng.random(len(month))) * DAYS_A_MONTH
    order = np.lexsort((day, customer))
    return Future(customer[order], day[order], rng.random(len(order)))


def expose(future: Future, residual: np.ndarray, n_months: int, exposure_days: int, *, removed: float) -> Exposure:
    """Months of exposure that a future brings when a share of its incidents is removed.

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
    removed : float
        Share of incidents removed: 0 as is, 1 none is left.

    Returns
    -------
    Exposure
        Share of days and count by customer and month.
    """
    n_active = len(residual)
    kept = future.lot >= removed
    customer, day = future.customer[kept], future.day[kept]
    count = np.bincount(
        customer * n_months + np.minimum((day / DAYS_A_MONTH).astype(np.int64), n_months - 1),
        minlength=n_active * n_months,
    ).reshape(n_active, n_months)
    acted_until = residual[customer]
    same = np.zeros(len(customer), dtype=bool)
    same[1:] = customer[1:] == customer[:-1]
    before = np.where(same, np.append(-np.inf, day[:-1] + exposure_days), -np.inf)
    begins = np.maximum(day, np.maximum(before, acted_until))
    ends = day + exposure_days
    days = _days_by_month(customer, begins, ends, n_active, n_months)
    everyone = np.arange(n_active)
    days += _days_by_month(everyone, np.zeros(n_active), residual.astype(float), n_active, n_months)
    return Exposure(share=days / DAYS_A_MONTH, count=count.astype(float))


def _days_by_month(
    customer: np.ndarray, begins: np.ndarray, ends: np.ndarray, n_active: int, n_months: int
) -> np.ndarray:
    days = np.zeros((n_active, n_months))
    for month in range(n_months):
        overlap = np.minimum(ends, (month + 1) * DAYS_A_MONTH) - np.maximum(begins, month * DAYS_A_MONTH)
        inside = overlap > 0
        days[:, month] = np.bincount(customer[inside], weights=overlap[inside], minlength=n_active)
    return days
