"""Joint draws of estimates: checked, made from a covariance, and the critical value of the largest of many errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError

LEAST_TAIL = 10
"""Draws that must lie beyond a critical value: with fewer it would be that of a few draws."""


def critical_value(largest: Floats, level: float) -> float:
    """Value that the largest of many errors stays below in `level` of all draws.

    Parameters
    ----------
    largest : ndarray of float64, shape (n_draws,)
        Largest standardised error of each draw.
    level : float
        Between 0 and 1.

    Returns
    -------
    float
        The draw of rank ``ceil((n_draws + 1) level)``: the estimate counts as one draw more.

    Raises
    ------
    EstimationError
        If `level` is out of range, or fewer than ten draws lie beyond it.
    """
    if not 0.0 < level < 1.0:
        raise EstimationError("level must lie between 0 and 1")
    # 1e-9: 0.95 as a float is not quite 19/20.
    rank = int(np.ceil((largest.size + 1) * level - 1e-9))
    if largest.size + 1 - rank < LEAST_TAIL:
        needed = int(np.ceil(LEAST_TAIL / (1.0 - level) - 1e-9)) - 1
        raise EstimationError(
            f"{largest.size} draws are too few for a level of {level:g}: at least {needed} are needed"
        )
    return float(np.partition(largest, rank - 1)[rank - 1])


def draw_normal(covariance: Floats, rng: np.random.Generator, n_draws: int) -> Floats:
    """Draw normal errors.

    Parameters
    ----------
    covariance : ndarray of float64, shape (n_numbers, n_numbers)
        Symmetric, without negative directions but for rounding; directions may be missing.
    rng : Generator
        Source of randomness.
    n_draws : int
        How many.

    Returns
    -------
    ndarray of float64, shape (n_draws, n_numbers)
        With mean zero.

    Raises
    ------
    EstimationError
        If the covariance is not square, finite and symmetric, or has a negative direction.
    """
    root = covariance_root(covariance)
    drawn: Floats = rng.standard_normal((n_draws, root.shape[0])) @ root.T
    return drawn


def covariance_root(covariance: npt.ArrayLike) -> Floats:
    """Square root of a covariance that may lack directions.

    Parameters
    ----------
    covariance : array_like of float, shape (n_numbers, n_numbers)
        Symmetric.

    Returns
    -------
    ndarray of float64, shape (n_numbers, n_numbers)
        ``root @ root.T`` is the covariance.

    Raises
    ------
    EstimationError
        If it is not square, finite and symmetric, or has a negative direction.
    """
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.all(np.isfinite(matrix)):
        raise EstimationError("a covariance must be square and finite")
    variance = np.diag(matrix)
    if np.any(variance < 0.0):
        raise EstimationError("a covariance must not have negative variances")
    # Correlations: numbers in different units have directions of like size.
    scale = np.where(variance > 0.0, np.sqrt(variance), 1.0)
    correlation = matrix / np.outer(scale, scale)
    if np.abs(correlation - correlation.T).max(initial=0.0) > 1e-6:
        raise EstimationError("a covariance must be symmetric")
    value, vector = np.linalg.eigh((correlation + correlation.T) / 2.0)
    if value.min(initial=0.0) < -1e-6:
        raise EstimationError("a covariance must not have a negative direction")
    root: Floats = vector * np.sqrt(np.maximum(value, 0.0)) * scale[:, None]
    return root


def standardise(draws: Floats, error: Floats, *, centre: float | None = None) -> Floats:
    """Divide draws by their errors.

    Parameters
    ----------
    draws : ndarray of float64, shape (n_draws, n_numbers)
        Draws.
    error : ndarray of float64, shape (n_numbers,)
        Their errors; where zero the result is zero.
    centre : float, optional
        Taken off; the mean of each number where absent.

    Returns
    -------
    ndarray of float64, shape (n_draws, n_numbers)
        In standard errors.
    """
    middle = draws.mean(axis=0) if centre is None else centre
    result: Floats = np.divide(draws - middle, error, out=np.zeros_like(draws), where=error > 0.0)
    return result


def read_draws(point: npt.ArrayLike, draws: npt.ArrayLike, *, what: str = "draws") -> tuple[Floats, Floats]:
    """Check estimates and their draws.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Draws, or influences.
    what : str, default "draws"
        What to call them in an error.

    Returns
    -------
    point : ndarray of float64, shape (n_numbers,)
        Estimates.
    draws : ndarray of float64, shape (n_draws, n_numbers)
        Draws.

    Raises
    ------
    EstimationError
        If shapes differ, there are fewer than two draws, or a number is missing or infinite.
    """
    drawn = np.asarray(draws, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[0] < 2 or drawn.shape[1] == 0:
        raise EstimationError(f"{what} has shape {drawn.shape}, expected (at least 2, n_numbers)")
    wrong = tuple(int(j) for j in np.flatnonzero(~np.isfinite(drawn).all(axis=0)))
    if wrong:
        raise EstimationError(f"{what} is missing or infinite in columns {', '.join(map(str, wrong))}", wrong)
    return read_vector("point", point, drawn.shape[1], EstimationError), drawn
