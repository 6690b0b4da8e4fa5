"""Predicted risks judged as R's packages judge them (versions_validation.txt) on validation_data.csv, without R.

RELATIVE, 1e-6: Brier scores, AUC, concordance, Aalen-Johansen and its errors are closed forms, so anything beyond
rounding is a difference of definition; they agree to 1e-12 or better. Days are whole: events and censoring are tied,
and on day 119 censoring with the horizon. R's ``pec::cindex`` treats ties in a way of its own, so with competing causes
concordance is compared on days whose ties are broken, events first.

REGRESSION, 1e-5: both find the one maximum of the same likelihood, but R's ``glm`` stops on the deviance, which leaves
4e-7 in the indices; another weight or knot shows from 1e-2 upwards.

NEAR_SLOPE, NEAR_INDEX: other estimators of the same slope and index (a Cox model, one of Fine and Gray, ``hare``,
pseudo-values) on the same 400 rows, whose bootstrap standard errors are .14 to .18 and .010 to .022: estimators that
share the data should be within about one of them.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.a_calibration import a_calibration
from cxlink.stats.brier import brier_score
from cxlink.stats.calibration import (
    calibration_curve,
    calibration_line,
    calibration_table,
    observed_over_expected,
)
from cxlink.stats.censoring import ipcw_weights
from cxlink.stats.discrimination import auc_at_horizon, harrell_concordance, uno_concordance
from tests.oracle.reference import HERE, Floats, numbers, read_reference, read_table

RELATIVE = 1e-6
REGRESSION = 1e-5
NEAR_SLOPE = 0.15
NEAR_INDEX = 0.02
DATA = read_table(HERE / "validation_data.csv")
STOP = numbers(DATA, "stop")
HORIZONS = (60, 119, 180)
MODELS = pytest.mark.parametrize("model", ["risk", "coarse"])
CASES = pytest.mark.parametrize(("horizon", "competing"), [(h, c) for h in HORIZONS for c in (0, 1)])


def causes(competing: int) -> Floats:
    """With or without the competing cause, which else counts as censoring."""
    cause = numbers(DATA, "cause")
    return cause if competing else np.where(cause == 1, 1.0, 0.0)


def inputs(model: str, horizon: int, competing: int) -> tuple[Floats, Floats, Floats, int]:
    return numbers(DATA, f"{model}_{horizon}"), STOP, causes(competing), horizon


def read(model: str, horizon: int, competing: int) -> dict[str, Floats]:
    return read_reference("validation.csv", model=model, horizon=horizon, competing=competing)


def assert_close(actual: Floats | float, expected: Floats, tolerance: float = RELATIVE) -> None:
    np.testing.assert_allclose(np.ravel(actual), expected, rtol=tolerance, atol=1e-3 * tolerance)


@CASES
def test_censoring_weights(horizon: int, competing: int) -> None:
    weights = ipcw_weights(STOP, causes(competing), horizon)
    assert_close(weights[::8], read("", horizon, competing)["ipcw"])


@MODELS
@CASES
def test_brier_and_auc_as_score(model: str, horizon: int, competing: int) -> None:
    r = read(model, horizon, competing)
    result = brier_score(*inputs(model, horizon, competing))
    assert_close(result.score, r["brier"])
    assert_close(result.null_score, r["null_brier"])
    assert_close(result.scaled, r["scaled_brier"])
    assert_close(result.null_risk, read("", horizon, competing)["observed"][:1])
    assert_close(auc_at_horizon(*inputs(model, horizon, competing)), r["auc"])


@MODELS
@pytest.mark.parametrize("horizon", HORIZONS)
def test_concordance(model: str, horizon: int) -> None:
    r = read(model, horizon, 0)
    assert_close(harrell_concordance(*inputs(model, horizon, 0)), r["harrell"])
    assert_close(uno_concordance(*inputs(model, horizon, 0)), r["uno"])


@MODELS
@pytest.mark.parametrize("horizon", HORIZONS)
def test_concordance_with_competing_causes(model: str, horizon: int) -> None:
    risk, stop, cause, _ = inputs(model, horizon, 1)
    order = np.lexsort((np.arange(stop.size), cause == 0, stop))
    untied = stop.copy()
    untied[order] += np.arange(1, stop.size + 1) * 1e-4
    actual = uno_concordance(risk, untied, cause, horizon + 1 - 1e-6)
    assert_close(actual, read(model, horizon, 1)["uno_untied"])


@MODELS
@CASES
def test_observed_over_expected(model: str, horizon: int, competing: int) -> None:
    result = observed_over_expected(*inputs(model, horizon, competing))
    r = read("", horizon, competing)["observed"]
    assert_close(np.array([result.observed, result.std_error]), r)
    assert_close(result.ratio, r[:1] / numbers(DATA, f"{model}_{horizon}").mean())


@MODELS
@CASES
def test_calibration_line(model: str, horizon: int, competing: int) -> None:
    r = read(model, horizon, competing)
    line = calibration_line(*inputs(model, horizon, competing))
    assert_close(line.intercept, r["intercept"], REGRESSION)
    assert_close(line.slope, r["slope"], REGRESSION)


@CASES
def test_calibration_curve(horizon: int, competing: int) -> None:
    r = read("risk", horizon, competing)
    curve = calibration_curve(*inputs("risk", horizon, competing))
    assert_close(curve.observed[::8], r["smoothed"], REGRESSION)
    assert_close(np.array([curve.ici, curve.e50, curve.e90]), r["indices"], REGRESSION)


@CASES
def test_other_estimators_are_near(horizon: int, competing: int) -> None:
    r = read("risk", horizon, competing)
    arguments = inputs("risk", horizon, competing)
    slope = calibration_line(*arguments).slope
    assert abs(slope - r["slope_hazard"][0]) < NEAR_SLOPE
    assert abs(slope - r["slope_pseudo"][0]) < NEAR_SLOPE
    ici = calibration_curve(*arguments).ici
    assert abs(ici - r["indices_hazard"][0]) < NEAR_INDEX
    if not competing:
        assert abs(ici - r["indices_hare"][0]) < NEAR_INDEX


@MODELS
@CASES
def test_calibration_table(model: str, horizon: int, competing: int) -> None:
    r = read(model, horizon, competing)
    groups = sorted(name for name in r if name.startswith("group_"))
    table = calibration_table(*inputs(model, horizon, competing))
    columns = (table.n_rows, table.n_events, table.predicted, table.observed, table.std_error)
    assert len(groups) == table.n_rows.size
    assert_close(np.column_stack(columns), np.concatenate([r[name] for name in groups]))


@pytest.mark.parametrize("horizon", [119, 200])
def test_a_calibration(horizon: int) -> None:
    r = read_reference("validation.csv", model="risk", horizon=horizon, competing=1)
    event = (numbers(DATA, "cause") == 1) & (horizon >= STOP)
    hazard = numbers(DATA, "hazard") * np.minimum(1.0, horizon / STOP) ** 1.2
    result = a_calibration(hazard, event, n_cells=5)
    np.testing.assert_array_equal(result.observed, r["a_observed"])
    assert_close(result.expected, r["a_expected"])
    assert_close(np.array([result.statistic, result.p_value]), r["a_calibration"])
