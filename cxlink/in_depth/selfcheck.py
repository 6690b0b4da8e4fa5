"""The whole method on companies drawn from the run's own parts."""

from __future__ import annotations

from cxlink.churn import fit_churn
from cxlink.estimate import NotEstimable
from cxlink.handoff import SelfCheck
from cxlink.impact import estimate_impact
from cxlink.impact.costs import read_avoidable_shares
from cxlink.pipeline import LinkedData, Progress, start_draws
from cxlink.report.suppress import suppress_impact
from cxlink.selfcheck import Setup, check_companies, prepare, summarise
from cxlink.settings import Settings

DRAWS = 200
"""Joint draws behind each interval of a drawn company."""


def prepare_selfcheck(
    settings: Settings, data: LinkedData, seed: int | None, progress: Progress
) -> Setup | NotEstimable:
    """Fit and project as the run does, and lay out what companies are drawn from.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`; its engine must be open.
    seed : int or None
        Seed that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.

    Returns
    -------
    Setup or NotEstimable
        Why no company can be drawn. Nothing of it needs the engine.
    """
    linked, loaded = data.linked, data.loaded
    if linked.churn_refusal is not None:
        return linked.churn_refusal
    draws = start_draws(settings, seed, len(linked.customers))
    progress("churn", 0.0)
    churn = fit_churn(linked, loaded, settings, weights=draws.weights)
    impact = estimate_impact(
        linked,
        loaded,
        churn,
        settings.model_copy(update={"changes": ()}),  # nothing here shows them
        weights=draws.weights,
        rng=draws.for_futures,
        progress=lambda share: progress("impact", share),
    )
    if settings.report.audience == "published":
        impact = suppress_impact(impact, linked)
    chosen = settings.project.seed if seed is None else seed
    return prepare(linked, churn, impact, settings, read_avoidable_shares(loaded), seed=chosen)


def run_selfcheck(setup: Setup, *, companies: int, seed: int | None, processes: int, progress: Progress) -> SelfCheck:
    """Draw companies, and compare what would be told of each with its truth.

    Parameters
    ----------
    setup : Setup
        Of :func:`prepare_selfcheck`.
    companies : int
        How many.
    seed : int or None
        Seed that overrides the configuration's.
    processes : int
        How many work at once; the result does not depend on it.
    progress : callable
        Told the stage and the share of it that is done.

    Returns
    -------
    SelfCheck
        The same for the same seed.
    """
    found = check_companies(
        setup,
        companies=companies,
        seed=setup.settings.project.seed if seed is None else seed,
        n_draws=DRAWS,
        processes=processes,
        progress=lambda share: progress("companies", share),
    )
    return summarise(setup, found)
