"""Answers that rate touchpoints, as columns: what was not rated was not experienced, and is no mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.driver_rows import DriverRows
from cxlink.impact.experience import MIN_CLUSTERS
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns

PREFIX = "rating_"
SCALES = ((5.0, 2.0, 5.0), (7.0, 3.0, 6.0), (10.0, 6.0, 9.0))
"""Highest rating of a scale, up to where one is low, and from where it is high: chosen without a look at scores."""

NO_RATINGS = NotEstimable("no answer rates a touchpoint", "feedback columns rating_<component>")


@dataclass(frozen=True, slots=True)
class RatingRows:
    """Answers of known customers with the KPI and at least one rating.

    Parameters
    ----------
    names : tuple of str
        Touchpoints in use.
    marks : ndarray
        (n, n_names) ratings; NaN where not rated.
    value, cluster : ndarray
        (n,) KPI, and customer.
    covariates : ndarray
        (n, n_covariates) attributes, tenure, calendar, and whether a touchpoint was rated where several were always
        rated together: none of them is to get what that tells.
    columns : ndarray
        (n, n_columns) for each touchpoint whether it was rated, if that differs, and the rating less its mean, or 0.
    groups : ndarray
        (n_columns,) place of each column's touchpoint in `names`.
    left_out : tuple of (str, NotEstimable)
        Other touchpoints, and why.
    unrated : int
        Answers with the KPI that rate nothing.
    """

    names: tuple[str, ...]
    marks: np.ndarray
    value: np.ndarray
    cluster: np.ndarray
    covariates: np.ndarray
    columns: np.ndarray
    groups: np.ndarray
    left_out: tuple[tuple[str, NotEstimable], ...]
    unrated: int


def build_rating_rows(linked: Linked, data: DriverRows) -> RatingRows | NotEstimable:
    """Put ratings beside the KPI.

    Parameters
    ----------
    linked : Linked
        Its responses, with columns ``rating_<component>``.
    data : DriverRows
        The answers of one KPI, in the same order.

    Returns
    -------
    RatingRows or NotEstimable
        Refused where no touchpoint was rated in different ways by thirty customers.
    """
    names = [name for name in linked.responses.columns if name.startswith(PREFIX)]
    scored = linked.responses.loc[linked.responses[data.kpi].notna(), names].to_numpy(dtype=float)
    marks = scored[data.answers.cluster >= 0]
    rated = ~np.isnan(marks)
    any_rated = rated.any(axis=1)
    if not any_rated.any():
        return NO_RATINGS
    marks, cluster = marks[any_rated], data.rows.cluster[any_rated]
    left_out: list[tuple[str, NotEstimable]] = []
    used = []
    for place, name in enumerate(names):
        refusal = _refuse(marks[:, place], cluster)
        if refusal is None:
            used.append(place)
        else:
            left_out.append((name.removeprefix(PREFIX), refusal))
    if not used:
        return NotEstimable("; ".join(f"{name}: {why.reason}" for name, why in left_out), "more ratings")
    marks = marks[:, used]
    columns, groups, shared = _columns(marks)
    others = np.column_stack([data.rows.covariates[any_rated], data.rows.always[any_rated], shared])
    return RatingRows(
        names=tuple(names[place].removeprefix(PREFIX) for place in used),
        marks=marks,
        value=data.rows.value[any_rated],
        cluster=cluster,
        covariates=_independent(others, data.rows.value[any_rated], cluster),
        columns=columns,
        groups=groups,
        left_out=tuple(left_out),
        unrated=int((~any_rated).sum()),
    )


def find_cuts(marks: np.ndarray) -> tuple[float, float] | NotEstimable:
    """Choose where ratings are low and high, by the scale that they are on.

    Parameters
    ----------
    marks : ndarray
        Ratings; NaN where not rated.

    Returns
    -------
    tuple of float, or NotEstimable
        Low up to the first, high from the second; refused above ten.
    """
    highest = float(np.nanmax(marks))
    for top, low, high in SCALES:
        if highest <= top:
            return low, high
    return NotEstimable(f"ratings reach {highest:g}, a scale beyond 10", "ratings on a scale up to 5, 7 or 10")


def _refuse(marks: np.ndarray, cluster: np.ndarray) -> NotEstimable | None:
    rated = ~np.isnan(marks)
    customers = len(np.unique(cluster[rated]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers rated it, needs {MIN_CLUSTERS}", "more ratings")
    if np.ptp(marks[rated]) == 0:
        return NotEstimable("all ratings are the same", "more ratings")
    return None


def _columns(marks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns of the touchpoints, whose each is, and whether was rated what was always rated with something else."""
    rated = ~np.isnan(marks)
    patterns = [column.tobytes() for column in rated.T]
    columns, groups = [], []
    shared: dict[bytes, np.ndarray] = {}
    for place, pattern in enumerate(patterns):
        there = rated[:, place]
        if not there.all():
            if patterns.count(pattern) > 1:
                shared[pattern] = there
            else:
                columns.append(there.astype(float))
                groups.append(place)
        columns.append(np.where(there, marks[:, place] - marks[there, place].mean(), 0.0))
        groups.append(place)
    together = np.column_stack([*shared.values()]) if shared else np.zeros((len(marks), 0))
    return np.column_stack(columns), np.array(groups), together.astype(float)


def _independent(others: np.ndarray, value: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Columns that the columns before them, and a constant, do not make up."""
    design = np.column_stack([np.ones(len(others)), others])
    try:
        _, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, value, cluster=cluster), design)
    except EstimationError:
        return others[:, :0]
    return others[:, kept[1:]]
