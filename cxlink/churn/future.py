"""Hazards of single customers in the months to come: what they are exposed to now, and what they may still meet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.fit import MainFit
from cxlink.churn.rows import YEAR_DAYS, RiskRows
from cxlink.handoff import HazardModel, Linked

MONTH_DAYS = 30.4375
PREVALENCE_BANDS = (0, 90, 180, 365, 730)
HORIZONS = (3, 6, 12)
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Prospects:
    """Active customers on the day from which they are scored.

    Parameters
    ----------
    customer : ndarray
        (n,) keys.
    tenure : ndarray
        (n,) days.
    covariates : ndarray
        (n, n_covariates).
    residual : ndarray
        (n, n_components) days on which earlier incidents still count.
    prevalence : ndarray
        (n_bands, n_components) share of the days at risk, over the last year, that are exposed, by band of tenure.
    prevalence_draws : ndarray
        (n_draws, n_bands, n_components) the same with each draw's customer weights.
    window_days : ndarray
        (n_components,) how long an incident counts in the fit.
    """

    customer: np.ndarray
    tenure: np.ndarray
    covariates: np.ndarray
    residual: np.ndarray
    prevalence: np.ndarray
    prevalence_draws: np.ndarray
    window_days: np.ndarray


def gather_prospects(linked: Linked, main: MainFit, exposure_days: int, weights: np.ndarray) -> Prospects:
    """Gather the customers who are active at the end of the observed window.

    Parameters
    ----------
    linked : Linked
        Timelines.
    main : MainFit
        The fit.
    exposure_days : int
        How long an incident counts.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, those of the fit's draws.

    Returns
    -------
    Prospects
        In the order of the key.
    """
    active = linked.customers.loc[linked.customers["active"]]
    keys = active["customer"].to_numpy()
    residual = np.zeros((len(keys), len(linked.components)))
    for place, name in enumerate(linked.components):
        met = linked.incidents.loc[linked.incidents["component"] == name]
        last = met.groupby("customer")["incident_day"].max().reindex(keys).to_numpy(dtype=float)
        residual[:, place] = np.clip(np.nan_to_num(last + exposure_days - linked.to_day), 0.0, None)
    return Prospects(
        customer=keys,
        tenure=active["tenure"].to_numpy(dtype=float),
        covariates=linked.covariates[keys],
        residual=residual,
        prevalence=_prevalence(linked, main.rows, np.ones((1, len(linked.customers))))[0],
        prevalence_draws=_prevalence(linked, main.rows, weights),
        window_days=np.array([window.days for window in main.windows], dtype=float),
    )


def _prevalence(linked: Linked, rows: RiskRows, weights: np.ndarray) -> np.ndarray:
    """Share of last year's days at risk that are exposed, by draw; a band without such days takes that of all."""
    place = np.searchsorted(linked.customers["customer"], rows.customer)
    acquired = linked.customers["acquired_day"].to_numpy()[place]
    days = np.where(rows.start + acquired > linked.to_day - YEAR_DAYS, rows.stop - rows.start, 0).astype(float)
    n_bands, n_components = len(PREVALENCE_BANDS), rows.counts.shape[1]
    cell = place * n_bands + np.searchsorted(PREVALENCE_BANDS, rows.start, side="right") - 1
    size = len(linked.customers) * n_bands

    def by_draw(values: np.ndarray) -> np.ndarray:
        """Weighted sums over customers, shape (n_draws, n_bands)."""
        total: np.ndarray = weights @ np.bincount(cell, values, size).reshape(-1, n_bands)
        return total

    total = by_draw(days)[..., None]
    exposed = np.zeros((*total.shape[:2], n_components))
    for k in range(n_components):
        exposed[..., k] = by_draw(days * rows.exposed[:, k])
    of_all = exposed.sum(axis=1, keepdims=True) / np.maximum(total.sum(axis=1, keepdims=True), 1.0)
    shares: np.ndarray = np.where(total > 0, exposed / np.where(total > 0, total, 1.0), of_all)
    return shares


