"""The winner's curse: shrinkage against closed forms, a published table and other optimisers; coverage of the winner.

`EXACT` allows for 200 nodes of an integral; `OPTIMA` for another optimiser's last step; shares that a simulation gives
may miss by `CHANCE` of their standard errors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import gammainc
from scipy.stats import norm

from cxlink.stats.errors import EstimationError
from cxlink.stats.normal_hierarchy import NormalHierarchy
from cxlink.stats.shrunk_effects import shrink_effects
from cxlink.stats.winners import correct_winner

Floats = npt.NDArray[np.float64]
EXACT, OPTIMA, CHANCE = 1e-6, 1e-4, 3.5
SEEDS = st.integers(0, 10_000)
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
"""Effects of coaching in eight schools and their errors: Rubin (1981)."""


def family(seed: int, n: int = 6, spread: float = 1.5) -> tuple[Floats, Floats, Floats]:
    """Truths, estimates and a covariance with correlations."""
    rng = np.random.default_rng(seed)
    root = 0.5 * rng.normal(size=(n, n)) + np.diag(rng.uniform(0.5, 1.5, n))
    truth = 3.0 + spread * rng.normal(size=n)
    return truth, truth + root @ rng.normal(size=n), root @ root.T


def test_equal_errors_have_a_closed_form() -> None:
    """Flat in the variance, B = V / (V + A) given the estimates is a gamma variable cut off at 1; Morris (1983)."""
    y, variance = np.array([4.0, 2.0, 1.5, 1.0, 0.0, -0.5, -2.0]), 1.3
    k = y.size
    found = shrink_effects(y, variance * np.eye(k), flat="variance")
    apart = y - y.mean()
    half, m = np.square(apart).sum() / variance / 2, (k - 3) / 2
    first = m / half * gammainc(m + 1, half) / gammainc(m, half)
    second = m * (m + 1) / half**2 * gammainc(m + 2, half) / gammainc(m, half)
    np.testing.assert_allclose(found.estimate, y - first * apart, atol=EXACT)
    square = variance * (1 - first + first / k) + (second - first**2) * apart**2
    np.testing.assert_allclose(found.error, np.sqrt(square), atol=EXACT)


def test_eight_schools_as_published() -> None:
    """Medians of Gelman et al. (2013), table 5.3, from 200 draws: known to about .7 each."""
    family = NormalHierarchy(SCHOOLS[0], np.diag(SCHOOLS[1] ** 2))
    medians = family.truths(0.0).quantiles(0.5)
    np.testing.assert_allclose(medians, [10, 8, 7, 8, 5, 6, 10, 8], atol=1.5)
    assert family.estimate_spread("reml") == 0.0  # as is well known


def test_the_integral_over_spreads_is_fine_enough() -> None:
    """By the trapezoid rule on a grid of matrices, written out."""
    _, y, covariance = family(3)
    found = shrink_effects(y, covariance)
    weights, means, squares = [], [], []
    grid = np.linspace(0.0, 120.0, 40_001)
    ones = np.ones(6)
    for spread in grid:
        inverse = np.linalg.inv(covariance + spread**2 * np.eye(6))
        precision = ones @ inverse @ ones
        mean = ones @ inverse @ y / precision
        residual = y - mean
        weights.append(np.linalg.slogdet(inverse)[1] - np.log(precision) - residual @ inverse @ residual)
        means.append(mean + spread**2 * inverse @ residual)
        pull = ones - spread**2 * inverse @ ones
        squares.append(np.diag(spread**2 * np.eye(6) - spread**4 * inverse) + pull**2 / precision)
    weight = np.exp(np.array(weights) / 2)
    weight[[0, -1]] /= 2.0
    weight /= weight.sum()
    expected = weight @ np.array(means)
    np.testing.assert_allclose(found.estimate, expected, atol=1e-5)
    spread_of = weight @ (np.array(squares) + np.square(np.array(means) - expected))
    np.testing.assert_allclose(found.error, np.sqrt(spread_of), atol=1e-5)
    for end, share in ((found.low, 0.025), (found.high, 0.975)):
        below = weight @ norm.cdf((end - np.array(means)) / np.sqrt(np.array(squares)))
        np.testing.assert_allclose(below, share, atol=1e-4)


@pytest.mark.parametrize("mean", [None, 2.0])
@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_spreads_are_those_of_another_optimiser(mean: float | None, seed: int) -> None:
    _, y, covariance = family(seed)
    hierarchy = NormalHierarchy(y, covariance, mean)

    def loss(parameters: Floats, restricted: bool) -> float:
        total = covariance + parameters[0] ** 2 * np.eye(6)
        inverse = np.linalg.inv(total)
        residual = y - (parameters[1] if mean is None else mean)
        value = np.linalg.slogdet(total)[1] + residual @ inverse @ residual
        return float(value + (np.log(inverse.sum()) if restricted and mean is None else 0.0))

    for method in ("reml", "likelihood"):
        found = hierarchy.estimate_spread(method)
        ours = loss(np.array([found, hierarchy.mean_at(found)[0]]), method == "reml")
        others = [
            minimize(loss, [begin, 3.0], args=(method == "reml",), method="Nelder-Mead", options={"xatol": 1e-9}).fun
            for begin in (0.01, 1.0, 3.0)
        ]
        assert ours <= min(others) + OPTIMA
    moments = hierarchy.estimate_spread("moments")
    residual = y - hierarchy.mean_at(moments)[0]
    excess = residual @ np.linalg.solve(covariance + moments**2 * np.eye(6), residual) - (5 if mean is None else 6)
    assert excess == pytest.approx(0.0, abs=1e-6) or (moments == 0.0 and excess < 0.0)


@given(SEEDS, st.floats(-100, 100), st.floats(0.01, 100))
@settings(max_examples=20, deadline=None)
def test_units_and_order_do_not_matter(seed: int, shift: float, by: float) -> None:
    _, y, covariance = family(seed)
    order = np.random.default_rng(seed).permutation(6)
    one = shrink_effects(y, covariance)
    other = shrink_effects(shift + by * y[order], by**2 * covariance[np.ix_(order, order)])
    tolerance = EXACT * (abs(shift) + by * 10)
    np.testing.assert_allclose(other.estimate, shift + by * one.estimate[order], atol=tolerance)
    np.testing.assert_allclose(other.high, shift + by * one.high[order], atol=tolerance)
    assert other.spread == pytest.approx(by * one.spread, abs=by * OPTIMA)


def test_far_apart_nothing_is_shrunk_and_alike_nearly_all() -> None:
    far = np.array([-4000.0, -900.0, 0.0, 1500.0, 5000.0])
    np.testing.assert_allclose(shrink_effects(far, np.eye(5)).estimate, far, atol=0.01)
    near = 5.0 + 0.01 * np.arange(5)
    assert np.ptp(shrink_effects(near, np.eye(5)).estimate) < 0.5 * np.ptp(near)
    assert np.all(np.abs(shrink_effects(near, np.eye(5), mean=0.0).estimate) < near)


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])
def test_the_largest_is_no_longer_too_large(spread: float) -> None:
    """Truths of that spread among six: what is left of the bias, and intervals that hold the largest's truth."""
    rows, repetitions = [], 300
    for repetition in range(repetitions):
        rng = np.random.default_rng([12, repetition])
        truth = spread * rng.normal(size=6)
        y = truth + rng.normal(size=6)
        found, top = shrink_effects(y, np.eye(6)), int(y.argmax())
        held = (found.low <= truth) & (truth <= found.high)
        rows.append((y[top] - truth[top], found.estimate[top] - truth[top], held[top], held.mean()))
    raw, left, top_held, held_all = np.mean(rows, axis=0)
    assert abs(left) < raw / 2 + 0.05
    least = 0.93 - CHANCE * np.sqrt(0.95 * 0.05 / repetitions)
    assert min(top_held, held_all) > least


