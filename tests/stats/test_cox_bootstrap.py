"""Draws of a Cox model: influence and one exact step beside fitting again.

Tolerances: with 300 draws a standard error is itself known to 1/sqrt(600) = 4%; but the methods share their draws, so
they may differ by much less (`ALIKE`).
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import CoxError, bootstrap_cox, draw_cluster_weights, fit_cox

N_DRAWS = 300
ALIKE = {"influence": 0.03, "score": 0.005}


def customers(n: int = 500) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    n_rows = rng.integers(1, 6, n)
    cluster = np.repeat(np.arange(n), n_rows)
    place = np.arange(cluster.size) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)
    start = 20.0 * place
    X = np.column_stack([rng.normal(size=cluster.size), rng.random(cluster.size) < 0.3]).astype(float)
    life = np.ceil(rng.exponential(80 * np.exp(-0.5 * X[:, 0] - 0.4 * X[:, 1])))
    return {"X": X, "stop": start + np.minimum(life, 20), "event": life <= 20, "start": start, "cluster": cluster}


@pytest.fixture(scope="module")
def fitted() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    data = customers()
    weights = np.random.default_rng(3).standard_exponential((N_DRAWS, 500))
    return data, fit_cox(**data).beta, weights / weights.mean(axis=1, keepdims=True)  # type: ignore[arg-type]  # keywords


@pytest.mark.parametrize("method", ["influence", "score"])
def test_a_short_cut_has_the_spread_of_fitting_again(
    fitted: tuple[dict[str, np.ndarray], np.ndarray, np.ndarray], method: str
) -> None:
    data, beta, weights = fitted
    short = bootstrap_cox(**data, beta=beta, cluster_weights=weights, method=method)  # type: ignore[arg-type]  # keywords
    again = bootstrap_cox(**data, beta=beta, cluster_weights=weights, method="refit")  # type: ignore[arg-type]  # likewise
    assert short.std(axis=0) == pytest.approx(again.std(axis=0), rel=ALIKE[method])
    assert np.abs(short - again).mean() < 0.1 * again.std(axis=0).mean()


def test_the_spread_is_that_of_the_sandwich(
    fitted: tuple[dict[str, np.ndarray], np.ndarray, np.ndarray],
) -> None:
    data, beta, weights = fitted
    fit = fit_cox(**data)  # type: ignore[arg-type]  # keywords come from a mapping
    draws = bootstrap_cox(**data, beta=beta, cluster_weights=weights)  # type: ignore[arg-type]  # likewise
    assert fit.robust_covariance is not None
    assert draws.std(axis=0) == pytest.approx(np.sqrt(np.diag(fit.robust_covariance)), rel=4 / np.sqrt(2 * N_DRAWS))


@pytest.mark.parametrize("method", ["influence", "score", "refit"])
def test_weights_of_one_change_nothing(
    fitted: tuple[dict[str, np.ndarray], np.ndarray, np.ndarray], method: str
) -> None:
    data, beta, _ = fitted
    draws = bootstrap_cox(**data, beta=beta, cluster_weights=np.ones((2, 500)), method=method)  # type: ignore[arg-type]  # keywords
    assert draws == pytest.approx(np.array([beta, beta]), abs=1e-6)


def test_a_refit_is_a_fit_of_the_customers_drawn(
    fitted: tuple[dict[str, np.ndarray], np.ndarray, np.ndarray],
) -> None:
    """Counts of zero leave customers out, their events with them."""
    data, beta, _ = fitted
    counts = next(draw_cluster_weights(np.random.default_rng(8), 500, 1))[0].astype(float)
    draw = bootstrap_cox(**data, beta=beta, cluster_weights=counts[None, :], method="refit")  # type: ignore[arg-type]  # keywords
    times = counts.astype(int)[data["cluster"]]
    copies = {name: np.repeat(values, times, axis=0) for name, values in data.items()}
    # Efron's ties treat copies and weights differently, Breslow's do not
    own = fit_cox(**{k: v for k, v in copies.items() if k != "cluster"}, ties="breslow").beta  # type: ignore[arg-type]  # keywords
    breslow = bootstrap_cox(**data, beta=beta, cluster_weights=counts[None, :], ties="breslow", method="refit")
    assert breslow[0] == pytest.approx(own, abs=1e-6)
    assert draw[0] == pytest.approx(own, abs=0.1)


@pytest.mark.parametrize("weights", [np.ones((2, 3)), -np.ones((1, 500)), np.full((1, 500), np.nan)])
def test_weights_must_fit_the_clusters(
    fitted: tuple[dict[str, np.ndarray], np.ndarray, np.ndarray], weights: np.ndarray
) -> None:
    data, beta, _ = fitted
    with pytest.raises(CoxError, match="cluster_weights"):
        bootstrap_cox(**data, beta=beta, cluster_weights=weights)  # type: ignore[arg-type]  # keywords come from a mapping
