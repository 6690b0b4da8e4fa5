"""Scores as ordered answers: what an incident does on the KPI's own scale, and whether it shifts all answers alike."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import OddsCheck
from cxlink.impact.driver_rows import DriverRows
from cxlink.impact.experience import LEVEL, Z
from cxlink.stats import EstimationError, fit_kept_columns
from cxlink.stats.ordinal import OrdinalFit, fit_ordinal
from cxlink.stats.ordinal_contrast import contrast_ordinal
from cxlink.stats.proportional_odds import ProportionalOdds, check_proportional_odds
from cxlink.stats.simultaneous import largest_deviation

ORDINAL = (
    "proportional odds of the ordered answers, averaged over those who met one (g-computation); adjusted for"
    " attributes, tenure and calendar; clustered by customer"
)
MOST_ANSWERS = 100_000
"""Answers to which the ordinal model is fitted: of more, those of customers drawn at random."""


def fit_ordered(
    data: DriverRows, weights: np.ndarray, rng: np.random.Generator
) -> tuple[tuple[Answer, ...], tuple[OddsCheck | NotEstimable, ...]]:
    """Fit the proportional-odds model to all components at once.

    Parameters
    ----------
    data : DriverRows
        The answers.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        Draws the customers where there are more answers than the model is fitted to.

    Returns
    -------
    effects : tuple of Estimate or NotEstimable
        One a component: what its incidents add to the score of those who met one.
    checks : tuple of OddsCheck or NotEstimable
        Likewise.
    """
    rows, n_components = data.rows, len(data.components)
    design = np.delete(rows.design(rows.exposed, rows.experienced), n_components, axis=1)
    wanted = np.append(rows.wanted, np.ones(design.shape[1] - n_components, dtype=bool))
    used = _draw_rows(rows.cluster, rng)
    design, marks, cluster = design[used], data.marks[used], rows.cluster[used]
    wanted &= np.ptp(design, axis=0) > 0 if len(design) else False
    try:
        fit, kept = fit_kept_columns(lambda X: fit_ordinal(X, marks, cluster), design, wanted)
    except EstimationError as error:
        none = NotEstimable(f"no model of the ordered answers: {error.reason}", "more answers, or answers on a scale")
        refused = tuple(refusal or none for refusal in rows.refusals)
        return refused, refused
    parted: ProportionalOdds | NotEstimable
    try:
        parted = check_proportional_odds(design[:, kept], marks, cluster)
    except EstimationError as error:
        parted = NotEstimable(f"it cannot be checked: {error.reason}", "more answers of each kind")
    at = np.cumsum(kept) - 1
    draws = weights[:, fit.cluster_ids] - 1.0
    effects: list[Answer] = []
    checks: list[OddsCheck | NotEstimable] = []
    for place, refusal in enumerate(rows.refusals):
        none = refusal or NotEstimable("its incidents cannot be told from other columns", "more answers")
        if refusal is not None or not kept[place]:
            effects.append(none)
            checks.append(none)
            continue
        column = int(at[place])
        effects.append(_effect(data, fit, design[:, kept], cluster, column))
        checks.append(parted if isinstance(parted, NotEstimable) else _check(fit, parted, column, draws))
    return tuple(effects), tuple(checks)


def _draw_rows(cluster: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """All rows, or those of every second, third... customer."""
    every = -(-len(cluster) // MOST_ANSWERS)
    customers, code = np.unique(cluster, return_inverse=True)
    chosen: np.ndarray = (rng.permutation(len(customers)) % max(every, 1) == 0)[code]
    return chosen


def _effect(data: DriverRows, fit: OrdinalFit, design: np.ndarray, cluster: np.ndarray, column: int) -> Answer:
    met = design[:, column] == 1.0
    without = design[met].copy()
    without[:, column] = 0.0
    try:
        found = contrast_ordinal(fit, design[met], without, data.worth(fit.levels), cluster=cluster[met])
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")
    half = Z * float(np.sqrt(found.covariance[2, 2] * fit.n_clusters / (fit.n_clusters - 1)))
    point = -found.difference
    return Estimate(point, point - half, point + half, LEVEL, data.unit, fit.n_clusters, int(met.sum()), ORDINAL)


def _check(fit: OrdinalFit, parted: ProportionalOdds, column: int, draws: np.ndarray) -> OddsCheck:
    """Coefficients by cut against the common one, all cuts at once."""
    apart = parted.betas[:, column] - fit.beta[column]
    moves = parted.influence[:, :, column] - fit.influence[:, [fit.thresholds.size + column]]
    errors, critical = largest_deviation(draws @ moves, level=LEVEL)
    strays = parted.cuts[np.abs(apart) > critical * errors]
    return OddsCheck(parted.by_column[column].p_value, tuple(map(float, parted.cuts)), tuple(map(float, strays)))
