"""Ends that stand on one day of each month: the same model in grouped time, beside the main one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cxlink.churn.design import hazard_ratio
from cxlink.churn.fit import MainFit, exposed_leavers
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Linked
from cxlink.stats import EstimationError, fit_cloglog

LEAST_MONTHS = 3
"""Below, few leavers could stand on one day of each month by chance."""

METHOD = "grouped-time model by months (complementary log-log), errors clustered by customer"


def fit_grouped(linked: Linked, main: MainFit) -> dict[str, Answer]:
    """Fit the columns of the main model to one row a customer and month.

    Parameters
    ----------
    linked : Linked
        Timelines.
    main : MainFit
        The main model.

    Returns
    -------
    dict of str to Answer
        Hazard ratio of each component that has one in the main model; empty where ends are known by the day.
    """
    days = monthly_risk_days(_end_days(linked, main), linked.from_day, linked.to_day)
    if not len(days):
        return {}
    kept = np.flatnonzero(main.fitted.design.kept)
    rows, event, band = _person_months(linked, main, days)
    used = np.unique(band)
    columns = np.column_stack([main.fitted.design.columns[np.ix_(rows, kept)], band[:, None] == used[None, :]])
    names = [name for name in linked.components if main.refusals[name] is None]
    try:
        fit = fit_cloglog(columns, event, cluster=main.rows.customer[rows])
    except EstimationError as error:
        reason = NotEstimable(f"the model by months cannot be fitted: {error.reason}", "a longer observed window")
        return dict.fromkeys(names, reason)
    if fit.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    errors = np.sqrt(np.diag(fit.robust_covariance))
    return _ratios(linked.components, names, main, kept, fit.beta, errors)


def monthly_risk_days(end_days: np.ndarray, from_day: int, to_day: int) -> np.ndarray:
    """Find the days on which customers can leave, where that is one a month.

    Parameters
    ----------
    end_days : ndarray of int
        Days of leaving, since 1970-01-01.
    from_day, to_day : int
        The observed window.

    Returns
    -------
    ndarray of int
        One day a month of the window; empty where customers left on several days of some month, or in few months.
    """
    ends = np.unique(end_days)
    months = ends.astype("datetime64[D]").astype("datetime64[M]")
    if len(ends) < LEAST_MONTHS or len(np.unique(months)) < len(ends):
        return np.zeros(0, dtype=np.int64)
    window = np.array([from_day, to_day]).astype("datetime64[D]").astype("datetime64[M]")
    every = np.arange(window[0], window[1] + 1)
    first_days = every.astype("datetime64[D]").astype(np.int64)
    last_days = (every + 1).astype("datetime64[D]").astype(np.int64) - 1
    # months in which nobody left have a day of risk too: the first where ends are months' first days, else the last
    usual = first_days if (ends == months.astype("datetime64[D]").astype(np.int64)).all() else last_days
    usual[np.isin(every, months)] = ends
    days: np.ndarray = usual[(usual >= from_day) & (usual <= to_day)]
    return days


def _end_days(linked: Linked, main: MainFit) -> np.ndarray:
    left = main.rows.voluntary
    days: np.ndarray = _acquired(linked, main.rows.customer[left]) + main.rows.stop[left] - 1
    return days


def _acquired(linked: Linked, customer: np.ndarray) -> np.ndarray:
    place = np.searchsorted(linked.customers["customer"].to_numpy(), customer)
    days: np.ndarray = linked.customers["acquired_day"].to_numpy()[place]
    return days


def _person_months(linked: Linked, main: MainFit, days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row of the main model, event, and band of tenure of each customer's days of risk."""
    rows = main.rows
    acquired = _acquired(linked, rows.customer)
    lowest = np.searchsorted(days, acquired + rows.start, side="left")
    highest = np.searchsorted(days, acquired + rows.stop - 1, side="right")
    taken = np.repeat(np.arange(len(rows.start)), highest - lowest)
    band = np.searchsorted(main.edges, rows.start[taken], side="right") - 1
    last = np.append(taken[1:] != taken[:-1], True) if len(taken) else np.zeros(0, dtype=bool)
    return taken, rows.voluntary[taken] & last, band


def _ratios(
    components: Sequence[str],
    names: Sequence[str],
    main: MainFit,
    kept: np.ndarray,
    beta: np.ndarray,
    error: np.ndarray,
) -> dict[str, Answer]:
    n = len(np.unique(main.rows.customer))
    found: dict[str, Answer] = {}
    for name in names:
        place = components.index(name)
        column = int(np.searchsorted(kept, place))
        ratio = hazard_ratio(beta[column], error[column], n, exposed_leavers(main, place))
        found[name] = replace(ratio, method=METHOD)
    return found
