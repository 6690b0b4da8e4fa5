"""Clustered least squares and Poisson regression: against statsmodels, identities and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats import EstimationError, fit_clustered_ols, fit_poisson

Floats = npt.NDArray[np.float64]


@pytest.fixture
def rows() -> dict[str, Any]:
    rng = np.random.default_rng(6)
    n = 600
    cluster = rng.integers(0, 90, n)
    X: Floats = np.column_stack((np.ones(n), rng.normal(size=n), rng.random(n) < 0.2, rng.normal(1e5, 2e4, n)))
    shared = rng.normal(0, 0.5, 90)[cluster]
    exposure = rng.uniform(5, 40, n)
    mean = exposure * np.exp(-2 + 0.4 * X[:, 1] - 0.3 * X[:, 2] + shared)
    y = X @ np.array([1, 2, -1, 1e-5]) + shared + rng.normal(size=n)
    return {"X": X, "y": y, "counts": rng.poisson(mean), "exposure": exposure, "cluster": cluster}


def cr1(covariance: Floats, n: int, p: int, clusters: int) -> Floats:
    return covariance * clusters / (clusters - 1) * (n - 1) / (n - p)


def test_least_squares_against_statsmodels(rows: dict[str, Any]) -> None:
    import statsmodels.api as sm

    fit = fit_clustered_ols(rows["X"], rows["y"], rows["cluster"])
    other = sm.OLS(rows["y"], rows["X"]).fit(cov_type="cluster", cov_kwds={"groups": rows["cluster"]})
    np.testing.assert_allclose(fit.beta, other.params, rtol=1e-8)
    np.testing.assert_allclose(cr1(fit.covariance, fit.n, 4, fit.n_clusters), other.cov_params(), rtol=1e-6, atol=1e-14)


def test_poisson_against_statsmodels(rows: dict[str, Any]) -> None:
    import statsmodels.api as sm

    X = rows["X"][:, :3]
    fit = fit_poisson(X, rows["counts"], rows["exposure"], rows["cluster"])
    other = sm.GLM(rows["counts"], X, family=sm.families.Poisson(), exposure=rows["exposure"]).fit(
        cov_type="cluster", cov_kwds={"groups": rows["cluster"], "use_correction": False}, tol=1e-12
    )
    np.testing.assert_allclose(fit.beta, other.params, rtol=1e-6)
    np.testing.assert_allclose(np.diag(fit.covariance), np.diag(other.cov_params()), rtol=1e-6)


def test_influence_predicts_reweighted_fits(rows: dict[str, Any]) -> None:
    fit = fit_clustered_ols(rows["X"][:, :3], rows["y"], rows["cluster"])
    weights = np.where(rows["cluster"] == fit.cluster_ids[3], 0.0, 1.0)
    without = fit_clustered_ols(rows["X"][:, :3], rows["y"], rows["cluster"], weights)
    assert without.n < fit.n
    np.testing.assert_allclose(without.beta - fit.beta, -fit.influence[3], atol=0.1 * np.abs(fit.influence[3]).max())
    kept = weights > 0
    again = fit_clustered_ols(rows["X"][kept, :3], rows["y"][kept], rows["cluster"][kept])
    np.testing.assert_allclose(without.beta, again.beta)
    np.testing.assert_allclose(without.covariance, again.covariance)


def test_order_of_rows_does_not_matter(rows: dict[str, Any]) -> None:
    order = np.random.default_rng(0).permutation(600)
    shuffled = {name: values[order] for name, values in rows.items()}
    fits = [fit_poisson(r["X"], r["counts"], r["exposure"], r["cluster"]) for r in (rows, shuffled)]
    fits += [fit_clustered_ols(r["X"], r["y"], r["cluster"]) for r in (rows, shuffled)]
    for one, other in (fits[:2], fits[2:]):
        assert one.n_clusters == other.n_clusters == 90
        np.testing.assert_allclose(one.influence, other.influence, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("fit", [fit_clustered_ols, fit_poisson])
@pytest.mark.parametrize(
    ("column", "message"),
    [
        (lambda X: X[:, 1] * 2 - 5, "column 3 of X: collinear"),
        (lambda X: np.zeros(600), "column 3 of X: zero in every row"),
        (lambda X: np.where(np.arange(600) == 9, np.nan, 1.0), "column 3 of X: missing or infinite"),
    ],
)
def test_names_the_column(rows: dict[str, Any], fit: Any, column: Any, message: str) -> None:
    X = rows["X"].copy()
    X[:, 3] = column(X)
    outcome = (rows["y"],) if fit is fit_clustered_ols else (rows["counts"], rows["exposure"])
    with pytest.raises(EstimationError, match=message) as caught:
        fit(X, *outcome, rows["cluster"])
    assert caught.value.columns == (3,)


def test_poisson_refuses_a_group_without_counts(rows: dict[str, Any]) -> None:
    counts = np.where(rows["X"][:, 2] == 1, 0, rows["counts"])
    with pytest.raises(EstimationError, match="column 2 of X: infinite effect"):
        fit_poisson(rows["X"], counts, rows["exposure"], rows["cluster"])


def test_poisson_refuses_a_reference_group_without_counts(rows: dict[str, Any]) -> None:
    counts = np.where(rows["X"][:, 2] == 0, 0, rows["counts"])
    with pytest.raises(EstimationError, match="columns 0, 2 of X: infinite effect"):
        fit_poisson(rows["X"], counts, rows["exposure"], rows["cluster"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": np.full(600, -1)}, "counts must not be negative"),
        ({"counts": np.zeros(600)}, "all counts are zero"),
        ({"exposure": np.zeros(600)}, "exposure must be above zero"),
        ({"cluster": np.zeros(3)}, "cluster has shape"),
        ({"counts": np.full(600, np.nan)}, "counts is missing"),
    ],
)
def test_poisson_refuses(rows: dict[str, Any], change: dict[str, Any], message: str) -> None:
    rows.pop("y")
    with pytest.raises(EstimationError, match=message):
        fit_poisson(**{**rows, **change})


def test_more_columns_than_rows() -> None:
    with pytest.raises(EstimationError, match="collinear"):
        fit_clustered_ols(np.eye(2, 3) + 1, [1, 2], [0, 1])
