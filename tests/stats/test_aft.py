"""Accelerated failure time models: what must not change them, planted truth, and what they must refuse.

lifelines' optimiser stops within some 1e-6 standard errors of the maximum, and not always at the same place: two fits
that must agree are compared in standard errors, with a hundred times that much room.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.aft import AftFit, fit_aft
from cxlink.stats.aft_distributions import DISTRIBUTIONS, Distribution, quantile_of, slopes_of, survival_of

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
NAMES = pytest.mark.parametrize("name", DISTRIBUTIONS)
STANDARD_ERRORS = 1e-4
N = 200


def simulate(seed: int, name: Distribution = "log_logistic", n: int = N) -> dict[str, Any]:
    """Lives of which those that ended before their entry are not seen; ``log T = 5 + 0.5 x1 - 0.4 x2 + 0.6 W``."""
    rng = np.random.default_rng(seed)
    X: Floats = np.column_stack((rng.normal(size=2 * n), rng.random(2 * n) < 0.4))
    w = quantile_of(name, rng.random(2 * n))
    life: Floats = np.exp(5.0 + X @ np.array([0.5, -0.4]) + 0.6 * w)
    entry: Floats = np.where(rng.random(2 * n) < 0.4, 0.0, rng.uniform(0, 120, 2 * n))
    stop: Floats = np.minimum(life, entry + rng.uniform(100, 500, 2 * n))
    seen = np.flatnonzero(life > entry)[:n]
    return {
        "X": X[seen],
        "stop": stop[seen],
        "event": (stop == life)[seen],
        "entry": entry[seen],
        "weights": rng.choice([0.5, 1.0, 2.0], n),
    }


def assert_same(one: AftFit, other: AftFit, unit: Floats | float = 1.0, shift: float = 0.0) -> None:
    """Whether two fits agree, when coefficients of the second are in `unit` and its intercept is `shift` higher."""
    assert other.distribution == one.distribution
    std_error = np.sqrt(np.diag(one.covariance))
    theta = np.append(other.beta * unit, other.log_scale)
    theta[0] -= shift
    apart = (theta - np.append(one.beta, one.log_scale)) / std_error
    np.testing.assert_allclose(apart, 0.0, atol=STANDARD_ERRORS)
    units = np.append(np.broadcast_to(unit, one.beta.size), 1.0)
    covariance = other.covariance * np.outer(units, units)
    np.testing.assert_allclose((covariance - one.covariance) / np.outer(std_error, std_error), 0.0, atol=1e-4)


@NAMES
def test_order_split_weights_and_rows_without_weight_do_not_matter(name: Distribution) -> None:
    rows = simulate(3)
    one = fit_aft(**rows, distributions=[name])
    rng = np.random.default_rng(3)
    share = rng.uniform(0.1, 0.9, N)
    more: dict[str, Any] = {key: np.concatenate((values, values, values[:50])) for key, values in rows.items()}
    more["weights"] = np.concatenate((rows["weights"] * share, rows["weights"] * (1 - share), np.zeros(50)))
    more["stop"][-50:] += 1000.0
    order = rng.permutation(2 * N + 50)
    other = fit_aft(**{key: values[order] for key, values in more.items()}, distributions=[name])
    assert_same(one, other)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    assert other.n_events == 2 * one.n_events


@given(SEEDS, st.sampled_from(DISTRIBUTIONS), st.floats(1e-4, 1e4), st.floats(1e-6, 1e6))
@settings(max_examples=3, deadline=None)
def test_units_only_move_the_intercept_and_rescale(seed: int, name: Distribution, days: float, factor: float) -> None:
    rows = simulate(seed)
    one = fit_aft(**rows, distributions=[name])
    rows["X"][:, 0] *= factor
    rows["stop"], rows["entry"] = rows["stop"] * days, rows["entry"] * days
    other = fit_aft(**rows, distributions=[name])
    assert_same(one, other, np.array([1.0, factor, 1.0]), np.log(days))
    events = float(rows["weights"] @ rows["event"])
    assert other.log_likelihood + events * np.log(days) == pytest.approx(one.log_likelihood, rel=1e-9)


@NAMES
def test_truth_is_recovered_and_chosen_despite_late_entry(name: Distribution) -> None:
    rows = simulate(4, name, 3000)
    rows["weights"] = None
    fit = fit_aft(**rows)
    assert fit.distribution == name
    assert fit.aic[name] == min(fit.aic.values())
    assert list(fit.aic) == list(DISTRIBUTIONS)
    assert not fit.failures
    z = (np.append(fit.beta, fit.log_scale) - [5.0, 0.5, -0.4, np.log(0.6)]) / np.sqrt(np.diag(fit.covariance))
    assert np.all(np.abs(z) < 3)
    # Those who left before their entry are missing, so that without entry lives seem longer. Both fits share their
    # data and most of its noise: the difference is all bias.
    blind = fit_aft(**{**rows, "entry": None}, distributions=[name])
    assert (blind.beta[0] - fit.beta[0]) / fit.covariance[0, 0] ** 0.5 > 3


def test_exponential_lives_have_their_closed_form() -> None:
    """Weibull with one group at a time: at shape one the rate is events by time at risk, also with late entry."""
    rng = np.random.default_rng(12)
    life = rng.exponential(50.0, 20_000)
    entry = rng.uniform(0, 60, 20_000)
    seen = life > entry
    stop, entry = np.minimum(life, entry + 40)[seen], entry[seen]
    event = (life[seen] == stop).astype(float)
    fit = fit_aft(None, stop, event, entry=entry, distributions=["weibull"])
    assert abs(fit.log_scale) < 3 * fit.covariance[1, 1] ** 0.5
    assert abs(fit.beta[0] - np.log(50.0)) < 3 * fit.covariance[0, 0] ** 0.5
    # The exponential fit is the best at that shape, so that twice the gain over it is chi-squared with one degree.
    exponential = event.sum() * (np.log(event.sum() / (stop - entry).sum()) - 1.0)
    assert 0.0 <= 2 * (fit.log_likelihood - exponential) < 9.0


@NAMES
def test_survival_and_quantiles_are_inverses(name: Distribution) -> None:
    fit = fit_aft(**simulate(2), distributions=[name])
    X = np.array([[0.0, 0.0], [1.0, 1.0], [-2.0, 0.0]])
    shares = np.array([0.01, 0.5, 0.95])
    times = fit.quantile_at(shares, X)
    assert times.shape == (3, 3)
    for row, at in zip(X, times, strict=True):
        np.testing.assert_allclose(fit.survival_at(at, row[None])[0], 1.0 - shares, rtol=1e-12)
    # A covariate stretches every quantile by the same factor.
    np.testing.assert_allclose(times[1] / times[0], np.exp(fit.beta[1] + fit.beta[2]), rtol=1e-12)
    np.testing.assert_array_equal(fit.survival_at([0.0], X), 1.0)
    np.testing.assert_allclose(fit.survival_at([1e-200, 1e200], X), [[1.0, 0.0]] * 3, atol=1e-100)


@NAMES
def test_slopes_are_derivatives(name: Distribution) -> None:
    w, h = np.linspace(-6.0, 3.0, 40), 1e-5
    density, survival = slopes_of(name, w)
    numeric = (np.log(survival_of(name, w + h)) - np.log(survival_of(name, w - h))) / (2 * h)
    np.testing.assert_allclose(survival, numeric, rtol=1e-4, atol=1e-9)
    # log density = log survival + log hazard, and the hazard is minus the slope of the log survival.
    hazard = -slopes_of(name, w + h)[1], -slopes_of(name, w - h)[1]
    np.testing.assert_allclose(density, survival + np.log(hazard[0] / hazard[1]) / (2 * h), rtol=1e-4, atol=1e-6)


def test_a_distribution_that_fails_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    import lifelines
    from lifelines.exceptions import ConvergenceError, ConvergenceWarning

    def warn(*_: object, **__: object) -> None:
        warnings.warn("the variance is singular", ConvergenceWarning, stacklevel=2)

    def stop(*_: object, **__: object) -> None:
        raise ConvergenceError("12345.6 is a value of the data")

    rows = simulate(1)
    monkeypatch.setattr(lifelines.WeibullAFTFitter, "fit", warn)
    monkeypatch.setattr(lifelines.LogNormalAFTFitter, "fit", stop)
    fit = fit_aft(**rows)
    assert fit.distribution == "log_logistic"
    assert list(fit.aic) == ["log_logistic"]
    assert "the variance is singular" in fit.failures["weibull"]
    assert "did not converge" in fit.failures["log_normal"]
    assert "12345" not in fit.failures["log_normal"]
    monkeypatch.setattr(lifelines.LogLogisticAFTFitter, "fit", stop)
    with pytest.raises(EstimationError, match=r"weibull: .* log_normal: .* log_logistic: "):
        fit_aft(**rows)


def test_a_search_that_stops_early_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    import lifelines

    honest = lifelines.LogLogisticAFTFitter.fit

    def careless(*arguments: Any, **options: Any) -> Any:
        return honest(*arguments, **{**options, "fit_options": {"ftol": 1e-2}})

    monkeypatch.setattr(lifelines.LogLogisticAFTFitter, "fit", careless)
    with pytest.raises(EstimationError, match="standard errors away from the maximum"):
        fit_aft(**simulate(1), distributions=["log_logistic"])


@pytest.fixture
def rows() -> dict[str, Any]:
    return simulate(6)


def test_constant_and_collinear_columns(rows: dict[str, Any]) -> None:
    X = rows["X"].copy()
    rows["X"] = np.column_stack((X, np.where(np.arange(N) == 9, 0.1 + 0.2, 0.3)))
    with pytest.raises(EstimationError, match="column 2 of X: constant") as caught:
        fit_aft(**rows)
    assert caught.value.columns == (2,)
    rows["X"] = np.column_stack((X, 3.0 - 2.0 * X[:, 0]))
    with pytest.raises(EstimationError, match="column 2 of X: collinear") as caught:
        fit_aft(**rows)
    assert caught.value.columns == (2,)


def test_exposure_without_events(rows: dict[str, Any]) -> None:
    rows["event"] &= rows["X"][:, 1] == 0
    with pytest.raises(EstimationError, match="column 1 of X: infinite effect") as caught:
        fit_aft(**rows)
    assert caught.value.columns == (1,)


def test_group_without_events_found_by_two_columns(rows: dict[str, Any]) -> None:
    rows["X"][:, 0] = rows["X"][:, 0] > 0
    both = (rows["X"] == 1).all(axis=1)
    rows["X"] = np.column_stack((rows["X"], both))
    rows["event"] &= ~both
    with pytest.raises(EstimationError, match="column 2 of X: infinite effect"):
        fit_aft(**rows)
    rows["X"] = np.column_stack((rows["X"][:, 0], rows["X"][:, 0] + both))
    with pytest.raises(EstimationError, match="columns 0, 1 of X: infinite effect"):
        fit_aft(**rows)


def test_events_without_spread() -> None:
    with pytest.raises(EstimationError, match="no spread"):
        fit_aft(None, [5, 5, 5, 3], [1, 1, 1, 0])
    with pytest.raises(EstimationError, match="no spread"):
        fit_aft([[0], [0], [1], [1]], [5, 5, 8, 8], [1, 1, 1, 1])
    assert fit_aft(None, [5, 5, 5, 8], [1, 1, 1, 0], distributions=["log_normal"]).n_events == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.zeros(N)}, "no events"),
        ({"event": np.full(N, 2)}, "must be 0 or 1"),
        ({"weights": np.zeros(N)}, "no events"),
        ({"weights": np.full(N, -1.0)}, "must not be negative"),
        ({"stop": np.zeros(N)}, "stop must be above zero"),
        ({"stop": np.full(N, np.nan)}, "stop is missing"),
        ({"stop": 3.0}, "stop has shape"),
        ({"entry": np.full(N, -1.0)}, "entry must not be negative"),
        ({"entry": np.full(N, 1e9)}, "entry is not before stop"),
        ({"entry": np.ones(3)}, "entry has shape"),
        ({"X": np.zeros((3, 2))}, "X has 3 rows"),
        ({"X": np.full((N, 2), np.inf)}, "missing or infinite"),
        ({"distributions": ["gamma"]}, "distributions must be some of weibull, log_normal, log_logistic"),
        ({"distributions": []}, "distributions must be some of"),
    ],
)
def test_refuses(rows: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        fit_aft(**{**rows, **change})


def test_predictions_refuse(rows: dict[str, Any]) -> None:
    fit = fit_aft(**rows, distributions=["weibull"])
    with pytest.raises(EstimationError, match="times must not be negative"):
        fit.survival_at([-1.0], rows["X"])
    with pytest.raises(EstimationError, match="shares must lie between 0 and 1"):
        fit.quantile_at([1.0], rows["X"])
    with pytest.raises(EstimationError, match="X has 0 columns, the model 2"):
        fit.quantile_at([0.5])


def test_heavy_libraries_are_loaded_only_when_fitting() -> None:
    code = "import sys, cxlink.stats.aft, cxlink.stats.cloglog; print({'pandas', 'lifelines'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "set()"
