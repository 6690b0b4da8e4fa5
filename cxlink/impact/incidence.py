"""How often each component fails, by tenure and attributes: what "as is" will bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.handoff import Linked
from cxlink.stats import ClusteredFit, EstimationError, fit_kept_columns, fit_poisson

BAND_EDGES = np.array([0, 30, 90, 180, 365, 730], dtype=np.int64)
RECENT_DAYS = 365
MIN_INCIDENTS_A_TERM = 10


@dataclass(frozen=True, slots=True)
class Incidence:
    """Rates of one component's incidents, for customers active at the cut-off.

    Parameters
    ----------
    edges : ndarray
        (n_bands,) first tenure day of each band; the last is open.
    point : ndarray
        (n_terms,) log rates a day: bands, then the covariates used.
    draws : ndarray
        (n_draws, n_terms).
    columns : ndarray
        Which covariates are used.
    """

    edges: np.ndarray
    point: np.ndarray
    draws: np.ndarray
    columns: np.ndarray

    def daily_rates(self, terms: np.ndarray, covariates: np.ndarray, tenure: np.ndarray) -> np.ndarray:
        """Incidents a day of each customer in each month.

        Parameters
        ----------
        terms : ndarray
            (n_terms,) the point or one draw.
        covariates : ndarray
            (n_active, n_covariates).
        tenure : ndarray
            (n_active, n_months) days of tenure in the middle of the month.

        Returns
        -------
        ndarray
            (n_active, n_months).
        """
        n_bands = len(self.edges)
        by_band = np.exp(terms[:n_bands])[np.searchsorted(self.edges, tenure, side="right") - 1]
        by_customer = np.exp(covariates[:, self.columns] @ terms[n_bands:])
        rates: np.ndarray = by_band * by_customer[:, None]
        return rates


def fit_incidence(linked: Linked, component: str, weights: np.ndarray) -> Incidence:
    """Fit the rate of a component's incidents over the last year of the observed window.

    The last year, so that "as is" means as of late; bands of tenure, because what happens in the first weeks does not
    happen to old customers.

    Parameters
    ----------
    linked : Linked
        Spells, covariates and incidents.
    component : str
        Which component.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    Incidence
        Rates are 0 in bands without an incident.
    """
    first_day = max(linked.from_day, linked.to_day - RECENT_DAYS + 1)
    spells = linked.customers.loc[linked.customers["at_risk"]]
    acquired = spells["acquired_day"].to_numpy()
    begins = np.maximum(spells["start"].to_numpy(), first_day - acquired)
    ends = spells["stop"].to_numpy()
    rows = linked.incidents.loc[(linked.incidents["component"] == component)]
    rows = rows.loc[(rows["incident_day"] >= first_day) & (rows["incident_day"] <= linked.to_day)]
    place = np.searchsorted(spells["customer"].to_numpy(), rows["customer"].to_numpy())
    place = np.minimum(place, len(spells) - 1)
    known = spells["customer"].to_numpy()[place] == rows["customer"].to_numpy()
    place, tenure = place[known], (rows["incident_day"].to_numpy()[known] - acquired[place[known]]).clip(min=0)
    inside = (tenure >= begins[place]) & (tenure < ends[place])
    place, tenure = place[inside], tenure[inside]
    edges = _bands(tenure)
    counts, days = _person_time(place, tenure, begins, ends, edges)
    return _fit(linked, spells["customer"].to_numpy(), counts, days, edges, weights)


def _bands(tenure: np.ndarray) -> np.ndarray:
    """Bands that hold ten incidents each, but the last: what hardly ever happens late must not borrow from early."""
    edges = [0]
    for upper in BAND_EDGES[1:]:
        if ((tenure >= edges[-1]) & (tenure < upper)).sum() >= MIN_INCIDENTS_A_TERM:
            edges.append(int(upper))
    return np.array(edges, dtype=np.int64)


def _person_time(
    place: np.ndarray, tenure: np.ndarray, begins: np.ndarray, ends: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    n_spells, n_bands = len(begins), len(edges)
    upper = np.append(edges[1:], np.iinfo(np.int64).max)
    days = np.clip(np.minimum(ends[:, None], upper) - np.maximum(begins[:, None], edges), 0, None).astype(float)
    band = np.searchsorted(edges, tenure, side="right") - 1
    counts = np.bincount(place * n_bands + band, minlength=n_spells * n_bands).reshape(n_spells, n_bands)
    return counts.astype(float), days


def _fit(
    linked: Linked,
    customers: np.ndarray,
    counts: np.ndarray,
    days: np.ndarray,
    edges: np.ndarray,
    weights: np.ndarray,
) -> Incidence:
    n_bands = len(edges)
    n_terms = counts.sum() // MIN_INCIDENTS_A_TERM - n_bands
    columns = np.arange(linked.covariates.shape[1]) if linked.covariates.shape[1] <= n_terms else np.arange(0)
    happened = counts.sum(axis=0) > 0
    point = np.full(n_bands + len(columns), -np.inf)
    draws = np.full((len(weights), len(point)), -np.inf)
    point[n_bands:] = draws[:, n_bands:] = 0.0
    if not happened.any():
        return Incidence(edges, point, draws, columns)
    spell, band = np.nonzero((days > 0) & happened[None, :])
    design = (band[:, None] == np.flatnonzero(happened)[None, :]).astype(float)
    full = np.column_stack([design, linked.covariates[customers[spell]][:, columns]])
    used = np.append(np.flatnonzero(happened), n_bands + np.arange(len(columns)))

    def poisson(X: np.ndarray) -> ClusteredFit:
        return fit_poisson(X, counts[spell, band], days[spell, band], cluster=customers[spell])

    try:
        fit, kept = fit_kept_columns(poisson, full)
    except EstimationError:
        # covariates that separate in combination: bands alone always have a rate
        fit, kept = fit_kept_columns(poisson, full, np.arange(full.shape[1]) < design.shape[1])
    point[used[kept]] = fit.beta
    draws[:, used[kept]] = fit.beta + (weights[:, fit.cluster_ids] - 1.0) @ fit.influence
    return Incidence(edges, point, draws, columns)
