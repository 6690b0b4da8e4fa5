"""What a Cox model must refuse, naming the column."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats import CoxError, baseline_hazard, fit_cox

Floats = npt.NDArray[np.float64]


@pytest.fixture
def rows() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(200, 3))
    stop = np.ceil(20 * rng.exponential(np.exp(-0.4 * X[:, 0])))
    return {"X": X, "stop": stop, "event": rng.random(200) < 0.7, "start": np.zeros(200)}


def test_constant_column(rows: dict[str, Any]) -> None:
    rows["X"][:, 1] = 7.3
    with pytest.raises(CoxError, match="column 1 of X: constant") as caught:
        fit_cox(**rows)
    assert caught.value.columns == (1,)


def test_constant_among_rows_at_risk(rows: dict[str, Any]) -> None:
    rows["X"][:, 2] = 0.0
    rows["X"][0, 2], rows["stop"][0], rows["event"][0] = 1.0, 0.5, False
    with pytest.raises(CoxError, match="column 2 of X: constant"):
        fit_cox(**rows)


def test_constant_within_every_stratum(rows: dict[str, Any]) -> None:
    strata = np.arange(200) % 4
    rows["X"][:, 1] = strata
    with pytest.raises(CoxError, match="column 1 of X: no variation"):
        fit_cox(**rows, strata=strata)


def test_collinear_columns(rows: dict[str, Any]) -> None:
    rows["X"][:, 2] = 3.0 - 2.0 * rows["X"][:, 0]
    with pytest.raises(CoxError, match="column 2 of X: collinear with column 0") as caught:
        fit_cox(**rows)
    assert caught.value.columns == (0, 2)


def test_nearly_collinear_columns_are_fitted(rows: dict[str, Any]) -> None:
    rows["X"][:, 2] = rows["X"][:, 0] + 1e-3 * np.random.default_rng(1).normal(size=200)
    assert fit_cox(**rows).converged


def test_exposure_without_events(rows: dict[str, Any]) -> None:
    rows["X"][:, 1] = np.arange(200) % 10 == 0
    rows["event"] &= rows["X"][:, 1] == 0
    with pytest.raises(CoxError, match="column 1 of X: infinite") as caught:
        fit_cox(**rows)
    assert caught.value.columns == (1,)


def test_exposure_without_events_among_late_entries(rows: dict[str, Any]) -> None:
    rows["start"] = np.where(np.arange(200) % 2 == 0, rows["stop"] - 1, 0.0)
    test_exposure_without_events(rows)


def test_only_the_exposed_leave(rows: dict[str, Any]) -> None:
    rows["X"][:, 0] = rows["event"]
    with pytest.raises(CoxError, match="column 0 of X: infinite"):
        fit_cox(**rows)


def test_separation_by_a_combination() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(60, 2))
    stop = np.argsort(np.argsort(X[:, 1] - X[:, 0])) + 1.0
    with pytest.raises(CoxError, match=r"columns 0, 1 of X: .*infinite"):
        fit_cox(X, stop=stop, event=np.ones(60))


def test_single_event() -> None:
    with pytest.raises(CoxError, match="column 0 of X: infinite"):
        fit_cox(np.array([[5.0], [1.0], [3.0]]), stop=[2, 3, 4], event=[1, 0, 0])


def test_strong_but_finite_effect_is_fitted() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=3000)
    fit = fit_cox(x[:, None], stop=np.exp(-6 * x) * rng.exponential(size=3000), event=np.ones(3000))
    assert abs(fit.beta[0] - 6) < 4 * fit.covariance[0, 0] ** 0.5


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["X", "stop", "start"])
def test_missing_or_infinite(rows: dict[str, Any], where: str, value: float) -> None:
    rows[where].ravel()[4] = value
    with pytest.raises(CoxError, match="missing or infinite"):
        fit_cox(**rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.zeros(200)}, "no events"),
        ({"event": np.full(200, 2)}, "must be 0 or 1"),
        ({"weights": np.zeros(200)}, "no events"),
        ({"weights": np.full(200, -1.0)}, "must not be negative"),
        ({"weights": np.ones(3)}, "weights has shape"),
        ({"start": np.full(200, 1e9)}, "start is not before stop in 200 rows"),
        ({"cluster": np.arange(3)}, "cluster has shape"),
        ({"cluster": np.full(200, np.nan)}, "cluster has missing labels"),
        ({"strata": np.full(200, np.nan)}, "strata has missing labels"),
        ({"ties": "exact"}, "ties must be"),
        ({"X": np.zeros(200)}, "two dimensions"),
        ({"X": np.zeros((200, 0))}, "X is empty"),
        ({"X": np.zeros((0, 2))}, "X is empty"),
        ({"max_iterations": 1}, "no maximum after 1 iterations"),
    ],
)
def test_bad_arguments(rows: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(CoxError, match=message):
        fit_cox(**{**rows, **change})


def test_error_never_shows_a_value_of_the_data(rows: dict[str, Any]) -> None:
    rows["start"] = rows["stop"] + 123456.0
    with pytest.raises(CoxError) as caught:
        fit_cox(**rows)
    assert "1234" not in str(caught.value)


def test_baseline_refuses_what_overflows(rows: dict[str, Any]) -> None:
    with pytest.raises(CoxError, match="overflows"):
        baseline_hazard(**rows, beta=[1e4, 0, 0])
    with pytest.raises(CoxError, match="beta has shape"):
        baseline_hazard(**rows, beta=[0.1])


def test_baseline_asks_which_stratum(rows: dict[str, Any]) -> None:
    baseline = baseline_hazard(**rows, beta=[0.1, 0, 0], strata=np.arange(200) % 2)
    with pytest.raises(CoxError, match="several strata"):
        baseline.cumulative_at([1.0])
    with pytest.raises(CoxError, match="no events"):
        baseline.cumulative_at([1.0], stratum=9)
