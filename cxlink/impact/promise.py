"""Promises: how far what was done lay from what was said, how evenly, and what that does to the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import GapRatios, Linked, PromiseGap
from cxlink.impact.experience import LEVEL, MIN_CLUSTERS, MIN_RESPONSES, Answers, ScoreRows, Z
from cxlink.impact.windows import count_between, sum_between
from cxlink.stats import (
    ClusteredFit,
    ClusteredSums,
    EstimationError,
    clustered_share,
    fit_clustered_ols,
    fit_kept_columns,
    variance_components,
)

LEAST = 10
"""Touchpoints, and customers, behind any figure."""

SPREAD_DAYS = 365
LEAST_TO_SPREAD = 3
"""Gaps in the year before an answer from which a customer's own spread is taken."""

UNNAMED = NotEstimable("the values name no measure, and may be of several", "events.measure")
EVEN = NotEstimable("customers' levels differ by less than chance would make them", "nothing: all spread is within")
MEAN = "mean over touchpoints, clustered by customer"
SHARE = "Wilson interval, clustered by customer"
SPREAD = "one-way analysis of variance by the method of moments; customers weighted anew in each draw"
SCORE = "regression jointly with incidents, adjusted for attributes, tenure and calendar; clustered by customer"
SLOPES = ("late", "early", "spread")


@dataclass(frozen=True, slots=True)
class GapColumns:
    """What the answers' customers had seen of one measure before.

    Parameters
    ----------
    columns : ndarray
        (n, 5): units late, units early, spread (around its mean, 0 where unknown), whether there was a recent
        touchpoint, and whether the spread is known.
    """

    columns: np.ndarray

    @property
    def met(self) -> np.ndarray:
        """Whether there is anything of each slope's kind, (n, 3) bool."""
        known = self.columns[:, 4] > 0
        return np.column_stack([self.columns[:, 0] > 0, self.columns[:, 1] > 0, known])


def compare_promises(
    linked: Linked,
    answers: Answers,
    ratios: tuple[GapRatios, ...],
    *,
    kpi_unit: str,
    exposure_days: int,
    no_churn: NotEstimable | None,
    weights: np.ndarray,
) -> tuple[PromiseGap, ...] | NotEstimable:
    """Describe each measure's gap, and what it does beside the plain incident.

    Parameters
    ----------
    linked : Linked
        Timelines with promises.
    answers : Answers
        With a KPI, and what their customers had met.
    ratios : tuple of GapRatios
        Of the churn stage.
    kpi_unit : str
        Of the KPI.
    exposure_days : int
        How long a touchpoint counts for an answer, from the day after.
    no_churn : NotEstimable or None
        Why leaving is not modelled.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    tuple of PromiseGap or NotEstimable
        One a component and measure; never over several measures.
    """
    promises = linked.promises
    if promises is None or promises.empty:
        return NotEstimable("no event has a promise", "events with value and promised")
    pairs = sorted(set(zip(promises["component"], promises["measure"], strict=True)))
    parts = {
        pair: promises.loc[(promises["component"] == pair[0]) & (promises["measure"] == pair[1])] for pair in pairs
    }
    slopes = _fit_score(linked, answers, parts, kpi_unit, exposure_days)
    told = {(one.component, one.measure): one for one in ratios}
    refused = no_churn or NotEstimable("it is not in the churn model", "a model of leaving")
    found = []
    for pair in pairs:
        seen = parts[pair].loc[parts[pair]["promised_day"] >= linked.from_day]
        mean, share, within, between = _describe(seen, pair[1], weights)
        late, early, spread, incident = slopes[pair]
        none = UNNAMED if not pair[1] else refused
        found.append(
            PromiseGap(
                component=pair[0],
                measure=pair[1],
                touchpoints=len(seen),
                customers=int(seen["customer"].nunique()),
                mean_gap=mean,
                share_late=share,
                within=within,
                between=between,
                score_late=late,
                score_early=early,
                score_spread=spread,
                score_incident=incident,
                leaving=told.get(pair, GapRatios(*pair, none, none, none)),
            )
        )
    return tuple(found)


