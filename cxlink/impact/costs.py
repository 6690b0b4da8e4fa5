"""What one incident of each component costs to serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked, Loaded
from cxlink.impact.labelled import Labels, Ratio, correct_ratio
from cxlink.settings import FinanceSettings
from cxlink.stats import EstimationError

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
    labels : tuple
        (n_components,) None without labels; "" where they corrected it, else why they did not.
    """

    point: np.ndarray
    draws: np.ndarray
    refusals: tuple[NotEstimable | None, ...]
    tickets: np.ndarray
    customers: np.ndarray
    labels: tuple[str | None, ...] = ()


def fit_serving_cost(
    linked: Linked,
    finance: FinanceSettings,
    avoidable_shares: dict[str, float],
    weights: np.ndarray,
    labels: Labels | None = None,
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
    labels : Labels, optional
        What people said.

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
    why: list[str | None] = [None] * n_components
    for place, name in enumerate(linked.components):
        share = avoidable_shares.get(name, finance.avoidable_share)
        rows, met = _rows_of(linked, name)
        n_tickets[place], n_customers[place] = len(rows), rows["customer"].nunique()
        refusals.append(_refusal(rows, met, share))
        if refusals[-1] is None and share is not None:
            found = _cost_and_count(rows, met, share, weights.shape[1])
            point[place] = found.above.sum() / found.below.sum()
            draws[:, place] = (weights @ found.above) / (weights @ found.below)
            if labels is None:
                continue
            try:
                said = _cost_and_count(*_rows_of(labels.linked, name), share, weights.shape[1])
                point[place], influence = correct_ratio(said, found, labels.weights)
            except EstimationError as error:
                why[place] = error.reason
            else:
                draws[:, place] = point[place] + (weights - 1.0) @ influence
                why[place] = ""
    return ServingCost(point, draws, tuple(refusals), n_tickets, n_customers, tuple(why))


def _rows_of(linked: Linked, component: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Tickets of a component whose customers are known, and the customer of each of its incidents in the window."""
    tickets = linked.tickets.loc[(linked.tickets["customer"] >= 0) & (linked.tickets["component"] == component)]
    seen = (linked.incidents["incident_day"] >= linked.from_day) & (linked.incidents["component"] == component)
    return tickets, linked.incidents.loc[seen, "customer"].to_numpy()


def _cost_and_count(rows: pd.DataFrame, met: np.ndarray, share: float, n_customers: int) -> Ratio:
    handling = rows["handling"].to_numpy(dtype=float)
    if np.isnan(handling).all():
        raise EstimationError("no ticket of a labelled customer says what it cost")
    saved = share * np.where(np.isnan(handling), np.nanmean(handling), handling) + rows["credit"].to_numpy(dtype=float)
    by_customer = np.bincount(rows["customer"].to_numpy(), weights=saved, minlength=n_customers)
    return Ratio(by_customer, np.bincount(met, minlength=n_customers).astype(float))


def _refusal(rows: pd.DataFrame, met: np.ndarray, share: float | None) -> NotEstimable | None:
    if share is None:
        return NotEstimable("no avoidable share is given", "[finance] avoidable_share")
    return ticket_refusal(rows, met)


def ticket_refusal(rows: pd.DataFrame, met: np.ndarray) -> NotEstimable | None:
    """Refuse where tickets cannot say what an incident costs.

    Parameters
    ----------
    rows : DataFrame
        Tickets of one component and known customers, with handling and customer.
    met : ndarray
        Customer of each of its incidents.

    Returns
    -------
    NotEstimable or None
        None where they can.
    """
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


def read_avoidable_shares(loaded: Loaded) -> dict[str, float]:
    """Read what the costs export says of avoidable shares.

    Parameters
    ----------
    loaded : Loaded
        Its engine must be open.

    Returns
    -------
    dict of str to float
        By component; those without one are left out.
    """
    rows = loaded.engine.frame(
        "select component, max(avoidable_share) as share from costs where avoidable_share is not null"
        " group by component order by component"
    )
    return {str(name): float(share) for name, share in zip(rows["component"], rows["share"], strict=True)}
