"""Effects on the KPI that allow for silence: answering may hang on the very level that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Answering, Linked
from cxlink.impact.answers import LEVEL
from cxlink.impact.asked import Asked
from cxlink.impact.experience import KPI_UNITS, ExperienceFit, ScoreRows, Z, mean_with_interval
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.response_weights import fit_response_weights, mean_of_answers
from cxlink.stats.shared_parameter import SharedParameterFit, fit_shared_parameter
from cxlink.stats.shared_parameter_contrast import (
    StandardisedLevels,
    expect_levels,
    share_answering,
    standardise_levels,
)
from cxlink.stats.worst_case import bound_mean

SHARE_ROWS = 5_000
"""Rows over which shares of those who answer are averaged, where there are more."""

NPS_NAMES = ("detractors", "passives", "promoters")
MORE = "customers who answer more than once, or an invitations export"

METHOD = "shared-parameter model of score and answering; over all asked, clustered by customer"
AMONG = "regression among answers, clustered by customer"
WEIGHTED = "answers weighted by one over the chance to answer, given attributes, tenure and incidents"
BOUNDS = "all the silent at one end of the scale or the other"


def allow_for_silence(
    linked: Linked,
    fit: ExperienceFit,
    asked: Asked,
    unit: str,
    ends: tuple[float, float],
    weights: np.ndarray,
    rng: np.random.Generator,
) -> tuple[ExperienceFit, Answering] | NotEstimable:
    """Estimate effects and level of the KPI over all who were asked.

    Parameters
    ----------
    linked : Linked
        Covariates and component names.
    fit : ExperienceFit
        Among answers; its refusals stay.
    asked : Asked
        With the silent.
    unit : str
        Of the KPI.
    ends : tuple of float
        Lowest and highest answer that the scale has.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        For the clusters of the curvature.

    Returns
    -------
    ExperienceFit, Answering
        Effects are means over those asked who had met the component; or the reason why not.
    """
    rows = ScoreRows.of(linked, asked.rows)
    answered = ~np.isnan(rows.value)
    n = len(linked.components)
    shown = np.array([refusal is None for refusal in fit.refusals], dtype=bool)
    design = rows.design(rows.exposed, rows.experienced)
    usable = np.append(shown, np.ones(design.shape[1] - n, dtype=bool))
    values, level = np.unique(rows.value[answered], return_inverse=True)
    codes = np.full(len(answered), -1)
    codes[answered] = level
    try:
        # what cannot be told apart among answers stays out here too
        _, kept = fit_kept_columns(
            lambda X: fit_clustered_ols(X, rows.value[answered], cluster=rows.cluster[answered]),
            design[answered],
            usable,
        )
        kept[n] = False  # thresholds hold the constant
        kept &= design.std(axis=0) > 0
        if not kept[:n][shown].all():
            raise EstimationError("among all asked, a component's incidents cannot be told from something else")
        model = fit_shared_parameter(design[:, kept], codes, rows.cluster, rng=rng)
    except EstimationError as error:
        return NotEstimable(error.reason, MORE)
    silent = _Silent(model, design, kept, values)
    point, influence = silent.effects(np.flatnonzero(shown))
    base, base_influence = silent.unexposed_level(n, 1 + linked.covariates.shape[1])
    moves = weights[:, model.cluster_ids] - 1.0
    effects, draws = np.zeros(n), np.zeros((len(weights), n))
    effects[shown], draws[:, shown] = point, point + moves @ influence
    allowed = replace(fit, point=effects, draws=draws, level=base, level_draws=base + moves @ base_influence)
    answering = _describe(linked, fit, rows, asked, silent, point, influence, unit, ends)
    return allowed, answering


class _Silent:
    """The fitted model on the design of all who were asked."""

    def __init__(self, model: SharedParameterFit, design: np.ndarray, kept: np.ndarray, values: np.ndarray) -> None:
        self.model, self._design, self._kept, self._values = model, design, kept, values

    def effects(self, components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean over rows that met each component, less what it would have been without: with influences."""
        points, influences = [np.zeros(0)], [np.zeros((self.model.n_clusters, 0))]
        for place in components:
            met = np.flatnonzero(self._design[:, place] > 0)
            without = self._design[met]
            without[:, place] = 0.0
            share = np.full((len(met), 1), 1.0 / len(met))
            as_is, less = (self._standardise(rows, share) for rows in (self._design[met], without))
            points.append(as_is.point - less.point)
            influences.append(as_is.influence - less.influence)
        return np.concatenate(points), np.hstack(influences)

    def unexposed_level(self, n_components: int, n_terms: int) -> tuple[np.ndarray, np.ndarray]:
        """Line through what rows would answer had they met nothing: constant and covariates, the rest at reference."""
        free = self._design.copy()
        free[:, :n_components] = 0.0
        columns = self._design[:, n_components:]
        told = np.flatnonzero(self._kept[n_components:] | (np.arange(columns.shape[1]) == 0))
        line = np.zeros((columns.shape[1], len(free)))
        line[told] = np.linalg.lstsq(columns[:, told].T @ columns[:, told], columns[:, told].T, rcond=None)[0]
        found = self._standardise(free, line[:n_terms].T)
        return found.point, found.influence

    def mean(self, cluster: np.ndarray) -> tuple[float, np.ndarray]:
        """Mean over all who were asked, with the influence of who was."""
        n = len(self._design)
        found = self._standardise(self._design, np.full((n, 1), 1.0 / n))
        each = expect_levels(self.model, self._design[:, self._kept], self._values) - found.point[0]
        place = np.searchsorted(self.model.cluster_ids, cluster)
        drawn = np.bincount(place, weights=each, minlength=self.model.n_clusters) / n
        return float(found.point[0]), found.influence[:, 0] + drawn

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of those asked that answers, by what they would have said."""
        step = max(len(self._design) // SHARE_ROWS, 1)
        found = share_answering(self.model, self._design[::step][:, self._kept])
        return found.point, found.influence

    def _standardise(self, design: np.ndarray, row_weights: np.ndarray) -> StandardisedLevels:
        return standardise_levels(self.model, design[:, self._kept], self._values, row_weights)


def _describe(
    linked: Linked,
    fit: ExperienceFit,
    rows: ScoreRows,
    asked: Asked,
    silent: _Silent,
    point: np.ndarray,
    influence: np.ndarray,
    unit: str,
    ends: tuple[float, float],
) -> Answering:
    answered = ~np.isnan(rows.value)
    n, events = len(answered), int(answered.sum())
    customers = silent.model.n_clusters

    def normal(middle: float, moves: np.ndarray, unit: str, method: str) -> Estimate:
        error = float(np.sqrt((moves**2).sum()))
        return Estimate(middle, middle - Z * error, middle + Z * error, LEVEL, unit, customers, events, method)

    shown = [place for place, refusal in enumerate(fit.refusals) if refusal is None]
    of_all: dict[str, Answer] = {
        linked.components[place]: normal(float(point[at]), influence[:, at], unit, METHOD)
        for at, place in enumerate(shown)
    }
    drawn = (fit.draws - fit.point).std(axis=0, ddof=1)
    among: dict[str, Answer] = {
        linked.components[place]: Estimate(
            float(fit.point[place]),
            float(fit.point[place] - Z * drawn[place]),
            float(fit.point[place] + Z * drawn[place]),
            LEVEL,
            unit,
            fit.n_clusters,
            fit.n,
            AMONG,
        )
        for place in shown
    }
    for name, refusal in zip(linked.components, fit.refusals, strict=True):
        if refusal is not None:
            of_all[name] = among[name] = refusal
    middle, moves = silent.mean(rows.cluster)
    shares, share_moves = silent.shares()
    said = rows.value[answered]
    is_nps = unit == KPI_UNITS["nps"] and len(shares) == len(NPS_NAMES)
    names = NPS_NAMES if is_nps else [f"{value:g}" for value in np.unique(said)]
    return Answering(
        known_from=asked.known_from,
        every_days=asked.every_days,
        asked=n,
        answered=events,
        shares={
            name: normal(float(share), share_moves[:, at], "share of asked", METHOD)
            for at, (name, share) in enumerate(zip(names, shares, strict=True))
        },
        among_answers=mean_with_interval(
            said, rows.cluster[answered], unit, "mean of answers with a known customer, clustered by customer"
        ),
        weighted=_or_why(lambda: _weighted(rows, answered, unit)),
        of_all=normal(middle, moves, unit, METHOD),
        bounds=_or_why(lambda: _bounds(rows, answered, ends, unit)),
        effect_among_answers=among,
        effect_of_all=of_all,
    )


def _or_why(estimate: Callable[[], Estimate]) -> Answer:
    try:
        return estimate()
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers")


def _weighted(rows: ScoreRows, answered: np.ndarray, unit: str) -> Estimate:
    known = np.column_stack([rows.exposed.astype(float), rows.covariates, rows.always])
    known = known[:, known.std(axis=0) > 0]
    response, _ = fit_kept_columns(lambda X: fit_response_weights(X, answered, rows.cluster), known)
    found = mean_of_answers(response, np.nan_to_num(rows.value))
    error = float(np.sqrt(found.variance))
    n = len(found.cluster_ids)
    return Estimate(
        found.point, found.point - Z * error, found.point + Z * error, LEVEL, unit, n, int(answered.sum()), WEIGHTED
    )


def _bounds(rows: ScoreRows, answered: np.ndarray, ends: tuple[float, float], unit: str) -> Estimate:
    found = bound_mean(np.nan_to_num(rows.value), answered, rows.cluster, lowest=ends[0], highest=ends[1])
    middle = (found.low + found.high) / 2  # of no meaning but to lie between the ends
    n = len(np.unique(rows.cluster))
    return Estimate(middle, found.outer_low, found.outer_high, LEVEL, unit, n, int(answered.sum()), BOUNDS)
