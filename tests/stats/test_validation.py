"""What must hold for judgements of predicted risks, whatever the data; known truth; refusals.

Simulated customers have risks that are right by construction, a competing cause, hazards that are not proportional, and
censoring in whole days. Tolerances are four standard errors. Those of a population of 20,000, of whom 30 in a hundred
are censored by the horizon, were measured on 100 others and stand where they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, aalen_johansen
from cxlink.stats.a_calibration import a_calibration
from cxlink.stats.brier import brier_score
from cxlink.stats.calibration import (
    calibration_curve,
    calibration_line,
    calibration_table,
    observed_over_expected,
)
from cxlink.stats.censoring import censoring_distribution, ipcw_weights
from cxlink.stats.discrimination import auc_at_horizon, harrell_concordance, uno_concordance
from cxlink.stats.resampling import bootstrap_clusters, draw_cluster_weights

Floats = npt.NDArray[np.float64]
SEEDS = st.integers(0, 10_000)
HORIZON = 180
RANKINGS = pytest.mark.parametrize("measure", [auc_at_horizon, harrell_concordance, uno_concordance])


def simulate(seed: int, n: int = 200, *, censored: bool = True) -> dict[str, Any]:
    """Customers whose risk by the horizon is `risk`; the higher it is, the later they leave."""
    rng = np.random.default_rng(seed)
    risk = -np.expm1(-np.exp(rng.normal(-1.3, 0.8, n)))
    drawn = rng.random(n)
    early = HORIZON * rng.random(n) ** (1 / (0.4 + 3 * risk))
    other = drawn < risk + 0.15 * (1 - risk)
    left = np.where(drawn < risk, early, HORIZON * np.where(other, rng.random(n), 1 + rng.exponential(size=n)))
    until = np.ceil(rng.uniform(20, 2.5 * HORIZON, n)) if censored else np.full(n, 1e6)
    stop = np.minimum(np.maximum(np.ceil(left), 1.0), until)
    cause = np.where(np.ceil(left) > until, 0, np.where(other & (drawn >= risk), 2, 1))
    return {"risk": np.clip(np.round(risk, 3), 0.001, 0.999), "stop": stop, "cause": cause, "horizon": HORIZON}


def judge(rows: dict[str, Any]) -> Floats:
    """Everything there is to say of some predictions, but standard errors."""
    brier, ratio = brier_score(**rows), observed_over_expected(**rows)
    line, curve, table = (
        calibration_line(**rows),
        calibration_curve(**rows, n_knots=3),
        calibration_table(**rows, n_groups=4),
    )
    concordance = [harrell_concordance(**rows), uno_concordance(**rows), auc_at_horizon(**rows)]
    numbers = [brier.score, brier.scaled, ratio.ratio, line.intercept, line.slope, curve.ici, curve.e50, curve.e90]
    return np.concatenate((numbers, concordance, table.n_rows, table.n_events, table.predicted, table.observed))


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_weights_count_as_rows_and_order_does_not_matter(seed: int) -> None:
    rows = simulate(seed)
    rng = np.random.default_rng(seed)
    weights = rng.choice([0, 1, 1, 2, 3], 200)
    order = rng.permutation(np.repeat(np.arange(200), weights))
    many = {name: values[order] for name, values in rows.items() if name != "horizon"}
    np.testing.assert_allclose(
        judge({**rows, "weights": weights}), judge({**many, "horizon": HORIZON}), rtol=1e-8, atol=1e-10
    )


@RANKINGS
@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_only_the_ranking_counts(measure: Callable[..., float], seed: int) -> None:
    rows = simulate(seed)
    one = measure(**rows)
    assert measure(**{**rows, "risk": 1 - rows["risk"]}) == pytest.approx(1 - one, abs=1e-12)
    assert measure(**{**rows, "risk": rows["risk"] ** 3 / 2}) == pytest.approx(one, abs=1e-12)


def compare_pairs(rows: dict[str, Any], weights: Floats, observed: Floats) -> float:
    """Concordance by its definition, pair by pair; `observed` is the probability of being uncensored before `stop`."""
    risk, stop, cause = (rows[name] for name in ("risk", "stop", "cause"))
    agreeing = comparable = 0.0
    for i in np.flatnonzero((cause == 1) & (stop <= HORIZON)):
        later = (stop > stop[i]) | ((stop == stop[i]) & (cause != 1))
        pair = np.where(later, 1 / observed[i], (cause > 1) / observed) * weights[i] * weights / observed[i]
        agreeing += np.sum(pair * ((risk < risk[i]) + 0.5 * (risk == risk[i])))
        comparable += np.sum(pair)
    return float(agreeing / comparable)


@given(SEEDS, st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_concordance_pair_by_pair(seed: int, digits: int) -> None:
    rows = simulate(seed)
    rows["risk"] = np.clip(np.round(rows["risk"], digits), 0.01, 0.99)
    weights = np.random.default_rng(seed).choice([0.0, 0.5, 1.0, 2.0], 200)
    observed = np.maximum(censoring_distribution(rows["stop"], rows["cause"], weights).just_before(rows["stop"]), 1e-9)
    harrell, uno = harrell_concordance(**rows, weights=weights), uno_concordance(**rows, weights=weights)
    assert harrell == pytest.approx(compare_pairs(rows, weights, np.ones(200)), abs=1e-10)
    assert uno == pytest.approx(compare_pairs(rows, weights, observed), abs=1e-10)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_censoring_weights_make_up_for_the_censored(seed: int) -> None:
    rows = simulate(seed)
    weights = ipcw_weights(rows["stop"], rows["cause"], HORIZON)
    assert weights.sum() == pytest.approx(200)
    incidence = aalen_johansen(rows["stop"], rows["cause"], [HORIZON]).incidence[0]
    for cause in (1, 2):
        happened = (rows["cause"] == cause) & (rows["stop"] <= HORIZON)
        assert np.sum(weights * happened) / 200 == pytest.approx(incidence[cause - 1])


def test_events_come_before_censoring_of_the_same_time() -> None:
    curve = censoring_distribution(stop=[1, 1, 2, 3, 3, 5], cause=[1, 0, 0, 2, 0, 0])
    np.testing.assert_allclose(curve.uncensored, [4 / 5, 4 / 5 * 3 / 4, 4 / 5 * 3 / 4 / 2, 0])
    np.testing.assert_allclose(curve.just_before([0.5, 1, 2, 3, 4]), [1, 1, 0.8, 0.6, 0.3])
    np.testing.assert_allclose(curve.beyond([0.5, 1, 2, 3, 9]), [1, 0.8, 0.6, 0.3, 0])
    nobody = censoring_distribution([1, 2], [1, 1])
    assert nobody.beyond(5) == 1.0


def test_without_censoring_all_is_counting() -> None:
    rows = simulate(3, censored=False)
    happened = (rows["cause"] == 1) & (rows["stop"] <= HORIZON)
    pairs = rows["risk"][happened][:, None] - rows["risk"][~happened]
    assert auc_at_horizon(**rows) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
    brier = brier_score(**rows)
    assert brier.score == pytest.approx(np.mean((happened - rows["risk"]) ** 2))
    assert brier.null_score == pytest.approx(np.var(happened))
    assert observed_over_expected(**rows).ratio == pytest.approx(happened.mean() / rows["risk"].mean())


def test_true_risks_are_calibrated() -> None:
    rows = simulate(5, 20_000)
    overall = observed_over_expected(**rows)
    assert abs(overall.observed - overall.expected) < 4 * overall.std_error
    line = calibration_line(**rows)
    assert abs(line.intercept) < 4 * 0.016
    assert abs(line.slope - 1) < 4 * 0.024
    # By chance alone the index has a mean of .0051 and a standard deviation of .0021.
    assert calibration_curve(**rows).ici < 0.0051 + 4 * 0.0021
    table = calibration_table(**rows, cluster=np.arange(20_000))
    z = (table.observed - table.predicted) / table.std_error
    assert np.abs(z).max() < 4
    assert table.n_rows.sum() == 20_000
    assert np.average(table.predicted, weights=table.n_rows) == pytest.approx(overall.expected)
    assert brier_score(**rows).scaled > 0


def test_a_planted_miscalibration_is_found() -> None:
    rows = simulate(6, 20_000)
    predictor = np.log(-np.log1p(-rows["risk"]))
    wrong = -np.expm1(-np.exp(0.3 + 1.4 * predictor))
    distance = np.abs(wrong - rows["risk"])
    rows["risk"] = wrong
    line, curve = calibration_line(**rows), calibration_curve(**rows)
    assert abs(line.slope - 1 / 1.4) < 4 * 0.017
    assert abs(curve.ici - distance.mean()) < 4 * 0.0034
    assert abs(curve.e50 - np.median(distance)) < 4 * 0.0041
    assert abs(curve.e90 - np.quantile(distance, 0.9)) < 4 * 0.0074


def test_censoring_does_not_move_what_is_measured() -> None:
    rows, all_seen = simulate(7, 20_000), simulate(7, 20_000, censored=False)
    assert abs(auc_at_horizon(**rows) - auc_at_horizon(**all_seen)) < 4 * 0.0021
    assert abs(brier_score(**rows).score - brier_score(**all_seen).score) < 4 * 0.0009
    truth = harrell_concordance(**all_seen)
    assert abs(uno_concordance(**rows) - truth) < 4 * 0.0014
    # Harrell's index does move: over 100 populations by -.028, standard deviation .0015.
    assert abs(harrell_concordance(**rows) - truth + 0.028) < 4 * 0.0015


def test_standard_errors_know_about_repeated_rows() -> None:
    rows = simulate(8)
    twice: dict[str, Any] = {name: np.tile(values, 2) for name, values in rows.items() if name != "horizon"}
    twice |= {"horizon": HORIZON, "cluster": np.tile(np.arange(200), 2)}
    one, both = observed_over_expected(**rows), observed_over_expected(**twice)
    assert both.std_error == pytest.approx(one.std_error)
    np.testing.assert_allclose(calibration_table(**twice).std_error, calibration_table(**rows).std_error)


def test_a_group_without_events_has_no_risk_and_one_without_follow_up_none_to_tell() -> None:
    risk = np.repeat([0.1, 0.2], 5)
    cause = np.array([0] * 5 + [1, 1, 0, 0, 2])
    table = calibration_table(risk, np.where(cause > 0, 3.0, 9.0), cause, 5)
    np.testing.assert_allclose(table.observed, [0, 0.4])
    assert table.std_error[0] == 0.0
    assert table.n_events.tolist() == [0, 2]
    with pytest.raises(EstimationError, match=r"group 1 of 10.*nobody is at risk at the horizon"):
        calibration_table(risk, np.where(cause > 0, 3.0, np.where(risk < 0.15, 4.0, 9.0)), cause, 5)


def live(seed: int, n: int, censoring: float, *, factor: float = 1.0, power: float = 1.0) -> tuple[Floats, Any]:
    """Predicted cumulative hazards at the end of each row, times `factor` and to the power `power`, and events."""
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(-1, 0.8, n))
    left = (rng.exponential(size=n) / rate) ** (1 / 1.4)
    until = np.minimum(rng.exponential(1 / censoring, n), 2.0)
    return factor * (rate * np.minimum(left, until) ** 1.4) ** power, left <= until


@pytest.mark.parametrize("censoring", [0.01, 0.5, 1.5])
def test_a_calibration_rejects_right_predictions_as_often_as_it_says(censoring: float) -> None:
    p = np.array([a_calibration(*live(seed, 600, censoring)).p_value for seed in range(1000)])
    # 1,000 draws: shares of 1, 5 and 20 in a hundred have standard errors of .003, .007 and .013.
    assert abs(np.mean(p < 0.01) - 0.01) < 4 * 0.003
    assert abs(np.mean(p < 0.05) - 0.05) < 4 * 0.007
    assert abs(np.mean(p < 0.20) - 0.20) < 4 * 0.013


@pytest.mark.parametrize("wrong", [{"factor": 1.3}, {"power": 0.75}])
@pytest.mark.parametrize("censoring", [0.01, 1.5])
def test_a_calibration_finds_wrong_predictions(wrong: dict[str, float], censoring: float) -> None:
    p = [a_calibration(*live(seed, 1500, censoring, **wrong)).p_value for seed in range(50)]
    assert np.mean(np.array(p) < 0.05) > 0.8


def test_a_calibration_of_customers_with_several_contracts() -> None:
    """Contracts of a customer that leave together: by row the test rejects far too often, by customer it does not."""
    by_row, by_customer = [], []
    customer = np.repeat(np.arange(400), 3)
    for seed in range(400):
        hazard, event = (np.repeat(values, 3) for values in live(seed, 400, 0.5))
        by_row.append(a_calibration(hazard, event, n_cells=5).p_value)
        by_customer.append(a_calibration(hazard, event, n_cells=5, cluster=customer).p_value)
    # A share of 5 in a hundred of 400 draws has a standard error of .011.
    assert abs(np.mean(np.array(by_customer) < 0.05) - 0.05) < 4 * 0.011
    assert np.mean(np.array(by_row) < 0.05) > 0.2


def test_a_calibration_adds_up() -> None:
    hazard, event = live(1, 500, 0.5)
    result = a_calibration(hazard, event, n_cells=7)
    np.testing.assert_allclose(result.expected, hazard.sum() / 7)
    assert result.observed.sum() == event.sum()
    inside = np.searchsorted(result.upper, -np.expm1(-hazard[event]))
    np.testing.assert_array_equal(np.bincount(inside, minlength=7), result.observed)
    assert result.degrees_of_freedom == 7
    assert result.upper[-1] == 1.0


def test_draws_of_clusters() -> None:
    one = np.concatenate(list(draw_cluster_weights(np.random.default_rng(1), 50, 23, batch=23)))
    other = np.concatenate(list(draw_cluster_weights(np.random.default_rng(1), 50, 23, batch=4)))
    np.testing.assert_array_equal(one, other)
    assert one.shape == (23, 50)
    assert np.all(one.sum(axis=1) == 50)


def test_bootstrap_agrees_with_the_standard_error_of_clustered_rows() -> None:
    rows = simulate(9, 600)
    customer = np.random.default_rng(9).integers(0, 300, 600)

    def statistic(weights: Floats) -> list[float]:
        return [observed_over_expected(**rows, weights=weights).observed, auc_at_horizon(**rows, weights=weights)]

    one = bootstrap_clusters(statistic, customer, np.random.default_rng(1), n_replicates=400)
    again = bootstrap_clusters(statistic, customer, np.random.default_rng(1), n_replicates=400, batch=7)
    np.testing.assert_array_equal(one.replicates, again.replicates)
    np.testing.assert_array_equal(one.low, again.low)
    expected = observed_over_expected(**rows, cluster=customer)
    assert one.point[0] == expected.observed
    assert one.point[1] == auc_at_horizon(**rows)
    # 400 draws know a standard deviation to 3.5 in a hundred, the distance of the outer quantiles to 5.
    assert one.replicates[:, 0].std() == pytest.approx(expected.std_error, rel=4 * 0.035)
    assert (one.high - one.low)[0] == pytest.approx(2 * 1.96 * expected.std_error, rel=4 * 0.05)
    assert one.n_failed == 0


def test_bootstrap_counts_failures_and_refuses_many() -> None:
    def fragile(weights: Floats) -> float:
        if weights[0] == 0:
            raise EstimationError("nobody left")
        return float(np.average(np.arange(100), weights=weights))

    def rare(weights: Floats) -> float:
        if weights[0] >= 4:
            raise EstimationError("too many")
        return float(np.average(np.arange(100), weights=weights))

    result = bootstrap_clusters(rare, np.arange(100), np.random.default_rng(2), n_replicates=500)
    assert 0 < result.n_failed <= 25
    assert result.replicates.shape == (500 - result.n_failed, 1)
    assert result.reasons == ("too many",)
    with pytest.raises(EstimationError, match=r"of 500 bootstrap draws failed.*nobody left"):
        bootstrap_clusters(fragile, np.arange(100), np.random.default_rng(2), n_replicates=500)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": 0.0}, "level"),
        ({"n_replicates": 0}, "1 or more"),
        ({"batch": 0}, "1 or more"),
        ({"cluster": np.zeros(5)}, "at least two"),
        ({"cluster": np.full(5, np.nan)}, "missing labels"),
        ({"statistic": lambda w: np.nan}, "not a finite number"),
    ],
)
def test_bootstrap_refuses(change: dict[str, Any], message: str) -> None:
    arguments = {"statistic": np.mean, "cluster": np.arange(5), "rng": np.random.default_rng(1), **change}
    with pytest.raises(EstimationError, match=message):
        bootstrap_clusters(**arguments)


ALL = [
    brier_score,
    auc_at_horizon,
    harrell_concordance,
    uno_concordance,
    observed_over_expected,
    calibration_line,
    calibration_curve,
    calibration_table,
]


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cause": np.zeros(200)}, "no event of cause 1 by the horizon"),
        ({"cause": np.full(200, 2)}, "no event of cause 1 by the horizon"),
        ({"horizon": 1e9}, "nobody is at risk beyond the horizon"),
        ({"horizon": 0}, "horizon must be above zero"),
        ({"horizon": np.nan}, "horizon must be above zero"),
        ({"weights": np.zeros(200)}, "nobody is at risk"),
        ({"weights": np.full(200, -1)}, "must not be negative"),
        ({"risk": np.linspace(0, 0.9, 200)}, "between 0 and 1.*row 0"),
        ({"risk": np.linspace(0.1, 1, 200)}, "between 0 and 1.*row 199"),
        ({"risk": np.full(200, np.nan)}, "risk is missing"),
        ({"risk": np.full(100, 0.5)}, "risk has shape"),
        ({"stop": np.zeros(200)}, "stop must be above zero"),
        ({"cause": np.full(200, 0.5)}, "whole number"),
    ],
)
def test_every_measure_refuses(measure: Callable[..., Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        measure(**{**simulate(1), **change})


@pytest.mark.parametrize("measure", [*ALL[1:4], calibration_line, calibration_curve])
def test_equal_predictions_rank_nobody(measure: Callable[..., Any]) -> None:
    rows = {**simulate(1), "risk": np.full(200, 0.2)}
    with pytest.raises(EstimationError, match="all predicted risks are equal"):
        measure(**rows)
    rows["risk"][0] = 0.3
    with pytest.raises(EstimationError, match="all predicted risks are equal"):
        measure(**rows, weights=np.arange(200) > 0)


def test_infinite_curves_are_refused() -> None:
    risk = np.linspace(0.1, 0.9, 40)
    cause = np.where(risk > 0.5, 1, 0)
    for measure in (calibration_line, calibration_curve):
        with pytest.raises(EstimationError, match=r"no line or curve.*perfectly separated"):
            measure(risk, np.where(cause == 1, 3.0, 9.0), cause, 5)


@pytest.mark.parametrize(
    ("measure", "change", "message"),
    [
        (calibration_curve, {"n_knots": 7}, "n_knots must be 3, 4 or 5"),
        (calibration_curve, {"risk": np.repeat([0.2, 0.4], 100)}, "too few distinct"),
        (calibration_table, {"n_groups": 1}, "n_groups must be 2 or more"),
        (calibration_table, {"cluster": np.arange(3)}, "cluster has shape"),
        (observed_over_expected, {"cluster": np.arange(3)}, "cluster has shape"),
    ],
)
def test_options_out_of_range(measure: Callable[..., Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        measure(**{**simulate(1), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cumulative_hazard": np.full(100, -0.5)}, "must not be negative"),
        ({"cumulative_hazard": np.zeros(100)}, "above zero where the event"),
        ({"cumulative_hazard": np.full(100, 0.1)}, r"10.0 events are expected: 10 cells need 50"),
        ({"n_cells": 0}, "0 cells"),
        ({"event": np.full(100, 2)}, "0 or 1"),
        ({"cluster": np.repeat(np.arange(50), 2)}, "50 clusters: 10 cells need 300"),
        ({"cluster": np.arange(100), "n_cells": 3}, "fewer cells are needed"),
        ({"cumulative_hazard": np.full((10, 10), 1.0)}, "shape"),
    ],
)
def test_a_calibration_refuses(change: dict[str, Any], message: str) -> None:
    arguments = {"cumulative_hazard": np.full(100, 0.6), "event": np.arange(100) % 2, **change}
    with pytest.raises(EstimationError, match=message):
        a_calibration(**arguments)
