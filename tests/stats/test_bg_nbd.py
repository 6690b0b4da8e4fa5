"""BG/NBD: the mean over dropout probabilities, and what the model says at its edges.

What it shares with Pareto/NBD is tested in test_purchases.py. CLOSED 1e-9 relative: the sum over log odds is exact to
about 1e-13 here, scipy's hypergeometric function to about 1e-10. EXACT 1e-12: closed forms on both sides.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta

from cxlink.stats.bg_nbd import BgNbd, fit_bg_nbd
from cxlink.stats.errors import EstimationError

CLOSED = 1e-9
EXACT = 1e-12
Floats = npt.NDArray[np.float64]


def simulate(
    model: BgNbd, age: Floats, ahead: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Purchase by purchase: repeat purchases, the last one's time, still there, and purchases in (age, age + ahead]."""
    n = age.size
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    p_leave = rng.beta(model.a, model.b, n)
    time, last = np.zeros(n), np.zeros(n)
    count, later = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    there = np.ones(n, dtype=bool)
    active = np.arange(n)
    while active.size:
        time[active] += rng.exponential(size=active.size) / np.maximum(rate[active], 1e-300)
        active = active[time[active] <= age[active] + ahead]
        seen = time[active] <= age[active]
        count[active[seen]] += 1
        last[active[seen]] = time[active[seen]]
        later[active[~seen]] += 1
        leaves = rng.random(active.size) < p_leave[active]
        there[active[leaves & seen]] = False
        active = active[~leaves]
    return count, last, there, later


def paper_expectation(model: BgNbd, t: Floats) -> Floats:
    """Equation (9) of the paper."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    inner = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
    result: Floats = (a + b - 1) / (a - 1) * (1 - inner)
    return result


@pytest.mark.parametrize("values", [(0.243, 4.414, 0.793, 2.426), (2.0, 10.0, 2.5, 3.0), (0.6, 1.0, 0.3, 4.2)])
def test_expectation_is_the_papers(values: tuple[float, float, float, float]) -> None:
    model, t = BgNbd(*values), np.array([0.1, 1.0, 8.0, 40.0])
    np.testing.assert_allclose(model.expected_purchases(t), paper_expectation(model, t), rtol=CLOSED)


@pytest.mark.parametrize("values", [(0.243, 4.414, 0.793, 2.426), (2.0, 10.0, 2.5, 3.0)])
def test_conditional_expectation_is_the_papers(values: tuple[float, float, float, float]) -> None:
    model = BgNbd(*values)
    x, t_x, T, t = np.array([0, 2, 7]), np.array([0, 30.43, 12]), np.array([38.86, 38.86, 30]), 39.0
    r, alpha, a, b = values
    inner = ((alpha + T) / (alpha + T + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x), 0)
    expected = (a + b + x - 1) / (a - 1) * (1 - inner) / (1 + odds)
    np.testing.assert_allclose(model.expected_further_purchases(x, t_x, T, t), expected, rtol=CLOSED)
    np.testing.assert_allclose(model.probability_alive(x, t_x, T), 1 / (1 + odds), rtol=EXACT)


@pytest.mark.parametrize(
    ("a", "b"),
    [(1.0, 2.0), (0.4, 0.6), (0.5, 0.5), (0.05, 0.1), (0.9, 0.03), (40.0, 900.0), (1e4, 1e4), (0.02, 500.0)],
)
@pytest.mark.parametrize("t", [0.01, 3.0, 1e5])
def test_expectation_where_the_papers_formula_breaks_down(a: float, b: float, t: float) -> None:
    model = BgNbd(0.7, 2.0, a, b)
    dropout = beta(a, b)

    def mean(quantile: float) -> float:
        p = max(dropout.ppf(quantile), 1e-200)
        return float(-np.expm1(-model.r * np.log1p(p * t / model.alpha)) / p)

    pieces = [0.0, 1e-6, 1e-4, 0.01, 0.1, 0.3, 0.6, 0.9, 0.99, 0.9999, 1.0]
    expected = sum(quad(mean, low, high, epsabs=0, epsrel=1e-9, limit=200)[0] for low, high in pairwise(pieces))
    # The quantile function of the beta distribution is good for about seven digits in its tails.
    np.testing.assert_allclose(model.expected_purchases(t), expected, rtol=1e-6)


def test_without_dropout_purchases_follow_the_rate() -> None:
    model = BgNbd(0.7, 2.0, 1e-9, 1.0)
    np.testing.assert_allclose(model.expected_purchases([0.0, 1.0, 50.0]), [0.0, 0.35, 17.5], rtol=1e-6)


def test_after_one_certain_dropout_there_is_at_most_one_purchase() -> None:
    model = BgNbd(0.7, 2.0, 1.0, 1e-9)
    t = np.array([0.5, 10.0, 1e6])
    np.testing.assert_allclose(model.expected_purchases(t), 1 - (model.alpha / (model.alpha + t)) ** 0.7, rtol=1e-6)


def test_nobody_leaves_before_a_repeat_purchase() -> None:
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    np.testing.assert_array_equal(model.probability_alive([0, 0], [0, 0], [0, 500]), 1.0)


def test_bought_once_again_only_does_not_tell_a_from_b() -> None:
    rng = np.random.default_rng(1)
    age = rng.uniform(20, 40, 2000)
    x, t_x, _, _ = simulate(BgNbd(0.5, 5.0, 1.0, 3.0), age, 0.0, rng)
    some = x <= 1
    with pytest.raises(EstimationError, match=r"runs to|flat"):
        fit_bg_nbd(x[some], t_x[some], age[some])


def test_no_dropout_is_refused() -> None:
    rng = np.random.default_rng(2)
    age = rng.uniform(20, 40, 1500)
    x, t_x, there, _ = simulate(BgNbd(0.5, 5.0, 1e-7, 1.0), age, 0.0, rng)
    assert there.all()
    with pytest.raises(EstimationError, match="a runs to zero: nobody seems to leave"):
        fit_bg_nbd(x, t_x, age)


def test_purchases_like_clockwork_are_refused() -> None:
    # More regular than chance allows: no spread of rates, however small, fits better than none.
    rng = np.random.default_rng(4)
    age = rng.uniform(20, 40, 1500)
    x = np.minimum(rng.geometric(0.2, 1500), np.floor(age / 5))
    with pytest.raises(EstimationError, match="r runs to infinity: customers do not differ in how often they buy"):
        fit_bg_nbd(x, 5 * x, age)
