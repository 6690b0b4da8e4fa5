"""Pareto/NBD: how often customers buy who may leave, unseen, at any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats
from cxlink.stats.purchase_histories import (
    Histories,
    build_histories,
    check_parameters,
    log_rising,
    read_durations,
    read_histories,
)
from cxlink.stats.purchases import Parameter, PurchaseFit, fit_histories

PARAMETERS = (
    Parameter(
        "r", 1e-5, 1e5, False, "purchase rates differ without bound", "customers do not differ in how often they buy"
    ),
    Parameter(
        "alpha", 1e-8, 1e10, True, "purchase rates have no bound", "customers do not differ in how often they buy"
    ),
    Parameter("s", 1e-5, 1e5, False, "nobody seems to leave", "customers do not differ in how soon they leave"),
    Parameter("beta", 1e-8, 1e10, True, "some leave at once", "nobody seems to leave, or all are equally likely to"),
)

SHAPES = ((1.0, 1.0, 1.0), (0.4, 0.5, 0.3), (3.0, 0.3, 3.0), (0.5, 2.0, 0.5))
"""Values of r, s and beta (in mean ages) that the climb starts from."""

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(40)

BLOCK = 1 << 14
"""Histories per block of the integral, so that memory stays small."""

DROP = 40.0
"""The integral ends where its integrand has fallen by this many log units."""


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """Customers who buy at random and leave, unseen, at random.

    Purchase rates follow a gamma distribution with shape `r` and rate `alpha` across customers, and rates of leaving
    one with `s` and `beta`, independent of each other.

    Parameters
    ----------
    r : float
        Shape of the purchase rates; the smaller, the more customers differ.
    alpha : float
        Rate parameter of the purchase rates, in units of time; ``r / alpha`` is the mean rate.
    s : float
        Shape of the rates of leaving.
    beta : float
        Rate parameter of the rates of leaving, in units of time; ``s / beta`` is their mean.

    References
    ----------
    .. [1] Schmittlein, Morrison and Colombo (1987), Management Science 33:1-24.
    .. [2] Fader and Hardie (2005), A note on deriving the Pareto/NBD model and related expressions.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        check_parameters(r=self.r, alpha=self.alpha, s=self.s, beta=self.beta)

    def log_likelihood(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """Log likelihood of each purchase history.

        Parameters
        ----------
        frequency : array_like of int, shape (n_customers,)
            Repeat purchases, the first one not counted.
        recency : array_like of float, shape (n_customers,)
            Time of the last purchase since the first; zero without repeat purchases.
        age : array_like of float, shape (n_customers,)
            Time observed since the first purchase, in the unit of `recency`.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            Log density of the times of the repeat purchases.

        Raises
        ------
        EstimationError
            If a history is impossible.
        """
        history = read_histories(frequency, recency, age)
        return np.concatenate([np.zeros(0), *(_moments(self, *block)[0] for block in _blocks(*history))])

    def probability_alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """Probability that a customer has not left by the end of the time observed.

        Parameters
        ----------
        frequency, recency, age : array_like, shape (n_customers,)
            As for :meth:`log_likelihood`.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            Between zero and one.

        Raises
        ------
        EstimationError
            If a history is impossible.
        """
        history = read_histories(frequency, recency, age)
        return np.concatenate([np.zeros(0), *(_moments(self, *block)[1] for block in _blocks(*history))])

    def expected_purchases(self, time: npt.ArrayLike) -> Floats:
        """Repeat purchases expected of a new customer.

        Parameters
        ----------
        time : array_like of float
            Time since the first purchase, of any shape.

        Returns
        -------
        ndarray of float64
            In ``(0, time]``, of the same shape.

        Raises
        ------
        EstimationError
            If a time is missing, infinite or negative.
        """
        return self.r / self.alpha * _mean_time_there(self.s, self.beta, read_durations(time))

    def expected_further_purchases(
        self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, time: npt.ArrayLike
    ) -> Floats:
        """Purchases expected of a customer whose history is known.

        Parameters
        ----------
        frequency, recency, age : array_like, shape (n_customers,)
            As for :meth:`log_likelihood`.
        time : float or array_like of float, shape (n_customers,)
            Time after the end of the time observed.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            In ``(age, age + time]``.

        Raises
        ------
        EstimationError
            If a history is impossible or a time negative.
        """
        counts, last, ages = read_histories(frequency, recency, age)
        durations = np.broadcast_to(read_durations(time), counts.shape)
        # A customer still there is a new one whose two rates have been updated.
        rate = (self.r + counts) / (self.alpha + ages)
        there = _mean_time_there(self.s, self.beta + ages, durations)
        return self.probability_alive(counts, last, ages) * rate * there


def fit_pareto_nbd(
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-7,
) -> PurchaseFit[ParetoNbd]:
    """Fit a Pareto/NBD model by maximum likelihood.

    Parameters
    ----------
    frequency : array_like of int, shape (n_customers,)
        Repeat purchases, the first one not counted; several on one day count as one.
    recency : array_like of float, shape (n_customers,)
        Time of the last purchase since the first, in any unit; zero without repeat purchases.
    age : array_like of float, shape (n_customers,)
        Time observed since the first purchase, in the unit of `recency`.
    weights : array_like of float, shape (n_customers,), optional
        Case weights, taken as numbers of equal customers.
    max_iterations : int, default 100
        Newton steps before giving up.
    tolerance : float, default 1e-7
        Longest remaining Newton step, in log units of a parameter.

    Returns
    -------
    PurchaseFit
        A strict maximum of the likelihood, the highest of those found from several starts.

    Raises
    ------
    EstimationError
        If a history is impossible; there are fewer than two customers, no repeat purchase, or one and the same history;
        a parameter runs to zero or infinity; the likelihood is flat; or no maximum is reached.

    References
    ----------
    .. [1] Schmittlein, Morrison and Colombo (1987), Management Science 33:1-24.
    """
    histories = build_histories(frequency, recency, age, weights)
    return fit_histories(
        ParetoNbd, _evaluate, SHAPES, PARAMETERS, histories, max_iterations=max_iterations, tolerance=tolerance
    )


def _blocks(*columns: Floats) -> Iterator[tuple[Floats, ...]]:
    for begin in range(0, columns[0].size, BLOCK):
        yield tuple(column[begin : begin + BLOCK] for column in columns)


def _mean_time_there(s: float, beta: Floats | float, time: Floats) -> Floats:
    """Part of a coming time that a customer, there at its beginning, stays: the integral of ``(1 + u / beta)**-s``."""
    from scipy.special import exprel

    log_growth = np.log1p(time / beta)
    # exprel(v) is (exp(v) - 1) / v: no pole where s is one.
    result: Floats = beta * log_growth * exprel((1.0 - s) * log_growth)
    return result


def _moments(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats, Floats]:
    """Log likelihood, probability alive, and the log likelihood's gradient, of each history.

    Let u be the end of a customer's time with us, or of the time observed if that comes first. Given u = T (still
    there) or u between t_x and T (gone), the likelihood is a product of powers of alpha + u and beta + u, so

        L = kernel(T) + integral from t_x to T of kernel(u) s / (beta + u) du,

    a sum of positive terms: the paper's difference of two hypergeometric functions, which cancels, is never formed. The
    gradient is a mean over u given the history.
    """
    from scipy.special import digamma

    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    at_end = _log_kernel(model, x, T)
    u, log_share = _spread_ends(model, x, t_x, T)
    shift = np.maximum(at_end, log_share.max(axis=1))
    alive = np.exp(at_end - shift)
    gone = np.exp(log_share - shift[:, None])
    total = alive + gone.sum(axis=1)
    p_alive = alive / total
    p_gone = gone / total[:, None]

    def mean(at_T: Floats, at_u: Floats) -> Floats:
        averaged: Floats = p_alive * at_T + (p_gone * at_u).sum(axis=1)
        return averaged

    left = p_gone.sum(axis=1)
    rates = (r * u / alpha - x[:, None]) / (alpha + u)
    leaving = (s * u / beta - 1.0) / (beta + u)
    gradient = np.array(
        [
            digamma(r + x) - digamma(r) - mean(np.log1p(T / alpha), np.log1p(u / alpha)),
            mean((r * T / alpha - x) / (alpha + T), rates),
            left / s - mean(np.log1p(T / beta), np.log1p(u / beta)),
            mean(s * T / (beta * (beta + T)), leaving),
        ]
    )
    return log_rising(r, x) + shift + np.log(total), p_alive, gradient


def _log_kernel(model: ParetoNbd, x: Floats, u: Floats) -> Floats:
    """Log likelihood of `x` purchases by, and no end before, time `u`, without the factor of :func:`log_rising`."""
    kernel: Floats = (
        -model.r * np.log1p(u / model.alpha) - x * np.log(model.alpha + u) - model.s * np.log1p(u / model.beta)
    )
    return kernel


def _spread_ends(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats]:
    """Possible ends between t_x and T, shape (n, n_nodes), and the log of each one's share of the integral.

    With ``u = (c + t_x) e^y - c``, c being the smaller of alpha and beta, the integrand is log-concave in y: it is
    smooth, and cutting it off where it has fallen by `DROP` keeps the nodes where it matters.
    """
    c = min(model.alpha, model.beta)
    first = c + t_x

    def log_integrand(ends: Floats, x: Floats) -> Floats:
        density: Floats = _log_kernel(model, x, ends) + np.log(model.s * (c + ends) / (model.beta + ends))
        return density

    length = np.log1p((T - t_x) / first)
    target = log_integrand(t_x, x) - DROP
    for _ in range(4):
        # Newton's steps towards the target, from the right, where a concave function is steeper: never too far.
        end = t_x + first * np.expm1(length)
        slope = 1.0 - (c + end) * ((model.s + 1.0) / (model.beta + end) + (model.r + x) / (model.alpha + end))
        beyond = target - log_integrand(end, x)
        length = np.where(beyond > 0.0, length + beyond / np.minimum(slope, -1e-6), length)
    length = np.maximum(length, 1e-300)
    u = t_x[:, None] + first[:, None] * np.expm1(length[:, None] * (NODES + 1.0) / 2.0)
    return u, log_integrand(u, x[:, None]) + np.log(length[:, None] * NODE_WEIGHTS / 2.0)


def _evaluate(model: ParetoNbd, histories: Histories) -> tuple[float, Floats]:
    """Log likelihood and its gradient in r, alpha, s and beta."""
    log_likelihood, gradient = 0.0, np.zeros(4)
    for x, t_x, T, weights in _blocks(histories.frequency, histories.recency, histories.age, histories.weights):
        value, _, slope = _moments(model, x, t_x, T)
        log_likelihood += float(weights @ value)
        gradient += slope @ weights
    return log_likelihood, gradient
