"""Newton's method for regressions of a mean, with their refusal of infinite coefficients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxlink.stats.arrays import Flags, Floats
from cxlink.stats.errors import EstimationError

MAX_STEPS = 200
SETTLED = 1e-9
"""Farthest move of a linear predictor in the last step: the next would be its square."""

NEAR = 1e-4
"""The same from where on steps are taken whole: heights differ by no more than rounding."""

APART = 1e-8
"""Share of the farthest move of any row by which a row may seem to move, and is taken to stand still."""

HIGHEST = 300.0
"""Linear predictor beyond which means would overflow."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A quasi-likelihood, row by row, of linear predictors of shape (n_rows,).

    Parameters
    ----------
    start : ndarray of float64, shape (n_rows,)
        Linear predictors near which to begin.
    height : callable
        Linear predictor to the weighted quasi log likelihood of all rows.
    slopes : callable
        Linear predictor to its first derivative, and minus the second, observed and expected.
    up, down : ndarray of bool, shape (n_rows,)
        Rows whose likelihood rises for ever with their linear predictor, and with its fall.
    """

    start: Floats
    height: Callable[[Floats], float]
    slopes: Callable[[Floats], tuple[Floats, Floats, Floats]]
    up: Flags
    down: Flags


@dataclass(frozen=True, slots=True)
class Top:
    """The maximum.

    Parameters
    ----------
    fitted : ndarray of float64, shape (n_columns,)
        Coefficients of the basis.
    score, expected : ndarray of float64, shape (n_rows,)
        Weighted derivative of each row's quasi log likelihood by its linear predictor, and minus the second one's
        expectation.
    """

    fitted: Floats
    score: Floats
    expected: Floats


def log_odds(event: Floats, weights: Floats) -> Mean:
    """Likelihood of events under log odds.

    Parameters
    ----------
    event : ndarray of float64, shape (n_rows,)
        Zeros and ones.
    weights : ndarray of float64, shape (n_rows,)
        Above zero.

    Returns
    -------
    Mean
        Concave in the linear predictor.
    """
    sign = 2.0 * event - 1.0

    def height(predictor: Floats) -> float:
        return -float(weights @ np.logaddexp(0.0, -sign * predictor))

    def slopes(predictor: Floats) -> tuple[Floats, Floats, Floats]:
        chance = 1.0 / (1.0 + np.exp(-np.clip(predictor, -HIGHEST, HIGHEST)))
        curve = weights * chance * (1.0 - chance)
        return weights * (event - chance), curve, curve

    return Mean(np.zeros(event.size), height, slopes, event > 0, event == 0)


def log_mean(y: Floats, weights: Floats, power: float) -> Mean:
    """Quasi-likelihood of amounts under a log mean and a variance in proportion to a power of it.

    Parameters
    ----------
    y : ndarray of float64, shape (n_rows,)
        Zero or more, of about one.
    weights : ndarray of float64, shape (n_rows,)
        Above zero.
    power : float
        1 to 2.

    Returns
    -------
    Mean
        Concave in the linear predictor for these powers.
    """

    def height(predictor: Floats) -> float:
        if power == 2.0:
            return -float(weights @ (y * np.exp(np.minimum(-predictor, HIGHEST)) + predictor))
        first = predictor if power == 1.0 else np.exp(np.clip((1.0 - power) * predictor, None, HIGHEST)) / (1.0 - power)
        spent = np.exp(np.clip((2.0 - power) * predictor, None, HIGHEST)) / (2.0 - power)
        return float(weights @ (y * first - spent))

    def slopes(predictor: Floats) -> tuple[Floats, Floats, Floats]:
        seen = y * np.exp(np.clip((1.0 - power) * predictor, None, HIGHEST))
        mean = np.exp(np.clip((2.0 - power) * predictor, None, HIGHEST))
        return weights * (seen - mean), weights * ((power - 1.0) * seen + (2.0 - power) * mean), weights * mean

    average = float(np.average(y, weights=weights))
    return Mean(np.log((y + average) / 2.0), height, slopes, np.zeros(y.size, dtype=bool), y == 0)


def climb(basis: Floats, offset: Floats, mean: Mean, name: Callable[[Floats, str], EstimationError]) -> Top:
    """Climb to the maximum of a quasi-likelihood.

    Parameters
    ----------
    basis : ndarray of float64, shape (n_rows, n_columns)
        Design of full rank.
    offset : ndarray of float64, shape (n_rows,)
        Known part of the linear predictor.
    mean : Mean
        What is climbed.
    name : callable
        Step and reason to an error that names the columns.

    Returns
    -------
    Top
        The maximum.

    Raises
    ------
    EstimationError
        If a coefficient is infinite, or the maximum is not reached.
    """
    fitted: Floats = np.asarray(np.linalg.lstsq(basis, mean.start - offset, rcond=None)[0], dtype=np.float64)
    predictor = offset + basis @ fitted
    step = fitted
    for _ in range(MAX_STEPS):
        score, observed, _ = mean.slopes(predictor)
        step = _solve(basis, score, observed, name)
        move = basis @ step
        reach = float(np.abs(move).max())
        if reach > SETTLED:
            _check_separation(mean, move, step, name)
        share = 1.0 if reach <= NEAR else _halve(mean, predictor, move)
        if share == 0.0:
            raise name(step, "the likelihood cannot be increased further, yet the coefficients would move on")
        fitted, predictor = fitted + share * step, predictor + share * move
        if reach <= SETTLED:
            score, _, expected = mean.slopes(predictor)
            return Top(fitted, score, expected)
    raise name(step, f"no maximum after {MAX_STEPS} steps")


def _solve(basis: Floats, score: Floats, observed: Floats, name: Callable[[Floats, str], EstimationError]) -> Floats:
    information = basis.T @ (basis * observed[:, None])
    try:
        half = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        _, directions = np.linalg.eigh(information)
        raise name(directions[:, 0], "infinite coefficient, or too large to compute: no information is left") from None
    step: Floats = np.linalg.solve(half.T, np.linalg.solve(half, score @ basis))
    return step


def _halve(mean: Mean, predictor: Floats, move: Floats) -> float:
    """How much of the step to take; zero where the likelihood always falls."""
    height = mean.height(predictor)
    share = 1.0
    for _ in range(40):
        reached = mean.height(predictor + share * move)
        if np.isfinite(reached) and reached >= height - 1e-12 * abs(height):
            return share
        share /= 2.0
    return 0.0


def _check_separation(mean: Mean, move: Floats, step: Floats, name: Callable[[Floats, str], EstimationError]) -> None:
    """Refuse a likelihood that rises for ever along the step: no row moves against what would raise it."""
    still = APART * float(np.abs(move).max())
    wrong = (move > still) & ~mean.up | (move < -still) & ~mean.down
    if not wrong.any():
        raise name(step, "infinite effect, it sets apart rows that are all alike in the outcome")