@pytest.mark.parametrize("correlation", [-0.18, 0.0, 0.6])
@pytest.mark.parametrize("truth", [[0.0] * 6, [1.5, 1.2, 0.9, 0.6, 0.3, 0.0], [4.0, 4.0, 1.0, 0.0, -1.0, -2.0]])
def test_the_winner_is_held_whatever_the_truths(correlation: float, truth: list[float]) -> None:
    covariance = (1 - correlation) * np.eye(6) + correlation
    root = np.linalg.cholesky(covariance)
    rows, repetitions = [], 200
    for repetition in range(repetitions):
        rng = np.random.default_rng([13, repetition])
        found = correct_winner(np.array(truth) + root @ rng.normal(size=6), covariance, rng, n_draws=2000)
        own = truth[found.place]
        rows.append((found.low <= own <= found.high, found.estimate > own))
    held, above = np.mean(rows, axis=0)
    assert held > 0.95 - CHANCE * np.sqrt(0.95 * 0.05 / repetitions)
    assert abs(above - 0.5) < 0.005 + CHANCE * np.sqrt(0.25 / repetitions)


def test_a_winner_far_ahead_is_left_alone() -> None:
    """Its interval is the plain one for a chance of error of 4.5 / 99.5%, cut at 99.5% for all six."""
    found = correct_winner([50.0, 1.0, 0.0, 2.0, -1.0, 1.0], np.eye(6), np.random.default_rng(1))
    assert found.estimate == pytest.approx(50.0, abs=EXACT)
    assert found.high - 50.0 == pytest.approx(norm.ppf(1 - 0.0225 / 0.995), abs=0.02)
    assert found.high - 50.0 == pytest.approx(50.0 - found.low, abs=EXACT)


