"""Gamma-Gamma: against integration over the mixing distribution, simulated truth, identities and refusals.

INTEGRAL 1e-8: scipy's quad asks for 1e-10. ERRORS 4 standard errors: a right fit fails once in 15,000. SAME 1e-6: two
climbs to one maximum, each ending within 1e-7 log units of it. WITHIN 1e-4: a second difference of the log likelihood.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, gamma

from cxlink.stats.errors import EstimationError
from cxlink.stats.gamma_gamma import GammaGamma, fit_gamma_gamma

INTEGRAL = 1e-8
ERRORS = 4.0
SAME = 1e-6
WITHIN = 1e-4
Floats = npt.NDArray[np.float64]
MODEL = GammaGamma(6.25, 3.74, 15.44)


def simulate(model: GammaGamma, n: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Mean of the purchases seen, their number, and the customer's true mean."""
    rate = rng.gamma(model.q, 1 / model.gamma, n)
    counts = 1 + rng.poisson(rng.gamma(0.5, 4.0, n))
    return rng.gamma(model.p * counts, 1 / rate) / counts, counts, model.p / rate


@pytest.fixture(scope="module")
def rows() -> dict[str, Any]:
    spend, counts, _ = simulate(MODEL, 3000, np.random.default_rng(11))
    return {"mean_spend": spend, "n_purchases": counts}


@pytest.mark.parametrize(("z", "x"), [(35.0, 3), (2.0, 1), (400.0, 12), (31.0, 200)])
def test_likelihood_and_mean_by_integration(z: float, x: int) -> None:
    rate = gamma(MODEL.q, scale=1 / MODEL.gamma)

    def given(v: float) -> float:
        return float(gamma.pdf(z, MODEL.p * x, scale=1 / (v * x)) * rate.pdf(v))

    # The rate given the mean is gamma with this shape and rate parameter: ten of its spreads on either side hold it.
    shape, scale = MODEL.p * x + MODEL.q, MODEL.gamma + x * z
    low, high = gamma.ppf([1e-14, 1 - 1e-14], shape, scale=1 / scale)
    options: dict[str, Any] = {"epsabs": 0, "epsrel": 1e-10, "limit": 200}
    likelihood = quad(given, low, high, **options)[0]
    mean = quad(lambda v: given(v) * MODEL.p / v, low, high, **options)[0] / likelihood
    np.testing.assert_allclose(MODEL.log_likelihood([z], [x]), np.log(likelihood), rtol=INTEGRAL)
    np.testing.assert_allclose(MODEL.expected_spend([z], [x]), mean, rtol=INTEGRAL)


def test_truth_is_recovered_with_honest_errors() -> None:
    truth = np.log([MODEL.p, MODEL.q, MODEL.gamma])
    distances = []
    for seed in range(20):
        spend, counts, _ = simulate(MODEL, 1500, np.random.default_rng(seed))
        fit = fit_gamma_gamma(spend, counts)
        gap = np.log([fit.model.p, fit.model.q, fit.model.gamma]) - truth
        distances.append(gap @ np.linalg.solve(fit.log_covariance, gap))
    # Each is chi-squared with three degrees of freedom, so their sum has sixty.
    assert chi2.ppf(1e-4, 60) < sum(distances) < chi2.ppf(1 - 1e-4, 60)


def test_expected_spend_is_the_mean_of_the_true_means() -> None:
    spend, counts, true_mean = simulate(MODEL, 400_000, np.random.default_rng(3))
    expected = MODEL.expected_spend(spend, counts)
    bands = np.digitize(spend, [20, 30, 45, 80]) * 2 + (counts > 2)
    for band in np.unique(bands):
        gap = (true_mean - expected)[bands == band]
        assert abs(gap.mean()) < ERRORS * gap.std() / gap.size**0.5


def test_covariance_is_the_inverse_curvature(rows: dict[str, Any]) -> None:
    fit = fit_gamma_gamma(**rows)
    top = np.log([fit.model.p, fit.model.q, fit.model.gamma])

    def height(move: Floats) -> float:
        return float(GammaGamma(*np.exp(top + move)).log_likelihood(**rows).sum())

    np.testing.assert_allclose(height(np.zeros(3)), fit.log_likelihood, rtol=1e-12)
    for column in np.linalg.cholesky(fit.log_covariance).T:
        # One standard error away in any direction the log likelihood is about half a unit lower.
        curvature = (height(column / 10) + height(-column / 10) - 2 * fit.log_likelihood) * 100
        np.testing.assert_allclose(curvature, -1.0, atol=0.02)
        slope = (height(column / 100) - height(-column / 100)) * 50
        assert abs(slope) < WITHIN


