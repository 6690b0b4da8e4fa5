"""BG/NBD: how often customers buy who may leave, unseen, after any repeat purchase."""

from __future__ import annotations

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
    Parameter("a", 1e-5, 1e5, False, "nobody seems to leave", "customers do not differ in how likely they leave"),
    Parameter(
        "b", 1e-5, 1e5, False, "everyone seems to leave at once", "nobody seems to leave, or all are equally likely to"
    ),
)

SHAPES = ((1.0, 1.0, 3.0), (0.3, 0.5, 0.5), (3.0, 0.3, 3.0), (0.5, 2.0, 2.0))
"""Values of r, a and b that the climb starts from."""

NODES = 256
"""Points of the sum over dropout probabilities; compared with numerical integration in the tests."""

BLOCK = 4096
"""Customers per block of that sum, so that it stays in cache."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Customers who buy at random and leave, unseen, with some probability right after any repeat purchase.

    Purchase rates follow a gamma distribution with shape `r` and rate `alpha` across customers, and probabilities to
    leave a beta distribution with `a` and `b`, independent of each other.

    Parameters
    ----------
    r : float
        Shape of the purchase rates; the smaller, the more customers differ.
    alpha : float
        Rate parameter of the purchase rates, in units of time; ``r / alpha`` is the mean rate.
    a, b : float
        Shapes of the probability to leave; ``a / (a + b)`` is its mean.

    References
    ----------
    .. [1] Fader, Hardie and Lee (2005), Marketing Science 24:275-284.
    """

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        check_parameters(r=self.r, alpha=self.alpha, a=self.a, b=self.b)

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
        alive, gone = _log_parts(self, *history)
        return _log_common(self, history[0]) + np.logaddexp(alive, gone)

    def probability_alive(self, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike) -> Floats:
        """Probability that a customer has not left by the end of the time observed.

        Parameters
        ----------
        frequency, recency, age : array_like, shape (n_customers,)
            As for :meth:`log_likelihood`.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            One for customers without a repeat purchase: in this model nobody leaves before.

        Raises
        ------
        EstimationError
            If a history is impossible.
        """
        from scipy.special import expit

        alive, gone = _log_parts(self, *read_histories(frequency, recency, age))
        result: Floats = expit(alive - gone)
        return result

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
        durations = read_durations(time)
        flat = durations.ravel()
        result = _mean_purchases(self.a, np.full(flat.size, self.b), np.full(flat.size, self.r), flat / self.alpha)
        return result.reshape(durations.shape)

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
        # A customer still there is a new one whose rate and probability to leave have been updated.
        ahead = np.column_stack((counts, durations / (self.alpha + ages)))
        distinct, code = np.unique(ahead, axis=0, return_inverse=True)
        mean = _mean_purchases(self.a, self.b + distinct[:, 0], self.r + distinct[:, 0], distinct[:, 1])
        return mean[code.ravel()] * self.probability_alive(counts, last, ages)


def fit_bg_nbd(
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-7,
) -> PurchaseFit[BgNbd]:
    """Fit a BG/NBD model by maximum likelihood.

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
    .. [1] Fader, Hardie and Lee (2005), Marketing Science 24:275-284.
    """
    histories = build_histories(frequency, recency, age, weights)
    return fit_histories(
        BgNbd, _evaluate, SHAPES, PARAMETERS, histories, max_iterations=max_iterations, tolerance=tolerance
    )


def _log_common(model: BgNbd, x: Floats) -> Floats:
    """Log of the factor that both parts of the likelihood share."""
    return log_rising(model.r, x) + log_rising(model.b, x) - log_rising(model.a + model.b, x)


def _log_parts(model: BgNbd, x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats]:
    """Logs of the parts of the likelihood in which the customer is still there, and left after the last purchase."""
    bought = x > 0
    alive = -model.r * np.log1p(T / model.alpha) - x * np.log(model.alpha + T)
    left = np.log(model.a) - np.log(np.where(bought, model.b + x - 1.0, 1.0))
    gone = left - model.r * np.log1p(t_x / model.alpha) - x * np.log(model.alpha + t_x)
    return alive, np.where(bought, gone, -np.inf)


def _evaluate(model: BgNbd, histories: Histories) -> tuple[float, Floats]:
    """Log likelihood and its gradient in r, alpha, a and b."""
    from scipy.special import digamma, expit

    x, t_x, T, weights = histories.frequency, histories.recency, histories.age, histories.weights
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    alive, gone = _log_parts(model, x, t_x, T)
    log_likelihood = _log_common(model, x) + np.logaddexp(alive, gone)
    p_alive = expit(alive - gone)
    p_gone = 1.0 - p_alive
    shrink = digamma(a + b) - digamma(a + b + x)
    span = p_alive * T / (alpha * (alpha + T)) + p_gone * t_x / (alpha * (alpha + t_x))
    gradient = np.array(
        [
            digamma(r + x) - digamma(r) - p_alive * np.log1p(T / alpha) - p_gone * np.log1p(t_x / alpha),
            r * span - x * (p_alive / (alpha + T) + p_gone / (alpha + t_x)),
            shrink + p_gone / a,
            shrink + digamma(b + x) - digamma(b) - p_gone / np.where(x > 0, b + x - 1.0, 1.0),
        ]
    )
    return float(weights @ log_likelihood), gradient @ weights


def _mean_purchases(a: float, b: Floats, r: Floats, z: Floats) -> Floats:
    """Purchases expected in a time of `z` times the rate parameter, from a customer who is there at its beginning.

    Given the probability to leave p, the mean over purchase rates is ``(1 - (1 + p z)**-r) / p``. The paper writes its
    mean over p with a hypergeometric function, which has a pole or cancels where a is one, or a + b is small. Here the
    mean is a sum over the log odds of p, spaced so that both tails are reached (the double exponential rule of [1]_):
    every term is positive, so nothing can cancel.

    References
    ----------
    .. [1] Takahasi and Mori (1974), Publ. RIMS Kyoto Univ. 9:721-741.
    """
    from scipy.special import expit

    result = np.empty(z.size)
    for begin in range(0, z.size, BLOCK):
        rows = slice(begin, begin + BLOCK)
        shape_b, shape_r, reach = b[rows, None], r[rows, None], z[rows, None]
        width = np.minimum(1.0, np.sqrt(1.0 / a + 1.0 / shape_b))
        left, right = (np.arcsinh(40.0 / (shape * width) + 9.0) for shape in (a, shape_b))
        step = np.linspace(0.0, 1.0, NODES)
        place = -left + (left + right) * step
        log_odds = np.log(a / shape_b) + width * np.sinh(place)
        log_weight = a * log_odds - (a + shape_b) * np.logaddexp(0.0, log_odds)
        weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)) * np.cosh(place)
        # Further down p could not be told from zero, and the mean has long come to r z.
        p = np.maximum(expit(log_odds), 1e-100)
        mean = -np.expm1(-shape_r * np.log1p(p * reach)) / p
        result[rows] = (weight * mean).sum(axis=1) / weight.sum(axis=1)
    return result
