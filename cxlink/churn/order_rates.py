"""What incidents do to the rate of orders: a process that recurs, without any end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.churn.design import hazard_ratio
from cxlink.churn.exposure import count_spans, expose, primary_windows
from cxlink.churn.gates import MIN_CLUSTERS, MIN_EXPOSED_EVENTS
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Linked
from cxlink.stats import CoxError, CoxFit, RecurrentRows, build_recurrent_rows, fit_cox, fit_kept_columns

RATE_METHOD = "Andersen-Gill model of orders on days since the first, errors clustered by customer"


@dataclass(frozen=True, slots=True)
class Orders:
    """Days with at least one order, sorted by customer and day.

    Parameters
    ----------
    customer, day : ndarray
        (n_orders,) key, and days since 1970-01-01.
    amount : ndarray
        (n_orders,) of all charges of the day above zero, in minor units of the project's currency.
    """

    customer: np.ndarray
    day: np.ndarray
    amount: np.ndarray


def fit_order_rates(linked: Linked, orders: Orders, *, exposure_days: int) -> dict[str, Answer]:
    """Estimate the rate of orders while an incident counts, over the rate otherwise.

    Parameters
    ----------
    linked : Linked
        Timelines.
    orders : Orders
        Sorted by customer and day.
    exposure_days : int
        How long an incident counts.

    Returns
    -------
    dict of str to Answer
        By component; refused below ten orders while exposed, or thirty customers.
    """
    spells = _spells(linked, orders)
    windows = primary_windows(linked.components, exposure_days)
    spans = [expose(linked.incidents, window, spells) for window in windows]
    keys = spells["customer"].to_numpy()
    place = np.searchsorted(keys, orders.customer)
    known = np.isin(orders.customer, keys)
    cuts = [(span.place, edge) for span in spans for edge in (span.begins, span.ends)]
    rows = build_recurrent_rows(
        np.arange(len(keys)),
        spells["start"].to_numpy(),
        spells["stop"].to_numpy(),
        place[known],
        orders.day[known] - spells["acquired_day"].to_numpy()[place[known]] + 1,
        np.concatenate([cut[0] for cut in cuts] or [np.zeros(0, dtype=np.int64)]),
        np.concatenate([cut[1] for cut in cuts] or [np.zeros(0, dtype=np.int64)]),
    )
    width = int(spells["stop"].max()) + 1 if len(spells) else 1
    starts = rows.customer * width + rows.start.astype(np.int64)
    exposed = np.zeros((len(rows.start), len(spans)), dtype=bool)
    for k, span in enumerate(spans):
        exposed[:, k] = count_spans(starts, span, width) > 0
    gates = [_gate(rows.event, exposed[:, k], rows.customer) for k in range(len(spans))]
    ratios: dict[str, Answer] = {name: gate for name, gate in zip(linked.components, gates, strict=True) if gate}
    wanted = [k for k, gate in enumerate(gates) if gate is None]
    if wanted:
        columns = np.column_stack([exposed[:, wanted].astype(float), linked.covariates[keys[rows.customer]]])
        names = [linked.components[k] for k in wanted]
        ratios |= _fit_rates(columns, rows, names)
    return {name: ratios[name] for name in linked.components}


def _fit_rates(columns: np.ndarray, rows: RecurrentRows, names: Sequence[str]) -> dict[str, Answer]:
    def fit(kept: np.ndarray) -> CoxFit:
        return fit_cox(
            kept,
            stop=rows.stop,
            event=rows.event,
            start=rows.start,
            cluster=rows.customer,
            keep_score_residuals=False,
        )

    try:
        fitted, kept = fit_kept_columns(fit, columns)
    except CoxError as error:
        return dict.fromkeys(names, NotEstimable(f"the rate of orders cannot be fitted: {error.reason}", "more orders"))
    if fitted.robust_covariance is None:
        raise ValueError("the fit has no clustered covariance")
    place = np.cumsum(kept) - 1
    errors, n = np.sqrt(np.diag(fitted.robust_covariance)), len(np.unique(rows.customer))
    unknown = NotEstimable(
        "its incidents cannot be told from another column's", "customers who met one without the other"
    )
    return {
        name: replace(
            hazard_ratio(fitted.beta[place[k]], errors[place[k]], n, int((rows.event & (columns[:, k] > 0)).sum())),
            unit="rate ratio",
            method=RATE_METHOD,
        )
        if kept[k]
        else unknown
        for k, name in enumerate(names)
    }


def _gate(event: np.ndarray, exposed: np.ndarray, customer: np.ndarray) -> NotEstimable | None:
    orders = int((event & exposed).sum())
    customers = len(np.unique(customer[exposed]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers exposed, needs {MIN_CLUSTERS}", "more customers or a longer window")
    if orders < MIN_EXPOSED_EVENTS:
        return NotEstimable(
            f"{orders} orders while exposed, needs {MIN_EXPOSED_EVENTS}", "more customers or a longer window"
        )
    return None


def _spells(linked: Linked, orders: Orders) -> pd.DataFrame:
    """From the day after the first order, or the first day observed, to the cut-off; the day of that order is day 1."""
    customer, starts = np.unique(orders.customer, return_index=True)
    first = orders.day[starts]
    start, stop = np.maximum(linked.from_day - first, 1), linked.to_day - first + 1
    rows = pd.DataFrame({"customer": customer, "acquired_day": first, "start": start, "stop": stop})
    kept: pd.DataFrame = rows.loc[stop > start].reset_index(drop=True)
    return kept