def _describe(seen: pd.DataFrame, measure: str, weights: np.ndarray) -> tuple[Answer, Answer, Answer, Answer]:
    """Mean gap, share beyond the promise, spread within customers and between them."""
    gap, customer = seen["gap"].to_numpy(), seen["customer"].to_numpy()
    labels, place = np.unique(customer, return_inverse=True)
    n, k = len(gap), len(labels)
    if not measure:
        return UNNAMED, UNNAMED, UNNAMED, UNNAMED
    if k < LEAST:
        few = NotEstimable(f"touchpoints of {k} customers with a promise, needs {LEAST}", "more customers")
        return few, few, few, few
    mean = float(gap.mean())
    error = float(np.sqrt((np.bincount(place, gap - mean) ** 2).sum() * k / (k - 1))) / n
    told = Estimate(mean, mean - Z * error, mean + Z * error, LEVEL, measure, k, n, MEAN)
    hits, rows = np.bincount(place, gap > 0), np.bincount(place)
    interval = clustered_share(
        ClusteredSums(
            k, int(hits.sum()), n, int((hits**2).sum()), int((hits * rows).sum()), int((rows.astype(int) ** 2).sum())
        )
    )
    share = Estimate(interval.share, interval.low, interval.high, LEVEL, "share", k, n, SHARE)
    return told, share, *_spreads(gap, customer, weights, measure)


