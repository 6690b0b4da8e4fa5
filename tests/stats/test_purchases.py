"""BG/NBD, Pareto/NBD and Gamma-Gamma: published fits, brute-force integration, simulation, identities and refusals.

The published numbers are those of the CDNOW 1/10 sample: Fader, Hardie and Lee (2005) for both models of purchases;
Fader and Hardie (2013) for the spend; the worksheets of their note on BG/NBD in Excel (1.226 and the curve of expected
purchases); and the manual of R's BTYD for customer 1516, a customer without repeat purchases and 52 weeks. Tolerances
there are half a unit of the last digit printed, or what parameters rounded to three digits can move: 0.0006 in the
worksheets, 0.0002 in the manual's probability.
INTEGRAL 1e-8: the sums over log rates are exact to about 1e-10 relative. ERRORS 4.5 standard errors: some forty bands
are compared. SAME 1e-6: two climbs to one maximum, each ending within 1e-7 log units of it; its errors come from
differences of gradients and agree to SLOPES 1e-4.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import betaln, logsumexp
from scipy.stats import chi2, gamma

from cxlink.stats.bg_nbd import BgNbd, fit_bg_nbd
from cxlink.stats.errors import EstimationError
from cxlink.stats.gamma_gamma import fit_gamma_gamma
from cxlink.stats.pareto_nbd import ParetoNbd, fit_pareto_nbd
from cxlink.stats.purchases import PurchaseFit
from tests.real_data import REAL_DATA, needs
from tests.stats import test_bg_nbd, test_pareto_nbd

INTEGRAL = 1e-8
ERRORS = 4.5
SAME = 1e-6
SLOPES = 1e-4
Floats = npt.NDArray[np.float64]

MODELS: dict[str, tuple[Callable[..., Any], Any, Callable[..., Any]]] = {
    "bg_nbd": (fit_bg_nbd, BgNbd(0.5, 5.0, 0.9, 3.0), test_bg_nbd.simulate),
    "pareto_nbd": (fit_pareto_nbd, ParetoNbd(0.6, 6.0, 0.7, 12.0), test_pareto_nbd.simulate),
}
both = pytest.mark.parametrize("name", list(MODELS))


def simulate(name: str, n: int, seed: int) -> dict[str, Floats]:
    """Customers acquired over twenty weeks, in days, as arguments of a fit."""
    rng = np.random.default_rng(seed)
    age = np.ceil(rng.uniform(20, 40, n) * 7) / 7
    count, last, _, _ = MODELS[name][2](MODELS[name][1], age, 0.0, rng)
    return {"frequency": count, "recency": last, "age": age}


def values_of(fit: PurchaseFit[Any]) -> Floats:
    return np.array([getattr(fit.model, field) for field in fit.model.__slots__])


@pytest.fixture(scope="module")
def cdnow() -> dict[str, Floats]:
    """Purchases of the first 39 weeks; those of one day count as one, and amounts of one day add up."""
    rows = [
        line.split() for line in (REAL_DATA / "cdnow" / "CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
    ]
    origin = date(1997, 1, 1)
    day = np.array([(date(int(r[2][:4]), int(r[2][4:6]), int(r[2][6:])) - origin).days for r in rows])
    customer, amount = np.array([int(r[1]) for r in rows]), np.array([float(r[4]) for r in rows])
    # Week 39 ends with 30 September, day 272.
    seen = day <= 272
    keys, place = np.unique(customer[seen] * 1000 + day[seen], return_inverse=True)
    spend = np.bincount(place, amount[seen])
    owner, when = keys // 1000, keys % 1000
    _, first, size = np.unique(owner, return_index=True, return_counts=True)
    total = np.add.reduceat(spend, first) - spend[first]
    last = when[first + size - 1] - when[first]
    return {
        "frequency": size - 1.0,
        "recency": last / 7,
        "age": (272 - when[first]) / 7,
        "mean_spend": total / np.maximum(size - 1, 1),
    }


@needs("cdnow")
def test_cdnow_bg_nbd(cdnow: dict[str, Floats]) -> None:
    fit = fit_bg_nbd(cdnow["frequency"], cdnow["recency"], cdnow["age"])
    assert (fit.n_customers, fit.n_repeat_customers) == (2357, 946)
    np.testing.assert_allclose(values_of(fit), [0.243, 4.414, 0.793, 2.426], atol=0.0005)
    np.testing.assert_allclose(fit.log_likelihood, -9582.4, atol=0.05)
    weeks = [0.1429, 1.0, 3.0, 31.8571, 32.0, 78.0]
    np.testing.assert_allclose(
        fit.model.expected_purchases(weeks), [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], atol=0.0006
    )
    np.testing.assert_allclose(fit.model.expected_purchases(52.0), 1.444, atol=0.0005)
    np.testing.assert_allclose(fit.model.expected_further_purchases([2], [30.43], [38.86], 39.0), 1.226, atol=0.0005)


@needs("cdnow")
def test_cdnow_pareto_nbd(cdnow: dict[str, Floats]) -> None:
    fit = fit_pareto_nbd(cdnow["frequency"], cdnow["recency"], cdnow["age"])
    assert (fit.n_customers, fit.n_repeat_customers) == (2357, 946)
    np.testing.assert_allclose(values_of(fit), [0.553, 10.578, 0.606, 11.669], atol=0.0005)
    np.testing.assert_allclose(fit.log_likelihood, -9595.0, atol=0.05)
    np.testing.assert_allclose(fit.model.expected_purchases(52.0), 1.4734, atol=0.0005)
    history = ([26], [30.86], [31.0])
    np.testing.assert_allclose(fit.model.expected_further_purchases(*history, 52.0), 25.46, atol=0.005)
    np.testing.assert_allclose(fit.model.probability_alive(*history), 0.9979, atol=0.00005)
    np.testing.assert_allclose(fit.model.probability_alive([0], [0.0], [39.0]), 0.2942, atol=0.0002)


@needs("cdnow")
def test_cdnow_gamma_gamma(cdnow: dict[str, Floats]) -> None:
    some = cdnow["frequency"] > 0
    fit = fit_gamma_gamma(cdnow["mean_spend"][some], cdnow["frequency"][some])
    assert fit.n_customers == 946
    # Printed as 15.44 by the authors, as 15.45 elsewhere.
    np.testing.assert_allclose([fit.model.p, fit.model.q, fit.model.gamma], [6.25, 3.74, 15.44], atol=0.005)


def log_nodes(shape: float, low: float, high: float, n: int = 700) -> Floats:
    """Logs of rates that hold a gamma distribution of this shape, be its rate parameter `low` or `high`."""
    below, above = 40 / shape + 10 / shape**0.5, 4 + 10 / shape**0.5
    return np.linspace(np.log(shape / high) - below, np.log(shape / low) + above, n)


def brute_force(model: Any, x: int, t_x: float, T: float, t: float) -> tuple[float, float, float]:
    """Log likelihood, probability alive and purchases expected ahead, summed over both mixing distributions."""
    log_rate = log_nodes(model.r + x, model.alpha + t_x, model.alpha + T)[:, None]
    rate = np.exp(log_rate)
    weight = gamma.logpdf(rate, model.r, scale=1 / model.alpha) + log_rate + np.log(np.ptp(log_rate) / 699)
    if isinstance(model, BgNbd):
        odds = np.linspace(-45 / model.a, 45 / model.b, 1200)[None, :]
        p = 1 / (1 + np.exp(-odds))
        log_stay = -np.logaddexp(0, odds)
        weight = weight + model.a * odds + (model.a + model.b) * log_stay - betaln(model.a, model.b)
        weight = weight + np.log(np.ptp(odds) / 1199)
        alive = x * log_stay + x * log_rate - rate * T
        gone = (np.log(p) + (x - 1) * log_stay + x * log_rate - rate * t_x) if x else np.full(alive.shape, -np.inf)
        ahead = -np.expm1(-rate * p * t) / p
    else:
        log_leave = log_nodes(model.s, model.beta, model.beta + T, 1200)[None, :]
        leave = np.exp(log_leave)
        weight = weight + gamma.logpdf(leave, model.s, scale=1 / model.beta) + log_leave
        weight = weight + np.log(np.ptp(log_leave) / 1199)
        total = np.logaddexp(log_rate, log_leave)
        survive = x * log_rate - (rate + leave) * T
        alive = survive
        # Left at some time between the last purchase and the end of the time observed.
        gone = x * log_rate + log_leave - total - (rate + leave) * t_x + np.log(-np.expm1(-(rate + leave) * (T - t_x)))
        ahead = -rate * np.expm1(-leave * t) / leave
    there, left = logsumexp(weight + alive), logsumexp(weight + gone)
    likelihood = np.logaddexp(there, left)
    mean = np.exp(logsumexp(weight + alive + np.log(ahead)) - likelihood)
    return float(likelihood), float(np.exp(there - likelihood)), float(mean)


@both
@pytest.mark.parametrize(
    ("x", "t_x", "T"),
    [(0, 0.0, 39.0), (1, 0.2, 39.0), (2, 30.43, 38.86), (7, 38.9, 39.0), (26, 30.86, 31.0), (40, 4.0, 39.0)],
)
def test_against_sums_over_the_mixing_distributions(name: str, x: int, t_x: float, T: float) -> None:
    model = MODELS[name][1]
    likelihood, alive, ahead = brute_force(model, x, t_x, T, 26.0)
    np.testing.assert_allclose(model.log_likelihood([x], [t_x], [T]), likelihood, rtol=INTEGRAL)
    np.testing.assert_allclose(model.probability_alive([x], [t_x], [T]), alive, rtol=INTEGRAL, atol=1e-12)
    np.testing.assert_allclose(
        model.expected_further_purchases([x], [t_x], [T], 26.0), ahead, rtol=INTEGRAL, atol=1e-12
    )


@both
def test_against_sums_for_very_many_purchases(name: str) -> None:
    model = MODELS[name][1]
    for x, t_x, T in [(3000, 998.0, 1000.0), (20_000, 99.9, 100.0), (5000, 9999.0, 10_000.0)]:
        likelihood, alive, _ = brute_force(model, x, t_x, T, 1.0)
        np.testing.assert_allclose(model.log_likelihood([x], [t_x], [T]), likelihood, rtol=INTEGRAL)
        np.testing.assert_allclose(model.probability_alive([x], [t_x], [T]), alive, rtol=1e-6, atol=1e-12)


@both
def test_expectations_against_simulation(name: str) -> None:
    _, model, run = MODELS[name]
    rng = np.random.default_rng(17)
    age = rng.integers(140, 280, 60_000) / 7.0
    x, t_x, there, later = run(model, age, 26.0, rng)
    alive = model.probability_alive(x, t_x, age)
    further = model.expected_further_purchases(x, t_x, age, 26.0)
    for gap in (x - model.expected_purchases(age), x + later - model.expected_purchases(age + 26.0)):
        assert abs(gap.mean()) < ERRORS * gap.std() / gap.size**0.5
    # Bands of what is known at the end of the time observed, by purchases and by the time since the last.
    bands = np.digitize(x, [1, 2, 4, 8]) * 4 + np.digitize((age - t_x) / age, [0.1, 0.4, 0.7])
    for band in np.unique(bands):
        mine = bands == band
        if mine.sum() < 200:
            continue
        for gap in ((there - alive)[mine], (later - further)[mine]):
            assert abs(gap.mean()) <= ERRORS * gap.std() / gap.size**0.5
    assert np.unique(bands).size > 12


@both
def test_truth_is_recovered_with_honest_errors(name: str) -> None:
    fit, model, _ = MODELS[name]
    truth = np.log([getattr(model, field) for field in model.__slots__])
    distances = []
    for seed in range(8):
        result = fit(**simulate(name, 1500, seed))
        gap = np.log(values_of(result)) - truth
        distances.append(gap @ np.linalg.solve(result.log_covariance, gap))
    # Each is about chi-squared with four degrees of freedom, so their sum has 32; skewed for so few customers.
    assert chi2.ppf(1e-4, 32) < sum(distances) < chi2.ppf(1 - 1e-5, 32)


@both
def test_covariance_is_the_inverse_curvature_at_the_top(name: str) -> None:
    fit, model, _ = MODELS[name]
    data = simulate(name, 1500, 3)
    result = fit(**data)
    top = np.log(values_of(result))

    def height(move: Floats) -> float:
        return float(type(model)(*np.exp(top + move)).log_likelihood(**data).sum())

    np.testing.assert_allclose(height(np.zeros(4)), result.log_likelihood, rtol=1e-12)
    for column in np.linalg.cholesky(result.log_covariance).T:
        # A tenth of a standard error to either side; third derivatives cancel, fourth ones are what 0.02 allows.
        bend = (height(column / 10) + height(-column / 10) - 2 * result.log_likelihood) * 100
        np.testing.assert_allclose(bend, -1.0, atol=0.02)
        assert abs(height(column / 100) - height(-column / 100)) * 50 < SLOPES


@both
@given(seed=st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_unit_of_time_order_and_copies_do_not_matter(name: str, seed: int) -> None:
    fit, model, _ = MODELS[name]
    data = simulate(name, 800, seed)
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 3, 800)
    try:
        one = fit(**data, weights=weights)
    except EstimationError:
        # By chance a few such samples show no spread at all.
        assume(False)
        raise
    order = rng.permutation(int(weights.sum()))
    many = {key: np.repeat(values, weights)[order] for key, values in data.items()}
    many["recency"], many["age"] = many["recency"] * 7, many["age"] * 7
    other = fit(**many)
    is_time = np.array([field in ("alpha", "beta") for field in model.__slots__])
    np.testing.assert_allclose(values_of(other), values_of(one) * np.where(is_time, 7, 1), rtol=SAME)
    np.testing.assert_allclose(other.log_covariance, one.log_covariance, rtol=SLOPES)
    n_purchases = float(weights @ data["frequency"])
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood - n_purchases * np.log(7), rtol=1e-10)
    assert one.n_customers == np.count_nonzero(weights)


@both
def test_no_better_fit_nearby_or_at_the_truth(name: str) -> None:
    fit, model, _ = MODELS[name]
    rng = np.random.default_rng(8)
    for seed in range(3):
        data = simulate(name, 600, 100 + seed)
        result = fit(**data)
        assert model.log_likelihood(**data).sum() <= result.log_likelihood
        for _ in range(50):
            other = type(model)(*(values_of(result) * np.exp(rng.normal(0, 1.0, 4))))
            assert other.log_likelihood(**data).sum() < result.log_likelihood


@both
def test_expectations_are_those_of_any_unit_and_shape(name: str) -> None:
    model = MODELS[name][1]
    np.testing.assert_array_equal(model.expected_purchases(0.0), 0.0)
    grid = model.expected_purchases([[1.0, 2.0], [30.0, 1e4]])
    assert grid.shape == (2, 2)
    assert np.all(np.diff(grid.ravel()) > 0)
    ahead = model.expected_further_purchases([2, 2], [5.0, 5.0], [9.0, 9.0], [0.0, 3.0])
    assert ahead[0] == 0 < ahead[1]
    np.testing.assert_allclose(model.expected_further_purchases([0], [0.0], [0.0], 9.0), model.expected_purchases(9.0))


@both
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": [0, 0, 0], "recency": [0, 0, 0]}, "no repeat purchases"),
        ({"recency": [0, 9, 50]}, "recency is greater than age in 1 rows, the first is row 2"),
        ({"recency": [0, -1, 5]}, "recency is negative"),
        ({"frequency": [0, -3, 5]}, "frequency is negative"),
        ({"frequency": [0, 1.5, 5]}, "frequency is not a whole number"),
        ({"age": [-3, 20, 20]}, "age is negative"),
        ({"age": [20, np.nan, 20]}, "age is missing or infinite"),
        ({"recency": [4, 9, 5]}, "recency is above zero without a repeat purchase"),
        ({"recency": [0, 0, 5]}, "falls together with the first"),
        ({"recency": [0, 1]}, "recency has shape"),
        ({"frequency": 3}, "frequency has shape"),
        ({"frequency": [2, 2, 2], "recency": [5, 5, 5]}, "all customers have the same history"),
        ({"frequency": [1], "recency": [5], "age": [9]}, "1 customers with a weight above zero"),
        ({"weights": [0, 0, 1]}, "1 customers with a weight above zero"),
        ({"frequency": [], "recency": [], "age": []}, "0 customers"),
        ({"weights": [1, 1, -1]}, "weights must not be negative"),
        ({"frequency": [1, 1, 3], "recency": [9, 8, 15]}, "runs to|flat"),
        ({"max_iterations": 0}, "no maximum of the likelihood after 0 iterations"),
    ],
)
def test_refuses(name: str, change: dict[str, Any], message: str) -> None:
    rows = {"frequency": [0, 1, 3], "recency": [0, 9, 15], "age": [20, 20, 20]}
    with pytest.raises(EstimationError, match=message):
        MODELS[name][0](**{**rows, **change})


@both
def test_small_samples_are_fitted_or_refused_never_garbage(name: str) -> None:
    fit = MODELS[name][0]
    fitted = 0
    for seed in range(16):
        data = simulate(name, 25, seed)
        try:
            result = fit(**data)
        except EstimationError:
            continue
        fitted += 1
        size = np.linalg.eigvalsh(result.log_covariance)
        assert np.all((size > 0) & (size < 101))
        assert np.all(np.isfinite(result.model.expected_further_purchases(**data, time=52.0)))
        np.testing.assert_allclose(result.log_likelihood, result.model.log_likelihood(**data).sum())
    assert 2 < fitted < 16


@both
def test_refuses_impossible_times_and_parameters(name: str) -> None:
    model = MODELS[name][1]
    with pytest.raises(EstimationError, match="time must be finite and not negative"):
        model.expected_purchases([1.0, -1.0])
    with pytest.raises(EstimationError, match="time must be finite and not negative"):
        model.expected_further_purchases([0], [0], [5], np.nan)
    with pytest.raises(EstimationError, match="recency is greater than age"):
        model.probability_alive([1], [6], [5])
    with pytest.raises(EstimationError, match="r must be finite and above zero"):
        type(model)(0.0, 1.0, 1.0, 1.0)
