"""Later incidents: they cannot have moved earlier scores and prices, so what they go with is no effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.calendar import quarter_columns
from cxlink.impact.experience import LEVEL, MIN_CLUSTERS, MIN_RESPONSES, Answers, ScoreRows, Z
from cxlink.impact.prices import MIN_CHANGES, MIN_CUSTOMERS, count_met
from cxlink.impact.windows import count_between, last_day_before
from cxlink.stats import ClusteredFit, EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.placebo import check_leads

LATER_TIMES = 2
"""How many times as long later incidents count as earlier ones: who meets many shows only over a while."""
SCORES = (
    "by one later incident, beside earlier ones, adjusted as the effect is; clustered by customer;"
    " customers still there"
)
PRICES = "incidents of the next calendar quarter beside those between the charges; clustered; customers still there"
NOT_TOLD = NotEstimable("it cannot be told from other columns", "customers who met one without the other")


@dataclass(frozen=True, slots=True)
class Lead:
    """What a component's later incidents go with.

    Parameters
    ----------
    answer : Answer
        In the unit of the outcome.
    p_value, detectable : float or None
        Of nothing; size that is found four times in five. None where it is not estimable.
    """

    answer: Answer
    p_value: float | None = None
    detectable: float | None = None


@dataclass(frozen=True, slots=True)
class Leads:
    """One lead a component, and the p value that all of them are nothing."""

    by_component: tuple[Lead, ...]
    joint: float | None


def check_score_leads(linked: Linked, answers: Answers, *, exposure_days: int, unit: str) -> Leads:
    """Regress scores on the number of incidents of the days after, beside those of the days before.

    Only answers count whose customer was there for all of the days after: who leaves meets nothing any more, and who is
    unhappy leaves.

    Parameters
    ----------
    linked : Linked
        Incidents, experiences, attributes and ends of customers.
    answers : Answers
        With what their customers had met before.
    exposure_days : int
        How long before an answer; after it, twice as long.
    unit : str
        Of the KPI.

    Returns
    -------
    Leads
        Not estimable below ten answers, or those of thirty customers, before an incident.

    References
    ----------
    .. [1] Granger (1969), Econometrica 37:424-438; Angrist and Pischke (2009), section 5.2.
    """
    later_days = LATER_TIMES * exposure_days
    followed = _is_followed(linked, answers.cluster, answers.day + later_days)
    kept = Answers(*(getattr(answers, key)[followed] for key in ("value", "cluster", "day", "exposed", "experienced")))
    rows = ScoreRows.of(linked, kept)
    until = rows.day + later_days
    met, touched = np.zeros((2, *rows.exposed.shape))
    for place, name in enumerate(linked.components):
        incidents = linked.incidents.loc[linked.incidents["component"] == name]
        met[:, place] = count_between(incidents, "incident_day", rows.cluster, rows.day, until)
        touchpoints = linked.experiences.loc[linked.experiences["component"] == name]
        if len(touchpoints):
            last = last_day_before(touchpoints, "experienced_day", rows.cluster, until + 1)
            touched[:, place] = (last > rows.day) | (met[:, place] > 0)
    before = rows.design(rows.exposed, rows.experienced)
    usable = np.append(rows.wanted, np.ones(before.shape[1] - len(rows.wanted), dtype=bool))
    refusals = [
        refusal or _few(met[:, place], rows.cluster, MIN_RESPONSES, MIN_CLUSTERS, "answers before an incident")
        for place, refusal in enumerate(rows.refusals)
    ]
    varies = np.array([0 < column.sum() < len(column) for column in touched.T], dtype=bool)
    return _fit(
        np.column_stack([before, touched, met]),
        np.concatenate([usable, varies, np.array([refusal is None for refusal in refusals], dtype=bool)]),
        refusals,
        lambda X: fit_clustered_ols(X, rows.value, cluster=rows.cluster),
        (met > 0).sum(axis=0),
        unit,
        SCORES,
    )


def check_price_leads(linked: Linked, estimable: np.ndarray) -> Leads:
    """Regress price changes on incidents of the next calendar quarter, beside those between the charges.

    Parameters
    ----------
    linked : Linked
        Price changes, incidents, attributes and ends of customers.
    estimable : ndarray
        (n_components,) bool: effects on prices that are estimated.

    Returns
    -------
    Leads
        Not estimable below thirty charges, or those of thirty customers, before an incident.
    """
    changes, n_components = linked.price_changes, len(linked.components)
    none = NotEstimable("no effect on prices is estimated", "more charges after an incident")
    if changes.empty or not estimable.any():
        return Leads((Lead(none),) * n_components, None)
    ends = _next_quarter(changes["after_day"].to_numpy(dtype=np.int64))
    followed = _is_followed(linked, changes["customer"].to_numpy(dtype=np.int64), ends[1])
    changes, first, last = changes.loc[followed], ends[0][followed], ends[1][followed]
    customer, n_changes = (changes[name].to_numpy(dtype=np.int64) for name in ("customer", "n_changes"))
    change = changes["log_change"].to_numpy()
    met = np.zeros((len(changes), n_components))
    for place, name in enumerate(linked.components):
        incidents = linked.incidents.loc[linked.incidents["component"] == name]
        met[:, place] = count_between(incidents, "incident_day", customer, first - 1, last) > 0
    refusals: list[NotEstimable | None] = [
        (None if estimable[place] else none)
        or _few(met[:, place], customer, MIN_CHANGES, MIN_CUSTOMERS, "price changes before an incident")
        for place in range(n_components)
    ]
    if not len(changes) or np.ptp(change) == 0:
        return Leads((Lead(NotEstimable("no price changes", "prices that change")),) * n_components, None)
    quarters = quarter_columns(changes["after_day"].to_numpy(dtype=np.int64), n_changes)
    before = np.column_stack([count_met(linked, changes), np.ones(len(changes)), linked.covariates[customer], quarters])
    usable = np.append(estimable, np.ones(before.shape[1] - n_components, dtype=bool))
    return _fit(
        np.column_stack([before, met]),
        np.append(usable, np.array([refusal is None for refusal in refusals], dtype=bool)),
        refusals,
        lambda X: fit_clustered_ols(X, change, cluster=customer, weights=n_changes),
        (met * n_changes[:, None]).sum(axis=0).astype(int),
        "log price",
        PRICES,
    )


def _fit(
    design: np.ndarray,
    usable: np.ndarray,
    refusals: Sequence[NotEstimable | None],
    fit_rows: Callable[[np.ndarray], ClusteredFit],
    n_met: np.ndarray,
    unit: str,
    method: str,
) -> Leads:
    """Fit; the leads are the last columns, so that of two alike the lead goes."""
    n_components = len(refusals)
    try:
        fit, kept = fit_kept_columns(fit_rows, design, usable)
    except EstimationError as error:
        refused = NotEstimable(f"no regression with later incidents: {error.reason}", "a longer observed window")
        return Leads(tuple(Lead(refusal or refused) for refusal in refusals), None)
    at, first = np.cumsum(kept) - 1, design.shape[1] - n_components
    leads, columns = [], []
    for place, refusal in enumerate(refusals):
        if refusal is not None or not kept[first + place]:
            leads.append(Lead(refusal or NOT_TOLD))
            continue
        column = int(at[first + place])
        columns.append(column)
        leads.append(_lead(fit, column, int(n_met[place]), unit, method))
    joint = _check(fit, columns)
    return Leads(tuple(leads), None if joint is None else joint[0])


def _lead(fit: ClusteredFit, column: int, n_met: int, unit: str, method: str) -> Lead:
    found = _check(fit, [column])
    if found is None:
        return Lead(NotEstimable(f"{fit.n_clusters} customers, needs {MIN_CLUSTERS}", "more customers"))
    point = float(fit.beta[column])
    half = Z * float(np.sqrt(fit.covariance[column, column] * fit.n_clusters / (fit.n_clusters - 1)))
    estimate = Estimate(point, point - half, point + half, LEVEL, unit, fit.n_clusters, n_met, method)
    return Lead(estimate, *found)


def _check(fit: ClusteredFit, columns: list[int]) -> tuple[float, float] | None:
    """P value and detectable size of some leads together."""
    if not columns:
        return None
    try:
        test = check_leads(fit.beta[columns], fit.covariance[np.ix_(columns, columns)], fit.n_clusters)
    except EstimationError:
        return None
    return test.p, test.detectable


def _few(met: np.ndarray, cluster: np.ndarray, least: int, least_customers: int, what: str) -> NotEstimable | None:
    hits, customers = int((met > 0).sum()), len(np.unique(cluster[met > 0]))
    if hits < least:
        return NotEstimable(f"{hits} {what}, needs {least}", "a longer observed window")
    if customers < least_customers:
        return NotEstimable(f"{what} of {customers} customers, needs {least_customers}", "a longer observed window")
    return None


def _next_quarter(day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of the calendar quarter after that of each day."""
    quarter = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3
    first, after = (
        (3 * (quarter + later)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for later in (1, 2)
    )
    return first, after - 1


def _is_followed(linked: Linked, customer: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Whether a known customer was there, and observed, up to a day."""
    people = linked.customers
    ends = people["acquired_day"].to_numpy(dtype=np.int64) + people["stop"].to_numpy(dtype=np.int64) - 1
    left = (people["event"].to_numpy() > 0) & people["at_risk"].to_numpy(dtype=bool)
    last = np.where(left, ends, linked.to_day)
    followed: np.ndarray = (customer >= 0) & (until <= last[np.maximum(customer, 0)])
    return followed
