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

BLOCK = 1 << 15
"""Rows per block of the Gram matrix, so that a weighted copy of the covariates stays in cache."""

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


def sum_cells(sets: RiskSets, risk: Floats, death_weights: Floats, efron: bool) -> CellSums:
    """Sum the denominators of each cell's events.

    Parameters
    ----------
    sets : RiskSets
        Risk sets over n_used rows.
    risk : ndarray of float64, shape (n_used,)
        Case weight times relative hazard.
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
    at_risk = np.maximum(sets.sum_at_risk(risk), at_events)
    mean_weight = sets.sum_deaths(death_weights) / n_deaths
    cell = np.repeat(np.arange(sets.n_cells), n_deaths)
    begin = np.cumsum(n_deaths) - n_deaths
    fraction = (np.arange(cell.size) - begin[cell]) / n_deaths[cell] if efron else np.zeros(cell.size)
    denominator = at_risk[cell] - fraction * at_events[cell]
    hazard = mean_weight[cell] / denominator
    curve = hazard / denominator

    def add(per_event: Floats) -> Floats:
        return np.add.reduceat(per_event, begin)

    return CellSums(
        hazard=add(hazard),
        tied_hazard=add(fraction * hazard),
        curve0=add(curve),
        curve1=add(fraction * curve),
        curve2=add(fraction**2 * curve),
        log_denominator=add(mean_weight[cell] * np.log(denominator)),
    )


def relative_risk(design: CoxDesign, beta: Floats) -> tuple[Floats, Floats, RiskSets]:
    """Linear predictor and case-weighted relative hazard of each row.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    beta : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised covariates.

    Returns
    -------
    predictor, risk : ndarray of float64, shape (n_used,)
        The predictor is shifted so that its largest value in each stratum is zero: the partial likelihood does not
        notice, and ``exp`` cannot overflow.
    sets : RiskSets
        Risk sets that can sum such risks without loss.
    """
    predictor = beta @ design.columns
    predictor -= design.sets.largest_in_stratum(predictor)
    risk = np.exp(predictor)
    if design.weights is not None:
        risk *= design.weights
    return predictor, risk, split_by_risk(design.sets, predictor)


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
    predictor, risk, sets = relative_risk(design, beta)
    if not risk[sets.death_rows].all():
        return -np.inf
    with np.errstate(over="ignore", invalid="ignore"):  # in the sums of which derivatives are made
        cells = sum_cells(sets, risk, design.death_weights, design.efron)
    return _log_likelihood(design, predictor, cells)


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
    predictor, risk, sets = relative_risk(design, beta)
    if risk[sets.death_rows].min() < SMALLEST_RISK:
        return None
    cells = sum_cells(sets, risk, design.death_weights, design.efron)
    gradient, gram, means = _derivatives(design, sets, risk, cells, design.death_weights)
    return LikelihoodPoint(
        beta=beta,
        log_likelihood=_log_likelihood(design, predictor, cells),
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
    _, risk, sets = relative_risk(design, beta)
    cells = sum_cells(sets, risk, design.death_weights, design.efron)
    found = []
    for factor in factors:
        scaled = CellSums(**{field.name: getattr(cells, field.name) * factor for field in fields(CellSums)})
        weights = design.death_weights * factor[sets.death_cell]
        gradient, gram, means = _derivatives(design, sets, risk, scaled, weights)
        found.append((gradient, gram - means))
    return found


def _derivatives(
    design: CoxDesign, sets: RiskSets, risk: Floats, cells: CellSums, death_weights: Floats
) -> tuple[Floats, Floats, Floats]:
    """Gradient, and the two terms of which the information is the difference."""
    expected = expected_events(sets, risk, cells)
    gradient = design.columns[:, sets.death_rows] @ death_weights - design.columns @ expected
    gram = _gram(design.columns, expected)
    at_risk, at_events = sum_covariates(design, sets, risk)
    cross = (at_risk * cells.curve1) @ at_events.T
    means = (at_risk * cells.curve0) @ at_risk.T - cross - cross.T + (at_events * cells.curve2) @ at_events.T
    return gradient, gram, means


def sum_covariates(design: CoxDesign, sets: RiskSets, risk: Floats) -> tuple[Floats, Floats]:
    """Sum risk times covariate over each cell's risk set and over its events.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    sets : RiskSets
        Their risk sets, from :func:`relative_risk`.
    risk : ndarray of float64, shape (n_used,)
        Case weight times relative hazard.

    Returns
    -------
    at_risk : ndarray of float64, shape (n_columns, n_cells)
        Over everyone at risk.
    at_events : ndarray of float64, shape (n_columns, n_cells)
        Over those with an event.
    """
    shape = (design.columns.shape[0], sets.n_cells)
    at_risk, at_events = np.empty(shape), np.empty(shape)
    death_risk = risk[sets.death_rows]
    for j, column in enumerate(design.columns):
        at_risk[j] = sets.sum_at_risk(risk * column)
        at_events[j] = sets.sum_deaths(death_risk * column[sets.death_rows])
    return at_risk, at_events


def _log_likelihood(design: CoxDesign, predictor: Floats, cells: CellSums) -> float:
    own = design.death_weights @ predictor[design.sets.death_rows]
    return float(own - cells.log_denominator.sum())


def _gram(columns: Floats, weights: Floats) -> Floats:
    """``columns @ diag(weights) @ columns.T``, block by block."""
    total = np.zeros((columns.shape[0], columns.shape[0]))
    for begin in range(0, weights.size, BLOCK):
        block = columns[:, begin : begin + BLOCK]
        total += (block * weights[begin : begin + BLOCK]) @ block.T
    return total
