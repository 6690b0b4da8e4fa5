"""Attributes that look as if they were measured after the incidents they are to be adjusted for."""

from __future__ import annotations

import numpy as np

from cxlink.handoff import Linked
from cxlink.impact.windows import count_between
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.multiplicity import adjust_p_values
from cxlink.stats.placebo import check_leads

MOST_FALSE = 0.01
LEAST_MOVED = 0.1
"""Standard deviations of the attribute: less is no matter, however surely it is there."""
LEAST_CUSTOMERS = 30


def find_late_attributes(linked: Linked, exposure_days: int) -> tuple[str, ...]:
    """Find attributes that go with the latest incidents more than with those before.

    What a customer brought along goes with early and late incidents alike. What an incident moved goes with the latest
    ones more, as far as it recovers: usage of the last month is such an attribute. Only customers active at the cut-off
    are looked at, so that leaving plays no part. An attribute that never recovers is not found.

    Parameters
    ----------
    linked : Linked
        Attributes as numbers, and incidents.
    exposure_days : int
        The latest incidents are those of so many days before the cut-off, the earlier ones those of as many before.

    Returns
    -------
    tuple of str
        Columns of the attributes, such as ``usage``; at most one run in twenty names any without a cause.
    """
    people = linked.customers
    chosen = people["active"].to_numpy(dtype=bool) & (people["tenure"].to_numpy() > 2 * exposure_days)
    customer = people["customer"].to_numpy(dtype=np.int64)[chosen]
    if len(customer) < LEAST_CUSTOMERS:
        return ()
    late, early = (_met(linked, customer, linked.to_day - skip, exposure_days) for skip in (0, exposure_days))
    told = (late.sum(axis=0) >= LEAST_CUSTOMERS) & (early.sum(axis=0) >= LEAST_CUSTOMERS)
    if not told.any():
        return ()
    late, early = late[:, told], early[:, told]
    p_values, moved, names = [], [], []
    for column, name in enumerate(linked.covariate_names):
        value = linked.covariates[customer, column]
        found = _compare(value, late, early) if np.ptp(value) > 0 else None
        if found is not None:
            p_values.append(found[0])
            moved.append(found[1] / float(value.std()))
            names.append(name)
    if not names:
        return ()
    adjusted = adjust_p_values(p_values)
    return tuple(
        name for name, q, by in zip(names, adjusted, moved, strict=True) if q <= MOST_FALSE and by >= LEAST_MOVED
    )


def _met(linked: Linked, customer: np.ndarray, until: int, days: int) -> np.ndarray:
    last = np.full(len(customer), until)
    columns = [
        count_between(
            linked.incidents.loc[linked.incidents["component"] == name], "incident_day", customer, last - days, last
        )
        > 0
        for name in linked.components
    ]
    return np.column_stack(columns).astype(float) if columns else np.zeros((len(customer), 0))


def _compare(value: np.ndarray, late: np.ndarray, early: np.ndarray) -> tuple[float, float] | None:
    """P value that the attribute goes with late and early incidents alike, and the largest difference.

    Other attributes stay out: given one that incidents did move, those that they did not would seem to be moved.
    """
    n_components = late.shape[1]
    # the late ones beside all: their coefficients are the differences
    design = np.column_stack([late, late + early, np.ones(len(value))])
    try:
        fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, value, np.arange(len(value))), design)
        places = (np.cumsum(kept) - 1)[:n_components][kept[:n_components]]
        test = check_leads(fit.beta[places], fit.covariance[np.ix_(places, places)], len(value))
    except EstimationError:
        return None
    return test.p, float(np.abs(fit.beta[places]).max())