def test_currency_does_not_matter(rows: dict[str, Any]) -> None:
    one, other = fit_gamma_gamma(**rows), fit_gamma_gamma(rows["mean_spend"] * 1e4, rows["n_purchases"])
    np.testing.assert_allclose([other.model.p, other.model.q], [one.model.p, one.model.q], rtol=SAME)
    np.testing.assert_allclose(other.model.gamma, one.model.gamma * 1e4, rtol=SAME)
    np.testing.assert_allclose(other.log_covariance, one.log_covariance, rtol=WITHIN)
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood - 3000 * np.log(1e4), rtol=1e-12)


def test_weights_count_as_customers(rows: dict[str, Any]) -> None:
    weights = np.random.default_rng(2).integers(0, 3, 3000)
    one = fit_gamma_gamma(**rows, weights=weights)
    many = fit_gamma_gamma(np.repeat(rows["mean_spend"], weights), np.repeat(rows["n_purchases"], weights))
    assert one.n_customers == np.count_nonzero(weights)
    np.testing.assert_allclose(one.model.gamma, many.model.gamma, rtol=SAME)
    np.testing.assert_allclose(one.log_covariance, many.log_covariance, rtol=WITHIN)
    np.testing.assert_allclose(one.log_likelihood, many.log_likelihood, rtol=1e-12)


def test_expected_spend_shrinks_towards_the_mean_of_all() -> None:
    mean = MODEL.p * MODEL.gamma / (MODEL.q - 1)
    expected = MODEL.expected_spend([0.0, 10.0, 10.0, 10.0, 90.0], [0, 1, 5, 10**7, 1])
    np.testing.assert_allclose(expected[0], mean)
    assert 10 < expected[2] < expected[1] < mean < expected[4] < 90
    np.testing.assert_allclose(expected[3], 10.0, rtol=1e-5)


def test_mean_of_all_may_not_exist() -> None:
    heavy = GammaGamma(2.0, 0.9, 5.0)
    np.testing.assert_allclose(heavy.expected_spend([10.0], [3]), 2 * (5 + 30) / 5.9)
    with pytest.raises(EstimationError, match="mean spend of customers is infinite"):
        heavy.expected_spend([0.0], [0])


def test_customers_that_do_not_differ_are_refused() -> None:
    rng = np.random.default_rng(6)
    counts = 1 + rng.poisson(3, 2000)
    with pytest.raises(EstimationError, match=r"q runs to infinity: customers do not differ|flat in q"):
        fit_gamma_gamma(rng.gamma(2.0 * counts, 10.0) / counts, counts)


def test_customers_who_always_spend_the_same_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(EstimationError, match=r"p runs to infinity: a customer spends the same|flat in p"):
        fit_gamma_gamma(1 / rng.gamma(3.0, 0.1, 2000), 1 + rng.poisson(3, 2000))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_purchases": np.zeros(3000)}, "leave out customers without repeat purchases"),
        ({"n_purchases": np.full(3000, 1.5)}, "n_purchases is not a whole number"),
        ({"n_purchases": np.full(3000, -1)}, "n_purchases is negative"),
        ({"n_purchases": np.full(3000, 4)}, "same number of purchases"),
        ({"n_purchases": [1, 2]}, "n_purchases has shape"),
        ({"mean_spend": np.zeros(3000)}, "mean_spend must be above zero"),
        ({"mean_spend": np.full(3000, np.nan)}, "mean_spend is missing"),
        ({"mean_spend": np.full(3000, 9.99)}, "same mean spend"),
        ({"mean_spend": 3.0}, "mean_spend has shape"),
        ({"weights": np.eye(1, 3000)[0]}, "1 customers with a weight above zero"),
        ({"weights": np.full(3000, -1)}, "weights must not be negative"),
    ],
)
def test_refuses(rows: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        fit_gamma_gamma(**{**rows, **change})


def test_refuses_impossible_parameters_and_customers() -> None:
    with pytest.raises(EstimationError, match="q must be finite and above zero"):
        GammaGamma(1.0, -1.0, 2.0)
    with pytest.raises(EstimationError, match="mean_spend must not be negative"):
        MODEL.expected_spend([-1.0], [2])
    with pytest.raises(EstimationError, match="mean_spend has shape"):
        MODEL.expected_spend([1.0], [2, 3])
