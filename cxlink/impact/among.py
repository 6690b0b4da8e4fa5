"""Impact over some of the active customers, for claims that are about them alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from cxlink.handoff import ChurnFit, Impact, Linked, Loaded
from cxlink.impact.stage import estimate_impact
from cxlink.settings import Settings


def estimate_impact_among(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    conditions: Iterable[str],
    *,
    weights: np.ndarray,
    seed: np.random.SeedSequence,
) -> dict[str, Impact]:
    """Estimate the effects of each component over the active customers of whom a condition holds.

    What an incident does is fitted to all customers; how often those meant meet one, what they pay and when they leave
    are their own.

    Parameters
    ----------
    linked, loaded, churn : Linked, Loaded, ChurnFit
        As for :func:`cxlink.impact.estimate_impact`.
    settings : Settings
        Likewise; changes, segments and event studies are left out.
    conditions : iterable of str
        Of ``linked.among``.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    seed : SeedSequence
        For the simulated futures, the same for each condition.

    Returns
    -------
    dict of str to Impact
        By condition; without those that hold of no active customer.
    """
    model = settings.model.model_copy(update={"event_study": False})
    report = settings.report.model_copy(update={"segments": ()})
    bare = settings.model_copy(update={"model": model, "report": report, "changes": ()})
    found = {}
    for condition in dict.fromkeys(conditions):
        active = linked.customers["active"].to_numpy(dtype=bool) & linked.among[condition]
        if active.any():
            found[condition] = estimate_impact(
                replace(linked, customers=linked.customers.assign(active=active), segments={}),
                loaded,
                churn,
                bare,
                weights=weights,
                rng=np.random.default_rng(seed),
                progress=lambda _: None,
            )
    return found
