"""Drivers of the score by themselves."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import Drivers
from cxlink.impact import find_drivers
from cxlink.pipeline import LinkedData, start_draws
from cxlink.settings import Settings


def find_drivers_alone(settings: Settings, data: LinkedData, seed: int | None) -> Drivers | NotEstimable:
    """Find what goes with each score, without what comes before it in a run.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    Drivers or NotEstimable
        The same as those of a run with this seed; refused where no answer bears a score.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    found = find_drivers(data.linked, settings, weights=draws.weights, rng=draws.for_drivers)
    return found if found.kpis else NotEstimable("no answer bears a score", "nps, csat or ces in feedback")
