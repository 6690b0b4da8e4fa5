"""Cox's partial likelihood and its derivatives from sums over risk sets.

With ``r = weight * exp(x'beta)``, d tied events in a cell and Efron's fraction ``f = l / d`` for ``l = 0 .. d - 1``
(zero for Breslow), the l-th denominator is ``S0 - f * D0``, where S0 sums r over the risk set and D0 over its events.
A cell then enters only through ``hazard = sum(w / den)``, ``tied_hazard = sum(f * w / den)`` and three sums of
``w / den**2``, w being the mean weight of its events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.cox_design import CoxDesign
from cxlink.stats.risk_bands import split_by_risk
from cxlink.stats.risk_sets import RiskSets
from cxlink.stats.row_parts import cut
from cxlink.stats.small_products import cross_products

BLOCK = 1 << 12
"""Rows per block of sums of products, so that a weighted copy of the covariates stays in the processor's cache."""

SMALLEST_RISK = 1e-150
"""An event with less than this share of its stratum's highest risk ends the climb: its square would underflow."""


@dataclass(frozen=True, slots=True)
class CellSums:
    """What the tied events of each cell contribute; every array has shape (n_cells,).

    Parameters
    ----------
    hazard, tied_hazard : ndarray of float64
        ``sum(w / den)`` and ``sum(f * w / den)``.
    curve0, curve1, curve2 : ndarray of float64
        ``sum(f**m * w / den**2)`` for m = 0, 1, 2.
    log_denominator : ndarray of float64
        ``sum(w * log(den))``.
    """

    hazard: Floats
    tied_hazard: Floats
    curve0: Floats
    curve1: Floats
    curve2: Floats
    log_denominator: Floats


@dataclass(frozen=True, slots=True)
class RelativeRisk:
    """Relative hazards at one coefficient vector.

    Parameters
    ----------
    death_predictor : ndarray of float64, shape (n_events,)
        Linear predictor of each event, shifted so that the largest in each stratum is zero: the partial likelihood does
        not notice, and ``exp`` cannot overflow.
    risk : ndarray of float64, shape (n_used,)
        Case weight times ``exp`` of the same.
    sets : RiskSets
        Risk sets that can sum such risks without loss.
    at_risk : ndarray of float64, shape (n_cells,)
        Sum of `risk` over each risk set.
    """

    death_predictor: Floats
    risk: Floats
    sets: RiskSets
    at_risk: Floats


@dataclass(frozen=True, slots=True)
class LikelihoodPoint:
    """The partial likelihood at one coefficient vector, in standardised covariates.

    Parameters
    ----------
    beta : ndarray of float64, shape (n_columns,)
        Coefficients.
    log_likelihood : float
        Efron's or Breslow's log partial likelihood.
    gradient : ndarray of float64, shape (n_columns,)
        Its first derivative.
    information : ndarray of float64, shape (n_columns, n_columns)
        Minus its second derivative.
    second_moment : ndarray of float64, shape (n_columns,)
        Diagonal of the information before the risk-set means are taken off: its scale.
    """

    beta: Floats
    log_likelihood: float
    gradient: Floats
    information: Floats
    second_moment: Floats


def sum_cells(sets: RiskSets, risk: Floats, at_risk: Floats, death_weights: Floats, efron: bool) -> CellSums:
    """Sum the denominators of each cell's events.

    Parameters
    ----------
    sets : RiskSets
        Risk sets over n_used rows.
    risk : ndarray of float64, shape (n_used,)
        Case weight times relative hazard.
    at_risk : ndarray of float64, shape (n_cells,)
        Its sum over each risk set: ``sets.sum_at_risk(risk)``.
    death_weights : ndarray of float64, shape (n_events,)
        Case weight of each event.
    efron : bool
        Efron's treatment of ties; otherwise Breslow's.

    Returns
    -------
    CellSums
        See there.

    References
    ----------
    .. [1] Efron (1977), JASA 72:557-565; weights as in Therneau and Grambsch (2000), section 3.3.
    """
    n_deaths = np.bincount(sets.death_cell, minlength=sets.n_cells)
    at_events = sets.sum_deaths(risk[sets.death_rows])
    # Cancellation where a heavy row has left must not push a denominator below its own events.
    at_risk = np.maximum(at_risk, at_events)
    begin = np.cumsum(n_deaths) - n_deaths
    denominator = np.repeat(at_risk, n_deaths)
    fraction = np.zeros(denominator.size)
    if efron:
        fraction = (np.arange(denominator.size) - np.repeat(begin, n_deaths)) / np.repeat(n_deaths, n_deaths)
        denominator -= fraction * np.repeat(at_events, n_deaths)
    mean_weight = sets.sum_deaths(death_weights) / n_deaths
    hazard = 1.0 / denominator
    tied_hazard = fraction * hazard

    def add(per_event: Floats) -> Floats:
        return mean_weight * np.add.reduceat(per_event, begin)

    return CellSums(
        hazard=add(hazard),
        tied_hazard=add(tied_hazard),
        curve0=add(hazard * hazard),
        curve1=add(tied_hazard * hazard),
        curve2=add(tied_hazard * tied_hazard),
        log_denominator=add(np.log(denominator)),
    )


def relative_risk(design: CoxDesign, beta: Floats) -> RelativeRisk:
    """Relative hazard of each row, and of those at risk together.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Returns
    -------
    RelativeRisk
        See there.
    """
    predictor = design.covariates.predict(beta) if beta.any() else np.zeros(design.sets.n_rows)
    predictor -= design.sets.largest_in_stratum(predictor)
    sets = split_by_risk(design.sets, predictor)
    death_predictor = predictor[sets.death_rows]
    risk = np.exp(predictor, out=predictor)
    if design.weights is not None:
        risk *= design.weights
    return RelativeRisk(death_predictor, risk, sets, sets.sum_at_risk(risk))


