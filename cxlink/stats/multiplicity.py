"""Many questions at once: q-values and adjusted p values of many tests, and intervals that hold together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector
from cxlink.stats.errors import EstimationError
from cxlink.stats.joint_draws import critical_value, draw_normal, read_draws, standardise


@dataclass(frozen=True, slots=True)
class Simultaneous:
    """Intervals of which all hold their truth at once, in `level` of all samples.

    Parameters
    ----------
    low, high : ndarray of float64, shape (n_numbers,)
        Ends.
    critical : float
        Standard errors between the estimate and each end.
    error : ndarray of float64, shape (n_numbers,)
        Standard errors; zero for a number known exactly.
    level : float
        Coverage of all together.
    """

    low: Floats
    high: Floats
    critical: float
    error: Floats
    level: float


def adjust_p_values(p: npt.ArrayLike) -> Floats:
    """Turn p values into the q-values of Benjamini and Hochberg.

    Parameters
    ----------
    p : array_like of float, shape (n_tests,)
        One a test, between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (n_tests,)
        For each test the least share of false discoveries at which it is one; among tests with ``q <= 0.1`` no more
        than a tenth are false on average, where tests are independent or go together.

    Raises
    ------
    EstimationError
        If there is no test or a p value is not between 0 and 1.

    References
    ----------
    .. [1] Benjamini and Hochberg (1995), JRSS B 57:289-300.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = _read_p_values(p)
    order = np.argsort(values, kind="stable")[::-1]
    scaled = values[order] * values.size / np.arange(values.size, 0, -1)
    q = np.empty(values.size)
    q[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return q


def adjust_holm(p: npt.ArrayLike) -> Floats:
    """Adjust p values for many tests, so that a false one among all is as rare as stated.

    Parameters
    ----------
    p : array_like of float, shape (n_tests,)
        One a test, between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (n_tests,)
        Adjusted by Holm's steps: those below 0.05 hold a false discovery in at most 5% of all samples, however the
        tests hang together.

    Raises
    ------
    EstimationError
        If there is no test or a p value is not between 0 and 1.

    References
    ----------
    .. [1] Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    Examples
    --------
    >>> adjust_holm([0.01, 0.04, 0.03, 0.005]).round(4).tolist()
    [0.03, 0.06, 0.06, 0.02]
    """
    values = _read_p_values(p)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _read_p_values(p: npt.ArrayLike) -> Floats:
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise EstimationError(f"p has shape {values.shape}, expected (n_tests,)")
    read_vector("p", values, values.size, EstimationError)
    if np.any((values < 0.0) | (values > 1.0)):
        raise EstimationError("p values must lie between 0 and 1")
    return values


def intervals_from_draws(point: npt.ArrayLike, draws: npt.ArrayLike, *, level: float = 0.95) -> Simultaneous:
    """Simultaneous intervals from joint draws: estimate and as many standard errors for all numbers alike.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    draws : array_like of float, shape (n_draws, n_numbers)
        Joint draws of their errors, around any centre: of a bootstrap, or of a posterior.
    level : float, default 0.95
        Coverage of all together.

    Returns
    -------
    Simultaneous
        Sup-t intervals.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, or draws are too few for `level`: ten must lie beyond.

    References
    ----------
    .. [1] Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34:1-17.
    """
    estimates, drawn = read_draws(point, draws)
    error = drawn.std(axis=0, ddof=1)
    return _build(estimates, error, standardise(drawn, error), level)


def intervals_from_influence(
    point: npt.ArrayLike,
    influence: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    n_draws: int = 10_000,
) -> Simultaneous:
    """Simultaneous intervals from what each customer does to the estimates.

    Parameters
    ----------
    point : array_like of float, shape (n_numbers,)
        Estimates.
    influence : array_like of float, shape (n_customers, n_numbers)
        Their influence: with customers' weights w, ``point(w) ~= point + (w - 1) @ influence``.
    rng : Generator
        For the multipliers.
    level : float, default 0.95
        Coverage of all together.
    n_draws : int, default 10000
        Draws of normal multipliers, one a customer.

    Returns
    -------
    Simultaneous
        Sup-t intervals with errors ``sqrt((influence**2).sum(axis=0) * g / (g - 1))`` for the g customers that take
        part, and a critical value of the t distribution with g - 1 degrees of freedom.

    Raises
    ------
    EstimationError
        If shapes differ, a number is missing or infinite, fewer than two customers take part, or draws are too few for
        `level`.

    References
    ----------
    .. [1] Montiel Olea and Plagborg-Moller (2019), Journal of Applied Econometrics 34:1-17.
    .. [2] Chernozhukov, Chetverikov and Kato (2013), Annals of Statistics 41:2786-2819, for the multipliers.
    """
    estimates, moves = read_draws(point, influence, what="influence")
    clusters = int(np.any(moves != 0.0, axis=1).sum())
    if clusters < 2:
        raise EstimationError(f"{clusters} customers take part: at least two are needed")
    error = np.sqrt(np.square(moves).sum(axis=0) * clusters / (clusters - 1))
    # Sums with normal multipliers are normal with this covariance: as many columns are drawn, not customers.
    drawn = draw_normal(moves.T @ moves * clusters / (clusters - 1), rng, n_draws)
    # The errors are estimated, from as many customers: a t distribution, not a normal one.
    drawn /= np.sqrt(rng.chisquare(clusters - 1, (n_draws, 1)) / (clusters - 1))
    return _build(estimates, error, standardise(drawn, error, centre=0.0), level)


def _build(point: Floats, error: Floats, scaled: Floats, level: float) -> Simultaneous:
    critical = critical_value(np.abs(scaled).max(axis=1), level)
    return Simultaneous(point - critical * error, point + critical * error, critical, error, level)
