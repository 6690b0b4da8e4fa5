"""How often each component fails, by tenure and attributes: what "as is" will bring."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.handoff import Linked
from cxlink.impact.labelled import Labels, Ratio, correct_ratio
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
    labels : str or None
        None without labels; "" where they corrected the level, else why they did not.
    """

    edges: np.ndarray
    point: np.ndarray
    draws: np.ndarray
    columns: np.ndarray
    labels: str | None = None

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


def fit_incidence(linked: Linked, component: str, weights: np.ndarray, labels: Labels | None = None) -> Incidence:
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
    labels : Labels, optional
        What people said. It moves the level of all rates alike: the tagger finds an incident of new and old customers
        equally well.

    Returns
    -------
    Incidence
        Rates are 0 in bands without an incident.
    """
    spell, tenure, begins, ends = _seen(linked, component)
    edges = _bands(tenure)
    counts, days = _person_time(spell, tenure, begins, ends, edges)
    customers = linked.customers.loc[linked.customers["at_risk"], "customer"].to_numpy()
    found = _fit(linked, customers, counts, days, edges, weights)
    return found if labels is None else _correct(found, linked, component, weights, labels)


def _seen(linked: Linked, component: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Spell and tenure of each incident of the last year, and where in it each spell begins and ends."""
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
    return place[inside], tenure[inside], begins, ends


def _correct(found: Incidence, linked: Linked, component: str, weights: np.ndarray, labels: Labels) -> Incidence:
    predicted = _rate(linked, component, weights.shape[1])
    try:
        corrected, influence = correct_ratio(
            _rate(labels.linked, component, weights.shape[1]), predicted, labels.weights, log=True
        )
    except EstimationError as error:
        return replace(found, labels=error.reason)
    everyone = predicted.influenced(np.ones(weights.shape[1]), log=True)
    moved = (weights - 1.0) @ (influence - np.asarray(everyone.influence)[:, 0])
    level = np.arange(len(found.point)) < len(found.edges)
    shift = corrected - float(np.asarray(everyone.beta)[0])
    return replace(
        found,
        point=found.point + np.where(level, shift, 0.0),
        draws=found.draws + np.where(level, (shift + moved)[:, None], 0.0),
        labels="",
    )


def _rate(linked: Linked, component: str, n_customers: int) -> Ratio:
    """Incidents and days of each customer."""
    spell, _, begins, ends = _seen(linked, component)
    customers = linked.customers.loc[linked.customers["at_risk"], "customer"].to_numpy()
    days = np.bincount(customers, weights=np.clip(ends - begins, 0, None), minlength=n_customers)
    return Ratio(np.bincount(customers[spell], minlength=n_customers).astype(float), days)


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
