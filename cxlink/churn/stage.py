"""The stage: curves, hazard ratios, and the hazards that the projection needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.calendar import calendar_level, calendar_terms
from cxlink.churn.curves import fit_curves
from cxlink.churn.exposure import primary_windows
from cxlink.churn.gates import check_churn, check_component
from cxlink.churn.periods import SPLIT_DAY, check_periods
from cxlink.churn.rates import choose_bands, rates_by_band
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, CurvePoint, HazardModel, Linked, Loaded, Message
from cxlink.settings import Settings
from cxlink.stats import CoxError, CoxFit, find_partners, fit_cox, fit_kept_columns

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
    windows = primary_windows(linked.components, settings.model.exposure_days)
    rows = build_rows(linked, windows, band_edges=np.union1d(edges, [SPLIT_DAY]))
    voluntary, involuntary = int(rows.voluntary.sum()), int(rows.involuntary.sum())
    refusal = check_churn(rows)
    if refusal is not None:
        return _refused(linked, refusal, curve, voluntary, involuntary)
    return _fit(linked, rows, edges, curve, weights)


@dataclass(frozen=True, slots=True)
class _Design:
    """Columns of the model: components first, then covariates, then calendar; ``kept`` says which stay in."""

    columns: np.ndarray
    names: tuple[str, ...]
    n_components: int
    n_covariates: int
    kept: np.ndarray

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Put values of the kept columns (last axis) among zeros for the others."""
        full = np.zeros((*values.shape[:-1], len(self.names)))
        full[..., self.kept] = values
        return full


def _fit(
    linked: Linked, rows: RiskRows, edges: np.ndarray, curve: tuple[CurvePoint, ...], weights: np.ndarray
) -> ChurnFit:
    refusals = {name: check_component(rows, place) for place, name in enumerate(linked.components)}
    calendar, last_year = calendar_terms(rows.quarter, rows.voluntary)
    n_components, n_covariates = len(linked.components), len(linked.covariate_names)
    design = _Design(
        columns=np.column_stack([rows.exposed.astype(float), linked.covariates[rows.customer], calendar]),
        names=(*linked.components, *linked.covariate_names, *(f"quarter group {k}" for k in range(calendar.shape[1]))),
        n_components=n_components,
        n_covariates=n_covariates,
        kept=np.array(
            [refusals[name] is None for name in linked.components] + [True] * (n_covariates + calendar.shape[1])
        ),
    )
    voluntary, involuntary = int(rows.voluntary.sum()), int(rows.involuntary.sum())
    try:
        fit, fitted = _fit_what_can_be(design, rows)
    except CoxError as error:
        refusal = NotEstimable(f"the churn model cannot be fitted: {error.reason}", "a longer observed window")
        return _refused(linked, refusal, curve, voluntary, involuntary)
    left_out = [
        name for name, was, stays in zip(design.names, design.kept, fitted.kept, strict=True) if was and not stays
    ]
    for place in sorted(_inseparable(design, fitted)):
        refusals[linked.components[place]] = NotEstimable(
            "its incidents cannot be told from another column's, or nobody left without them",
            "customers who met one without the other",
        )
    for place, refusal in check_periods(rows, design.columns, fitted.kept, n_components).items():
        refusals[linked.components[place]] = refusals[linked.components[place]] or refusal
    influence = _influence(fit)
    beta = fitted.spread(fit.beta)
    draws = fitted.spread(fit.beta + (weights[:, influence[0]] - 1.0) @ influence[1])
    errors = fitted.spread(_errors(fit))
    exposed_events = {
        name: int((rows.voluntary & rows.exposed[:, place]).sum()) for place, name in enumerate(linked.components)
    }
    n_customers = len(np.unique(rows.customer))
    ratios: dict[str, Answer] = {
        name: refusals[name] or _ratio(beta[place], errors[place], n_customers, exposed_events[name])
        for place, name in enumerate(linked.components)
    }
    covariate_ratios: dict[str, Answer] = {
        name: _ratio(beta[n_components + place], errors[n_components + place], n_customers, voluntary)
        for place, name in enumerate(linked.covariate_names)
        if name not in left_out
    }
    return ChurnFit(
        customers=n_customers,
        events=voluntary,
        involuntary_events=involuntary,
        hazard_ratios=ratios,
        exposed_events=exposed_events,
        covariate_ratios=covariate_ratios,
        curve=curve,
        model=replace(
            _hazards(linked, rows, edges, fitted, beta, draws, last_year, weights),
            estimable=np.array([refusals[name] is None for name in linked.components], dtype=bool),
        ),
        refusal=None,
        messages=_messages(linked, left_out),
    )


