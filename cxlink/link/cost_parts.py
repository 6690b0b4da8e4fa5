"""Tickets of several components: what of their cost is whose, to the cent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.handoff import CostSplit, CostSplitRow
from cxlink.stats import EstimationError
from cxlink.stats.component_costs import fit_component_costs
from cxlink.stats.cost_split import CostParts, split_costs

ONE_COMPONENT = "no ticket names more than one component"


def split_credits(tickets: pd.DataFrame, divisor: int) -> pd.DataFrame:
    """Split the credits of tickets that name several components by what each adds to a ticket's credit.

    Parameters
    ----------
    tickets : DataFrame
        As of :func:`split_handling`, with credit.
    divisor : int
        Minor units in one unit of the currency.

    Returns
    -------
    DataFrame
        With credit in whole minor units, which add up to each ticket's. Split equally where components cannot be told
        apart by their credits.
    """
    as_handling = tickets.assign(handling=tickets["credit"].to_numpy(dtype=float))
    return tickets.assign(credit=split_handling(as_handling, divisor)[0]["handling"].to_numpy())


def split_handling(tickets: pd.DataFrame, divisor: int) -> tuple[pd.DataFrame, CostSplit]:
    """Split the handling of tickets that name several components by what each adds to a ticket's cost.

    Parameters
    ----------
    tickets : DataFrame
        Columns ticket_id, customer, component, place (order in which a ticket names its components), handling (NaN
        where unknown); one row a ticket and component, split equally.
    divisor : int
        Minor units in one unit of the currency.

    Returns
    -------
    tickets : DataFrame
        With handling in whole minor units; the parts of a ticket add up to its cost exactly. Split equally where the
        components cannot be told apart.
    split : CostSplit
        By which rule, and what the others would say.
    """
    names = np.unique(tickets["component"])
    known = tickets.loc[tickets["handling"].notna()]
    ticket, rows = np.unique(known["ticket_id"], return_inverse=True)
    if not len(ticket):
        return tickets, CostSplit(0, 0, ONE_COMPONENT, ())
    named = np.zeros((len(ticket), len(names)))
    column = np.searchsorted(names, known["component"])
    place = known.groupby("ticket_id")["place"].rank(method="first").to_numpy()
    named[rows, column] = place
    cost = np.rint(np.bincount(rows, weights=known["handling"]) * divisor).astype(np.int64)
    n_shared = int(((named > 0).sum(axis=1) > 1).sum())
    refused = "" if n_shared else ONE_COMPONENT
    parts = split_costs(named, cost, None)
    if n_shared:
        try:
            fitted = fit_component_costs(named, cost.astype(float), _customers(known, rows, len(ticket)))
            parts = split_costs(named, cost, fitted)
        except EstimationError as error:
            refused = error.reason
    chosen = parts.equal if refused else parts.fitted
    split = dict(zip(zip(parts.ticket.tolist(), parts.component.tolist(), strict=True), chosen.tolist(), strict=True))
    shares = [split[pair] / divisor for pair in zip(rows.tolist(), column.tolist(), strict=True)]
    handling = tickets["handling"].to_numpy(dtype=float).copy()
    handling[tickets["handling"].notna().to_numpy()] = shares
    return tickets.assign(handling=handling), _told(names, parts, len(ticket), n_shared, refused)


def _customers(known: pd.DataFrame, rows: np.ndarray, n_tickets: int) -> np.ndarray:
    """Customer of each ticket; one of its own where it is not known."""
    customer = np.zeros(n_tickets, dtype=np.int64)
    customer[rows] = known["customer"].to_numpy()
    return np.where(customer >= 0, customer, -1 - np.arange(n_tickets))


def _told(names: np.ndarray, parts: CostParts, n_tickets: int, n_shared: int, refused: str) -> CostSplit:
    fitted = parts.total_equal if refused else parts.total_fitted
    rows = tuple(
        CostSplitRow(str(name), int(fitted[k]), int(parts.total_equal[k]), int(parts.total_primary[k]))
        for k, name in enumerate(names)
    )
    return CostSplit(n_tickets, n_shared, refused, rows)
