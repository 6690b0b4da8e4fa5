"""The score after an incident against that without: of all answers, and of the same customers."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.impact.driver_rows import DriverRows
from cxlink.impact.experience import LEVEL, MIN_CLUSTERS, MIN_RESPONSES, SAME_ANSWERS
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.same_customers import SameCustomers, compare_same_customers
from cxlink.stats.score_differences import ScoreDifference, compare_means, compare_nps

PLAIN = "difference of answers after an incident and of those without one; clustered by customer"
LIKE_FOR_LIKE = "mean of the customers' own differences, with Student's interval"
WITHIN = "least squares within customers, jointly with other components, tenure and calendar; clustered by customer"
APART = 2.5758293035489004
"""Standard errors beyond which two ways to compare are said to differ: one in a hundred where they do not."""


def compare_all(data: DriverRows, place: int) -> ScoreDifference | NotEstimable:
    """Compare answers after an incident with all others that had the touchpoint.

    Parameters
    ----------
    data : DriverRows
        The answers.
    place : int
        Of the component.

    Returns
    -------
    ScoreDifference or NotEstimable
        Refused below ten customers on either side.
    """
    rows = data.rows
    refusal = rows.refusals[place]
    if refusal is SAME_ANSWERS:
        return refusal
    met, had = rows.exposed[:, place], rows.experienced[:, place]
    few = [
        f"{len(np.unique(rows.cluster[part]))} customers answered {name}"
        for name, part in (("after an incident", met), ("without one", had & ~met))
        if len(np.unique(rows.cluster[part])) < MIN_RESPONSES
    ]
    if few:
        return NotEstimable(f"{' and '.join(few)}, needs {MIN_RESPONSES}", "more answers")
    compare = compare_nps if data.kpi == "nps" else compare_means
    try:
        return compare(data.marks, met, rows.cluster, (met | had).astype(float), level=LEVEL)
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")


def compare_like_for_like(data: DriverRows, place: int) -> SameCustomers | NotEstimable:
    """Compare each customer's answers after an incident with the same customer's others.

    Parameters
    ----------
    data : DriverRows
        The answers.
    place : int
        Of the component.

    Returns
    -------
    SameCustomers or NotEstimable
        Refused below thirty customers who answered both ways.
    """
    rows = data.rows
    if rows.refusals[place] is SAME_ANSWERS:
        return SAME_ANSWERS
    met, had = rows.exposed[:, place], rows.experienced[:, place]
    refusal = _refuse_few(count_both(data, place))
    if refusal is not None:
        return refusal
    try:
        return compare_same_customers(rows.value, met, rows.cluster, (met | had).astype(float), level=LEVEL)
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")


def count_both(data: DriverRows, place: int) -> int:
    """Customers who answered after an incident, and with the touchpoint but without one.

    Parameters
    ----------
    data : DriverRows
        The answers.
    place : int
        Of the component.

    Returns
    -------
    int
        Their number.
    """
    rows = data.rows
    met, had = rows.exposed[:, place], rows.experienced[:, place]
    return len(np.intersect1d(rows.cluster[met], rows.cluster[had & ~met]))


def _refuse_few(both: int) -> NotEstimable | None:
    if both >= MIN_CLUSTERS:
        return None
    reason = f"{both} customers answered both after an incident and without one, needs {MIN_CLUSTERS}"
    return NotEstimable(reason, "customers who are asked again")


def tell_difference(found: ScoreDifference | SameCustomers | NotEstimable, unit: str) -> Answer:
    """Put a comparison into the terms of the hand-off.

    Parameters
    ----------
    found : ScoreDifference, SameCustomers or NotEstimable
        A comparison.
    unit : str
        Of the KPI.

    Returns
    -------
    Estimate or NotEstimable
        With the customers behind it; its events are the answers after an incident, or those customers.
    """
    if isinstance(found, NotEstimable):
        return found
    if isinstance(found, SameCustomers):
        n, events, method = found.n_clusters, found.n_clusters, LIKE_FOR_LIKE
    else:
        n = found.first.n_clusters + found.second.n_clusters - found.n_shared
        events, method = found.second.n, PLAIN
    low, high = min(found.low, found.difference), max(found.high, found.difference)
    return Estimate(found.difference, low, high, found.level, unit, n, events, method)


def misleads(plain: ScoreDifference | NotEstimable, same: SameCustomers | NotEstimable) -> bool:
    """Whether the plain difference and that of the same customers differ by more than chance.

    Parameters
    ----------
    plain : ScoreDifference or NotEstimable
        Of all answers.
    same : SameCustomers or NotEstimable
        Of those who answered both ways; of the same answers, so that customers stand in the same order.

    Returns
    -------
    bool
        False where either is refused.
    """
    if isinstance(plain, NotEstimable) or isinstance(same, NotEstimable):
        return False
    error = float(np.linalg.norm(plain.influence - same.influence))
    return abs(plain.difference - same.difference) > APART * error


def fit_within_customers(data: DriverRows) -> tuple[Answer, ...]:
    """Regress the score on all components at once, each customer at an own level.

    What differs between customers and does not change is out, whatever it is; tenure and calendar are adjusted for.

    Parameters
    ----------
    data : DriverRows
        The answers.

    Returns
    -------
    tuple of Estimate or NotEstimable
        One a component; refused where fewer than thirty customers answered both with and without an incident.
    """
    rows, n_components = data.rows, len(data.components)
    refusals: list[NotEstimable | None] = [
        refusal or _refuse_few(count_both(data, place)) for place, refusal in enumerate(rows.refusals)
    ]
    _, code, size = np.unique(rows.cluster, return_inverse=True, return_counts=True)
    again = size[code] > 1
    cluster = rows.cluster[again]
    design = rows.design(rows.exposed, rows.experienced)[again]
    value = rows.value[again]
    moved = _less_means(np.column_stack([design, value]), cluster)
    # what stays the same within all customers has no column here
    kept = np.append(rows.wanted, np.ones(design.shape[1] - n_components, dtype=bool))
    kept &= np.abs(moved[:, :-1]).max(axis=0, initial=0.0) > 1e-9
    point = np.zeros(design.shape[1])
    error = np.zeros(design.shape[1])
    try:
        fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, moved[:, -1], cluster=cluster), moved[:, :-1], kept)
    except EstimationError as fault:
        none = NotEstimable(f"no regression within customers: {fault.reason}", "customers who are asked again")
        return tuple(refusal or none for refusal in refusals)
    point[kept], error[kept] = fit.beta, np.sqrt(np.diag(fit.covariance))
    found: list[Answer] = []
    for place, refusal in enumerate(refusals):
        if refusal is None and not kept[place]:
            refusal = NotEstimable(  # noqa: PLW2901 - the refusal of this component
                "its incidents cannot be told from another component's, or from the calendar",
                "customers who met one without the other",
            )
        both = count_both(data, place)
        found.append(refusal or _within(point[place], error[place], both, int(rows.exposed[again, place].sum()), data))
    return tuple(found)


def _within(point: float, error: float, both: int, events: int, data: DriverRows) -> Estimate:
    # only customers seen both ways tell: they, not all, are the sample
    half = float(stdtrit(both - 1, 0.5 + LEVEL / 2)) * float(error) * float(np.sqrt(both / (both - 1)))
    return Estimate(float(point), float(point) - half, float(point) + half, LEVEL, data.unit, both, events, WITHIN)


def _less_means(matrix: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    _, code, size = np.unique(cluster, return_inverse=True, return_counts=True)
    means = np.column_stack([np.bincount(code, column, len(size)) / np.maximum(size, 1) for column in matrix.T])
    less: np.ndarray = matrix - means[code]
    return less
