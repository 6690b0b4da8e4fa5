"""Degenerate inputs: a right answer, told by an invariant or by hand, or a refusal that names what is wrong.

Never a NaN or an infinity, nor a warning (pytest makes errors of them), nor another exception. Tolerances: 1e-9
relative where both sides are the same sums in another order; 1e-6 where both are Newton's maxima, each within 1e-8
standard errors of the top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from cxlink.stats import (
    EstimationError,
    aalen_johansen,
    baseline_hazard,
    bootstrap_cox,
    check_proportionality,
    fit_cox,
    kaplan_meier,
    restricted_mean,
    time_lost,
)
from cxlink.stats.cloglog import fit_cloglog

Rows = dict[str, Any]
Estimator = Callable[[Rows], object]
N = 60
SUMS, MAXIMA = 1e-9, 1e-6
COX = ("fit_cox", "ridge", "firth", "check_proportionality", "bootstrap_cox", "baseline_hazard")
CURVES = ("kaplan_meier", "aalen_johansen", "restricted_mean", "time_lost")
MATRIX = (*COX[:5], "fit_cloglog")
TIMED = (*COX, *CURVES)
EVERY = (*TIMED, "fit_cloglog")


def draw_rows() -> Rows:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(N, 2))
    stop = np.ceil(20 * rng.exponential(np.exp(-0.4 * X[:, 0])))
    event = (rng.random(N) < 0.7).astype(float)
    return {"X": X, "stop": stop, "event": event, "cluster": np.arange(N)}


def with_column(values: object) -> Rows:
    rows = draw_rows()
    rows["X"][:, 1] = values
    return rows


def changed(name: str, places: object, value: float) -> Rows:
    rows = draw_rows()
    rows.setdefault("start", np.full(N, -1.0))
    rows.setdefault("weights", np.ones(N))
    rows[name] = rows[name].astype(float)
    rows[name][places] = value
    return rows


def without(rows: Rows, *names: str) -> Rows:
    return {name: values for name, values in rows.items() if name not in names}


def curve_of(rows: Rows) -> Rows:
    return without(rows, "X", "cluster", "strata")


def incidence_of(rows: Rows) -> Rows:
    return {**without(rows, "X", "event", "strata"), "cause": rows["event"]}


def draws_for(rows: Rows) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(3)
    n = np.unique(rows["cluster"]).size
    return np.vstack((np.ones(n), rng.exponential(size=n)))


def run(name: str, rows: Rows) -> object:
    n_columns = np.shape(rows["X"])[-1]
    beta, unclustered = np.full(n_columns, 0.1), without(rows, "cluster")
    calls: dict[str, Callable[[], object]] = {
        "fit_cox": lambda: fit_cox(**rows),
        "ridge": lambda: fit_cox(**rows, ridge=0.5),
        "firth": lambda: fit_cox(**rows, firth=True),
        "check_proportionality": lambda: check_proportionality(**unclustered, beta=beta),
        "bootstrap_cox": lambda: [
            bootstrap_cox(**rows, beta=beta, cluster_weights=draws_for(rows), method=method)
            for method in ("influence", "score", "refit")
        ],
        "baseline_hazard": lambda: baseline_hazard(**unclustered, beta=beta),
        "kaplan_meier": lambda: kaplan_meier(**curve_of(rows)),
        "aalen_johansen": lambda: aalen_johansen(**incidence_of(rows), times=[0.0, 3.0, 9.0]),
        "restricted_mean": lambda: restricted_mean(kaplan_meier(**curve_of(rows)), 3.0),
        "time_lost": lambda: time_lost(**incidence_of(rows), horizon=3.0),
        "fit_cloglog": lambda: fit_cloglog(
            np.column_stack((np.ones(len(rows["X"])), rows["X"])), **without(rows, "X", "stop", "start", "strata")
        ),
    }
    return calls[name]()


def assert_finite(result: object) -> None:
    if is_dataclass(result):
        for field in fields(result):
            assert_finite(getattr(result, field.name))
    elif isinstance(result, dict):
        for value in result.values():
            assert_finite(value)
    elif isinstance(result, list):
        for value in result:
            assert_finite(value)
    elif isinstance(result, float | np.ndarray) and np.asarray(result).dtype.kind == "f":
        assert np.all(np.isfinite(result))


LATE = {"start": np.where(np.arange(N) % 2, draw_rows()["stop"] - 1.0, -1.0)}
# At risk on one day, the 77th, which is not the last.
HEAVY = np.where(np.arange(N) == 29, 1e14, 1.0)
REFUSED: list[tuple[str, Rows, tuple[str, ...], str, tuple[int, ...]]] = [
    ("no event", {**draw_rows(), "event": np.zeros(N)}, EVERY, "no events", ()),
    ("all weights zero", {**draw_rows(), "weights": np.zeros(N)}, EVERY, "no events", ()),
    ("weights on the censored only", {**draw_rows(), "weights": 1 - draw_rows()["event"]}, EVERY, "no events", ()),
    ("negative weight", changed("weights", 4, -1.0), EVERY, "weights must not be negative", ()),
    ("weights of 1e-300", {**draw_rows(), "weights": np.full(N, 1e-300)}, COX, "weights are too", ()),
    ("weights of 1e308", {**draw_rows(), "weights": np.full(N, 1e308)}, TIMED, "weights are too", ()),
    ("one weight of 1e300", changed("weights", 5, 1e300), TIMED, "weights are too", ()),
    ("fractions", {**draw_rows(), "weights": np.full(N, 0.1)}, CURVES[::2], "weights must be whole", ()),
    ("a heavy late row", {**draw_rows(), **LATE, "weights": HEAVY}, COX, "weights differ too much", ()),
    ("a heavy late row ", {**draw_rows(), **LATE, "weights": HEAVY}, CURVES[1::2], "weights differ too much", ()),
    ("event 2", changed("event", 3, 2.0), (*COX, "kaplan_meier", "restricted_mean", "fit_cloglog"), "0 or 1", ()),
    ("cause 0.5", changed("event", 3, 0.5), CURVES[1::2], "cause must be a whole number", ()),
    ("cause 1e300", changed("event", 3, 1e300), CURVES[1::2], "cause must be a whole number", ()),
    ("end before start", changed("start", 7, 1e6), TIMED, "start is not before stop", ()),
    ("end at start", {**draw_rows(), "start": draw_rows()["stop"]}, TIMED, "start is not before stop", ()),
    ("empty", {"X": np.zeros((0, 2)), "stop": [], "event": [], "cluster": []}, COX, "X is empty", ()),
    ("no columns", {**draw_rows(), "X": np.zeros((N, 0))}, COX, "X is empty", ()),
    ("no rows", {"X": np.zeros((0, 2)), "stop": [], "event": [], "cluster": []}, CURVES, "no events", ()),
    ("constant column", with_column(7.3), MATRIX[:5], "column 1 of X: constant", (1,)),
    ("constant of 1e300", with_column(1e300), MATRIX[:5], "column 1 of X: constant", (1,)),
    ("a column twice", with_column(2 * draw_rows()["X"][:, 0] + 3), COX[:1], "column 1 of X: collinear", (0, 1)),
    ("a column twice ", with_column(2 * draw_rows()["X"][:, 0] + 3), COX[3:5], "column 1 of X: collinear", (0, 1)),
    ("a column twice  ", with_column(2 * draw_rows()["X"][:, 0]), MATRIX[5:], "column 2 of X: collinear", (1, 2)),
    ("column of zeros", with_column(0.0), MATRIX[5:], "column 2 of X: zero in every row", (2,)),
    ("only leavers have it", with_column(draw_rows()["event"]), ("fit_cox",), "column 1 of X: infinite", (1,)),
    ("only leavers have it ", with_column(draw_rows()["event"]), MATRIX[5:], "column 2 of X: infinite", (2,)),
    ("strata of one row", {**draw_rows(), "strata": np.arange(N)}, ("fit_cox", *COX[3:5]), "no variation", (0, 1)),
    ("one event time", {**draw_rows(), "stop": np.full(N, 5.0)}, COX[3:4], "all events are at one time", ()),
    ("all rows events", {**draw_rows(), "event": np.ones(N)}, MATRIX[5:], "every row .* ends in an event", ()),
    ("one customer", {**draw_rows(), "cluster": np.zeros(N)}, COX[:3], "cluster names a single customer", ()),
    ("one customer ", {**draw_rows(), "cluster": np.zeros(N)}, CURVES[1::2], "cluster names a single customer", ()),
    ("whole numbers of 2**63", {**draw_rows(), "stop": 2**63 - 1 - np.arange(N)}, TIMED, "stop .* too large", ()),
    ("integers of 10**400", {**draw_rows(), "stop": [10**400 + k for k in range(N)]}, TIMED, "stop .* too large", ()),
    *(
        (f"column of {size:g}{kind}", with_column(column * size), MATRIX[:5], "column 1 of X: numbers too", (1,))
        for size in (1e160, 1e300, 1e307, 1e-160, 1e-300)
        for kind, column in (("", draw_rows()["X"][:, 1]), (", two values", np.where(np.arange(N) % 2, 1.0, -1.0)))
    ),
    *(
        (f"{value} in {name}", changed(name, 3, value), where, said, columns)
        for value in (np.nan, np.inf, -np.inf)
        for name, where, said, columns in (
            ("stop", TIMED, "stop is missing or infinite in 1 rows, the first is row 3", ()),
            ("start", TIMED, "start is missing or infinite in 1 rows, the first is row 3", ()),
            ("weights", EVERY, "weights is missing or infinite in 1 rows, the first is row 3", ()),
            ("event", EVERY, "(event|cause) is missing or infinite in 1 rows, the first is row 3", ()),
            ("cluster", (*COX[:3], COX[4], *CURVES[1::2], "fit_cloglog"), "cluster has missing labels", ()),
            ("X", COX, "columns 0, 1 of X: missing or infinite", (0, 1)),
        )
    ),
    *(
        (f"{name} one short", {**draw_rows(), name: np.ones(N - 1)}, where, f"{name} has shape|cause has shape", ())
        for name, where in (
            ("event", EVERY),
            ("start", TIMED),
            ("weights", EVERY),
            ("strata", COX),
            ("cluster", (*COX[:3], "aalen_johansen", "time_lost", "fit_cloglog")),
        )
    ),
]


@pytest.mark.parametrize(
    ("rows", "name", "said", "columns"),
    [
        pytest.param(rows, name, said, columns, id=f"{label.strip()}-{name}")
        for label, rows, where, said, columns in REFUSED
        for name in where
    ],
)
def test_refused_with_its_reason(rows: Rows, name: str, said: str, columns: tuple[int, ...]) -> None:
    with pytest.raises(EstimationError, match=said) as caught:
        run(name, rows)
    assert caught.value.columns == columns


ANSWERED: list[tuple[str, Rows, tuple[str, ...]]] = [
    ("all rows events", {**draw_rows(), "event": np.ones(N)}, TIMED),
    ("negative times", {**draw_rows(), "stop": draw_rows()["stop"] - 1000.0}, TIMED[:-2]),
    ("an end on day zero", changed("stop", [0, 1], 0.0), TIMED),
    ("half of the rows one customer", {**draw_rows(), "cluster": np.maximum(np.arange(N), N // 2)}, EVERY),
    ("one event time", {**draw_rows(), "stop": np.full(N, 5.0)}, (*COX[:3], *COX[4:], *CURVES)),
    ("one row has next to no weight", changed("weights", 5, 1e-300), COX),
    ("one row has all the weight", {**draw_rows(), "weights": np.sqrt(HEAVY)}, (*COX, *CURVES[1::2])),
    ("strata of one row", {**draw_rows(), "strata": np.arange(N)}, ("baseline_hazard",)),
    ("times of 1e306", {**draw_rows(), "stop": draw_rows()["stop"] * 1e306}, TIMED),
    ("times of 1e-320", {**draw_rows(), "stop": draw_rows()["stop"] * 1e-320}, COX),
    ("the smallest integer", {**draw_rows(), "start": np.full(N, -(2**53))}, TIMED),
    ("bytes", {**draw_rows(), "X": np.clip(60 * draw_rows()["X"], -128, 127).astype(np.int8)}, MATRIX),
    ("separated, with a ridge", with_column(-draw_rows()["stop"]), ("ridge",)),
    ("collinear, with a ridge", with_column(draw_rows()["X"][:, 0]), ("ridge",)),
]


@pytest.mark.parametrize(
    ("rows", "name"),
    [pytest.param(rows, name, id=f"{label}-{name}") for label, rows, where in ANSWERED for name in where],
)
def test_answered_in_finite_numbers(rows: Rows, name: str) -> None:
    assert_finite(run(name, rows))


def test_cox_sees_only_the_order_of_times() -> None:
    rows = draw_rows()
    fit = fit_cox(**rows)
    for moved in (rows["stop"] - 1000.0, rows["stop"] * 1e306, rows["stop"] * 1e-320, np.log(rows["stop"])):
        other = fit_cox(**{**rows, "stop": moved})
        np.testing.assert_allclose(other.beta, fit.beta, rtol=SUMS)
        np.testing.assert_allclose(other.covariance, fit.covariance, rtol=SUMS)


@pytest.mark.parametrize("unit", [1e-90, 1e90])
def test_cox_follows_the_unit_of_a_column(unit: float) -> None:
    rows = draw_rows()
    fit, other = fit_cox(**rows), fit_cox(**{**rows, "X": rows["X"] * unit})
    np.testing.assert_allclose(other.beta * unit, fit.beta, rtol=MAXIMA)
    np.testing.assert_allclose(other.covariance * unit * unit, fit.covariance, rtol=MAXIMA)


def test_a_weight_of_next_to_nothing_is_an_absent_row() -> None:
    rows, left_out = changed("weights", 5, 1e-300), np.arange(N) != 5
    one = fit_cox(**rows)
    other = fit_cox(**{name: values[left_out] for name, values in draw_rows().items()})
    np.testing.assert_allclose(one.beta, other.beta, rtol=MAXIMA)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=MAXIMA)


def test_many_rows_of_one_customer_count_as_one_cluster() -> None:
    rows = draw_rows()
    cluster = np.maximum(np.arange(N), N // 2)
    single, grouped = fit_cox(**rows), fit_cox(**{**rows, "cluster": cluster})
    assert single.dfbeta is not None
    assert grouped.dfbeta is not None
    np.testing.assert_array_equal(grouped.beta, single.beta)
    assert grouped.robust_covariance is not None
    together = np.vstack((single.dfbeta[: N // 2 + 1].sum(axis=0), single.dfbeta[N // 2 + 1 :]))
    np.testing.assert_allclose(grouped.dfbeta, together, rtol=SUMS, atol=1e-14)
    np.testing.assert_allclose(grouped.robust_covariance, together.T @ together, rtol=SUMS)


def test_one_customer_drawn_more_often_changes_nothing() -> None:
    rows = {**draw_rows(), "cluster": np.zeros(N)}
    beta = fit_cox(**without(rows, "cluster")).beta
    for method in ("influence", "score", "refit"):
        drawn = bootstrap_cox(**rows, beta=beta, cluster_weights=[[1.0], [3.0], [0.25]], method=method)
        np.testing.assert_allclose(drawn, np.tile(beta, (3, 1)), rtol=MAXIMA)


@pytest.mark.parametrize("method", ["influence", "score", "refit"])
@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (np.zeros((1, N)), "cluster_weights of a draw are all zero"),
        (np.full((1, N), 1e308), "too large or too small"),
        (np.full((1, N), np.nan), "finite"),
        (np.ones((1, N - 1)), "cluster_weights has shape"),
        (np.ones(N), "cluster_weights has shape"),
    ],
)
def test_draws_are_checked(method: Any, drawn: npt.NDArray[np.float64], said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        bootstrap_cox(**draw_rows(), beta=[0.1, 0.1], cluster_weights=drawn, method=method)


@pytest.mark.parametrize("method", ["score", "refit"])
def test_a_draw_without_events_is_refused(method: Any) -> None:
    rows = draw_rows()
    with pytest.raises(EstimationError, match="no events in draw 1"):
        bootstrap_cox(**rows, beta=[0.1, 0.1], cluster_weights=[np.ones(N), 1 - rows["event"]], method=method)


@pytest.mark.parametrize("name", ["check_proportionality", "bootstrap_cox", "baseline_hazard"])
@pytest.mark.parametrize(
    ("beta", "said"),
    [
        ([np.nan, 0.1], "beta is missing or infinite"),
        ([0.1], "beta has shape"),
        ([1e308, 1e308], "beta is too large to compute with at columns 0, 1 of X"),
        ([1e4, 0.1], "underflows|overflows"),
    ],
)
def test_foreign_coefficients_are_checked(name: str, beta: list[float], said: str) -> None:
    rows = draw_rows()
    calls: dict[str, Callable[[], object]] = {
        "check_proportionality": lambda: check_proportionality(**without(rows, "cluster"), beta=beta),
        "bootstrap_cox": lambda: bootstrap_cox(**rows, beta=beta, cluster_weights=np.ones((1, N))),
        "baseline_hazard": lambda: baseline_hazard(**without(rows, "cluster"), beta=beta),
    }
    with pytest.raises(EstimationError, match=said):
        calls[name]()


@pytest.mark.parametrize("X", [[[0.0], [-1.0], [0.0]], [[-1.0], [-2.0], [-1.0]]])
def test_a_baseline_beyond_what_floats_hold_is_refused(X: list[list[float]]) -> None:
    with pytest.raises(EstimationError, match="overflows"):
        baseline_hazard(X, stop=[1, 2, 0.5], event=[1, 1, 0], beta=[400.0])


@pytest.mark.parametrize("ridge", [[1.0, 2.0, 3.0], [[1.0, 2.0]], [np.nan, 1.0], -1.0])
def test_a_ridge_of_another_shape_or_sign_is_refused(ridge: Any) -> None:
    with pytest.raises(EstimationError, match="ridge"):
        fit_cox(**draw_rows(), ridge=ridge)


@pytest.mark.parametrize("columns", [[], [5], [-1], [0, 0]])
def test_terms_that_are_none_are_refused(columns: list[int]) -> None:
    with pytest.raises(EstimationError, match="each of the terms"):
        check_proportionality(**without(draw_rows(), "cluster"), beta=[0.1, 0.1], terms={"x": columns})


@pytest.mark.parametrize("scale", ["km", "identity", "log", "rank"])
def test_no_unit_of_time_matters_to_proportionality(scale: Any) -> None:
    rows = without(draw_rows(), "cluster")
    beta = fit_cox(**rows).beta
    # A logarithm moves with the unit by a constant, which the test does not see either.
    one = check_proportionality(**rows, beta=beta, scale=scale)
    for unit in (1e-200, 1e15, 1e306):
        other = check_proportionality(**{**rows, "stop": rows["stop"] * unit}, beta=beta, scale=scale)
        assert other.overall.statistic == pytest.approx(one.overall.statistic, rel=MAXIMA)


def test_a_column_that_only_one_time_tells_of_cannot_move() -> None:
    rows = without(draw_rows(), "cluster")
    first = rows["stop"] <= rows["stop"][rows["event"] > 0].min()
    rows["X"][:, 1] = np.where(first, rows["X"][:, 1], 0.0)
    with pytest.raises(EstimationError, match="column 1 of X: too few times") as caught:
        check_proportionality(**rows, beta=[0.1, 0.1])
    assert caught.value.columns == (1,)


def test_one_row_by_hand() -> None:
    rows: Rows = {"stop": [3.0], "event": [1]}
    curve = kaplan_meier(**rows)
    assert (curve.survival.tolist(), curve.std_error.tolist()) == ([0.0], [0.0])
    assert restricted_mean(curve, 5.0).mean == 3.0
    incidence = aalen_johansen([3.0], [1], [2.0, 3.0])
    assert incidence.incidence.tolist() == [[0.0], [1.0]]
    assert incidence.std_error.tolist() == [[0.0], [0.0]]
    assert time_lost([3.0], [1], 3.0).mean.tolist() == [0.0]
    baseline = baseline_hazard([[2.0]], **rows, beta=[np.log(2.0)])
    np.testing.assert_allclose(baseline.increment, 0.25)  # one event over a risk of 2**2
    with pytest.raises(EstimationError, match="column 0 of X: constant"):
        fit_cox([[2.0]], **rows)


def test_one_event_time_by_hand() -> None:
    # Two of three leave on the same day: Breslow's hazard 2/3, Efron's 1/3 + 1/2.
    X, stop, event = np.zeros((3, 1)), [5.0, 5.0, 5.0], [1, 1, 0]
    assert baseline_hazard(X, stop, event, [0.0], ties="breslow").increment == pytest.approx([2 / 3])
    assert baseline_hazard(X, stop, event, [0.0]).increment == pytest.approx([1 / 3 + 1 / 2])
    assert kaplan_meier(stop, event).survival == pytest.approx([1 / 3])
    assert aalen_johansen(stop, [1, 2, 0], [5.0]).incidence == pytest.approx(np.array([[1 / 3, 1 / 3]]))


def test_zero_and_negative_ends_by_hand() -> None:
    for stop in ([0, 0, 2, 3], [-5, -5, 2, 3], [-5, -4, -3, -2]):
        curve = kaplan_meier(stop, [1, 0, 1, 1])
        np.testing.assert_allclose(curve.survival, [0.75, 0.375, 0.0])
        assert curve.n_at_risk.tolist() == [4, 2, 1]


def test_strata_of_one_row_by_hand() -> None:
    baseline = baseline_hazard(np.zeros((3, 1)), [5, 6, 7], [1, 0, 1], [0.0], strata=[4, 5, 6])
    assert baseline.increment.tolist() == [1.0, 1.0]
    assert baseline.stratum.tolist() == [4, 6]


def test_time_left_and_time_lost_add_up_to_the_horizon() -> None:
    for rows in (draw_rows(), {**draw_rows(), "event": np.ones(N)}, {**draw_rows(), "stop": np.full(N, 5.0)}):
        curve = kaplan_meier(**curve_of(rows))
        for horizon in (1e-300, 0.5, 5.0):
            lost = time_lost(rows["stop"], rows["event"], horizon)
            assert restricted_mean(curve, horizon).mean + lost.mean.sum() == pytest.approx(horizon, rel=SUMS)


@pytest.mark.parametrize("horizon", [0.0, -1.0, np.nan, np.inf, 1e300])
def test_horizons_that_are_none_are_refused(horizon: float) -> None:
    stop, event = [1.0, 2.0, 3.0], [1, 1, 0]
    with pytest.raises(EstimationError, match="horizon"):
        restricted_mean(kaplan_meier(stop, event), horizon)
    with pytest.raises(EstimationError, match="horizon"):
        time_lost(stop, event, horizon)


@pytest.mark.parametrize("last_seen", [np.nan, np.inf, 1.0])
def test_a_last_day_before_the_last_event_is_refused(last_seen: float) -> None:
    with pytest.raises(EstimationError, match="last_seen"):
        restricted_mean(kaplan_meier([1.0, 2.0, 3.0], [1, 1, 0]), 1.5, last_seen=last_seen)


def test_curves_are_not_asked_for_missing_times() -> None:
    curve, baseline = kaplan_meier([1, 2], [1, 0]), baseline_hazard(np.ones((2, 1)), [1, 2], [1, 0], [0.0])
    assert curve.survival_at([-np.inf, np.inf]).tolist() == [1.0, 0.5]
    for ask in (curve.survival_at, baseline.cumulative_at):
        with pytest.raises(EstimationError, match="times are missing"):
            ask([np.nan])
    with pytest.raises(EstimationError, match="times is missing"):
        aalen_johansen([1, 2], [1, 0], [np.nan])


@pytest.mark.parametrize("n_before", [1, 3, 9])
def test_a_gap_in_the_risk_set_is_refused_wherever_it_is(n_before: int) -> None:
    early = np.arange(1.0, n_before + 1)
    stop = np.concatenate((early, [102.0, 103.0]))
    start = np.concatenate((np.zeros(n_before), [100.0, 100.0]))
    with pytest.raises(EstimationError, match="nobody is left"):
        kaplan_meier(stop, np.ones(stop.size), start)


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.3, 0.4], [1.0, 1.0, 1.0, 1e-300], [1e17, 1.0, 1.0, 1.0]])
def test_kaplan_meier_counts_rows_exactly_or_not_at_all(weights: list[float]) -> None:
    with pytest.raises(EstimationError, match="weights"):
        kaplan_meier([1, 2, 3, 4], [0, 1, 1, 1], weights=weights)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_million_ties(ties: Any) -> None:
    n = 1_000_000
    exposed = np.arange(n) % 2 == 0
    event = np.arange(n) % 10 < np.where(exposed, 4, 2)  # digits 0 and 2 of the even, 1 of the odd
    stop = np.full(n, 7)
    fit = fit_cox(exposed[:, None], stop, event, ties=ties, keep_score_residuals=False)
    d1, d0 = np.count_nonzero(event & exposed), np.count_nonzero(event & ~exposed)
    if ties == "breslow":
        # One risk set: of the exposed half d1 left, of the other d0; the ratio of risks is the ratio of leavers.
        assert fit.beta[0] == pytest.approx(np.log(d1 / d0), rel=MAXIMA)
    assert_finite(fit)
    curve = kaplan_meier(stop, event)
    assert curve.survival[0] == pytest.approx(1 - (d1 + d0) / n, rel=SUMS)
    incidence = aalen_johansen(stop, event * (1 + exposed), [7])
    assert incidence.incidence[0] == pytest.approx([d0 / n, d1 / n], rel=SUMS)


@pytest.mark.parametrize("size", [1e160, 1e300, 1e-160])
def test_cloglog_refuses_columns_that_overflow(size: float) -> None:
    rows = with_column(draw_rows()["X"][:, 1] * size)
    with pytest.raises(EstimationError, match="column 2 of X"):
        run("fit_cloglog", rows)