def test_a_winner_cut_off_from_above() -> None:
    """The second rises twice as fast with the first's luck: the first wins only while its luck is small."""
    covariance = np.array([[1.0, 2.0], [2.0, 4.5]])
    rng = np.random.default_rng(14)
    held = []
    for _ in range(400):
        y = np.linalg.cholesky(covariance) @ rng.normal(size=2)
        found = correct_winner(y, covariance, rng, n_draws=2000)
        held.append((found.low <= 0.0 <= found.high, found.estimate > 0.0))
    assert np.mean(held, axis=0)[0] > 0.95 - CHANCE * np.sqrt(0.95 * 0.05 / 400)
    assert abs(np.mean(held, axis=0)[1] - 0.5) < 0.005 + CHANCE * np.sqrt(0.25 / 400)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shrink_effects([1.0, 2.0, 3.0], np.eye(3)), "at least 4 are needed"),
        (lambda: shrink_effects([1.0] * 4, np.ones((4, 4))), "every direction"),
        (lambda: shrink_effects([1.0] * 4, np.triu(np.ones((4, 4)))), "symmetric"),
        (lambda: shrink_effects([1.0] * 4, np.eye(3)), "estimates has shape"),
        (lambda: shrink_effects([1.0] * 4, np.full((4, 4), np.nan)), "square and finite"),
        (lambda: shrink_effects([1.0] * 4, np.eye(4), level=1.0), "level must lie"),
        (lambda: correct_winner([1.0], np.eye(1), np.random.default_rng(1)), "at least two"),
        (lambda: correct_winner([1.0, 1.0], np.eye(2), np.random.default_rng(1)), "two estimates are the largest"),
        (lambda: correct_winner([1.0, 0.0], np.diag([0.0, 1.0]), np.random.default_rng(1)), "has no error"),
        (lambda: correct_winner([1.0, 0.0], np.eye(2), np.random.default_rng(1), n_draws=100), "too few"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        call()
