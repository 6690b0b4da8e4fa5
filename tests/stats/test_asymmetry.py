"""Penalties against rewards: by hand, under simulated truth; what is told of cut points and of attributes left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats import EstimationError, draw_cluster_weights, fit_clustered_ols
from cxlink.stats.asymmetry import Asymmetry, classify_attributes
from cxlink.stats.wald import wald_test

Floats = npt.NDArray[np.float64]


def simulate(seed: int, penalties: list[float], rewards: list[float], n_customers: int = 250) -> dict[str, Any]:
    """Ratings from 1 to 7 that share a mood, of customers who answer twice; low is up to 3, high from 6."""
    rng = np.random.default_rng(seed)
    n = 2 * n_customers
    cluster = np.repeat(np.arange(n_customers), 2)
    mood = np.repeat(rng.normal(size=n_customers), 2)
    ratings = np.column_stack([4.5 + 0.7 * mood + 1.5 * rng.normal(size=n) for _ in penalties])
    ratings = np.clip(np.round(ratings), 1, 7)
    y = (ratings <= 3) @ np.array(penalties) + (ratings >= 6) @ np.array(rewards)
    y = y + 0.5 * np.repeat(rng.normal(size=n_customers), 2) + rng.normal(size=n)
    return {"ratings": ratings, "y": y, "cluster": cluster}


def draws_for(rows: dict[str, Any], n_draws: int = 400) -> Floats:
    n_clusters = np.unique(rows["cluster"]).size
    return np.concatenate(list(draw_cluster_weights(np.random.default_rng(0), n_clusters, n_draws))).astype(float)


def classify(rows: dict[str, Any], **options: Any) -> Asymmetry:
    return classify_attributes(**rows, cluster_weights=draws_for(rows), **{"low": 3, "high": 6, **options})


def test_contrasts_are_those_of_one_regression() -> None:
    rows = simulate(1, [-1.0, -0.3, -0.5], [0.2, 1.0, 0.5])
    other = np.random.default_rng(0).normal(size=(500, 1))
    weights = np.random.default_rng(1).choice([0.0, 1.0, 2.0], 500)
    found = classify(rows, covariates=other, weights=weights).preset
    low, high = rows["ratings"] <= 3, rows["ratings"] >= 6
    fit = fit_clustered_ols(np.column_stack((low, high, np.ones(500), other)), rows["y"], rows["cluster"], weights)
    np.testing.assert_allclose(found.penalties, fit.beta[:3])
    np.testing.assert_allclose(found.rewards, fit.beta[3:6])
    np.testing.assert_allclose(found.contrasts, fit.beta[:3] + fit.beta[3:6])
    np.testing.assert_allclose(found.influence[:, 2], fit.influence[:, :3] + fit.influence[:, 3:6], atol=1e-12)
    variance = np.diag(fit.covariance[:3, :3] + fit.covariance[3:6, 3:6] + 2 * fit.covariance[:3, 3:6])
    n_clusters = np.unique(rows["cluster"][weights > 0]).size
    factor = n_clusters / (n_clusters - 8)
    np.testing.assert_allclose(found.std_errors, np.sqrt(variance * factor))
    # wider than each alone, narrower than Bonferroni's
    reach = (found.high - found.low) / 2 / found.std_errors
    np.testing.assert_allclose(reach, reach[0])
    assert 2.0 < reach[0] < 2.6


@pytest.mark.parametrize("n_customers", [100, 250])
def test_symmetric_attributes_are_rarely_classed(n_customers: int) -> None:
    penalties, rewards = [-0.8, -0.5, -0.2, 0.0, -0.4], [0.8, 0.5, 0.2, 0.0, 0.4]
    repetitions, false, rejected = 200, 0, 0
    for seed in range(repetitions):
        preset = classify(simulate(seed, penalties, rewards, n_customers)).preset
        false += any(kind != "undetermined" for kind in preset.kinds)
        rejected += preset.joint.p_value < 0.05
    # any error among five attributes; three Monte-Carlo standard errors of 200 repetitions are .046
    assert false / repetitions <= 0.05 + 0.046
    assert rejected / repetitions <= 0.06 + 0.046


def test_asymmetric_attributes_are_found() -> None:
    right, wrong = 0, 0
    for seed in range(100):
        found = classify(simulate(seed, [-1.0, -0.1, -0.5, 0.0], [0.1, 1.0, 0.5, 0.0]))
        kinds = found.preset.kinds
        right += kinds[0] == "penalty" and kinds[1] == "reward"
        wrong += kinds[0] == "reward" or kinds[1] == "penalty"
        assert found.preset.joint.degrees == 4
    assert right >= 90
    assert wrong == 0


def test_classes_that_hang_on_the_cut_points_are_told() -> None:
    rows = simulate(3, [-1.0, -0.5], [0.1, 0.5], 600)
    found = classify(rows)
    assert found.preset.kinds[0] == "penalty"
    assert found.stable[0]
    assert [shift[:2] for shift in found.shifted] == [(-1, 0), (1, 0), (0, -1), (0, 1)]
    # Ends of the scale: no low rating is left when the cut moves down, and that is told, not hidden.
    edge = classify(rows, low=1, high=7)
    assert "0 customers rated low" in str(edge.shifted[0][2])
    assert "0 customers rated high" in str(edge.shifted[3][2])
    crossing = classify(rows, low=4, high=6)
    assert crossing.shifted[1][2] == "no attribute can be told: 0 customers rated in the middle: at least 10 are needed"
    # A rating of 3 costs nothing here: up to where it counts as low decides which class comes out.
    rng = np.random.default_rng(0)
    rows["y"] = np.where(rows["ratings"][:, 0] <= 2, -2.0, 0) + np.where(rows["ratings"][:, 0] >= 6, 0.9, 0)
    rows["y"] = rows["y"] + 0.3 * rng.normal(size=1200)
    unstable = classify(rows)
    assert not unstable.stable[0]


def test_what_was_not_experienced_is_neither_dropped_nor_filled_in() -> None:
    rows = simulate(4, [-1.0, -0.5], [0.1, 0.5], 500)
    rng = np.random.default_rng(1)
    absent = rng.random(1000) < 0.4
    rows["y"] = rows["y"] - np.where(absent, rows["y"] - rng.normal(3, 1, 1000), 0)
    rows["ratings"][absent, 1] = np.nan
    found = classify(rows).preset
    there = ~absent
    low, high = rows["ratings"] <= 3, rows["ratings"] >= 6
    fit = fit_clustered_ols(np.column_stack((low, high, np.ones(1000), there)), rows["y"], rows["cluster"])
    np.testing.assert_allclose(found.contrasts, fit.beta[:2] + fit.beta[2:4])
    # A second attribute experienced by the very same customers needs no column of its own.
    rows["ratings"] = np.column_stack((rows["ratings"], np.where(absent, np.nan, rng.integers(1, 8, 1000))))
    assert classify(rows).preset.attributes.tolist() == [0, 1, 2]


def test_attributes_with_few_low_or_high_ratings_are_left_out_and_adjusted_for() -> None:
    rows = simulate(5, [-1.0, -0.5], [0.1, 0.5])
    rows["ratings"][:, 1] = np.where(rows["ratings"][:, 1] <= 3, 4, rows["ratings"][:, 1])
    rows["ratings"][:4, 1] = 1
    found = classify(rows).preset
    assert found.attributes.tolist() == [0]
    assert found.left_out == ((1, "2 customers rated low: at least 10 are needed"),)
    fit = fit_clustered_ols(
        np.column_stack((rows["ratings"][:, 0] <= 3, rows["ratings"][:, 0] >= 6, np.ones(500), rows["ratings"][:, 1])),
        rows["y"],
        rows["cluster"],
    )
    np.testing.assert_allclose(found.contrasts, fit.beta[0] + fit.beta[1])
    never = np.column_stack((rows["ratings"], np.full(500, np.nan)))
    assert [place for place, _ in classify({**rows, "ratings": never}).preset.left_out] == [1, 2]


def test_refusals() -> None:
    rows = simulate(6, [-1.0, -0.5], [0.1, 0.5])
    with pytest.raises(EstimationError, match="low must be below high"):
        classify(rows, low=[3, 6], high=[6, 6])
    with pytest.raises(EstimationError, match="no attribute can be told"):
        classify({**rows, "ratings": np.full((500, 2), 5.0)})
    with pytest.raises(EstimationError, match="collinear"):
        classify(rows, covariates=np.ones((500, 1)))
    with pytest.raises(EstimationError, match="cluster_weights"):
        classify_attributes(**rows, cluster_weights=np.ones((2, 3)), low=3, high=6)
    with pytest.raises(EstimationError, match="two dimensions"):
        classify({**rows, "ratings": rows["y"]})


def test_wald_by_hand() -> None:
    influence = np.array([[0.1, 0.0], [-0.1, 0.0], [0.0, 0.2], [0.0, -0.2], [0.0, 0.0], [0.0, 0.0]])
    found = wald_test(np.array([0.2, 0.2]), influence, 6)
    assert found.statistic == pytest.approx(0.04 / 0.02 + 0.04 / 0.08)
    # F(2, 4) has the tail (1 + x / 2) ** -2, here at 2.5 * 4 / 12
    assert found.p_value == pytest.approx((1 + 2.5 * 4 / 12 / 2) ** -2)
    with pytest.raises(EstimationError, match="told apart"):
        wald_test(np.ones(2), influence[:, [0, 0]], 6)
    with pytest.raises(EstimationError, match="does not vary"):
        wald_test(np.ones(2), influence * [1, 0], 6)
    with pytest.raises(EstimationError, match="too few"):
        wald_test(np.ones(2), influence, 2)
