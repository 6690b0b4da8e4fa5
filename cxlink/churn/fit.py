"""The main churn model: which columns, which refusals, and the hazards it hands to projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.churn.calendar import calendar_level
from cxlink.churn.correct import correct_for_labels
from cxlink.churn.design import CORRECTED, METHOD, Design, Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import LAG_DAYS, Window, primary_windows
from cxlink.churn.gates import check_churn, check_exposure, check_size
from cxlink.churn.lags import fit_lag_profiles
from cxlink.churn.moving import refuse_moving
from cxlink.churn.periods import PERIOD_STARTS, fit_periods
from cxlink.churn.rates import choose_bands, rates_by_band
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import HazardModel, LagProfile, Linked, PeriodRatios
from cxlink.parallel import in_order
from cxlink.stats import CoxError, find_partners


@dataclass(frozen=True, slots=True)
class MainFit:
    """The main churn model.

    Parameters
    ----------
    rows : RiskRows
        Whose first columns of exposure are the components'.
    windows : tuple of Window
        When each component's incidents count.
    fitted : Fitted
        The fit.
    wanted : ndarray
        (n_columns,) bool: columns that were asked for.
    refusals : mapping of str to NotEstimable or None
        By component.
    periods : tuple of PeriodRatios
        Ratios by tenure.
    lags : tuple of LagProfile
        Ratios by month since the incident.
    edges : ndarray
        First tenure days of the bands of baseline rates.
    without_periods : str
        Why there are no ratios by tenure; empty where there are, or nothing to split.
    uncorrected : Fitted or None
        The fit before it was corrected for the tagger's error; None where it was not.
    without_labels : str
        Why it was not, though there are labels.
    """

    rows: RiskRows
    windows: tuple[Window, ...]
    fitted: Fitted
    wanted: np.ndarray
    refusals: Mapping[str, NotEstimable | None]
    periods: tuple[PeriodRatios, ...]
    lags: tuple[LagProfile, ...]
    edges: np.ndarray
    without_periods: str = ""
    uncorrected: Fitted | None = None
    without_labels: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no churn model, and the rows it would have had."""

    reason: NotEstimable
    rows: RiskRows


def fit_main(linked: Linked, *, exposure_days: int) -> MainFit | Refused:
    """Fit the main churn model.

    Parameters
    ----------
    linked : Linked
        Timelines whose churn is not refused.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    MainFit or Refused
        Where the profile of a component says that leaving came first, its incidents count from the second month on.
    """
    spells = linked.customers.loc[linked.customers["at_risk"]]
    edges = choose_bands(spells["stop"].to_numpy(), (spells["event"] == 1).to_numpy())
    cuts = np.union1d(edges, PERIOD_STARTS)
    windows = primary_windows(linked.components, exposure_days)
    rows = build_rows(linked, windows, band_edges=cuts)
    refusal = check_churn(rows)
    if refusal is not None:
        return Refused(refusal, rows)
    fittable = [place for place in range(len(linked.components)) if check_exposure(rows, place) is None]
    lags = fit_lag_profiles(linked, fittable, exposure_days=exposure_days, band_edges=cuts)
    reverse = {profile.component for profile in lags if profile.reverse}
    if reverse:
        windows = _lagged_windows(linked.components, reverse, exposure_days)
        rows = build_rows(linked, windows, band_edges=cuts)
    try:
        return _fit(linked, rows, windows, lags, edges)
    except CoxError as error:
        refusal = NotEstimable(f"the churn model cannot be fitted: {error.reason}", "a longer observed window")
        return Refused(refusal, rows)


def exposed_leavers(main: MainFit, place: int) -> int:
    """Count the leavers who were exposed to a component.

    Parameters
    ----------
    main : MainFit
        The fit.
    place : int
        Of the component.

    Returns
    -------
    int
        Of their own will.
    """
    return int((main.rows.voluntary & main.rows.exposed[:, place]).sum())


def component_ratios(main: MainFit, components: Sequence[str]) -> dict[str, Answer]:
    """Give each component's hazard ratio, or why there is none.

    Parameters
    ----------
    main : MainFit
        The fit.
    components : sequence of str
        In their order.

    Returns
    -------
    dict of str to Answer
        With intervals clustered by customer.
    """
    n, fitted = len(np.unique(main.rows.customer)), main.fitted
    method = METHOD if main.uncorrected is None else CORRECTED
    return {
        name: main.refusals[name]
        or hazard_ratio(fitted.beta[place], fitted.error[place], n, exposed_leavers(main, place), method)
        for place, name in enumerate(components)
    }


def _lagged_windows(components: tuple[str, ...], reverse: set[str], exposure_days: int) -> list[Window]:
    """Windows that begin a month later where the first month says who had decided.

    That month counts as unexposed: who had decided belongs to the leavers whom no incident explains.
    """
    later = max(exposure_days - LAG_DAYS, LAG_DAYS)
    return [
        Window(name, later, skip=LAG_DAYS) if name in reverse else Window(name, exposure_days) for name in components
    ]