def expected_events(sets: RiskSets, risk: Floats, cells: CellSums) -> Floats:
    """Events each row should have had, by its hazard over the cells at which it was at risk.

    Parameters
    ----------
    sets : RiskSets
        Risk sets over n_used rows.
    risk : ndarray of float64, shape (n_used,)
        Case weight times relative hazard.
    cells : CellSums
        Sums at the same coefficients.

    Returns
    -------
    ndarray of float64, shape (n_used,)
        Times the case weight; tied events are taken off their own cell's later denominators.
    """
    expected = sets.accumulate(cells.hazard)
    expected[sets.death_rows] -= cells.tied_hazard[sets.death_cell]
    expected *= risk
    return expected


def log_likelihood_at(design: CoxDesign, beta: Floats) -> float:
    """Log partial likelihood alone.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Returns
    -------
    float
        Minus infinity where the likelihood underflows.
    """
    at = relative_risk(design, beta)
    if not at.risk[at.sets.death_rows].all():
        return -np.inf
    with np.errstate(over="ignore", invalid="ignore"):  # in the sums of which derivatives are made
        cells = sum_cells(at.sets, at.risk, at.at_risk, design.death_weights, design.efron)
    return _log_likelihood(design, at, cells)


def evaluate(design: CoxDesign, beta: Floats) -> LikelihoodPoint | None:
    """Log partial likelihood, gradient and information in one pass.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Returns
    -------
    LikelihoodPoint or None
        None where the likelihood underflows: the coefficients are far too large.
    """
    at = relative_risk(design, beta)
    if at.risk[at.sets.death_rows].min() < SMALLEST_RISK:
        return None
    cells = sum_cells(at.sets, at.risk, at.at_risk, design.death_weights, design.efron)
    gradient, gram, means = _derivatives(design, at, cells, design.observed.sum(axis=0))
    return LikelihoodPoint(
        beta=beta,
        log_likelihood=_log_likelihood(design, at, cells),
        gradient=gradient,
        information=gram - means,
        second_moment=np.diag(gram).copy(),
    )


def evaluate_by_cell(design: CoxDesign, beta: Floats, factors: Sequence[Floats]) -> list[tuple[Floats, Floats]]:
    """Gradient and information with each cell's share multiplied by a factor.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.
    factors : sequence of ndarray of float64, shape (n_cells,)
        Such as powers of a function of time.

    Returns
    -------
    list of (ndarray, ndarray)
        Shapes (n_columns,) and (n_columns, n_columns), one pair a factor.
    """
    at = relative_risk(design, beta)
    cells = sum_cells(at.sets, at.risk, at.at_risk, design.death_weights, design.efron)
    found = []
    for factor in factors:
        scaled = CellSums(**{field.name: getattr(cells, field.name) * factor for field in fields(CellSums)})
        gradient, gram, means = _derivatives(design, at, scaled, factor @ design.observed)
        found.append((gradient, gram - means))
    return found


def _derivatives(
    design: CoxDesign, at: RelativeRisk, cells: CellSums, observed: Floats
) -> tuple[Floats, Floats, Floats]:
    """Gradient, and the two terms of which the information is the difference."""
    at_risk, at_events = sum_covariates(design, at)
    hazard_sums = cells.hazard @ at_risk - cells.tied_hazard @ at_events
    expected = expected_events(at.sets, at.risk, cells)
    products = _sum_products(design.covariates.matrix, expected)
    gram = design.covariates.center_products(products, hazard_sums, float(expected.sum()))
    cross = (at_risk.T * cells.curve1) @ at_events
    means = (at_risk.T * cells.curve0) @ at_risk - cross - cross.T + (at_events.T * cells.curve2) @ at_events
    return observed - hazard_sums, gram, means


def sum_covariates(design: CoxDesign, at: RelativeRisk) -> tuple[Floats, Floats]:
    """Sum risk times covariate over each cell's risk set and over its events.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    at : RelativeRisk
        Their risks.

    Returns
    -------
    at_risk : ndarray of float64, shape (n_cells, n_columns)
        Over everyone at risk.
    at_events : ndarray of float64, shape (n_cells, n_columns)
        Over those with an event.
    """
    covariates, sets = design.covariates, at.sets
    at_risk = covariates.center_sums(sets.sum_rows_at_risk(at.risk, covariates.matrix), at.at_risk)
    death_risk = at.risk[sets.death_rows]
    at_events = sets.sum_death_rows(death_risk, covariates.matrix)
    at_events = covariates.center_sums(at_events, sets.sum_deaths(death_risk))
    return at_risk, at_events


def _log_likelihood(design: CoxDesign, at: RelativeRisk, cells: CellSums) -> float:
    return float(design.death_weights @ at.death_predictor - cells.log_denominator.sum())


def _sum_products(matrix: Floats, weights: Floats) -> Floats:
    """``matrix.T @ diag(weights) @ matrix``, block by block."""
    n_rows, n_columns = matrix.shape
    total = np.zeros((n_columns, n_columns))
    for rows in cut(n_rows, BLOCK):
        block = matrix[rows]
        # Much quicker than broadcasting over few columns.
        weighted = np.repeat(weights[rows], n_columns).reshape(block.shape)
        weighted *= block
        total += cross_products(weighted, block)
    return total
