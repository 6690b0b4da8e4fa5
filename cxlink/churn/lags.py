"""How the hazard answers month by month after an incident, and whether leaving came before the complaint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.design import Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import LAG_DAYS, Window, lag_windows, primary_windows
from cxlink.churn.gates import check_exposure
from cxlink.churn.rows import RiskRows, build_rows
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import LagProfile, Linked
from cxlink.stats import CoxError

N_LAGS = 6
LATER = (1, 2)
CRITICAL_Z = 2.3263478740408408
"""One-sided, .01."""
NOT_FITTED = NotEstimable("it cannot be told from another month's", "more incidents")


MOST_PROFILED = 30_000
"""Customers by whom profiles are fitted, where more were at risk: one fit a component, for a shape and a warning."""


def fit_lag_profiles(
    linked: Linked, components: Sequence[int], *, exposure_days: int, band_edges: np.ndarray
) -> tuple[LagProfile, ...]:
    """Fit, for one component at a time, a hazard ratio for each month since its incidents.

    The other components stay in the model as in the main one. Where leaving is decided first and complained about
    after, the first month stands out: a real effect does not vanish on the thirty-first day.

    Parameters
    ----------
    linked : Linked
        Timelines.
    components : sequence of int
        Places in ``linked.components`` of those to look at.
    exposure_days : int
        How long the others' incidents count.
    band_edges : ndarray
        Tenure days at which rows are cut.

    Returns
    -------
    tuple of LagProfile
        ``reverse`` is True where the first month's log ratio is more than twice the mean of the second's and third's,
        beyond chance (one-sided p below .01), and the first month raises the hazard at all. Of a large base, by every
        second customer, every third, ..., as their number in the estimates says, unless a month cannot be told so.
    """
    some = _thin_out(linked)
    found = []
    for place in components:
        profile = _profile(some, place, exposure_days, band_edges)
        if some is not linked and not _is_whole(profile):
            profile = _profile(linked, place, exposure_days, band_edges)
        found.append(profile)
    return tuple(found)


def _is_whole(profile: LagProfile) -> bool:
    return profile.refusal is None and not any(isinstance(month, NotEstimable) for month in profile.months)


def _thin_out(linked: Linked) -> Linked:
    at_risk = linked.customers["at_risk"].to_numpy()
    step = -(-int(at_risk.sum()) // MOST_PROFILED)
    if step <= 1:
        return linked
    chosen = np.zeros(len(at_risk), dtype=bool)
    chosen[np.flatnonzero(at_risk)[::step]] = True
    kept = linked.customers["customer"].to_numpy()[chosen]
    incidents = linked.incidents.loc[linked.incidents["customer"].isin(kept)].reset_index(drop=True)
    return replace(linked, customers=linked.customers.assign(at_risk=chosen), incidents=incidents)


def _profile(linked: Linked, place: int, exposure_days: int, band_edges: np.ndarray) -> LagProfile:
    name = linked.components[place]
    fitted = _fit(linked, name, lag_windows(name, N_LAGS), exposure_days, band_edges)
    if isinstance(fitted, NotEstimable):
        return LagProfile(name, (fitted,) * N_LAGS, reverse=False)
    months = _ratios(fitted)
    kept = fitted.model.design.kept
    if not kept[0]:
        return LagProfile(name, months, reverse=False)
    if kept[list(LATER)].all():
        return LagProfile(name, months, reverse=_stands_out(fitted.model, LATER))
    return _by_pooled(linked, name, months, exposure_days, band_edges)


def _by_pooled(
    linked: Linked, name: str, months: tuple[Answer, ...], exposure_days: int, band_edges: np.ndarray
) -> LagProfile:
    """The first month against the second and third together, where one of them is too thin."""
    windows = [Window(name, LAG_DAYS), Window(name, LAG_DAYS * len(LATER), skip=LAG_DAYS)]
    fitted = _fit(linked, name, windows, exposure_days, band_edges)
    if isinstance(fitted, NotEstimable) or not fitted.model.design.kept[:2].all():
        refusal = NotEstimable(
            "only its incidents of the last 30 days are met by enough leavers; that cannot be told from complaining"
            " after the decision to leave",
            "more incidents, or a tag of its own for requests to cancel",
        )
        return LagProfile(name, months, reverse=False, refusal=refusal)
    return LagProfile(name, months, reverse=_stands_out(fitted.model, (1,)))


@dataclass(frozen=True, slots=True)
class _Profiled:
    rows: RiskRows
    model: Fitted
    refusals: list[NotEstimable | None]


def _fit(
    linked: Linked, name: str, windows: list[Window], exposure_days: int, band_edges: np.ndarray
) -> _Profiled | NotEstimable:
    others = primary_windows([c for c in linked.components if c != name], exposure_days)
    rows = build_rows(linked, [*windows, *others], band_edges=band_edges)
    refusals = [check_exposure(rows, column) for column in range(rows.counts.shape[1])]
    names = (*(f"window {k}" for k in range(len(windows))), *(w.component for w in others), *linked.covariate_names)
    kept = np.array([refusal is None for refusal in refusals])
    try:
        fitted = fit_design(build_design(rows, linked.covariates, rows.exposed, names, kept), rows)
    except CoxError as error:
        return NotEstimable(f"the model by month cannot be fitted: {error.reason}", "more incidents")
    return _Profiled(rows, fitted, refusals)


def _ratios(found: _Profiled) -> tuple[Answer, ...]:
    rows, fitted = found.rows, found.model
    n = len(np.unique(rows.customer))
    answers: list[Answer] = []
    for lag in range(N_LAGS):
        refusal = found.refusals[lag] or (None if fitted.design.kept[lag] else NOT_FITTED)
        events = int((rows.voluntary & rows.exposed[:, lag]).sum())
        answers.append(refusal or hazard_ratio(fitted.beta[lag], fitted.error[lag], n, events))
    return tuple(answers)


def _stands_out(fitted: Fitted, later: tuple[int, ...]) -> bool:
    """Whether the first month raises the hazard, more than the later ones, and more than twice as much."""
    return all(_exceeds(fitted, later, times) for times in (0.0, 1.0, 2.0))


def _exceeds(fitted: Fitted, later: tuple[int, ...], times: float) -> bool:
    contrast = np.zeros(len(fitted.beta))
    contrast[0], contrast[list(later)] = 1.0, -times / len(later)
    error = float(np.sqrt(contrast @ fitted.covariance @ contrast))
    return bool(contrast @ fitted.beta > CRITICAL_Z * error)
