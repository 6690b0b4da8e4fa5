"""What an incident does to the price that a customer pays, given that the customer stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, Linked
from cxlink.impact.calendar import quarter_columns
from cxlink.impact.labelled import Labels, correct_regression
from cxlink.impact.windows import count_between
from cxlink.stats import ClusteredFit, EstimationError, find_partners, fit_clustered_ols, fit_kept_columns

MIN_CHANGES = 30
MIN_CUSTOMERS = 30


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
        (n_components,) bool: enough charges of enough customers follow an incident, and it can be told from the others.
    labels : str or None
        None without labels; "" where they corrected it, else why they did not.
    """

    point: np.ndarray
    draws: np.ndarray
    estimable: np.ndarray
    labels: str | None = None


def fit_price_effect(linked: Linked, weights: np.ndarray, labels: Labels | None = None) -> PriceEffect:
    """Regress the log change between consecutive charges on the incidents between them.

    Within customers, because it compares each charge with the same customer's charge before; adjusted for attributes
    and calendar quarter; clustered by customer. Changes that share all of that come as one row with their mean, whose
    weight is their number: the estimate and each customer's influence are the same.

    Parameters
    ----------
    linked : Linked
        Price changes and incidents.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    labels : Labels, optional
        What people said.

    Returns
    -------
    PriceEffect
        Zero where fewer than thirty charges, or those of fewer than thirty customers, follow an incident.
    """
    n_components = len(linked.components)
    point, draws = np.zeros(n_components), np.zeros((len(weights), n_components))
    changes = linked.price_changes
    if changes.empty:
        return PriceEffect(point, draws, np.zeros(n_components, dtype=bool))
    customer, after, n_changes = (
        changes[name].to_numpy(dtype=np.int64) for name in ("customer", "after_day", "n_changes")
    )
    met = count_met(linked, changes)
    customers_met = np.array([len(np.unique(customer[met[:, place] > 0])) for place in range(n_components)])
    enough = (((met > 0) * n_changes[:, None]).sum(axis=0) >= MIN_CHANGES) & (customers_met >= MIN_CUSTOMERS)
    change = changes["log_change"].to_numpy()
    if not enough.any() or np.ptp(change) == 0:
        return PriceEffect(point, draws, enough)
    quarters = quarter_columns(after, n_changes)
    others = np.column_stack([np.ones(len(changes)), linked.covariates[customer], quarters])
    design = np.column_stack([met, others])
    usable = np.append(enough, np.ones(design.shape[1] - n_components, dtype=bool))

    def fit_rows(X: np.ndarray, case_weights: np.ndarray) -> ClusteredFit:
        return fit_clustered_ols(X, change, cluster=customer, weights=n_changes * case_weights)

    try:
        fit, kept = fit_kept_columns(lambda X: fit_rows(X, np.ones(len(changes))), design, usable)
    except EstimationError:
        return PriceEffect(point, draws, np.zeros(n_components, dtype=bool))
    why = None
    if labels is not None:
        designs = (np.column_stack([count_met(labels.linked, changes), others]), design)
        try:
            fit = correct_regression(fit, kept, fit_rows, designs, customer, labels.weights, n_components)
            why = ""
        except EstimationError as error:
            why = error.reason
    found = kept[:n_components].copy()
    drawn = fit.beta + (weights[:, fit.cluster_ids] - 1.0) @ fit.influence
    n_found = int(found.sum())
    point[found], draws[:, found] = fit.beta[:n_found], drawn[:, :n_found]
    for column in np.flatnonzero(enough & ~found):
        partners = find_partners(design, int(column), kept)
        found[partners[partners < n_components]] = False
    return PriceEffect(point, draws, found, why)


def count_met(linked: Linked, changes: pd.DataFrame) -> np.ndarray:
    """Count the incidents of each component between two charges.

    Parameters
    ----------
    linked : Linked
        Incidents and component names.
    changes : DataFrame
        With customer, before_day and after_day.

    Returns
    -------
    ndarray
        (n_changes, n_components).
    """
    customer, before, after = (
        changes[name].to_numpy(dtype=np.int64) for name in ("customer", "before_day", "after_day")
    )
    met = np.zeros((len(changes), len(linked.components)))
    for place, name in enumerate(linked.components):
        rows = linked.incidents.loc[linked.incidents["component"] == name]
        # an incident on the day of a charge is heard of by the next one
        met[:, place] = count_between(rows, "incident_day", customer, before - 1, after - 1)
    return met


def where_churn_is_known(prices: PriceEffect, linked: Linked, churn: ChurnFit) -> PriceEffect:
    """Leave price effects out where revenue is refused, so that the joint effect holds what its components hold.

    Parameters
    ----------
    prices : PriceEffect
        As fitted.
    linked : Linked
        Component names.
    churn : ChurnFit
        With the refusals of each component.

    Returns
    -------
    PriceEffect
        Zero, and not estimable, where the hazard ratio is refused.
    """
    refused = np.array([isinstance(churn.hazard_ratios[name], NotEstimable) for name in linked.components], dtype=bool)
    return replace(
        prices,
        point=np.where(refused, 0.0, prices.point),
        draws=np.where(refused, 0.0, prices.draws),
        estimable=prices.estimable & ~refused,
    )
