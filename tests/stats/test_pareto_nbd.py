"""Pareto/NBD: the closed forms of the literature, and what the model says at its edges.

What it shares with BG/NBD is tested in test_purchases.py. CLOSED 1e-8 relative: the hypergeometric form is a difference
of two near numbers and loses digits itself. EXACT 1e-12: closed forms on both sides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import gammaln, hyp2f1

from cxlink.stats.errors import EstimationError
from cxlink.stats.pareto_nbd import ParetoNbd, fit_pareto_nbd

CLOSED = 1e-8
EXACT = 1e-12
Floats = npt.NDArray[np.float64]


def simulate(
    model: ParetoNbd, age: Floats, ahead: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Purchase by purchase: repeat purchases, the last one's time, still there, and purchases in (age, age + ahead]."""
    n = age.size
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    end = rng.exponential(size=n) / np.maximum(rng.gamma(model.s, 1 / model.beta, n), 1e-300)
    time, last = np.zeros(n), np.zeros(n)
    count, later = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    active = np.arange(n)
    while active.size:
        time[active] += rng.exponential(size=active.size) / np.maximum(rate[active], 1e-300)
        active = active[time[active] <= np.minimum(end, age + ahead)[active]]
        seen = time[active] <= age[active]
        count[active[seen]] += 1
        last[active[seen]] = time[active[seen]]
        later[active[~seen]] += 1
    return count, last, end > age, later


def hypergeometric_likelihood(model: ParetoNbd, x: Floats, t_x: Floats, T: Floats) -> Floats:
    """The likelihood as Fader and Hardie's note writes it, logarithm taken last."""
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    total, gap = r + s + x, abs(alpha - beta)
    larger, second = (alpha, s + 1) if alpha >= beta else (beta, r + x)

    def term(t: Floats) -> Floats:
        value: Floats = hyp2f1(total, second, total + 1, gap / (larger + t)) / (larger + t) ** total
        return value

    parts = (alpha + T) ** -(r + x) * (beta + T) ** -s + s / total * (term(t_x) - term(T))
    result: Floats = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(parts)
    return result


@pytest.mark.parametrize("values", [(0.553, 10.578, 0.606, 11.669), (0.9, 12.0, 1.4, 3.0), (2.0, 6.0, 0.4, 6.0)])
def test_likelihood_is_the_hypergeometric_one(values: tuple[float, float, float, float]) -> None:
    model = ParetoNbd(*values)
    x, t_x, T = np.array([0.0, 1, 2, 8]), np.array([0.0, 5, 30.43, 20]), np.array([38.86, 30, 38.86, 39])
    expected = hypergeometric_likelihood(model, x, t_x, T)
    np.testing.assert_allclose(model.log_likelihood(x, t_x, T), expected, rtol=CLOSED)


@pytest.mark.parametrize("s", [0.606, 2.5])
def test_expectation_is_the_papers(s: float) -> None:
    r, alpha, beta, t = 0.553, 10.578, 11.669, np.array([0.1, 52.0, 400.0])
    expected = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1))
    np.testing.assert_allclose(ParetoNbd(r, alpha, s, beta).expected_purchases(t), expected, rtol=EXACT)


def test_expectation_passes_smoothly_through_s_of_one() -> None:
    t = np.array([0.1, 52.0, 400.0])
    at_one = ParetoNbd(0.5, 10.0, 1.0, 12.0).expected_purchases(t)
    np.testing.assert_allclose(at_one, 0.5 / 10 * 12 * np.log1p(t / 12), rtol=EXACT)
    near = ParetoNbd(0.5, 10.0, 1.0 + 1e-11, 12.0).expected_purchases(t)
    np.testing.assert_allclose(near, at_one, rtol=1e-9)


def test_just_bought_is_alive() -> None:
    model = ParetoNbd(0.553, 10.578, 0.606, 11.669)
    np.testing.assert_allclose(model.probability_alive([3, 0], [39.0, 0.0], [39.0, 0.0]), 1.0, rtol=EXACT)


def test_without_dropout_it_is_the_nbd() -> None:
    model = ParetoNbd(0.7, 2.0, 1e-9, 1.0)
    x, T = np.array([0, 4]), np.array([9.0, 9.0])
    nbd = gammaln(0.7 + x) - gammaln(0.7) + 0.7 * np.log(2.0) - (0.7 + x) * np.log(11.0)
    np.testing.assert_allclose(model.log_likelihood(x, [0.0, 8.9], T), nbd, rtol=1e-7)
    np.testing.assert_allclose(model.expected_purchases(50.0), 17.5, rtol=1e-7)


def test_no_dropout_is_refused() -> None:
    rng = np.random.default_rng(2)
    age = rng.uniform(20, 40, 400)
    x, t_x, there, _ = simulate(ParetoNbd(0.5, 5.0, 1e-7, 1.0), age, 0.0, rng)
    assert there.all()
    with pytest.raises(EstimationError, match=r"s runs to (zero: nobody|infinity: customers do not differ)"):
        fit_pareto_nbd(x, t_x, age)


def test_one_rate_of_leaving_for_all_is_refused_or_within_the_errors() -> None:
    # By chance about every second such sample shows a little spread: then the fit is right to return, with wide errors.
    reasons = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        age = rng.uniform(20, 40, 400)
        x, t_x, _, _ = simulate(ParetoNbd(0.5, 2.0, 1e9, 1e10), age, 0.0, rng)
        try:
            fit = fit_pareto_nbd(x, t_x, age)
        except EstimationError as error:
            reasons.append(error.reason)
        else:
            assert np.log(fit.model.s) + 3 * fit.log_covariance[2, 2] ** 0.5 > np.log(10.0)
    assert reasons
    assert all("s runs to infinity" in reason or "flat in s" in reason for reason in reasons)
