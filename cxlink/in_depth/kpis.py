"""KPIs compared by themselves."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import Kpis
from cxlink.kpis import compare_kpis
from cxlink.pipeline import LinkedData, start_draws
from cxlink.settings import Settings


def compare_kpis_alone(settings: Settings, data: LinkedData, seed: int | None) -> Kpis | NotEstimable:
    """Compare what scores tell, without what comes before it in a run.

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
    Kpis or NotEstimable
        The same as those of a run with this seed.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    return compare_kpis(data.linked, settings, weights=draws.weights)
