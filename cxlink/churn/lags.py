"""How the hazard answers month by month after an incident, and whether leaving came before the complaint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxlink.churn.design import Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.exposure import lag_windows, primary_windows
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
        beyond chance (one-sided p below .01).
    """
    return tuple(_profile(linked, place, exposure_days, band_edges) for place in components)


def _profile(linked: Linked, place: int, exposure_days: int, band_edges: np.ndarray) -> LagProfile:
    name = linked.components[place]
    others = primary_windows([c for c in linked.components if c != name], exposure_days)
    rows = build_rows(linked, [*lag_windows(name, N_LAGS), *others], band_edges=band_edges)
    refusals = [check_exposure(rows, column) for column in range(rows.counts.shape[1])]
    try:
        fitted = fit_design(
            build_design(
                rows,
                linked.covariates,
                rows.exposed,
                (
                    *(f"month {k + 1}" for k in range(N_LAGS)),
                    *(w.component for w in others),
                    *linked.covariate_names,
                ),
                np.array([refusal is None for refusal in refusals]),
            ),
            rows,
        )
    except CoxError as error:
        refusal = NotEstimable(f"the model by month cannot be fitted: {error.reason}", "more incidents")
        return LagProfile(name, (refusal,) * N_LAGS, reverse=False)
    return LagProfile(name, _ratios(rows, fitted, refusals), reverse=_is_reverse(fitted))


def _ratios(rows: RiskRows, fitted: Fitted, refusals: list[NotEstimable | None]) -> tuple[Answer, ...]:
    n = len(np.unique(rows.customer))
    found: list[Answer] = []
    for lag in range(N_LAGS):
        refusal = refusals[lag] or (None if fitted.design.kept[lag] else NOT_FITTED)
        events = int((rows.voluntary & rows.exposed[:, lag]).sum())
        found.append(refusal or hazard_ratio(fitted.beta[lag], fitted.error[lag], n, events))
    return tuple(found)


def _is_reverse(fitted: Fitted) -> bool:
    if not fitted.design.kept[[0, *LATER]].all():
        return False
    contrast = np.zeros(len(fitted.beta))
    contrast[0], contrast[list(LATER)] = 1.0, -2.0 / len(LATER)
    error = float(np.sqrt(contrast @ fitted.covariance @ contrast))
    return bool(contrast @ fitted.beta > CRITICAL_Z * error)
