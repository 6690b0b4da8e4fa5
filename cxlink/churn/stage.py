"""The stage: curves, hazard ratios, and the hazards that the projection needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.calendar import calendar_level
from cxlink.churn.curves import fit_curves
from cxlink.churn.design import Design, Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import LAG_DAYS, Window, primary_windows
from cxlink.churn.gates import check_churn, check_exposure
from cxlink.churn.lags import fit_lag_profiles
from cxlink.churn.periods import PERIOD_STARTS, fit_periods, refuse_moving
from cxlink.churn.rates import choose_bands, rates_by_band
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import (
    ChurnFit,
    CurvePoint,
    HazardModel,
    LagProfile,
    Linked,
    Loaded,
    Message,
    PeriodRatios,
    Proportionality,
)
from cxlink.settings import Settings
from cxlink.stats import CoxError, EstimationError, bootstrap_cox, check_proportionality, find_partners


def fit_churn(linked: Linked, loaded: Loaded, settings: Settings, *, weights: np.ndarray) -> ChurnFit:
    """Fit the hazard of leaving with each component's incidents as time-varying exposures.

    Parameters
    ----------
    linked : Linked
        Timelines.
    loaded : Loaded
        For the segments of the curves.
    settings : Settings
        Exposure window, resampling and segments.
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
    cuts = np.union1d(edges, PERIOD_STARTS)
    days = settings.model.exposure_days
    rows = build_rows(linked, primary_windows(linked.components, days), band_edges=cuts)
    refusal = check_churn(rows)
    if refusal is not None:
        return _refused(linked, refusal, curve, int(rows.voluntary.sum()), int(rows.involuntary.sum()))
    fittable = [place for place in range(len(linked.components)) if check_exposure(rows, place) is None]
    lags = fit_lag_profiles(linked, fittable, exposure_days=days, band_edges=cuts)
    reverse = {profile.component for profile in lags if profile.reverse}
    if reverse:
        rows = build_rows(linked, _lagged_windows(linked.components, reverse, days), band_edges=cuts)
    try:
        main = _fit_main(linked, rows)
    except CoxError as error:
        refusal = NotEstimable(f"the churn model cannot be fitted: {error.reason}", "a longer observed window")
        return _refused(linked, refusal, curve, int(rows.voluntary.sum()), int(rows.involuntary.sum()))
    return _hand_over(linked, main, edges, curve, lags, settings, weights)


@dataclass(frozen=True, slots=True)
class _Main:
    """The main model: rows, fit, columns that were wanted, and the refusals, one a component or None."""

    rows: RiskRows
    fitted: Fitted
    wanted: np.ndarray
    refusals: Mapping[str, NotEstimable | None]
    periods: tuple[PeriodRatios, ...]


def _lagged_windows(components: tuple[str, ...], reverse: set[str], exposure_days: int) -> list[Window]:
    """Windows that begin a month later where the first month says who had decided; that month by itself at the end."""
    later = max(exposure_days - LAG_DAYS, LAG_DAYS)
    own = [
        Window(name, later, skip=LAG_DAYS) if name in reverse else Window(name, exposure_days) for name in components
    ]
    return own + [Window(name, LAG_DAYS) for name in components if name in reverse]


def _fit_main(linked: Linked, rows: RiskRows) -> _Main:
    names = linked.components
    n_exposures = rows.counts.shape[1]
    gates = [check_exposure(rows, column) for column in range(n_exposures)]
    refusals: dict[str, NotEstimable | None] = dict(zip(names, gates, strict=False))
    design = build_design(
        rows,
        linked.covariates,
        rows.exposed,
        (*names, *(f"first month {k}" for k in range(n_exposures - len(names))), *linked.covariate_names),
        np.array([gate is None for gate in gates], dtype=bool),
    )
    fitted = fit_design(design, rows)
    for place in sorted(_inseparable(design.kept, fitted.design, len(names))):
        refusals[names[place]] = NotEstimable(
            "its incidents cannot be told from another column's, or nobody left without them",
            "customers who met one without the other",
        )
    periods = fit_periods(rows, fitted.design, names)
    for ratios in periods:
        refusals[ratios.component] = refusals[ratios.component] or refuse_moving(ratios)
    return _Main(rows, fitted, design.kept, refusals, periods)


