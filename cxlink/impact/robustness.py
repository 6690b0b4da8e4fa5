"""How strong a cause that was not measured would have to be to explain an effect on the score away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.estimate import Estimate
from cxlink.handoff import Linked, ScoreDoubt
from cxlink.impact.experience import LEVEL, Answers, ScoreRows, Z
from cxlink.stats import ClusteredFit, EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.e_values import e_value_of_mean_difference
from cxlink.stats.sensitivity import (
    Coefficient,
    Strength,
    adjust_for_confounder,
    bound_confounder,
    measure_coefficient,
    measure_strength,
    robustness_value,
)

MOST_TIMES = 1000.0
SPARE_ROWS = 3
METHOD = "regression of the score on exposure, adjusted for attributes, tenure and calendar; clustered by customer"


def doubt_scores(linked: Linked, answers: Answers, unit: str) -> tuple[ScoreDoubt | None, ...]:
    """Hold each component's effect on the score against hidden causes.

    Parameters
    ----------
    linked : Linked
        Attributes and components.
    answers : Answers
        The answers.
    unit : str
        Of the KPI.

    Returns
    -------
    tuple of ScoreDoubt or None
        One a component; None where its effect is not estimated.

    References
    ----------
    .. [1] Cinelli and Hazlett (2020), JRSS B 82:39-67.
    .. [2] VanderWeele and Ding (2017), Annals of Internal Medicine 167:268-274.
    """
    rows, n_components = ScoreRows.of(linked, answers), len(linked.components)
    nothing: tuple[ScoreDoubt | None, ...] = (None,) * n_components
    if not rows.wanted.any():
        return nothing
    design = rows.design(rows.exposed, rows.experienced)
    usable = np.append(rows.wanted, np.ones(design.shape[1] - n_components, dtype=bool))
    try:
        fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, rows.value, cluster=rows.cluster), design, usable)
    except EstimationError:
        return nothing
    triangle = _triangle(design[:, kept], rows.value)
    groups = _attribute_columns(linked, kept, n_components)
    at, spread = np.cumsum(kept) - 1, float(rows.value.std())
    return tuple(
        _doubt(triangle, fit, int(at[place]), groups, unit, spread, int(rows.exposed[:, place].sum()))
        if kept[place]
        else None
        for place in range(n_components)
    )


def _triangle(design: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Few rows with the same sums of squares and products as all of them: what least squares knows of the data."""
    triangle: np.ndarray = np.linalg.qr(np.column_stack([design, value]), mode="r")  # type: ignore[assignment]  # one array in this mode
    return np.vstack([triangle, np.zeros((SPARE_ROWS, triangle.shape[1]))])


def _attribute_columns(linked: Linked, kept: np.ndarray, n_components: int) -> dict[str, list[int]]:
    """Columns of each attribute, among those kept."""
    at = np.cumsum(kept) - 1
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(linked.covariate_names):
        column = n_components + 1 + number
        if kept[column]:
            groups.setdefault(name.partition("=")[0].removesuffix(" missing"), []).append(int(at[column]))
    return groups


def _doubt(
    triangle: np.ndarray,
    fit: ClusteredFit,
    column: int,
    groups: dict[str, list[int]],
    unit: str,
    spread: float,
    n_exposed: int,
) -> ScoreDoubt | None:
    X, y = triangle[:, :-1], triangle[:, -1]
    clustered = float(np.sqrt(fit.covariance[column, column] * fit.n_clusters / (fit.n_clusters - 1)))
    df = fit.n - X.shape[1]
    try:
        few = measure_coefficient(X, y, column)
        classical = few.error * float(np.sqrt(few.df / df))
        coefficient = Coefficient(few.estimate, classical, df, clustered, fit.n_clusters)
        robust = robustness_value(coefficient)
        e_value = e_value_of_mean_difference(few.estimate, clustered, outcome_sd=spread)
    except (EstimationError, ZeroDivisionError):
        return None
    name, strength = _strongest(X, y, column, groups, coefficient)
    point = few.estimate
    return ScoreDoubt(
        points=Estimate(
            point, point - Z * clustered, point + Z * clustered, LEVEL, unit, fit.n_clusters, n_exposed, METHOD
        ),
        partial_r2=robust.partial_r2,
        robustness=robust.value,
        robustness_of_limit=robust.value_of_interval,
        e_value=e_value.point,
        e_value_of_limit=1.0 if e_value.limit is None else e_value.limit,
        attribute=name,
        attribute_exposure=strength.exposure,
        attribute_score=strength.outcome,
        times_to_explain=_times_to_explain(coefficient, strength) if name else None,
    )


def _strongest(
    X: np.ndarray, y: np.ndarray, column: int, groups: dict[str, list[int]], coefficient: Coefficient
) -> tuple[str, Strength]:
    """Attribute whose like, were it hidden, would move the estimate most."""
    best, most, strength = "", 0.0, Strength(0.0, 0.0)
    for name, columns in groups.items():
        try:
            found = measure_strength(X, y, column, columns)
            moved = abs(coefficient.estimate - adjust_for_confounder(coefficient, bound_confounder(found)).estimate)
        except EstimationError:
            continue
        if moved > most:
            best, most, strength = name, moved, found
    return best, strength


def _times_to_explain(coefficient: Coefficient, strength: Strength) -> float | None:
    """How many times as strong as an attribute a hidden cause must be for the estimate to be zero; by bisection."""
    upright = replace(coefficient, estimate=abs(coefficient.estimate))

    def is_explained(times: float) -> bool:
        try:
            return adjust_for_confounder(upright, bound_confounder(strength, times=times)).estimate <= 0
        except EstimationError:
            # nothing can explain more of the exposure than there is
            return True

    low, high = 0.0, 1.0
    while not is_explained(high):
        low, high = high, 2 * high
        if high > MOST_TIMES:
            return None
    for _ in range(50):
        half = (low + high) / 2
        low, high = (low, half) if is_explained(half) else (half, high)
    return high
