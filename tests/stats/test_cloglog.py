"""Grouped-time hazard models: what must not change them, planted truth, and what they must refuse."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cxlink.stats import EstimationError
from cxlink.stats.cloglog import CloglogFit, fit_cloglog

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
N = 400


def simulate(seed: int) -> dict[str, Any]:
    """Person-period rows with an intercept, clusters, weights and an offset."""
    rng = np.random.default_rng(seed)
    X: Floats = np.column_stack((np.ones(N), rng.normal(size=N), rng.random(N) < 0.4, rng.normal(50, 20, size=N)))
    offset: Floats = np.log(rng.choice([0.25, 0.5, 1.0], N))
    hazard = -np.expm1(-np.exp(-1.5 + 0.4 * X[:, 1] + 0.3 * X[:, 2] + offset))
    return {
        "X": X,
        "event": rng.random(N) < hazard,
        "cluster": rng.integers(0, N // 4, N),
        "weights": rng.choice([0.5, 1.0, 2.0], N),
        "offset": offset,
    }


def assert_same(one: CloglogFit, other: CloglogFit) -> None:
    np.testing.assert_allclose(other.beta, one.beta, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-6, atol=1e-10)
    assert one.robust_covariance is not None
    assert other.robust_covariance is not None
    np.testing.assert_allclose(other.robust_covariance, one.robust_covariance, rtol=1e-6, atol=1e-10)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    assert other.null_log_likelihood == pytest.approx(one.null_log_likelihood, rel=1e-10)
    assert one.dfbeta is not None
    assert other.dfbeta is not None
    np.testing.assert_allclose(other.dfbeta, one.dfbeta, rtol=1e-6, atol=1e-8)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_row_order_does_not_matter(seed: int) -> None:
    rows = simulate(seed)
    order = np.random.default_rng(seed).permutation(N)
    assert_same(fit_cloglog(**rows), fit_cloglog(**{name: values[order] for name, values in rows.items()}))


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_splitting_the_weight_of_rows_changes_nothing(seed: int) -> None:
    rows = simulate(seed)
    one = fit_cloglog(**rows)
    share = np.random.default_rng(seed).uniform(0.1, 0.9, N)
    twice: dict[str, Any] = {name: np.concatenate((values, values)) for name, values in rows.items()}
    twice["weights"] = np.concatenate((rows["weights"] * share, rows["weights"] * (1 - share)))
    other = fit_cloglog(**twice)
    assert_same(one, other)
    assert other.n_events == 2 * one.n_events


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_weight_of_zero_is_no_row(seed: int) -> None:
    rows = simulate(seed)
    gone = np.random.default_rng(seed).random(N) < 0.2
    rows["cluster"] = np.where(gone, 0, 1 + rows["cluster"] % 50)
    rows["weights"] = np.where(gone, 0.0, rows["weights"])
    rows["X"][gone, 1] = 1e9
    one = fit_cloglog(**rows)
    other = fit_cloglog(**{name: values[~gone] for name, values in rows.items()})
    assert one.n_events == other.n_events
    np.testing.assert_allclose(one.beta, other.beta, rtol=1e-9)
    assert one.dfbeta is not None
    assert other.dfbeta is not None
    np.testing.assert_allclose(one.dfbeta[1:], other.dfbeta, rtol=1e-9)
    assert not one.dfbeta[0].any()


@given(SEEDS, st.floats(1e-6, 1e6), st.floats(-1e5, 1e5))
@settings(max_examples=20, deadline=None)
def test_units_of_a_covariate_only_rescale_its_coefficient(seed: int, factor: float, shift: float) -> None:
    rows = simulate(seed)
    one = fit_cloglog(**rows)
    rows["X"][:, 1] = (rows["X"][:, 1] + shift) * factor
    other = fit_cloglog(**rows)
    np.testing.assert_allclose(other.beta[1:] * [factor, 1, 1], one.beta[1:], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(other.covariance[1, 1] * factor**2, one.covariance[1, 1], rtol=1e-6)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_any_way_to_write_the_baseline_gives_the_same_effects(seed: int) -> None:
    rows = simulate(seed)
    period = np.arange(N) % 4
    dummies, covariates = np.eye(4)[period], rows["X"][:, 1:]
    fits = [
        fit_cloglog(**{**rows, "X": X})
        for X in (
            np.column_stack((covariates, dummies)),
            np.column_stack((covariates, np.ones(N), dummies[:, 1:])),
            np.column_stack((covariates, dummies @ np.tril(np.ones((4, 4))))),
        )
    ]
    for other in fits[1:]:
        np.testing.assert_allclose(other.beta[:3], fits[0].beta[:3], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(other.covariance[:3, :3], fits[0].covariance[:3, :3], rtol=1e-7, atol=1e-12)
        assert other.null_log_likelihood == pytest.approx(fits[0].null_log_likelihood, rel=1e-12)
    assert fits[0].null_log_likelihood < fits[0].log_likelihood


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_influences_sum_to_nothing_and_make_the_sandwich(seed: int) -> None:
    fit = fit_cloglog(**simulate(seed))
    assert fit.dfbeta is not None
    std_error = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(fit.dfbeta.sum(axis=0) / std_error, 0.0, atol=1e-7)
    assert fit.robust_covariance is not None
    np.testing.assert_allclose(fit.dfbeta.T @ fit.dfbeta, fit.robust_covariance, rtol=1e-12)


def test_dfbeta_predicts_the_fit_without_a_cluster() -> None:
    rows = simulate(11)
    fit = fit_cloglog(**rows)
    assert fit.dfbeta is not None
    assert fit.cluster_ids is not None
    std_error = np.sqrt(np.diag(fit.covariance))
    foremost = int(np.argmax(np.abs(fit.dfbeta / std_error).max(axis=1)))
    rows["weights"] = np.where(rows["cluster"] == fit.cluster_ids[foremost], 0.0, rows["weights"])
    moved = (fit_cloglog(**rows).beta - fit.beta) / std_error
    predicted = -fit.dfbeta[foremost] / std_error
    # One cluster of a hundred: the next order of the influence is of its square.
    np.testing.assert_allclose(moved, predicted, atol=0.2 * np.abs(predicted).max())


def test_numbers_of_any_type_are_read() -> None:
    rows = simulate(3)
    rows["X"] = np.round(rows["X"])
    one = fit_cloglog(**rows)
    for kind in (np.int16, np.float32):
        assert_same(one, fit_cloglog(**{**rows, "X": rows["X"].astype(kind)}))
    assert_same(one, fit_cloglog(**{**rows, "X": np.asfortranarray(rows["X"])}))


def test_a_saturated_model_has_its_closed_form() -> None:
    exposed = np.arange(1000) < 300
    event = (np.arange(1000) % 300 < 20) & (np.arange(1000) % 3 < np.where(exposed, 2, 3))
    fit = fit_cloglog(np.column_stack((~exposed, exposed)), event)
    hazards: Floats = np.array([event[~exposed].mean(), event[exposed].mean()])
    np.testing.assert_allclose(fit.beta, np.log(-np.log1p(-hazards)), rtol=1e-9)
    # Delta method from the binomial variance, the same as the inverse of the expected information.
    slope = 1 / ((1 - hazards) * np.log1p(-hazards))
    variance = hazards * (1 - hazards) / [700, 300] * slope**2
    np.testing.assert_allclose(fit.covariance, np.diag(variance), rtol=1e-9, atol=1e-15)


def test_hazard_ratios_of_continuous_time_are_recovered_from_months() -> None:
    rng = np.random.default_rng(8)
    n, truth = 20_000, np.array([0.5, -0.3])
    X: Floats = np.column_stack((rng.random(n) < 0.3, rng.normal(size=n)))
    # Weibull lives, so that the baseline changes from month to month; half are seen from their fifth month only.
    life = 40 * (rng.exponential(size=n) * np.exp(-X @ truth)) ** (1 / 1.4)
    entry = np.where(rng.random(n) < 0.5, 4, 0)
    month = np.arange(12)
    at_risk = (month >= entry[:, None]) & (life[:, None] > month)
    customer, period = np.nonzero(at_risk)
    event = life[customer] <= period + 1
    fit = fit_cloglog(np.column_stack((np.eye(12)[period], X[customer])), event, customer)
    assert fit.robust_covariance is not None
    for covariance in (fit.covariance, fit.robust_covariance):
        z = (fit.beta[12:] - truth) / np.sqrt(np.diag(covariance)[12:])
        assert np.all(np.abs(z) < 3)
    # The log of the cumulative hazard of each month.
    edges = (np.arange(13) / 40) ** 1.4
    z = (fit.beta[:12] - np.log(np.diff(edges))) / np.sqrt(np.diag(fit.covariance)[:12])
    assert np.all(np.abs(z) < 3.5)


@pytest.mark.parametrize("filed_by_others", [1e-4, 2e-3])
def test_a_nearly_separated_exposure_does_not_diverge(filed_by_others: float) -> None:
    """Half the churners file a cancellation ticket the month before: whole steps end at coefficients like 1e62."""
    rng = np.random.default_rng(2)
    n = 60_000
    late = rng.random(n) < 0.06
    left = rng.random(n) < -np.expm1(-np.exp(-4 + 0.4 * late))
    ticket = np.where(left, rng.random(n) < 0.5, rng.random(n) < filed_by_others)
    fit = fit_cloglog(np.column_stack((np.ones(n), ticket)), left)
    hazards: Floats = np.array([left[~ticket].mean(), left[ticket].mean()])
    levels = np.log(-np.log1p(-hazards))
    np.testing.assert_allclose(fit.beta, [levels[0], levels[1] - levels[0]], rtol=1e-8)
    adjusted = fit_cloglog(np.column_stack((np.ones(n), ticket, late)), left)
    assert np.all(np.abs(adjusted.beta) < 8)
    assert adjusted.log_likelihood >= fit.log_likelihood


def test_strong_but_finite_effects_are_fitted() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=5000)
    event = rng.random(5000) < -np.expm1(-np.exp(np.minimum(-2 + 6 * x, 5)))
    fit = fit_cloglog(np.column_stack((np.ones(5000), x)), event)
    assert abs(fit.beta[1] - 6) < 4 * fit.covariance[1, 1] ** 0.5


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_coefficients_are_refused_exactly_where_a_linear_programme_finds_them_infinite(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.choice([12, 25, 60]))
    X = np.column_stack((np.ones(n), rng.integers(0, 3, (n, 3))))
    event = rng.random(n) < rng.choice([0.15, 0.5])
    event[:2] = False, True
    if np.linalg.matrix_rank(X) < 4:
        return
    signed = np.where(event, 1, -1)[:, None] * X
    # Is there a direction that lowers no event and lifts no other row, yet moves some row?
    answer = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(n), bounds=[(-1, 1)] * 4)
    if answer.fun > -1e-7:
        assert np.all(np.isfinite(fit_cloglog(X, event).beta))
    else:
        with pytest.raises(EstimationError, match="infinite coefficient") as caught:
            fit_cloglog(X, event)
        assert caught.value.columns


@pytest.fixture
def rows() -> dict[str, Any]:
    return simulate(5)


@pytest.mark.parametrize(
    ("column", "message", "columns"),
    [
        (np.zeros(N), "column 3 of X: zero in every row", (3,)),
        (np.full(N, 7.3), "column 3 of X: collinear with column 0", (0, 3)),
        (np.where(np.arange(N) == 9, 0.1 + 0.2, 0.3), "column 3 of X: collinear with column 0", (0, 3)),
        (np.where(np.arange(N) == 9, np.nan, 1.0), "column 3 of X: missing or infinite", (3,)),
    ],
)
def test_names_the_column(rows: dict[str, Any], column: Floats, message: str, columns: tuple[int, ...]) -> None:
    rows["X"][:, 3] = column
    with pytest.raises(EstimationError, match=message) as caught:
        fit_cloglog(**rows)
    assert caught.value.columns == columns


def test_collinear_columns(rows: dict[str, Any]) -> None:
    rows["X"][:, 3] = 3.0 - 2.0 * rows["X"][:, 1]
    with pytest.raises(EstimationError, match="column 3 of X: collinear with columns 0, 1") as caught:
        fit_cloglog(**rows)
    assert caught.value.columns == (0, 1, 3)
    rows["X"] = rows["X"][:, [1, 2, 3]]
    assert fit_cloglog(**rows).beta.size == 3
    rows["X"][:, 2] = -2.0 * rows["X"][:, 0]
    with pytest.raises(EstimationError, match="column 2 of X: collinear with column 0"):
        fit_cloglog(**rows)


def test_dummies_of_all_periods_beside_an_intercept(rows: dict[str, Any]) -> None:
    X = np.column_stack((np.eye(3)[np.arange(N) % 3], np.ones(N)))
    with pytest.raises(EstimationError, match="column 3 of X: collinear with columns 0, 1, 2"):
        fit_cloglog(X, rows["event"])


def test_nearly_collinear_columns(rows: dict[str, Any]) -> None:
    noise = np.random.default_rng(1).normal(size=N)
    rows["X"][:, 3] = rows["X"][:, 1] + 1e-3 * noise
    assert fit_cloglog(**rows).covariance[3, 3] > 1e3
    nearly = np.column_stack((rows["X"][:, 1], 1.0 + rows["X"][:, 1] + 1e-7 * noise))
    with pytest.raises(EstimationError, match=r"column 1 of X: .* nearly but not exactly"):
        fit_cloglog(nearly, rows["event"])


def test_periods_without_events_are_named_together(rows: dict[str, Any]) -> None:
    period = np.arange(N) % 6
    event = rows["event"] & (period != 2) & (period != 4)
    for X in (np.eye(6)[period], np.column_stack((np.ones(N), np.eye(6)[period][:, 1:]))):
        with pytest.raises(EstimationError, match="columns 2, 4 of X: infinite coefficient") as caught:
            fit_cloglog(X, event)
        assert caught.value.columns == (2, 4)


def test_reference_period_without_events(rows: dict[str, Any]) -> None:
    period = np.arange(N) % 4
    X = np.column_stack((np.ones(N), np.eye(4)[period][:, 1:], rows["X"][:, 1]))
    with pytest.raises(EstimationError, match="columns 0, 1, 2, 3 of X: infinite coefficient"):
        fit_cloglog(X, rows["event"] & (period != 0))


def test_only_the_exposed_leave_and_all_of_them(rows: dict[str, Any]) -> None:
    rows["X"][:, 2] = rows["event"] & (np.arange(N) % 2 == 0)
    with pytest.raises(EstimationError, match="column 2 of X: infinite coefficient") as caught:
        fit_cloglog(**rows)
    assert caught.value.columns == (2,)


def test_separation_without_intercept(rows: dict[str, Any]) -> None:
    x = np.where(rows["event"], 1.0, -1.0) * np.abs(rows["X"][:, 1])
    with pytest.raises(EstimationError, match="column 0 of X: infinite coefficient"):
        fit_cloglog(x[:, None], rows["event"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.zeros(N)}, "no events"),
        ({"event": np.ones(N)}, "every row .* ends in an event"),
        ({"event": np.full(N, 2)}, "must be 0 or 1"),
        ({"weights": np.zeros(N)}, "no events"),
        ({"weights": np.full(N, -1.0)}, "must not be negative"),
        ({"weights": np.ones(3)}, "weights has shape"),
        ({"offset": np.full(N, np.inf)}, "offset is missing or infinite"),
        ({"offset": np.linspace(-1e4, 1e4, N)}, "offset is too large"),
        ({"cluster": np.arange(3)}, "cluster has shape"),
        ({"cluster": np.full(N, np.nan)}, "cluster has missing labels"),
        ({"X": np.zeros(N)}, "two dimensions"),
        ({"X": np.zeros((0, 2))}, "X is empty"),
        ({"max_iterations": 1}, "no maximum after 1 iterations"),
        ({"max_iterations": 0}, "no maximum after 0 iterations"),
    ],
)
def test_refuses(rows: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        fit_cloglog(**{**rows, **change})


def test_a_large_design_is_not_copied() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150_000, 24))
    X[:, 0] = 1.0
    event = rng.random(150_000) < 0.02
    tracemalloc.start()
    fit_cloglog(X, event, np.arange(150_000) // 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.75 * X.nbytes
