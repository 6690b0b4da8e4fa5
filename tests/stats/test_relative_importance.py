"""Shares of R squared: sums, draws, influence, sampled orders, coverage and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, draw_cluster_weights, fit_clustered_ols
from cxlink.stats import relative_importance as module
from cxlink.stats.relative_importance import relative_importance
from cxlink.stats.simultaneous import largest_deviation, rank_sets

Floats = npt.NDArray[np.float64]
SUMS = 1e-10


def simulate(seed: int, n: int = 400, n_groups: int = 4) -> dict[str, Any]:
    """Touchpoints that not everyone experienced, two columns each, and their rating's part in the outcome."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, n // 2, n)
    mood = rng.normal(size=n)
    columns, y = [], mood + rng.normal(size=n)
    for group in range(n_groups):
        experienced = rng.random(n) < 0.7
        rating = 0.5 * mood + rng.normal(size=n)
        columns += [experienced, experienced * (rating - rating[experienced].mean())]
        y = y + 0.3 * group * columns[-1]
    return {
        "X": np.column_stack(columns).astype(float),
        "y": y,
        "groups": np.repeat(np.arange(n_groups), 2),
        "cluster": cluster,
    }


def draws_for(rows: dict[str, Any], n_draws: int, seed: int = 0) -> Floats:
    n_clusters = np.unique(rows["cluster"]).size
    parts = list(draw_cluster_weights(np.random.default_rng(seed), n_clusters, n_draws))
    return np.concatenate(parts).astype(np.float64)


def r_squared(X: Floats, y: Floats, weights: Floats) -> float:
    full = np.column_stack((np.ones(y.size), X))
    fit = fit_clustered_ols(full, y, np.arange(y.size), weights)
    residual, centred = y - full @ fit.beta, y - np.average(y, weights=weights)
    return 1 - float((weights @ residual**2) / (weights @ centred**2))


@given(st.integers(0, 10_000), st.integers(1, 5), st.booleans())
@settings(max_examples=25, deadline=None)
def test_shares_add_up_to_what_least_squares_explains(seed: int, n_groups: int, weighted: bool) -> None:
    rows = simulate(seed, 120, n_groups)
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 2, 120) if weighted else None
    own = np.ones(120) if weights is None else weights
    other = rng.normal(size=(120, 1))
    found = relative_importance(**rows, cluster_weights=draws_for(rows, 3), covariates=other, weights=weights)
    assert found.shares.sum() == pytest.approx(found.r2 - found.r2_covariates, abs=1e-12)
    assert found.r2 == pytest.approx(r_squared(np.column_stack((other, rows["X"])), rows["y"], own), abs=SUMS)
    assert found.r2_covariates == pytest.approx(r_squared(other, rows["y"], own), abs=SUMS)
    assert np.all(found.shares >= -1e-15)


def test_each_draw_is_a_fit_to_the_weighted_rows() -> None:
    rows = simulate(1)
    drawn = draws_for(rows, 4)
    codes = np.unique(rows["cluster"], return_inverse=True)[1]
    own = np.random.default_rng(3).uniform(0.5, 2, 400)
    found = relative_importance(**rows, cluster_weights=drawn, weights=own)
    for draw, expected in zip(drawn, found.draws, strict=True):
        again = relative_importance(**rows, cluster_weights=drawn, weights=own * draw[codes])
        np.testing.assert_allclose(again.shares, expected, atol=SUMS)


