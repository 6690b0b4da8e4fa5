"""Claims by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.churn import fit_churn
from cxlink.claims import ReadClaim, audit_claims
from cxlink.claims.model import LeavingClaim
from cxlink.handoff import ClaimAudit
from cxlink.impact import estimate_impact, estimate_impact_among
from cxlink.pipeline import LinkedData, Progress, start_draws
from cxlink.report.hiding import DOMINATED, FEW
from cxlink.report.suppress import suppress_impact
from cxlink.report.suppress_claims import suppress_claims
from cxlink.settings import ClaimSettings, Settings


def horizon_of(claim: ReadClaim, settings: Settings) -> Settings:
    """Look as far ahead as a claim does, where it says how far.

    Parameters
    ----------
    claim : ReadClaim
        The only claim.
    settings : Settings
        The configuration.

    Returns
    -------
    Settings
        With prices by month kept, and the claim's horizon.
    """
    said = claim.claim
    model = settings.model
    if said is not None and not isinstance(said, LeavingClaim) and said.span is not None and said.span.months <= 60:
        model = model.model_copy(update={"horizon_months": said.span.months})
    return keep_prices(settings.model_copy(update={"model": model}), [claim])


def keep_prices(settings: Settings, claims: Sequence[ReadClaim]) -> Settings:
    """Ask linking for prices by month, as claims in the configuration would.

    Parameters
    ----------
    settings : Settings
        The configuration.
    claims : sequence of ReadClaim
        Any.

    Returns
    -------
    Settings
        With a claim that can be read.
    """
    kept = tuple(ClaimSettings(text=one.text, among=one.among or None) for one in claims if one.claim is not None)
    return settings.model_copy(update={"claims": kept})


def audit_alone(
    settings: Settings, data: LinkedData, claims: Sequence[ReadClaim], seed: int | None, progress: Progress
) -> ClaimAudit:
    """Test claims without validation and reports.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    claims : sequence of ReadClaim
        What to test.
    seed : int or None
        Seed that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.

    Returns
    -------
    ClaimAudit
        The same verdicts as those of a run with this seed and horizon; small cells hidden for the public.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    progress("churn", 0.0)
    churn = fit_churn(data.linked, data.loaded, settings, weights=draws.weights)
    impact = estimate_impact(
        data.linked,
        data.loaded,
        churn,
        settings.model_copy(update={"changes": ()}),  # nothing here shows them
        weights=draws.weights,
        rng=draws.for_futures,
        progress=lambda share: progress("impact", share),
    )
    among = estimate_impact_among(
        data.linked,
        data.loaded,
        churn,
        settings,
        [one.among for one in claims if one.among],
        weights=draws.weights,
        seed=draws.for_claims,
    )
    audit = audit_claims(data.linked, churn, impact, settings, claims, weights=draws.weights, impact_among=among)
    if settings.report.audience != "published":
        return audit
    shown = suppress_impact(impact, data.linked)
    hidden = sum(effect.revenue_kept in (FEW, DOMINATED) for effect in shown.components)
    return suppress_claims(audit, hidden=hidden)
