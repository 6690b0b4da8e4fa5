"""What one incident of each component costs to serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked
from cxlink.settings import FinanceSettings


@dataclass(frozen=True, slots=True)
class ServingCost:
    """Avoidable cost of one incident, in the project's currency.

    Parameters
    ----------
    point : ndarray
        (n_components,).
    draws : ndarray
        (n_draws, n_components).
    refusal : NotEstimable or None
        Why costs cannot be known at all.
    """

    point: np.ndarray
    draws: np.ndarray
    refusal: NotEstimable | None


def fit_serving_cost(
    linked: Linked, finance: FinanceSettings, avoidable_shares: dict[str, float], weights: np.ndarray
) -> ServingCost:
    """Handling and credits of a component's tickets, divided by its incidents.

    Only the avoidable share of handling is saved with an incident; credits are saved in full.

    Parameters
    ----------
    linked : Linked
        Tickets and incidents.
    finance : FinanceSettings
        The avoidable share.
    avoidable_shares : dict of str to float
        By component, where the costs export says one; it wins.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    ServingCost
        Zero for components without a ticket; refused without an avoidable share or a cost of handling.
    """
    n_components, n_customers = len(linked.components), weights.shape[1]
    point, draws = np.zeros(n_components), np.zeros((len(weights), n_components))
    refusal = _refusal(linked, finance, avoidable_shares)
    if refusal is not None:
        return ServingCost(point, draws, refusal)
    tickets = linked.tickets.loc[linked.tickets["customer"] >= 0]
    incidents = linked.incidents.loc[linked.incidents["incident_day"] >= linked.from_day]
    for place, name in enumerate(linked.components):
        share = avoidable_shares.get(name, finance.avoidable_share)
        rows = tickets.loc[tickets["component"] == name]
        met = incidents.loc[incidents["component"] == name, "customer"].to_numpy()
        if share is None or not len(met) or rows.empty:
            continue
        saved = share * rows["handling"].fillna(0.0).to_numpy() + rows["credit"].to_numpy()
        by_customer = np.bincount(rows["customer"].to_numpy(), weights=saved, minlength=n_customers)
        counts = np.bincount(met, minlength=n_customers).astype(float)
        point[place] = by_customer.sum() / counts.sum()
        draws[:, place] = (weights @ by_customer) / (weights @ counts)
    return ServingCost(point, draws, None)


def _refusal(linked: Linked, finance: FinanceSettings, avoidable_shares: dict[str, float]) -> NotEstimable | None:
    if linked.tickets.empty:
        return NotEstimable("there are no tickets", "a tickets export with handle_minutes, cost or credit_amount")
    if finance.avoidable_share is None and not avoidable_shares:
        return NotEstimable("no avoidable share is given", "[finance] avoidable_share")
    if linked.tickets["handling"].isna().all():
        return NotEstimable(
            "no ticket says what it cost", "tickets.cost, or handle_minutes and [finance] cost_per_handle_minute"
        )
    return None