@pytest.mark.parametrize("exact", [True, False])
def test_influence_is_the_derivative_by_the_weights(exact: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = simulate(2)
    n_clusters = np.unique(rows["cluster"]).size
    if not exact:
        monkeypatch.setattr(module, "EXACT_UP_TO", 1)
    h = 1e-4
    nudged = np.concatenate([np.ones((n_clusters, n_clusters)) + sign * h * np.eye(n_clusters) for sign in (1, -1)])
    found = relative_importance(
        **rows,
        cluster_weights=nudged,
        covariates=rows["X"][:, :1] * rows["X"][:, 3:4],
        weights=np.random.default_rng(3).uniform(0.5, 2, 400),
        rng=np.random.default_rng(0),
    )
    slopes = (found.draws[:n_clusters] - found.draws[n_clusters:]) / (2 * h)
    np.testing.assert_allclose(found.influence, slopes, atol=1e-5 * np.abs(slopes).max())


def test_units_order_and_split_of_columns_do_not_matter() -> None:
    rows = simulate(4)
    drawn = draws_for(rows, 5)
    found = relative_importance(**rows, cluster_weights=drawn)
    order = np.random.default_rng(0).permutation(8)
    X = (rows["X"][:, order] + 7) * np.geomspace(1e-3, 1e4, 8)
    again = relative_importance(X, 5 - 3 * rows["y"], rows["groups"][order], rows["cluster"], drawn)
    np.testing.assert_allclose(again.shares, found.shares, atol=SUMS)
    np.testing.assert_allclose(again.draws, found.draws, atol=SUMS)
    np.testing.assert_allclose(again.influence, found.influence, atol=SUMS)
    # another basis of the same touchpoint
    turned = rows["X"].copy()
    turned[:, 2] += 2 * turned[:, 3]
    again = relative_importance(turned, rows["y"], rows["groups"], rows["cluster"], drawn)
    np.testing.assert_allclose(again.shares, found.shares, atol=SUMS)


def test_sampled_orders_come_close_and_tell_how_close(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = simulate(5, 600, 6)
    drawn = draws_for(rows, 3)
    exact = relative_importance(**rows, cluster_weights=drawn)
    assert not exact.sampling_error.any()
    monkeypatch.setattr(module, "EXACT_UP_TO", 5)
    with pytest.raises(EstimationError, match="rng is needed"):
        relative_importance(**rows, cluster_weights=drawn)
    apart = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        found = relative_importance(**rows, cluster_weights=drawn, rng=rng, n_pairs=20)
        assert found.shares.sum() == pytest.approx(exact.shares.sum(), abs=1e-12)
        apart.append((found.shares - exact.shares) / found.sampling_error)
    # errors of twenty pairs, of six dependent shares in 30 runs
    assert 0.7 < np.sqrt(np.mean(np.square(apart))) < 1.4


def test_many_groups() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 14)) + 0.4 * rng.normal(size=(500, 1))
    y = X @ np.linspace(0, 1, 14) + 3 * rng.normal(size=500)
    rows: dict[str, Any] = {"X": X, "y": y, "groups": np.arange(14), "cluster": np.arange(500)}
    found = relative_importance(**rows, cluster_weights=draws_for(rows, 50), rng=rng, n_pairs=40)
    assert found.shares.sum() == pytest.approx(found.r2, abs=1e-12)
    assert found.best_rank[13] <= 3
    assert found.worst_rank[0] == 14