def _fit_what_can_be(design: _Design, rows: RiskRows) -> tuple[CoxFit, _Design]:
    def fit(columns: np.ndarray) -> CoxFit:
        return fit_cox(
            columns,
            stop=rows.stop,
            event=rows.voluntary,
            start=rows.start,
            cluster=rows.customer,
            keep_score_residuals=False,
        )

    fitted, kept = fit_kept_columns(fit, design.columns, design.kept)
    return fitted, replace(design, kept=kept)


def _inseparable(design: _Design, fitted: _Design) -> set[int]:
    """Components whose coefficient does not exist, and those that it cannot be told from."""
    gone = np.flatnonzero(design.kept & ~fitted.kept)
    found = {int(column) for column in gone if column < design.n_components}
    for column in gone:
        partners = find_partners(design.columns, int(column), fitted.kept)
        if column < design.n_components:
            found |= {int(partner) for partner in partners if partner < design.n_components}
    return found


def _hazards(
    linked: Linked,
    rows: RiskRows,
    edges: np.ndarray,
    design: _Design,
    beta: np.ndarray,
    draws: np.ndarray,
    last_year: np.ndarray,
    weights: np.ndarray,
) -> HazardModel:
    band = np.searchsorted(edges, rows.start, side="right") - 1
    days = (rows.stop - rows.start).astype(float)
    one = np.ones(len(days))

    def both(coefficients: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        risk = np.exp(design.columns @ coefficients)
        return (
            rates_by_band(band, days, rows.voluntary, risk, weight, len(edges)),
            rates_by_band(band, days, rows.involuntary, one, weight, len(edges)),
        )

    point = both(beta, one)
    drawn = [both(drawn_beta, weight[rows.customer]) for drawn_beta, weight in zip(draws, weights, strict=True)]
    components = slice(0, design.n_components)
    covariates = slice(design.n_components, design.n_components + design.n_covariates)
    calendar = slice(design.n_components + design.n_covariates, None)
    return HazardModel(
        components=linked.components,
        estimable=design.kept[components],
        log_hazard_ratio=beta[components],
        log_hazard_ratio_draws=draws[:, components],
        coefficients=beta[covariates],
        coefficient_draws=draws[:, covariates],
        calendar=float(calendar_level(beta[calendar][None, :], last_year)[0]),
        calendar_draws=calendar_level(draws[:, calendar], last_year),
        band_edges=edges,
        voluntary_rates=point[0],
        voluntary_rate_draws=np.array([rates[0] for rates in drawn]),
        involuntary_rates=point[1],
        involuntary_rate_draws=np.array([rates[1] for rates in drawn]),
    )


def _influence(fit: CoxFit) -> tuple[np.ndarray, np.ndarray]:
    if fit.cluster_ids is None or fit.dfbeta is None:
        raise ValueError("the fit has no clusters")
    return fit.cluster_ids, fit.dfbeta


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


def _refused(
    linked: Linked, refusal: NotEstimable, curve: tuple[CurvePoint, ...], events: int, involuntary: int
) -> ChurnFit:
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


def _messages(linked: Linked, left_out: list[str]) -> tuple[Message, ...]:
    found = []
    if not linked.covariate_names:
        found.append(
            Message(
                "CX402",
                "warning",
                "churn",
                "the churn model is adjusted for tenure and calendar only.",
                "Name attributes that move both incidents and leaving in [model] adjust_for.",
            )
        )
    if left_out:
        found.append(
            Message(
                "CX403",
                "warning",
                "churn",
                "left out of the churn model: " + ", ".join(left_out) + ".",
                "These repeat another column or have no leaver on one side; merge rare values.",
            )
        )
    return tuple(found)
