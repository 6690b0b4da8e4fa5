"""What must not change a Cox fit, whatever the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import CoxFit, baseline_hazard, fit_cox

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
TIES = st.sampled_from(["efron", "breslow"])


def simulate(seed: int, n: int = 150) -> dict[str, Any]:
    """Rows with ties, late entry, weights, strata and clusters."""
    rng = np.random.default_rng(seed)
    X = np.column_stack((rng.normal(size=n), rng.random(n) < 0.4, rng.normal(50, 20, size=n)))
    start = np.floor(rng.uniform(0, 15, n))
    return {
        "X": X,
        "start": start,
        "stop": start + np.ceil(rng.exponential(8, n)),
        "event": rng.random(n) < 0.6,
        "weights": rng.choice([0.5, 1.0, 2.0], n),
        "strata": rng.integers(0, 2, n),
        "cluster": rng.integers(0, n // 3, n),
    }


def assert_same(one: CoxFit, other: CoxFit) -> None:
    np.testing.assert_allclose(other.beta, one.beta, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-7, atol=1e-12)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    assert one.robust_covariance is not None
    assert other.robust_covariance is not None
    np.testing.assert_allclose(other.robust_covariance, one.robust_covariance, rtol=1e-6, atol=1e-12)


@given(SEEDS, TIES)
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter(seed: int, ties: Any) -> None:
    rows = simulate(seed)
    order = np.random.default_rng(seed).permutation(150)
    shuffled = {name: values[order] for name, values in rows.items()}
    one, other = fit_cox(**rows, ties=ties), fit_cox(**shuffled, ties=ties)
    assert_same(one, other)
    assert one.score_residuals is not None
    assert other.score_residuals is not None
    np.testing.assert_allclose(other.score_residuals, one.score_residuals[order], rtol=1e-6, atol=1e-7)


@given(SEEDS, TIES)
@settings(max_examples=20, deadline=None)
def test_splitting_rows_changes_nothing(seed: int, ties: Any) -> None:
    rows = simulate(seed)
    cut = rows["start"] + 1 + np.random.default_rng(seed).integers(0, 3, 150)
    split = cut < rows["stop"]
    early = {name: values[split] for name, values in rows.items()}
    early["stop"], early["event"] = cut[split], np.zeros(split.sum(), dtype=bool)
    late = {**rows, "start": np.where(split, cut, rows["start"])}
    both: dict[str, Any] = {name: np.concatenate((early[name], late[name])) for name in rows}
    assert_same(fit_cox(**rows, ties=ties), fit_cox(**both, ties=ties))


@given(SEEDS, TIES, st.floats(1e-6, 1e6), st.floats(-1e5, 1e5))
@settings(max_examples=20, deadline=None)
def test_units_of_a_covariate_only_rescale_its_coefficient(seed: int, ties: Any, factor: float, shift: float) -> None:
    rows = simulate(seed)
    one = fit_cox(**rows, ties=ties)
    rows["X"][:, 0] = rows["X"][:, 0] * factor + shift * factor
    other = fit_cox(**rows, ties=ties)
    np.testing.assert_allclose(other.beta * [factor, 1, 1], one.beta, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(other.covariance[0, 0] * factor**2, one.covariance[0, 0], rtol=1e-6)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_weight_of_two_is_two_rows_under_breslow(seed: int) -> None:
    rows = simulate(seed)
    rows["weights"] = np.random.default_rng(seed).integers(1, 4, 150)
    repeated: dict[str, Any] = {name: np.repeat(values, rows["weights"], axis=0) for name, values in rows.items()}
    repeated["weights"] = None
    assert_same(fit_cox(**rows, ties="breslow"), fit_cox(**repeated, ties="breslow"))


@given(SEEDS, TIES)
@settings(max_examples=20, deadline=None)
def test_a_weight_of_zero_is_no_row(seed: int, ties: Any) -> None:
    rows = simulate(seed)
    gone = np.random.default_rng(seed).random(150) < 0.2
    rows["weights"] = np.where(gone, 0.0, rows["weights"])
    kept = {name: values[~gone] for name, values in rows.items()}
    one = fit_cox(**rows, ties=ties)
    assert_same(fit_cox(**kept, ties=ties), one)
    assert one.score_residuals is not None
    assert not one.score_residuals[gone].any()


@given(SEEDS, TIES)
@settings(max_examples=20, deadline=None)
def test_scores_sum_to_nothing_and_make_the_sandwich(seed: int, ties: Any) -> None:
    rows = simulate(seed)
    fit = fit_cox(**rows, ties=ties)
    assert fit.score_residuals is not None
    assert fit.dfbeta is not None
    assert fit.cluster_ids is not None
    weighted = fit.score_residuals * rows["weights"][:, None]
    np.testing.assert_allclose(weighted.sum(axis=0) @ fit.covariance, 0.0, atol=1e-8)
    first = weighted[rows["cluster"] == fit.cluster_ids[0]].sum(axis=0)
    np.testing.assert_allclose(first @ fit.covariance, fit.dfbeta[0], rtol=1e-8, atol=1e-12)
    assert fit_cox(**rows, ties=ties, keep_score_residuals=False).score_residuals is None


def test_dfbeta_predicts_the_fit_without_a_cluster() -> None:
    rows = simulate(11, n=4000)
    fit = fit_cox(**rows)
    assert fit.dfbeta is not None
    assert fit.cluster_ids is not None
    rows["weights"] = np.where(rows["cluster"] == fit.cluster_ids[7], 0.0, rows["weights"])
    moved = fit_cox(**rows).beta - fit.beta
    np.testing.assert_allclose(moved, -fit.dfbeta[7], atol=0.02 * np.abs(fit.dfbeta[7]).max())


@given(SEEDS, TIES)
@settings(max_examples=20, deadline=None)
def test_baseline_accounts_for_every_event(seed: int, ties: Any) -> None:
    rows = simulate(seed)
    rows.pop("cluster")
    beta = np.array([0.3, -0.2, 0.01])
    baseline = baseline_hazard(**rows, beta=beta, ties="breslow")
    assert np.all(baseline.increment > 0)
    expected = 0.0
    for stratum in (0, 1):
        mine = rows["strata"] == stratum
        hazard = baseline.cumulative_at(rows["stop"][mine], stratum) - baseline.cumulative_at(
            rows["start"][mine], stratum
        )
        expected += np.sum(rows["weights"][mine] * np.exp(rows["X"][mine] @ beta) * hazard)
    assert expected == pytest.approx(np.sum(rows["weights"] * rows["event"]))


def test_truth_is_recovered() -> None:
    rng = np.random.default_rng(8)
    n = 40_000
    X = np.column_stack((rng.normal(size=n), rng.random(n) < 0.3))
    born = rng.uniform(0, 600, n)
    life = np.ceil(400 * rng.exponential(np.exp(-(X @ np.array([0.5, -0.7])))))
    seen = (life > born) & (np.ceil(born) < life)
    start = np.ceil(born)
    stop = np.minimum(life, start + 300)
    fit = fit_cox(X[seen], stop=stop[seen], event=(life <= start + 300)[seen], start=start[seen])
    z = (fit.beta - [0.5, -0.7]) / np.sqrt(np.diag(fit.covariance))
    assert np.all(np.abs(z) < 3)