def risk_of_leaving(prospects: Prospects, model: HazardModel, horizons: tuple[int, ...]) -> np.ndarray:
    """Probability of leaving of one's own will within each horizon.

    Parameters
    ----------
    prospects : Prospects
        Whom to score.
    model : HazardModel
        The fitted hazards.
    horizons : tuple of int
        Months, ascending.

    Returns
    -------
    ndarray
        (n, n_horizons). Incidents of the past count until they have run out; new ones come at last year's rate; other
        ends compete.
    """
    voluntary, involuntary = _hazards(prospects, model, horizons[-1])
    any_end = (voluntary + involuntary) * MONTH_DAYS
    stayed = np.exp(-np.cumsum(any_end, axis=1) + any_end)
    leaving = np.divide(voluntary * MONTH_DAYS, any_end, out=np.zeros_like(any_end), where=any_end > 0)
    incidence = np.cumsum(stayed * -np.expm1(-any_end) * leaving, axis=1)
    risk: np.ndarray = np.clip(incidence[:, [horizon - 1 for horizon in horizons]], 0.0, 1.0)
    return risk


def prospects_of(prospects: Prospects, number: int) -> Prospects:
    """Take the rates of new incidents of one draw.

    Parameters
    ----------
    prospects : Prospects
        With draws.
    number : int
        Which.

    Returns
    -------
    Prospects
        The same customers.
    """
    return replace(prospects, prevalence=prospects.prevalence_draws[number])


def cumulative_hazard(prospects: Prospects, model: HazardModel, days: np.ndarray) -> np.ndarray:
    """Hazard of leaving of one's own will, added up over the days that each customer was followed.

    Parameters
    ----------
    prospects : Prospects
        Whom to score.
    model : HazardModel
        The fitted hazards.
    days : ndarray
        (n,) days, at least one.

    Returns
    -------
    ndarray
        (n,).
    """
    n_months = int(np.ceil(days.max() / MONTH_DAYS))
    voluntary, _ = _hazards(prospects, model, n_months)
    lived = np.clip(days[:, None] - np.arange(n_months) * MONTH_DAYS, 0.0, MONTH_DAYS)
    total: np.ndarray = (voluntary * lived).sum(axis=1)
    return total


def _hazards(prospects: Prospects, model: HazardModel, n_months: int) -> tuple[np.ndarray, np.ndarray]:
    """Hazards a day in each month to come, shape (n, n_months)."""
    months = np.arange(n_months)
    middle = prospects.tenure[:, None] + (months + 0.5) * MONTH_DAYS
    band = np.searchsorted(model.band_edges, middle, side="right") - 1
    relative = np.exp(prospects.covariates @ model.coefficients + model.calendar)
    voluntary = model.voluntary_rates[band] * relative[:, None] * _exposure_factors(prospects, model, months)
    return voluntary, model.involuntary_rates[band]


def draw_of(model: HazardModel, number: int) -> HazardModel:
    """Take one joint draw as if it were the fit.

    Parameters
    ----------
    model : HazardModel
        With draws.
    number : int
        Which.

    Returns
    -------
    HazardModel
        Without draws of its own.
    """
    return replace(
        model,
        log_hazard_ratio=model.log_hazard_ratio_draws[number],
        coefficients=model.coefficient_draws[number],
        calendar=float(model.calendar_draws[number]),
        voluntary_rates=model.voluntary_rate_draws[number],
        involuntary_rates=model.involuntary_rate_draws[number],
    )


def _exposure_factors(prospects: Prospects, model: HazardModel, months: np.ndarray) -> np.ndarray:
    """Mean relative hazard of each month, shape (n, n_months)."""
    factors = np.ones((len(prospects.tenure), len(months)))
    # whoever is exposed a share p of the time meets incidents at the rate that gives that share
    rates = -np.log1p(-np.minimum(prospects.prevalence, 0.99)) / prospects.window_days
    middle = prospects.tenure[:, None] + (months + 0.5) * MONTH_DAYS
    band = np.searchsorted(PREVALENCE_BANDS, middle, side="right") - 1
    for place, ratio in enumerate(np.exp(model.log_hazard_ratio)):
        left = prospects.residual[:, place][:, None] - months * MONTH_DAYS
        covered = np.clip(left / MONTH_DAYS, 0.0, 1.0)
        since = np.minimum((months + 0.5) * MONTH_DAYS, prospects.window_days[place])
        newly = -np.expm1(-rates[band, place] * since)
        factors *= 1.0 + (covered + (1.0 - covered) * newly) * (ratio - 1.0)
    return factors
