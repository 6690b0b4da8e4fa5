"""q-values, simultaneous intervals and rank sets: against statsmodels, closed forms and simulated truth.

Shares that a simulation gives may miss by `CHANCE` of their standard errors.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, studentized_range
from scipy.stats import t as student

from cxlink.stats.clustered_ols import fit_clustered_ols
from cxlink.stats.errors import EstimationError
from cxlink.stats.joint_draws import covariance_root, critical_value, draw_normal
from cxlink.stats.multiplicity import adjust_p_values, intervals_from_draws, intervals_from_influence
from cxlink.stats.rank_sets import Differences, find_best, rank_sets_from_covariance, rank_sets_from_draws

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
CHANCE = 3.5


def error_of(share: float, repetitions: int) -> float:
    return float(np.sqrt(share * (1 - share) / repetitions))


@given(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.5, 1.0]) | st.floats(0.0, 1.0), min_size=1, max_size=12))
@settings(deadline=None)
def test_q_values_are_those_of_statsmodels(p: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    np.testing.assert_allclose(adjust_p_values(p), multipletests(p, method="fdr_bh")[1], rtol=1e-12, atol=1e-300)


def test_the_critical_value_of_independent_numbers() -> None:
    """Of the largest of m independent normal errors: the normal quantile at (1 + .95**(1/m)) / 2."""
    rng = np.random.default_rng(1)
    for m in (1, 6):
        found = intervals_from_draws(np.zeros(m), rng.normal(size=(200_000, m)) * np.arange(1, m + 1))
        assert found.critical == pytest.approx(norm.ppf((1 + 0.95 ** (1 / m)) / 2), abs=0.015)
        np.testing.assert_allclose(found.error, np.arange(1, m + 1), rtol=0.01)
        np.testing.assert_allclose(found.high, found.critical * found.error)


def test_the_same_number_many_times_costs_nothing() -> None:
    draws = np.repeat(np.random.default_rng(2).normal(size=(1999, 1)), 5, axis=1)
    alone = intervals_from_draws([1.0], draws[:, :1])
    assert intervals_from_draws(np.ones(5), draws).critical == pytest.approx(alone.critical, rel=1e-12)


def test_a_number_known_exactly_has_no_width() -> None:
    draws = np.column_stack((np.random.default_rng(3).normal(size=500), np.full(500, 7.0)))
    found = intervals_from_draws([0.0, 7.0], draws)
    assert found.low[1] == found.high[1] == 7.0


def test_influence_and_draws_agree() -> None:
    rng = np.random.default_rng(4)
    influence = rng.normal(size=(3000, 4)) @ rng.normal(size=(4, 4)) / 3000
    one = intervals_from_influence(np.zeros(4), influence, rng, n_draws=200_000)
    other = intervals_from_draws(np.zeros(4), rng.normal(size=(20_000, 3000)) @ influence)
    assert one.critical == pytest.approx(other.critical, abs=0.04)
    np.testing.assert_allclose(one.error, np.sqrt(np.square(influence).sum(axis=0) * 3000 / 2999))
    padded = np.vstack((influence, np.zeros((50, 4))))  # customers that took no part
    np.testing.assert_allclose(intervals_from_influence(np.zeros(4), padded, rng).error, one.error)


def test_of_one_mean_the_interval_is_that_of_student() -> None:
    rows = np.random.default_rng(5).normal(size=(12, 1))
    influence = (rows - rows.mean()) / 12
    found = intervals_from_influence(rows.mean(axis=0), influence, np.random.default_rng(6), n_draws=200_000)
    assert found.error[0] == pytest.approx(rows.std(ddof=1) / np.sqrt(12))
    assert found.critical == pytest.approx(student.ppf(0.975, 11), abs=0.02)


def test_simultaneous_intervals_hold_all_coefficients_together() -> None:
    """Five coefficients of customers with several rows; 400 samples of 150 customers."""
    held, alone, repetitions = 0, 0, 400
    truth = np.array([0.5, -0.2, 0.0, 0.3, 1.0])
    for repetition in range(repetitions):
        rng = np.random.default_rng([5, repetition])
        customer = np.repeat(np.arange(150), 3)
        shared = rng.normal(size=(150, 1))[customer]
        X = 0.6 * shared + rng.normal(size=(450, 5))
        y = X @ truth + rng.normal(size=150)[customer] + rng.normal(size=450)
        fit = fit_clustered_ols(X, y, customer)
        found = intervals_from_influence(fit.beta, fit.influence, rng, n_draws=999)
        held += bool(np.all((found.low <= truth) & (truth <= found.high)))
        alone += bool(np.all(np.abs(fit.beta - truth) <= 1.96 * found.error))
    assert (
        0.93 - CHANCE * error_of(0.95, repetitions) < held / repetitions < 0.97 + CHANCE * error_of(0.95, repetitions)
    )
    assert alone / repetitions < 0.85  # what the same intervals one by one come to


def test_the_critical_value_of_all_differences_is_that_of_tukey() -> None:
    """Six equal errors: the largest difference is a studentised range, over the root of two."""
    differences = Differences(np.zeros(6), np.random.default_rng(6).normal(size=(100_000, 6)))
    expected = studentized_range.ppf(0.95, 6, np.inf) / np.sqrt(2)
    assert differences.critical(~np.eye(6, dtype=bool), 0.95) == pytest.approx(expected, abs=0.02)


@given(SEEDS, st.sampled_from(["all", "each"]))
@settings(max_examples=25, deadline=None)
def test_rank_sets_hold_the_rank_of_the_estimate_and_follow_the_order(seed: int, together: Any) -> None:
    rng = np.random.default_rng(seed)
    point, draws = rng.normal(size=5) * 3, rng.normal(size=(400, 5)) @ rng.normal(size=(5, 5))
    found = rank_sets_from_draws(point, draws, together=together)
    rank = 1 + (point[:, None] < point[None, :]).sum(axis=1)
    assert np.all((found.best <= rank) & (rank <= found.worst))
    order = rng.permutation(5)
    moved = rank_sets_from_draws(point[order], draws[:, order], together=together)
    assert moved.best.tolist() == found.best[order].tolist()
    turned = rank_sets_from_draws(-7.0 * point, -7.0 * draws + 100.0, together=together)
    assert turned.best.tolist() == (6 - found.worst).tolist()


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_smaller_questions_get_smaller_sets(seed: int) -> None:
    """Each alone, and with steps down, against all in a single step."""
    rng = np.random.default_rng(seed)
    point, draws = rng.normal(size=6) * 3, rng.normal(size=(999, 6))
    single = rank_sets_from_draws(point, draws, stepdown=False)
    for smaller in (rank_sets_from_draws(point, draws), rank_sets_from_draws(point, draws, together="each")):
        assert np.all((smaller.best >= single.best) & (smaller.worst <= single.worst))
    among = find_best(point, draws)
    assert among[point.argmax()]
    assert not np.any(among & (rank_sets_from_draws(point, draws, stepdown=False).best > 1))


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_steps_down_are_the_closed_test(seed: int) -> None:
    """A difference is found if and only if every set of differences that it belongs to is rejected: all 63 of them."""
    rng = np.random.default_rng(seed)
    point, errors = np.array([4.5, 2.0, 0.0]) + rng.normal(size=3), rng.normal(size=(400, 3)) * [1.0, 1.5, 0.5]
    differences = Differences(point, errors)
    places = [(i, j) for i in range(3) for j in range(3) if i != j]
    closed = ~np.eye(3, dtype=bool)
    for code in range(1, 1 << len(places)):
        subset = np.zeros((3, 3), dtype=bool)
        for bit, place in enumerate(places):
            subset[place] = bool(code >> bit & 1)
        if not np.any(differences.t[subset] > differences.critical(subset, 0.95)):
            closed &= ~subset
    assert np.array_equal(rank_sets_from_draws(point, errors).larger, closed)


def test_numbers_that_move_together_are_told_apart_exactly() -> None:
    common = np.random.default_rng(9).normal(size=(500, 1)) * 100
    found = rank_sets_from_draws([1.0, 3.0, 2.0, 2.0], np.repeat(common, 4, axis=1))
    assert found.best.tolist() == [4, 1, 2, 2]
    assert found.worst.tolist() == [4, 1, 3, 3]
    assert find_best([1.0, 3.0, 2.0, 2.0], np.repeat(common, 4, axis=1), tau=2).tolist() == [False, True, True, True]


@pytest.mark.parametrize("truth", [[0.0] * 6, [10.0, 10.0, 5.0, 5.0, 0.0, 0.0], [1.5, 1.2, 0.9, 0.6, 0.3, 0.0]])
def test_all_sets_hold_the_true_ranks_with_ties_and_near_ties(truth: list[float]) -> None:
    means, repetitions = np.array(truth), 300
    larger = means[:, None] > means[None, :]
    first, last = 1 + larger.sum(axis=0), 6 - larger.sum(axis=1)
    held, best_held, naive_held = 0, 0, 0
    for repetition in range(repetitions):
        rng = np.random.default_rng([10, repetition])
        point = means + rng.normal(size=6)
        draws = point + rng.normal(size=(400, 6))
        found = rank_sets_from_draws(point, draws)
        held += bool(np.all((found.best <= first) & (found.worst >= last)))
        best_held += bool(find_best(point, draws)[first == 1].all())
        ranks = 1 + (draws[:, None, :] > draws[:, :, None]).sum(axis=2)
        low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
        naive_held += bool(np.all((low <= first) & (high >= last)))
    least = 0.95 - CHANCE * error_of(0.95, repetitions)
    assert held / repetitions > least
    assert best_held / repetitions > least
    assert naive_held / repetitions < 0.9  # quantiles of the draws' ranks do not hold


def test_sets_from_a_covariance() -> None:
    rng = np.random.default_rng(11)
    root = rng.normal(size=(4, 4))
    point = rng.normal(size=4) * 3
    one = rank_sets_from_covariance(point, root @ root.T, rng, n_draws=20_000)
    other = rank_sets_from_draws(point, draw_normal(root @ root.T, rng, 20_000))
    assert one.best.tolist() == other.best.tolist()
    assert one.worst.tolist() == other.worst.tolist()


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_roots_of_covariances_that_lack_directions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    loading = rng.normal(size=(5, 2)) * 10.0 ** rng.uniform(-4, 4, (5, 1))
    root = covariance_root(loading @ loading.T)
    scale = np.sqrt(np.diag(loading @ loading.T))
    np.testing.assert_allclose(
        (root @ root.T) / np.outer(scale, scale), loading @ loading.T / np.outer(scale, scale), atol=1e-9
    )


def test_the_critical_value_counts_the_estimate_as_a_draw() -> None:
    assert critical_value(np.arange(1.0, 200.0), 0.95) == 190.0
    with pytest.raises(EstimationError, match=r"198 draws are too few .* at least 199"):
        critical_value(np.arange(198.0), 0.95)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: adjust_p_values([]), "p has shape"),
        (lambda d: adjust_p_values([0.5, 1.5]), "between 0 and 1"),
        (lambda d: intervals_from_draws([0.0], d), "point has shape"),
        (lambda d: intervals_from_draws([0.0, 0.0], np.where(d > 2, np.nan, d)), "missing or infinite in columns"),
        (lambda d: intervals_from_draws([0.0, 0.0], d, level=0.0), "level must lie"),
        (lambda d: intervals_from_draws([0.0, 0.0], d, level=0.99), "too few for a level of 0.99: at least 999"),
        (lambda d: intervals_from_influence([0.0, 0.0], d[:1], np.random.default_rng(1)), "influence has shape"),
        (lambda d: rank_sets_from_draws([0.0, 0.0], d, together=cast("Any", "some")), "all or each"),
        (lambda d: find_best([0.0, 0.0], d, tau=3), "tau must lie"),
        (lambda d: covariance_root([[1.0, 0.0]]), "square"),
        (lambda d: covariance_root([[1.0, 0.5], [0.0, 1.0]]), "symmetric"),
        (lambda d: covariance_root([[1.0, 2.0], [2.0, 1.0]]), "negative direction"),
        (lambda d: covariance_root([[-1.0]]), "negative variances"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        call(np.random.default_rng(1).normal(size=(300, 2)))
