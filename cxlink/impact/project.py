"""The projection of a base: over all its customers or a sample, at the point estimate and in every draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxlink.handoff import EffectDraws, EffectMonths, Simulated
from cxlink.impact.contrasts import Contrasts, Simulation, put_together
from cxlink.impact.gcomp import FUTURES, Fits, Projector
from cxlink.impact.population import Base
from cxlink.parallel import in_order

SIMULATED = 60_000
"""Customers whose futures are simulated, where there are more."""

DRAWN = 6_000
"""Customers over whom draws are made, where there are more: these tell how the fits' errors spread, not how large the
figures are."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Contrasts at the point estimate and in each draw, and how exactly they were computed.

    ``segment_error`` is the standard error that luck leaves in the segments of ``point``, and ``sampled`` how many
    customers of each segment draws were made over.
    """

    point: Contrasts
    draws: list[Contrasts]
    simulated: Simulated
    segment_error: np.ndarray
    sampled: np.ndarray

    def effect_draws(self) -> EffectDraws:
        """Hand on what intervals are made of.

        Returns
        -------
        EffectDraws
            Of all customers of the base.
        """
        point, draws = self.point, self.draws
        return EffectDraws(
            alone=np.array([one.alone for one in draws]),
            joint=np.array([one.joint for one in draws]),
            as_is=np.array([one.as_is for one in draws]),
            alone_point=point.alone,
            joint_point=point.joint,
            as_is_point=point.as_is,
            months=EffectMonths(
                alone=np.array([one.alone_months for one in draws]),
                alone_point=point.alone_months,
                share=np.array([one.shapley_months for one in draws]),
                share_point=point.shapley_months,
                joint=np.array([one.joint_months for one in draws]),
                joint_point=point.joint_months,
            ),
        )


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
    """Project a base; large ones over samples.

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
    n_all = len(base.customer)

    def projector_of(customers: Base) -> Projector:
        return Projector(
            customers,
            fits,
            n_months=n_months,
            exposure_days=exposure_days,
            discount_rate=discount_rate,
            rng=rng,
        )

    simulation = projector_of(base.sample(SIMULATED, rng)).simulate(rng, is_sample=n_all > SIMULATED)
    some = base.sample(DRAWN, rng)
    drawn = projector_of(some)
    point, centre = put_together(simulation, drawn.expect(None, exact=True)), drawn.expect(None)
    draws = []
    # the caller's own thread only waits here
    for contrasts in in_order(drawn.expect, range(n_draws), threads + 1):
        draws.append(contrasts.moved(point, centre))
        progress(len(draws) / n_draws)
    share = _share_of_error(simulation, point, draws)
    simulated = Simulated(min(n_all, SIMULATED), n_all, FUTURES, share)
    return Projection(point, draws, simulated, simulation.segment_error, some.segments.sum(axis=1))


def _share_of_error(simulation: Simulation, point: Contrasts, draws: list[Contrasts]) -> float:
    """Largest standard error by luck, over that of the fits."""
    drawn = np.array([np.vstack([one.alone, one.joint]) for one in draws]).std(axis=0, ddof=1)
    size = np.abs(np.vstack([point.alone, point.joint]))
    told = drawn > 1e-9 * size.max(initial=0.0)
    return float((simulation.error[told] / drawn[told]).max(initial=0.0))
