"""Effects of the components by themselves."""

from __future__ import annotations

from cxlink.churn import fit_churn
from cxlink.handoff import Impact
from cxlink.impact import estimate_impact
from cxlink.pipeline import LinkedData, Progress, start_draws
from cxlink.report.suppress import suppress_impact
from cxlink.settings import Settings


def estimate_impact_alone(settings: Settings, data: LinkedData, seed: int | None, progress: Progress) -> Impact:
    """Estimate what each component does, without validation and reports.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.

    Returns
    -------
    Impact
        The same figures as those of a run with this seed; small cells hidden for the public.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    progress("churn", 0.0)
    churn = fit_churn(data.linked, data.loaded, settings, weights=draws.weights)
    impact = estimate_impact(
        data.linked,
        data.loaded,
        churn,
        settings,
        weights=draws.weights,
        rng=draws.for_futures,
        progress=lambda share: progress("impact", share),
    )
    return suppress_impact(impact, data.linked) if settings.report.audience == "published" else impact
