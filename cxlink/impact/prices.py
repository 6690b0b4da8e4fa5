"""What an incident does to the price that a customer pays, given that the customer stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.handoff import Linked
from cxlink.impact.calendar import quarter_columns
from cxlink.impact.windows import count_between
from cxlink.stats import fit_clustered_ols

MIN_CHANGES = 30


@dataclass(frozen=True, slots=True)
class PriceEffect:
    """Log change of the monthly price an incident, with draws.

    Parameters
    ----------
    point : ndarray
        (n_components,); 0 where not estimable.
    draws : ndarray
        (n_draws, n_components).
    estimable : ndarray
        (n_components,) bool: enough price changes follow an incident.
    """

    point: np.ndarray
    draws: np.ndarray
    estimable: np.ndarray


def fit_price_effect(linked: Linked, weights: np.ndarray) -> PriceEffect:
    """Regress the log change between consecutive charges on the incidents between them.

    Within customers, because it compares each charge with the same customer's charge before; adjusted for attributes
    and calendar quarter; clustered by customer.

    Parameters
    ----------
    linked : Linked
        Price changes and incidents.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    PriceEffect
        Zero where fewer than thirty charges follow an incident.
    """
    n_components = len(linked.components)
    point, draws = np.zeros(n_components), np.zeros((len(weights), n_components))
    estimable = np.zeros(n_components, dtype=bool)
    changes = linked.price_changes
    if changes.empty:
        return PriceEffect(point, draws, estimable)
    customer = changes["customer"].to_numpy()
    before, after = changes["before_day"].to_numpy(), changes["after_day"].to_numpy()
    met = np.zeros((len(changes), n_components))
    for place, name in enumerate(linked.components):
        rows = linked.incidents.loc[linked.incidents["component"] == name]
        # an incident on the day of a charge is heard of by the next one
        met[:, place] = count_between(rows, "incident_day", customer, before - 1, after - 1)
    enough = (met > 0).sum(axis=0) >= MIN_CHANGES
    kept = np.flatnonzero(enough)
    change = changes["log_change"].to_numpy()
    if not len(kept) or np.ptp(change) == 0:
        estimable[kept] = True
        return PriceEffect(point, draws, estimable)
    design = np.column_stack([met[:, kept], np.ones(len(changes)), linked.covariates[customer], quarter_columns(after)])
    fit = fit_clustered_ols(design, change, cluster=customer)
    point[kept] = fit.beta[: len(kept)]
    draws[:, kept] = point[kept] + (weights[:, fit.cluster_ids] - 1.0) @ fit.influence[:, : len(kept)]
    estimable[kept] = True
    return PriceEffect(point, draws, estimable)