def _spreads(gap: np.ndarray, customer: np.ndarray, weights: np.ndarray, measure: str) -> tuple[Answer, Answer]:
    try:
        parts = variance_components(gap, customer, weights)
    except EstimationError as error:
        none = NotEstimable(error.reason, "several touchpoints of the same customers")
        return none, none
    if parts.n_repeated < LEAST:
        none = NotEstimable(f"{parts.n_repeated} customers with two touchpoints, needs {LEAST}", "a longer window")
        return none, none

    def deviation(point: float, draws: np.ndarray) -> Estimate:
        # a variance below zero is what chance makes of one that is zero or nearly so
        roots = np.sqrt(np.maximum(draws, 0.0))
        at = float(np.sqrt(max(point, 0.0)))
        low, high = (float(end) for end in np.quantile(roots, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
        return Estimate(at, min(low, at), max(high, at), LEVEL, measure, parts.n_clusters, parts.n, SPREAD)

    within = deviation(parts.within, parts.within_draws)
    if np.quantile(parts.between_draws, (1 + LEVEL) / 2) <= 0:
        return within, EVEN
    return within, deviation(parts.between, parts.between_draws)


def _fit_score(
    linked: Linked,
    answers: Answers,
    parts: Mapping[tuple[str, str], pd.DataFrame],
    kpi_unit: str,
    exposure_days: int,
) -> dict[tuple[str, str], tuple[Answer, Answer, Answer, Answer]]:
    """Slopes of the KPI, and the plain incident's effect beside them, of every measure in one regression."""
    rows = ScoreRows.of(linked, answers)
    pairs = list(parts)
    seen = [gap_columns(parts[pair], rows.cluster, rows.day, exposure_days) for pair in pairs]
    n_gaps = len(pairs) * 5
    design = np.column_stack([*(one.columns for one in seen), rows.design(rows.exposed, rows.experienced)])
    refusals: list[NotEstimable | None] = []
    for pair, one in zip(pairs, seen, strict=True):
        slopes = [UNNAMED if not pair[1] else _few(one.met[:, k], rows.cluster, one.columns[:, k]) for k in range(3)]
        varies = [None if 0 < one.columns[:, k].sum() < len(rows.value) else UNNAMED for k in (3, 4)]
        refusals += [*slopes, *varies]
    kept = np.ones(design.shape[1], dtype=bool)
    kept[:n_gaps] = [refusal is None for refusal in refusals]
    kept[n_gaps : n_gaps + len(linked.components)] = rows.wanted
    try:
        fit, kept = fit_kept_columns(lambda X: fit_clustered_ols(X, rows.value, cluster=rows.cluster), design, kept)
    except EstimationError as error:
        none = NotEstimable(f"no regression of the score: {error.reason}", "more answers")
        return dict.fromkeys(pairs, (none, none, none, none))
    at = np.cumsum(kept) - 1

    def slope(column: int, refusal: NotEstimable | None, unit: str, answered: int) -> Answer:
        if refusal is not None:
            return refusal
        if not kept[column]:
            return NotEstimable("it cannot be told from the other columns of the model", "gaps of other sizes")
        return _coefficient(fit, int(at[column]), unit, answered)

    found: dict[tuple[str, str], tuple[Answer, Answer, Answer, Answer]] = {}
    for number, (pair, one) in enumerate(zip(pairs, seen, strict=True)):
        late, early, spread = (
            slope(5 * number + k, refusals[5 * number + k], f"{kpi_unit} by {pair[1]}", int(one.met[:, k].sum()))
            for k in range(3)
        )
        incident: Answer = NotEstimable("it has no incidents", "incidents of this component")
        if pair[0] in linked.components:
            place = linked.components.index(pair[0])
            incident = slope(n_gaps + place, rows.refusals[place], kpi_unit, int(rows.exposed[:, place].sum()))
        found[pair] = late, early, spread, incident
    return found


def gap_columns(promises: pd.DataFrame, customer: np.ndarray, day: np.ndarray, exposure_days: int) -> GapColumns:
    """What customers had seen of one measure before they answered.

    Parameters
    ----------
    promises : DataFrame
        Of the measure, as :class:`cxlink.handoff.Linked` describes.
    customer, day : ndarray
        (n,) who answered, and when.
    exposure_days : int
        How long a touchpoint counts, from the day after.

    Returns
    -------
    GapColumns
        Means of the touchpoints that count, and the standard deviation of at least three gaps of the year before.
    """
    gap = promises["gap"].to_numpy()
    frame = promises.assign(late=np.maximum(gap, 0.0), early=np.maximum(-gap, 0.0), square=gap**2)

    def among(column: str, days: int) -> np.ndarray:
        return sum_between(frame, "promised_day", column, customer, day - days - 1, day - 1)

    count = count_between(promises, "promised_day", customer, day - exposure_days - 1, day - 1)
    over_year = count_between(promises, "promised_day", customer, day - SPREAD_DAYS - 1, day - 1)
    late, early = (among(name, exposure_days) / np.maximum(count, 1) for name in ("late", "early"))
    total, square = among("gap", SPREAD_DAYS), among("square", SPREAD_DAYS)
    variance = (square - total**2 / np.maximum(over_year, 1)) / np.maximum(over_year - 1, 1)
    known = over_year >= LEAST_TO_SPREAD
    spread = np.sqrt(np.maximum(variance, 0.0))
    centred = np.where(known, spread - (spread[known].mean() if known.any() else 0.0), 0.0)
    return GapColumns(np.column_stack([late, early, centred, count > 0, known]).astype(float))


def _few(met: np.ndarray, cluster: np.ndarray, column: np.ndarray) -> NotEstimable | None:
    answered = int(met.sum())
    if answered < MIN_RESPONSES:
        return NotEstimable(f"{answered} answers after such touchpoints, needs {MIN_RESPONSES}", "more answers")
    customers = len(np.unique(cluster[met]))
    if customers < MIN_CLUSTERS:
        return NotEstimable(f"{customers} customers answered after such ones, needs {MIN_CLUSTERS}", "more answers")
    if np.ptp(column) == 0:
        return NotEstimable("it is the same before every answer", "gaps of other sizes")
    return None


def _coefficient(fit: ClusteredFit, column: int, unit: str, answered: int) -> Estimate:
    """Point and clustered interval (CR1 for many rows)."""
    point = float(fit.beta[column])
    half = Z * float(np.sqrt(fit.covariance[column, column] * fit.n_clusters / (fit.n_clusters - 1)))
    return Estimate(point, point - half, point + half, LEVEL, unit, fit.n_clusters, answered, SCORE)
