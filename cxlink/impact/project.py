"""The projection of a base: over all its customers or a sample, at the point estimate and in every draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxlink.handoff import Simulated
from cxlink.impact.gcomp import POINT_FUTURES, Base, Contrasts, Fits, PointGains, Projector
from cxlink.parallel import in_order

SAMPLE = 10_000
"""Customers that are projected where there are more."""

ENOUGH = 1.5
"""A base up to so many times the sample is projected whole: sampling it would hardly save anything."""

TENTH = 0.1
"""Of a quantity's standard error: what the luck of customers and futures may add to it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Contrasts at the point estimate and in each draw, and how exactly they were computed."""

    point: Contrasts
    draws: list[Contrasts]
    simulated: Simulated


def project(
    base: Base,
    fits: Fits,
    *,
    n_months: int,
    exposure_days: int,
    discount_rate: float,
    n_draws: int,
    rng: np.random.Generator,
    threads: int,
    progress: Callable[[float], None],
) -> Projection:
    """Project a base.

    Large bases are sampled; where the sample's luck is more than a tenth of a standard error, once more with a larger
    one.

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
    n_draws : int
        Joint draws of the fits.
    rng : Generator
        For sample and futures.
    threads : int
        How many may work at once; the result does not depend on it.
    progress : callable
        Told the share done, 0..1.

    Returns
    -------
    Projection
        Sums over all customers of the base.
    """
    n_all, n = len(base.customer), SAMPLE
    n_draws_done = 0

    def attempt(n: int) -> tuple[Base, PointGains, list[Contrasts]]:
        sample = base if n_all <= ENOUGH * n else base.sample(n, rng)
        projector = Projector(
            sample,
            fits,
            n_months=n_months,
            exposure_days=exposure_days,
            discount_rate=discount_rate,
            rng=rng,
        )
        point = projector.point(rng, is_sample=len(sample.customer) < n_all)
        draws = []
        # the caller's own thread only waits here
        for contrasts in in_order(lambda number: projector.draw(number, point), range(n_draws), threads + 1):
            draws.append(contrasts)
            progress((n_draws_done + len(draws)) / (n_draws_done + n_draws))
        return sample, point, draws

    sample, point, draws = attempt(n)
    share = _share_of_error(point, draws)
    if share > TENTH and len(sample.customer) < n_all:
        n_draws_done = n_draws
        sample, point, draws = attempt(int(n * (share / TENTH) ** 2 * 1.2))
        share = _share_of_error(point, draws)
    return Projection(point.mean, draws, Simulated(len(sample.customer), n_all, POINT_FUTURES, share))


def _share_of_error(point: PointGains, draws: list[Contrasts]) -> float:
    """Largest standard error by luck, over that of the fits."""
    drawn = np.array([np.vstack([one.alone, one.joint]) for one in draws]).std(axis=0, ddof=1)
    size = np.abs(np.vstack([point.mean.alone, point.mean.joint]))
    told = drawn > 1e-9 * size.max(initial=0.0)
    return float((point.error[told] / drawn[told]).max(initial=0.0))