def _fit(
    linked: Linked, rows: RiskRows, windows: Sequence[Window], lags: tuple[LagProfile, ...], edges: np.ndarray
) -> MainFit | Refused:
    names = linked.components
    gates = [check_exposure(rows, column) for column in range(len(names))]
    refusals: dict[str, NotEstimable | None] = dict(zip(names, gates, strict=True))
    too_many = check_size(int(rows.voluntary.sum()), gates.count(None) + len(linked.covariate_names))
    if too_many is not None:
        return Refused(too_many, rows)
    design = build_design(
        rows,
        linked.covariates,
        rows.exposed,
        (*names, *linked.covariate_names),
        np.array([gate is None for gate in gates], dtype=bool),
    )
    fitted = fit_design(design, rows)
    for place in sorted(_inseparable(design.kept, fitted.design, len(names))):
        refusals[names[place]] = NotEstimable(
            "its incidents cannot be told from another column's, or nobody left without them",
            "customers who met one without the other",
        )
    fitted, uncorrected, without_labels = correct_for_labels(linked, rows, windows, fitted)
    periods, without_periods = _fit_periods(rows, fitted.design, names)
    log_ratios = {name: (fitted.beta[place], fitted.error[place]) for place, name in enumerate(names)}
    for name, refusal in refuse_moving(periods, log_ratios).items():
        refusals[name] = refusals[name] or refusal
    for profile in lags:
        refusals[profile.component] = refusals[profile.component] or profile.refusal
    return MainFit(
        rows=rows,
        windows=tuple(windows),
        fitted=fitted,
        wanted=design.kept,
        refusals=refusals,
        periods=periods,
        lags=lags,
        edges=edges,
        without_periods=without_periods,
        uncorrected=uncorrected,
        without_labels=without_labels,
    )


def _fit_periods(rows: RiskRows, design: Design, names: tuple[str, ...]) -> tuple[tuple[PeriodRatios, ...], str]:
    try:
        return fit_periods(rows, design, names), ""
    except CoxError as error:
        return (), error.reason


def _inseparable(wanted: np.ndarray, design: Design, n_components: int) -> set[int]:
    """Components whose coefficient does not exist, and those that it cannot be told from."""
    gone = np.flatnonzero(wanted & ~design.kept)
    found = {int(column) for column in gone if column < n_components}
    for column in gone:
        partners = find_partners(design.columns, int(column), design.kept)
        if column < n_components:
            found |= {int(partner) for partner in partners if partner < n_components}
    return found


def build_hazards(
    linked: Linked, main: MainFit, draws: np.ndarray, weights: np.ndarray, *, threads: int = 1
) -> HazardModel:
    """Gather what projections need of the fit.

    Parameters
    ----------
    linked : Linked
        Timelines.
    main : MainFit
        The fit.
    draws : ndarray
        (n_draws, n_columns) coefficients of each draw.
    weights : ndarray
        (n_draws, n_customers) the customer weights behind them.
    threads : int, default 1
        How many may work at once; the result does not depend on it.

    Returns
    -------
    HazardModel
        With the baseline rates of each draw.
    """
    rows, design, beta, edges = main.rows, main.fitted.design, main.fitted.beta, main.edges
    band = np.searchsorted(edges, rows.start, side="right") - 1
    days = (rows.stop - rows.start).astype(float)

    def both(drawn: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        coefficients, of_customers = drawn
        weight = of_customers[rows.customer]
        at_risk = weight * days
        involuntary = rates_by_band(band, rows.involuntary, at_risk, weight, len(edges))
        at_risk *= np.exp(design.columns @ coefficients)
        return rates_by_band(band, rows.voluntary, at_risk, weight, len(edges)), involuntary

    point = both((beta, np.ones(weights.shape[1])))
    drawn = list(in_order(both, zip(draws, weights, strict=True), threads + 1))
    components = slice(0, len(linked.components))
    return HazardModel(
        components=linked.components,
        estimable=np.array([main.refusals[name] is None for name in linked.components], dtype=bool),
        log_hazard_ratio=beta[components],
        log_hazard_ratio_draws=draws[:, components],
        coefficients=beta[design.covariates],
        coefficient_draws=draws[:, design.covariates],
        calendar=float(calendar_level(beta[design.calendar][None, :], design.last_year, design.shares)[0]),
        calendar_draws=calendar_level(draws[:, design.calendar], design.last_year, design.shares),
        band_edges=edges,
        voluntary_rates=point[0],
        voluntary_rate_draws=np.array([rates[0] for rates in drawn]).reshape(-1, len(edges)),
        involuntary_rates=point[1],
        involuntary_rate_draws=np.array([rates[1] for rates in drawn]).reshape(-1, len(edges)),
    )
