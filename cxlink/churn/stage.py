"""The stage: curves, hazard ratios, and the hazards that the projection needs."""

from __future__ import annotations

import numpy as np

from cxlink.churn.calendar import calendar_terms
from cxlink.churn.curves import fit_curves
from cxlink.churn.gates import check_churn, check_component
from cxlink.churn.rates import choose_bands, rates_by_band
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, CurvePoint, HazardModel, Linked, Loaded, Message
from cxlink.settings import Settings
from cxlink.stats import CoxError, CoxFit, fit_cox

LEVEL = 0.95
Z = 1.959963984540054
METHOD = "Cox model on days of tenure, delayed entry, Efron ties, errors clustered by customer"


def fit_churn(linked: Linked, loaded: Loaded, settings: Settings, *, weights: np.ndarray) -> ChurnFit:
    """Fit the hazard of leaving with each component's incidents as time-varying exposures.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For the segments of the curves.
    settings : Settings
        Exposure window and segments.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all fitted parts.

    Returns
    -------
    ChurnFit
        An answer for each component; ``model`` is None where churn is not estimable.
    """
    curve = fit_curves(linked, loaded, settings.report.segments) if linked.churn_refusal is None else ()
    if linked.churn_refusal is not None:
        return _refused(linked, linked.churn_refusal, curve, 0, 0)
    spells = linked.customers.loc[linked.customers["at_risk"]]
    edges = choose_bands(spells["stop"].to_numpy(), (spells["event"] == 1).to_numpy())
    rows = build_rows(linked, linked.components, exposure_days=settings.model.exposure_days, band_edges=edges)
    voluntary, involuntary = int(rows.voluntary.sum()), int(rows.involuntary.sum())
    refusal = check_churn(rows)
    if refusal is not None:
        return _refused(linked, refusal, curve, voluntary, involuntary)
    return _fit(linked, rows, edges, curve, weights)


def _fit(linked: Linked, rows: RiskRows, edges: np.ndarray, curve: tuple[CurvePoint, ...], weights: np.ndarray) -> ChurnFit:
    refusals = {name: check_component(rows, place) for place, name in enumerate(linked.components)}
    kept = [place for place, name in enumerate(linked.components) if refusals[name] is None]
    calendar, last_year = calendar_terms(rows.quarter, rows.voluntary)
    design = np.column_stack([rows.exposed[:, kept].astype(float), linked.covariates[rows.customer], calendar])
    voluntary = int(rows.voluntary.sum())
    try:
        fit = fit_cox(design, stop=rows.stop, event=rows.voluntary, start=rows.start, cluster=rows.customer)
    except CoxError as error:
        refusal = NotEstimable(f"the churn model cannot be fitted: {error}", "attributes that do not repeat one another")
        return _refused(linked, refusal, (), voluntary, int(rows.involuntary.sum()))
    ratios: dict[str, Answer] = {}
    exposed_events = {
        name: int((rows.voluntary & rows.exposed[:, place]).sum()) for place, name in enumerate(linked.components)
    }
    errors = _errors(fit)
    n_customers = len(np.unique(rows.customer))
    for name in linked.components:
        refused = refusals[name]
        if refused is not None:
            ratios[name] = refused
            continue
        column = kept.index(linked.components.index(name))
        ratios[name] = _ratio(fit.beta[column], errors[column], n_customers, exposed_events[name])
    offset = len(kept)
    covariate_ratios = {
        name: _ratio(fit.beta[offset + place], errors[offset + place], n_customers, voluntary)
        for place, name in enumerate(linked.covariate_names)
    }
    model = _hazards(linked, rows, edges, fit, design, kept, last_year, weights)
    return ChurnFit(
        customers=n_customers,
        events=voluntary,
        involuntary_events=int(rows.involuntary.sum()),
        hazard_ratios=ratios,
        exposed_events=exposed_events,
        covariate_ratios=covariate_ratios,
        curve=curve,
        model=model,
        refusal=None,
        messages=_messages(linked),
    )


def _hazards(
    linked: Linked,
    rows: RiskRows,
    edges: np.ndarray,
    fit: CoxFit,
    design: np.ndarray,
    kept: list[int],
    last_year: np.ndarray,
    weights: np.ndarray,
) -> HazardModel:
    n_components, n_covariates, n_bands = len(linked.components), len(linked.covariate_names), len(edges)
    ids, influence = fit.cluster_ids, fit.dfbeta
    betas = fit.beta + (weights[:, ids] - 1.0) @ influence
    band = np.searchsorted(edges, rows.start, side="right") - 1
    days = (rows.stop - rows.start).astype(float)
    one = np.ones(len(days))

    def both(beta: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        risk = np.exp(design @ beta)
        return (
            rates_by_band(band, days, rows.voluntary, risk, weight, n_bands),
            rates_by_band(band, days, rows.involuntary, one, weight, n_bands),
        )

    point = both(fit.beta, one)
    drawn = [both(beta, weight[rows.customer]) for beta, weight in zip(betas, weights, strict=True)]
    estimable = np.zeros(n_components, dtype=bool)
    estimable[kept] = True
    effects = np.zeros(n_components)
    effects[kept] = fit.beta[: len(kept)]
    effect_draws = np.zeros((len(betas), n_components))
    effect_draws[:, kept] = betas[:, : len(kept)]
    middle = slice(len(kept), len(kept) + n_covariates)
    tail = slice(len(kept) + n_covariates, None)
    return HazardModel(
        components=linked.components,
        estimable=estimable,
        log_hazard_ratio=effects,
        log_hazard_ratio_draws=effect_draws,
        coefficients=fit.beta[middle],
        coefficient_draws=betas[:, middle],
        calendar=float(fit.beta[tail] @ last_year),
        calendar_draws=betas[:, tail] @ last_year,
        band_edges=edges,
        voluntary_rates=point[0],
        voluntary_rate_draws=np.array([rates[0] for rates in drawn]),
        involuntary_rates=point[1],
        involuntary_rate_draws=np.array([rates[1] for rates in drawn]),
    )


def _errors(fit: CoxFit) -> np.ndarray:
    if fit.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    return np.sqrt(np.diag(fit.robust_covariance))


def _ratio(log_ratio: float, error: float, n: int, events: int) -> Estimate:
    return Estimate(
        point=float(np.exp(log_ratio)),
        low=float(np.exp(log_ratio - Z * error)),
        high=float(np.exp(log_ratio + Z * error)),
        level=LEVEL,
        unit="hazard ratio",
        n=n,
        events=events,
        method=METHOD,
    )


def _refused(linked: Linked, refusal: NotEstimable, curve: tuple[CurvePoint, ...], events: int, involuntary: int) -> ChurnFit:
    return ChurnFit(
        customers=int(linked.customers["at_risk"].sum()),
        events=events,
        involuntary_events=involuntary,
        hazard_ratios=dict.fromkeys(linked.components, refusal),
        exposed_events=dict.fromkeys(linked.components, 0),
        covariate_ratios={},
        curve=curve,
        model=None,
        refusal=refusal,
        messages=(Message("CX401", "warning", "churn", f"churn: {refusal.reason}.", f"Needs {refusal.needs}."),),
    )


def _messages(linked: Linked) -> tuple[Message, ...]:
    if linked.covariate_names:
        return ()
    return (
        Message(
            "CX402",
            "warning",
            "churn",
            "the churn model is adjusted for tenure and calendar only.",
            "Name attributes that move both incidents and leaving in [model] adjust_for.",
        ),
    )
