"""Gamma-Gamma: what customers spend per purchase, given the mean of the purchases seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Floats, read_vector, read_weights
from cxlink.stats.errors import EstimationError
from cxlink.stats.purchase_histories import check_parameters, read_counts
from cxlink.stats.purchases import Parameter, maximise

PARAMETERS = (
    Parameter("p", 1e-5, 1e5, False, "spend differs without bound", "a customer spends the same on every purchase"),
    Parameter("q", 1e-5, 1e5, False, "mean spends differ without bound", "customers do not differ in their mean spend"),
    Parameter("gamma", 1e-10, 1e12, True, "spend has no scale", "customers do not differ in their mean spend"),
)

SHAPES = ((1.0, 2.0), (5.0, 4.0), (0.5, 10.0), (30.0, 2.0))
"""Values of p and q that the climb starts from; gamma follows from the mean."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Customers whose purchases have gamma distributed amounts around means of their own.

    The amount of a purchase has shape `p` and a customer's own rate, which follows a gamma distribution with shape `q`
    and rate `gamma` across customers. Amounts are independent of how often a customer buys: check that they are.

    Parameters
    ----------
    p : float
        Shape of the amounts of one customer; the larger, the less they vary.
    q : float
        Shape of the customers' rates; the larger, the less customers differ.
    gamma : float
        Rate parameter of the customers' rates, in units of money.

    References
    ----------
    .. [1] Fader and Hardie (2013), The Gamma-Gamma model of monetary value.
    .. [2] Fader, Hardie and Lee (2005), J Marketing Res 42:415-430.
    """

    p: float
    q: float
    gamma: float

    def __post_init__(self) -> None:
        check_parameters(p=self.p, q=self.q, gamma=self.gamma)

    def log_likelihood(self, mean_spend: npt.ArrayLike, n_purchases: npt.ArrayLike) -> Floats:
        """Log likelihood of each customer's mean spend.

        Parameters
        ----------
        mean_spend : array_like of float, shape (n_customers,)
            Mean amount of the purchases counted, above zero.
        n_purchases : array_like of int, shape (n_customers,)
            Purchases that make up the mean, at least one.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            Log density of the means.

        Raises
        ------
        EstimationError
            If a mean is not above zero, or a number of purchases is not a whole number above zero.
        """
        spend, counts = _read_spend(mean_spend, n_purchases)
        return _evaluate(self, spend, counts)[0]

    def expected_spend(self, mean_spend: npt.ArrayLike, n_purchases: npt.ArrayLike) -> Floats:
        """Mean amount of a customer's purchases to come.

        Parameters
        ----------
        mean_spend : array_like of float, shape (n_customers,)
            Mean amount of the purchases counted, not negative; any number where there are none.
        n_purchases : array_like of int, shape (n_customers,)
            Purchases that make up the mean; zero: nothing is known of the customer.

        Returns
        -------
        ndarray of float64, shape (n_customers,)
            Between the customer's own mean and that of all customers; the latter where there are no purchases.

        Raises
        ------
        EstimationError
            If a number is missing, infinite or negative; or the mean does not exist: it needs ``p n + q`` above one.
        """
        counts = read_counts("n_purchases", n_purchases, np.asarray(n_purchases).size)
        spend = read_vector("mean_spend", mean_spend, counts.size, EstimationError)
        if np.any((spend < 0.0) & (counts > 0)):
            raise EstimationError("mean_spend must not be negative")
        shape = self.p * counts + self.q
        if np.any(shape <= 1.0):
            raise EstimationError("the mean spend of customers is infinite: q is at most one")
        total = np.where(counts > 0, counts * spend, 0.0)
        result: Floats = self.p * (self.gamma + total) / (shape - 1.0)
        return result


@dataclass(frozen=True, slots=True)
class GammaGammaFit:
    """A fitted Gamma-Gamma model.

    Parameters
    ----------
    model : GammaGamma
        With the parameters that fit best.
    log_likelihood : float
        At these parameters: log density of the means, in the unit of the spend.
    log_covariance : ndarray of float64, shape (3, 3)
        Inverse of the observed information of log p, log q and log gamma.
    n_customers : int
        Customers with a weight above zero.
    """

    model: GammaGamma
    log_likelihood: float
    log_covariance: Floats
    n_customers: int


def fit_gamma_gamma(
    mean_spend: npt.ArrayLike,
    n_purchases: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-7,
) -> GammaGammaFit:
    """Fit a Gamma-Gamma model by maximum likelihood.

    Parameters
    ----------
    mean_spend : array_like of float, shape (n_customers,)
        Mean amount of each customer's repeat purchases, in any unit, above zero.
    n_purchases : array_like of int, shape (n_customers,)
        Repeat purchases, at least one: leave out customers without.
    weights : array_like of float, shape (n_customers,), optional
        Case weights, taken as numbers of equal customers.
    max_iterations : int, default 100
        Newton steps before giving up.
    tolerance : float, default 1e-7
        Longest remaining Newton step, in log units of a parameter.

    Returns
    -------
    GammaGammaFit
        A strict maximum of the likelihood, the highest of those found from several starts.

    Raises
    ------
    EstimationError
        If a number is missing, infinite or not above zero; there are fewer than two customers; all spend the same, or
        all have the same number of purchases, so that spread within customers cannot be told from spread between them;
        a parameter runs to zero or infinity; the likelihood is flat; or no maximum is reached.

    References
    ----------
    .. [1] Fader and Hardie (2013), The Gamma-Gamma model of monetary value.
    """
    spend, counts = _read_spend(mean_spend, n_purchases)
    case_weights = read_weights(weights, spend.size, EstimationError)
    if case_weights is None:
        case_weights = np.ones(spend.size)
    present = case_weights > 0
    spend, counts, case_weights = spend[present], counts[present], case_weights[present]
    if spend.size < 2:
        raise EstimationError(f"{spend.size} customers with a weight above zero: how they differ is not seen")
    if np.ptp(spend) == 0.0:
        raise EstimationError("all customers have the same mean spend")
    if np.ptp(counts) == 0.0:
        raise EstimationError(
            "all customers have the same number of purchases: spread within and between customers cannot be told apart"
        )
    unit = float(np.average(spend, weights=case_weights))
    scaled, total = spend / unit, float(case_weights.sum())

    def objective(values: Floats) -> tuple[float, Floats]:
        log_likelihood, gradient = _evaluate(GammaGamma(*map(float, values)), scaled, counts)
        return float(case_weights @ log_likelihood), gradient @ case_weights

    best = maximise(
        objective,
        [(p, q, max(q - 1.0, 0.5) / p) for p, q in SHAPES],
        PARAMETERS,
        total,
        unit,
        max_iterations=max_iterations,
        tolerance=tolerance,
    )
    return GammaGammaFit(
        model=GammaGamma(*map(float, best.parameters)),
        log_likelihood=best.log_likelihood - total * float(np.log(unit)),
        log_covariance=best.log_covariance,
        n_customers=spend.size,
    )


def _read_spend(mean_spend: npt.ArrayLike, n_purchases: npt.ArrayLike) -> tuple[Floats, Floats]:
    n_rows = np.asarray(mean_spend).shape[0] if np.ndim(mean_spend) == 1 else 0
    spend = read_vector("mean_spend", mean_spend, n_rows, EstimationError)
    counts = read_counts("n_purchases", n_purchases, n_rows)
    if np.any(counts == 0):
        raise EstimationError("n_purchases must be above zero: leave out customers without repeat purchases")
    if np.any(spend <= 0.0):
        raise EstimationError("mean_spend must be above zero")
    return spend, counts


def _evaluate(model: GammaGamma, z: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Log likelihood of each mean and its gradient in p, q and gamma, shape (3, n).

    ``x z / gamma`` follows a beta prime distribution with ``p x`` and q.
    """
    from scipy.special import betaln, digamma

    p, q, gamma = model.p, model.q, model.gamma
    inside = -np.log1p(gamma / (x * z))
    outside = -np.log1p(x * z / gamma)
    log_likelihood = p * x * inside + q * outside - betaln(p * x, q) - np.log(z)
    joint = digamma(p * x + q)
    gradient = np.array(
        [
            x * (inside + joint - digamma(p * x)),
            outside + joint - digamma(q),
            (q * x * z / gamma - p * x) / (gamma + x * z),
        ]
    )
    return log_likelihood, gradient
