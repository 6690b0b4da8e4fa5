"""Response weights, trimming and raking: derivatives, simulated truth, what is told and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.raking import mean_of_raked, rake_weights
from cxlink.stats.response_weights import effective_number, fit_response_weights, mean_of_answers
from cxlink.stats.weight_trimming import trim_weights

Floats = npt.NDArray[np.float64]
SUMS = 1e-9


def simulate(seed: int, n: int = 600) -> dict[str, Any]:
    """Invitations of customers, two each; who had tickets answers less, and lower. The mean of all is `truth`."""
    rng = np.random.default_rng(seed)
    tickets, tenure = rng.poisson(0.8, n), rng.normal(size=n)
    chance = 1 / (1 + np.exp(0.3 + 0.7 * tickets - 0.3 * tenure))
    values = 8 - tickets + 0.3 * tenure + rng.normal(size=n)
    return {
        "X": np.column_stack((tickets, tenure)).astype(float),
        "answered": rng.random(n) < chance,
        "cluster": np.arange(n) // 2,
        "values": values,
        "truth": 8 - 0.8,
    }


def split(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: rows[name] for name in ("X", "answered", "cluster")}


def test_weights_undo_what_the_covariates_explain() -> None:
    repetitions, covered, plain = 200, 0, 0
    for seed in range(repetitions):
        rows = simulate(seed, 2000)
        response = fit_response_weights(**split(rows), largest=np.inf)
        mean = mean_of_answers(response, np.where(rows["answered"], rows["values"], np.nan))
        covered += abs(mean.point - rows["truth"]) <= 1.96 * mean.variance**0.5
        plain += rows["values"][rows["answered"]].mean() > rows["truth"] + 0.15
    # three Monte-Carlo standard errors of 200 runs are .046
    assert covered / repetitions == pytest.approx(0.95, abs=0.046)
    assert plain / repetitions > 0.9


@pytest.mark.parametrize("largest", [1.3, 2.0, np.inf])
@pytest.mark.parametrize("weighted", [False, True])
def test_influence_is_the_derivative_by_the_weights(largest: float, weighted: bool) -> None:
    rows = simulate(3, 120)
    case = np.random.default_rng(1).choice([0.0, 0.5, 1.0, 2.0], 120) if weighted else np.ones(120)

    def mean(weights: Floats) -> Any:
        return mean_of_answers(fit_response_weights(**split(rows), weights=weights, largest=largest), rows["values"])

    found, h = mean(case), 1e-4
    slopes = [
        (mean(case * (1 + h * (rows["cluster"] == c))).point - mean(case * (1 - h * (rows["cluster"] == c))).point)
        / (2 * h)
        for c in found.cluster_ids
    ]
    np.testing.assert_allclose(found.influence, slopes, atol=1e-5 * np.abs(slopes).max())
    assert found.variance == pytest.approx(found.influence @ found.influence)


def test_what_weighting_and_trimming_did_is_told() -> None:
    rows = simulate(4)
    free = fit_response_weights(**split(rows), largest=np.inf)
    cut = fit_response_weights(**split(rows), largest=2.0)
    assert not free.trimming.is_trimmed.any()
    assert (free.trimming.factor, free.trimming.share_moved) == (1.0, 0.0)
    assert cut.trimming.is_trimmed.sum() > 5
    assert 0 < cut.trimming.share_moved < 0.3
    assert cut.weights.sum() == pytest.approx(free.weights.sum())
    assert cut.weights[cut.weights > 0].max() == pytest.approx(2 * cut.weights[cut.weights > 0].mean())
    assert cut.effective_n[0] == cut.n_answered
    assert cut.effective_n[1] == pytest.approx(free.effective_n[2])
    assert cut.effective_n[1] < cut.effective_n[2] < cut.n_answered
    # Weights balance the covariates, trimmed ones less so.
    apart = np.abs(cut.balance).max(axis=1)
    assert apart[1] < apart[2] < apart[0]
    assert cut.balance[0] == pytest.approx(
        (rows["X"][rows["answered"]].mean(axis=0) - rows["X"].mean(axis=0)) / rows["X"].std(axis=0)
    )
    # Scores are weighted so that the invited are what is counted.
    assert free.weights.sum() == pytest.approx(600, rel=0.1)


@given(st.integers(0, 1000), st.floats(1.01, 8))
@settings(max_examples=50, deadline=None)
def test_trimming_keeps_the_total_and_the_limit(seed: int, largest: float) -> None:
    rng = np.random.default_rng(seed)
    raw, case = np.exp(rng.normal(0, 1.5, 30)), rng.uniform(0.2, 2, 30)
    found = trim_weights(raw, case, largest=largest)
    assert case @ found.weights == pytest.approx(case @ raw)
    assert found.limit == pytest.approx(largest * np.average(raw, weights=case))
    assert np.all(found.weights <= found.limit * (1 + SUMS))
    assert np.all(found.weights[~found.is_trimmed] == found.factor * raw[~found.is_trimmed])
    assert np.all(found.factor * raw[found.is_trimmed] >= found.limit * (1 - SUMS))
    assert found.factor >= 1


def test_effective_number() -> None:
    assert effective_number(np.array([[1.0, 1, 1, 1], [1, 0, 0, 0], [3, 1, 0, 0]])).tolist() == [4, 1, 1.6]


def test_response_model_refuses() -> None:
    rows = simulate(5)
    X, cluster = rows["X"], rows["cluster"]
    with pytest.raises(EstimationError, match="everyone answered"):
        fit_response_weights(X, np.ones(600), cluster)
    with pytest.raises(EstimationError, match="no one answered"):
        fit_response_weights(X, rows["answered"], cluster, np.where(rows["answered"], 0.0, 1.0))
    never = (X[:, 0] == 2) & ~rows["answered"]
    with pytest.raises(EstimationError, match="infinite coefficient") as refusal:
        fit_response_weights(np.column_stack((X, never)), rows["answered"], cluster)
    assert refusal.value.columns == (2,)
    with pytest.raises(EstimationError, match="above one"):
        fit_response_weights(X, rows["answered"], cluster, largest=1.0)
    response = fit_response_weights(X, rows["answered"], cluster)
    with pytest.raises(EstimationError, match="where someone answered"):
        mean_of_answers(response, np.full(600, np.nan))
    with pytest.raises(EstimationError, match="shape"):
        mean_of_answers(response, [1.0])


def margins_of(rows: dict[str, Any]) -> tuple[list[npt.NDArray[np.int64]], list[Floats]]:
    levels = [np.minimum(rows["X"][:, 0], 2).astype(np.int64), (rows["X"][:, 1] > 0.3).astype(np.int64)]
    return levels, [np.bincount(level).astype(float) for level in levels]


def test_raked_weights_meet_the_margins_by_one_factor_a_level() -> None:
    rows = simulate(6)
    levels, targets = margins_of(rows)
    mine = [level[rows["answered"]] for level in levels]
    base = np.random.default_rng(0).uniform(0.5, 2, mine[0].size)
    raked = rake_weights(mine, targets, base)
    for level, target, factor in zip(mine, targets, raked.factors, strict=True):
        np.testing.assert_allclose(np.bincount(level, raked.weights), target, rtol=1e-9)
        base = base * factor[level]
    np.testing.assert_allclose(raked.weights, base)
    assert raked.effective_n < mine[0].size
    assert raked.ratio[0] < 1 < raked.ratio[1]
    once = rake_weights(mine[:1], targets[:1])
    assert once.iterations <= 1
    # what meets the margins stays as it is
    again = rake_weights(mine, targets, raked.weights)
    assert again.iterations == 0


def test_influence_of_a_raked_mean_is_its_derivative() -> None:
    rows = simulate(7, 200)
    levels, targets = margins_of(rows)
    mine = [level[rows["answered"]] for level in levels]
    values, cluster = rows["values"][rows["answered"]], rows["cluster"][rows["answered"]]
    base = np.random.default_rng(0).uniform(0.5, 2, values.size)
    found, h = mean_of_raked(rake_weights(mine, targets, base), values, cluster), 1e-4
    for place, name in enumerate(found.cluster_ids):
        ends = [
            mean_of_raked(rake_weights(mine, targets, base * (1 + s * h * (cluster == name))), values, cluster).point
            for s in (1, -1)
        ]
        assert found.influence[place] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-7)


def test_raking_refuses() -> None:
    with pytest.raises(EstimationError, match="margin 0, level 1: a target but no row"):
        rake_weights([[0, 0, 2]], [[5, 5, 5]])
    with pytest.raises(EstimationError, match="margin 0, level 2: rows but no target"):
        rake_weights([[0, 1, 2]], [[5, 5, 0]])
    with pytest.raises(EstimationError, match="different totals"):
        rake_weights([[0, 1], [0, 1]], [[5, 5], [5, 6]])
    with pytest.raises(EstimationError, match="whole numbers from 0 to 1"):
        rake_weights([[0, 2]], [[5, 5]])
    with pytest.raises(EstimationError, match="equally many"):
        rake_weights([], [])
    with pytest.raises(EstimationError, match="weights are zero"):
        rake_weights([[0, 1]], [[5, 5]], [0, 0])
    # The two margins are one and the same for these rows, but not for the base.
    with pytest.raises(EstimationError, match="not met after 1000 rounds"):
        rake_weights([[0, 0, 1], [0, 0, 1]], [[4, 6], [5, 5]])