def test_intervals_and_ranks_hold_the_truth() -> None:
    """Touchpoints with known shares of a population, each customer asked twice; the fourth explains nothing."""
    rng = np.random.default_rng(7)
    mixing = np.array([[1.0, 0.3, 0.0, 0.0], [0.3, 1.0, 0.3, 0.0], [0.0, 0.3, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    beta = np.array([0.9, 0.6, 0.3, 0.0])
    # rows that have the population's covariance
    product = mixing.T @ mixing
    covariance = np.block([[product, (product @ beta)[:, None]], [product @ beta, beta @ product @ beta + 2.25]])
    population = np.linalg.cholesky(covariance * 5).T
    exact = np.vstack((population, -population))
    truth = relative_importance(exact[:, :4], exact[:, 4], range(4), np.arange(10), np.ones((2, 10))).shares.clip(0)
    ranks = np.argsort(np.argsort(-truth)) + 1
    repetitions, covered, ranked = 250, np.zeros(4), 0
    for _ in range(repetitions):
        own, mood = np.repeat(rng.normal(size=(150, 4)), 2, axis=0), np.repeat(rng.normal(size=150), 2)
        X = (np.sqrt(0.6) * own + np.sqrt(0.4) * rng.normal(size=(300, 4))) @ mixing
        y = X @ beta + 1.5 * np.sqrt(0.5) * (mood + rng.normal(size=300))
        rows: dict[str, Any] = {"X": X, "y": y, "groups": np.arange(4), "cluster": np.repeat(np.arange(150), 2)}
        found = relative_importance(**rows, cluster_weights=draws_for(rows, 200, seed=int(rng.integers(10**9))))
        covered += (found.low <= truth) & (truth <= found.high)
        ranked += bool(np.all((found.best_rank <= ranks) & (ranks <= found.worst_rank)))
    # Three Monte-Carlo standard errors of 250 repetitions are .041; 200 draws of 150 customers cost a point or two.
    assert np.all(covered / repetitions >= 0.94 - 0.041)
    assert np.all(covered[:3] / repetitions <= 0.95 + 0.041)
    assert truth[3] == pytest.approx(0, abs=SUMS)
    assert ranked / repetitions >= 0.95


def test_a_touchpoint_that_a_draw_loses_explains_nothing_there() -> None:
    rows = simulate(8)
    rare = (rows["cluster"] == np.unique(rows["cluster"])[0]).astype(float)
    rows["X"] = np.column_stack((rows["X"], rare))
    rows["groups"] = np.append(rows["groups"], 4)
    drawn = draws_for(rows, 10)
    drawn[0, 0] = 0
    found = relative_importance(**rows, cluster_weights=drawn)
    assert found.draws[0, 4] == pytest.approx(0, abs=1e-12)
    assert found.shares[4] > 0


def test_refusals() -> None:
    rows = simulate(9)
    drawn = draws_for(rows, 2)
    with pytest.raises(EstimationError, match="collinear") as refusal:
        relative_importance(
            **{**rows, "X": np.column_stack((rows["X"][:, :7], rows["X"][:, 0] + 2))}, cluster_weights=drawn
        )
    assert refusal.value.columns == (7,)
    with pytest.raises(EstimationError, match="collinear") as refusal:
        relative_importance(**rows, cluster_weights=drawn, covariates=rows["X"][:, [2]])
    assert refusal.value.columns == (2,)
    with pytest.raises(EstimationError, match="covariates are constant"):
        relative_importance(**rows, cluster_weights=drawn, covariates=np.ones((400, 1)))
    with pytest.raises(EstimationError, match="groups"):
        relative_importance(**{**rows, "groups": [0, 0, 1, 1, 3, 3, 4, 4]}, cluster_weights=drawn)
    with pytest.raises(EstimationError, match="y does not vary"):
        relative_importance(**{**rows, "y": np.full(400, 0.1)}, cluster_weights=drawn)
    with pytest.raises(EstimationError, match="cluster_weights has shape"):
        relative_importance(**rows, cluster_weights=drawn[:, 1:])
    with pytest.raises(EstimationError, match="not negative"):
        relative_importance(**rows, cluster_weights=-drawn)
    with pytest.raises(EstimationError, match="leaves no row"):
        relative_importance(**rows, cluster_weights=0 * drawn)


def test_rank_sets_by_hand() -> None:
    point = np.array([3.0, 1.0, 0.9])
    draws = point + np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]) * 0.1
    best, worst = rank_sets(point, draws)
    assert best.tolist() == [1, 2, 2]
    assert worst.tolist() == [1, 3, 3]
    assert [ranks.tolist() for ranks in rank_sets(point[:1], draws[:, :1])] == [[1], [1]]
    errors, critical = largest_deviation(np.random.default_rng(0).normal(size=(20_000, 5)))
    # five independent normals: the two-sided 5% / 5 quantile by Sidak
    assert critical == pytest.approx(2.569, abs=0.03)
    np.testing.assert_allclose(errors, 1, atol=0.03)
    assert largest_deviation(np.ones((3, 2)))[1] == 0
    with pytest.raises(EstimationError, match="finite"):
        largest_deviation([[1.0, np.nan], [1.0, 2.0]])
    with pytest.raises(EstimationError, match="shape"):
        rank_sets(point, draws[:, :2])
