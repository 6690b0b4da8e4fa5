"""Likelihood of the complementary log-log model, block by block: ``hazard = 1 - exp(-m)``, ``log m = predictor``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.cloglog_design import CloglogDesign
from cxlink.stats.cloglog_rows import CloglogRows, sum_products

LOWEST, HIGHEST = -700.0, 300.0
"""Linear predictors beyond which nothing changes but the numbers would overflow."""


@dataclass(frozen=True, slots=True)
class CloglogPoint:
    """Where the climb stands.

    Parameters
    ----------
    fitted : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised design.
    predictor : ndarray of float64, shape (n_used,)
        Linear predictor, offset included.
    log_likelihood : float
        At these coefficients.
    gradient : ndarray of float64, shape (n_columns,)
        Of the log likelihood.
    information : ndarray of float64, shape (n_columns, n_columns)
        Expected or observed information.
    """

    fitted: Floats
    predictor: Floats
    log_likelihood: float
    gradient: Floats
    information: Floats


def evaluate_cloglog(
    design: CloglogDesign, fitted: Floats, predictor: Floats, *, observed: bool = False
) -> CloglogPoint:
    """Likelihood, gradient and information in one pass over the design.

    Parameters
    ----------
    design : CloglogDesign
        Rows and columns in use.
    fitted : ndarray of float64, shape (n_columns,)
        Coefficients of the standardised design.
    predictor : ndarray of float64, shape (n_used,)
        The linear predictor they make, offset included.
    observed : bool, default False
        Whether the information is the observed one.

    Returns
    -------
    CloglogPoint
        All of it.
    """
    scale = design.scale
    gradient, information = np.zeros(scale.size), np.zeros((scale.size, scale.size))
    for part in design.rows.slices():
        block = design.read_block(part)
        score, curve = score_cloglog(design.rows, predictor, part, observed=observed)
        gradient += score @ block
        information += sum_products(block, curve)
    height = log_likelihood_along(design.rows, predictor, np.zeros(0), 0.0)
    return CloglogPoint(fitted, predictor, height, gradient / scale, information / np.outer(scale, scale))


def score_cloglog(
    rows: CloglogRows, predictor: Floats, part: slice, *, observed: bool = False
) -> tuple[Floats, Floats]:
    """Derivatives of some rows' log likelihood with respect to their linear predictors.

    Parameters
    ----------
    rows : CloglogRows
        Rows in use.
    predictor : ndarray of float64, shape (n_used,)
        Linear predictor of each.
    part : slice
        Which of them.
    observed : bool, default False
        Whether the second derivative is the observed one.

    Returns
    -------
    score : ndarray of float64, shape (n_block,)
        First derivative, times the weight: ``r = m / (exp(m) - 1)`` for an event and ``-m`` for others.
    curve : ndarray of float64, shape (n_block,)
        Minus the second, times the weight; expected: ``m r``; observed: ``r (r + m - 1)`` for an event, ``m`` for
        others.
    """
    mean = np.exp(np.clip(predictor[part], LOWEST, HIGHEST))
    ratio = mean / np.expm1(np.minimum(mean, -LOWEST))
    weights, event = rows.weights[part], rows.event[part]
    curve = mean * ratio
    if observed:
        # For small m the sum would drown in rounding: its series.
        bent = np.where(mean < 1e-4, mean * (0.5 + mean / 12.0), ratio + mean - 1.0)
        curve = np.where(event, ratio * bent, mean)
    return np.where(event, ratio, -mean) * weights, curve * weights


def log_likelihood_along(rows: CloglogRows, predictor: Floats, move: Floats, share: float) -> float:
    """Log likelihood some way along a step.

    Parameters
    ----------
    rows : CloglogRows
        Rows in use.
    predictor : ndarray of float64, shape (n_used,)
        Linear predictor of each.
    move : ndarray of float64, shape (n_used,)
        How the step changes it; not looked at where `share` is zero.
    share : float
        How much of the step is taken.

    Returns
    -------
    float
        The sum over the rows.
    """
    total = 0.0
    for part in rows.slices():
        reached = predictor[part] + share * move[part] if share else predictor[part]
        mean = np.exp(np.clip(reached, LOWEST, HIGHEST))
        weights, event = rows.weights[part], rows.event[part]
        total += float(weights[event] @ np.log(-np.expm1(-mean[event])) - weights[~event] @ mean[~event])
    return total