def _hand_over(
    linked: Linked,
    main: _Main,
    edges: np.ndarray,
    curve: tuple[CurvePoint, ...],
    lags: tuple[LagProfile, ...],
    settings: Settings,
    weights: np.ndarray,
) -> ChurnFit:
    rows, fitted = main.rows, main.fitted
    design, voluntary = fitted.design, int(rows.voluntary.sum())
    n_customers = len(np.unique(rows.customer))
    exposed_events = {
        name: int((rows.voluntary & rows.exposed[:, place]).sum()) for place, name in enumerate(linked.components)
    }
    ratios: dict[str, Answer] = {
        name: main.refusals[name]
        or hazard_ratio(fitted.beta[place], fitted.error[place], n_customers, exposed_events[name])
        for place, name in enumerate(linked.components)
    }
    first = design.covariates.start
    covariate_ratios: dict[str, Answer] = {
        name: hazard_ratio(fitted.beta[first + k], fitted.error[first + k], n_customers, voluntary)
        for k, name in enumerate(linked.covariate_names)
        if design.kept[first + k]
    }
    left_out = [name for name, was, is_in in zip(design.names, main.wanted, design.kept, strict=True) if was > is_in]
    draws = _draw(main, weights, settings)
    return ChurnFit(
        customers=n_customers,
        events=voluntary,
        involuntary_events=int(rows.involuntary.sum()),
        hazard_ratios=ratios,
        exposed_events=exposed_events,
        covariate_ratios=covariate_ratios,
        curve=curve,
        model=replace(
            _hazards(linked, main, edges, draws, weights),
            estimable=np.array([main.refusals[name] is None for name in linked.components], dtype=bool),
        ),
        refusal=None,
        messages=_messages(linked, left_out, lags),
        lags=lags,
        periods=main.periods,
        proportionality=_test_proportionality(main),
    )


def _draw(main: _Main, weights: np.ndarray, settings: Settings) -> np.ndarray:
    """Coefficients of each draw, shape (n_draws, n_columns)."""
    rows, design = main.rows, main.fitted.design
    customers, influence = main.fitted.influence
    if settings.model.resampling == "influence":
        drawn = main.fitted.fit.beta + (weights[:, customers] - 1.0) @ influence
    else:
        drawn = bootstrap_cox(
            design.columns[:, design.kept],
            stop=rows.stop,
            event=rows.voluntary,
            cluster=rows.customer,
            beta=main.fitted.fit.beta,
            cluster_weights=weights[:, customers],
            start=rows.start,
            method=settings.model.resampling,
        )
    return design.spread(drawn)


def _test_proportionality(main: _Main) -> tuple[Proportionality, ...]:
    design, rows = main.fitted.design, main.rows
    columns = np.flatnonzero(design.kept)
    try:
        test = check_proportionality(
            design.columns[:, columns],
            stop=rows.stop,
            event=rows.voluntary,
            beta=main.fitted.fit.beta,
            start=rows.start,
            terms={design.names[column]: [place] for place, column in enumerate(columns)},
        )
    except EstimationError:
        return ()
    named = [(name, test.terms[name]) for name in design.names if name in test.terms and "quarter group" not in name]
    return tuple(Proportionality(n, t.statistic, t.degrees, t.p_value) for n, t in (*named, ("GLOBAL", test.overall)))


def _inseparable(wanted: np.ndarray, design: Design, n_components: int) -> set[int]:
    """Components whose coefficient does not exist, and those that it cannot be told from."""
    gone = np.flatnonzero(wanted & ~design.kept)
    found = {int(column) for column in gone if column < n_components}
    for column in gone:
        partners = find_partners(design.columns, int(column), design.kept)
        if column < n_components:
            found |= {int(partner) for partner in partners if partner < n_components}
    return found


def _hazards(linked: Linked, main: _Main, edges: np.ndarray, draws: np.ndarray, weights: np.ndarray) -> HazardModel:
    rows, design, beta = main.rows, main.fitted.design, main.fitted.beta
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
    components = slice(0, len(linked.components))
    return HazardModel(
        components=linked.components,
        estimable=design.kept[components],
        log_hazard_ratio=beta[components],
        log_hazard_ratio_draws=draws[:, components],
        coefficients=beta[design.covariates],
        coefficient_draws=draws[:, design.covariates],
        calendar=float(calendar_level(beta[design.calendar][None, :], design.last_year)[0]),
        calendar_draws=calendar_level(draws[:, design.calendar], design.last_year),
        band_edges=edges,
        voluntary_rates=point[0],
        voluntary_rate_draws=np.array([rates[0] for rates in drawn]),
        involuntary_rates=point[1],
        involuntary_rate_draws=np.array([rates[1] for rates in drawn]),
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


def _messages(linked: Linked, left_out: list[str], lags: tuple[LagProfile, ...]) -> tuple[Message, ...]:
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
    reverse = [profile.component for profile in lags if profile.reverse]
    if reverse:
        found.append(
            Message(
                "CX404",
                "warning",
                "churn",
                f"{', '.join(reverse)}: the month before leaving stands out, as where people decide first and complain"
                " after. The hazard ratio is that of incidents older than a month.",
                "Tag cancellation requests as such, so that they are no incidents.",
            )
        )
    return tuple(found)
