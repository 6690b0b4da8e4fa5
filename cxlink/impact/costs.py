"""What one incident of each component costs to serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked
from cxlink.settings import FinanceSettings

MIN_TICKETS = 10


@dataclass(frozen=True, slots=True)
class ServingCost:
    """Avoidable cost of one incident, in the project's currency.

    Parameters
    ----------
    point : ndarray
        (n_components,); 0 where refused.
    draws : ndarray
        (n_draws, n_components).
    refusals : tuple
        (n_components,) NotEstimable or None.
    tickets, customers : ndarray
        (n_components,) how many tickets of how many customers are behind it.
    """

    point: np.ndarray
    draws: np.ndarray
    refusals: tuple[NotEstimable | None, ...]
    tickets: np.ndarray
    customers: np.ndarray


def fit_serving_cost(
    linked: Linked, finance: FinanceSettings, avoidable_shares: dict[str, float], weights: np.ndarray
) -> ServingCost:
    """Handling and credits of a component's tickets, divided by its incidents.

    Only the avoidable share of handling is saved with an incident; credits are saved in full. Tickets that do not say
    what their handling cost count as the mean of those that do.

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
        Refused, component by component, without an avoidable share, a cost of handling, or ten tickets of ten
        customers.
    """
    n_components = len(linked.components)
    point, draws = np.zeros(n_components), np.zeros((len(weights), n_components))
    n_tickets, n_customers = np.zeros(n_components, dtype=int), np.zeros(n_components, dtype=int)
    refusals: list[NotEstimable | None] = []
    tickets = linked.tickets.loc[linked.tickets["customer"] >= 0]
    incidents = linked.incidents.loc[linked.incidents["incident_day"] >= linked.from_day]
    for place, name in enumerate(linked.components):
        share = avoidable_shares.get(name, finance.avoidable_share)
        rows = tickets.loc[tickets["component"] == name]
        met = incidents.loc[incidents["component"] == name, "customer"].to_numpy()
        n_tickets[place], n_customers[place] = len(rows), rows["customer"].nunique()
        refusals.append(_refusal(rows, met, share))
        if refusals[-1] is None and share is not None:
            point[place], draws[:, place] = _cost_of_one(rows, met, share, weights)
    return ServingCost(point, draws, tuple(refusals), n_tickets, n_customers)


def _cost_of_one(rows: pd.DataFrame, met: np.ndarray, share: float, weights: np.ndarray) -> tuple[float, np.ndarray]:
    handling = rows["handling"].to_numpy(dtype=float)
    saved = share * np.where(np.isnan(handling), np.nanmean(handling), handling) + rows["credit"].to_numpy(dtype=float)
    by_customer = np.bincount(rows["customer"].to_numpy(), weights=saved, minlength=weights.shape[1])
    counts = np.bincount(met, minlength=weights.shape[1]).astype(float)
    return float(by_customer.sum() / counts.sum()), (weights @ by_customer) / (weights @ counts)


def _refusal(rows: pd.DataFrame, met: np.ndarray, share: float | None) -> NotEstimable | None:
    if share is None:
        return NotEstimable("no avoidable share is given", "[finance] avoidable_share")
    if rows.empty:
        return NotEstimable(
            "it has no tickets", "tickets of this component, with handle_minutes, cost or credit_amount"
        )
    if rows["handling"].isna().all():
        return NotEstimable(
            "no ticket says what it cost", "tickets.cost, or handle_minutes and [finance] cost_per_handle_minute"
        )
    if len(rows) < MIN_TICKETS:
        return NotEstimable(f"{len(rows)} tickets, needs {MIN_TICKETS}", "more tickets")
    if rows["customer"].nunique() < MIN_TICKETS:
        return NotEstimable(f"tickets of {rows['customer'].nunique()} customers, needs {MIN_TICKETS}", "more customers")
    if not len(met):
        return NotEstimable("it has tickets and no incident", "tickets that do not only ask to leave")
    return None
