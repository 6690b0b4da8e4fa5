"""Cox fits against R's survival (versions.txt) on small.csv, without R: its output is committed beside this file.

Tolerance 1e-6 relative throughout, of the largest entry for matrices and residuals. Both programs solve the same
equations to rounding (R was run with eps = 1e-14), and in practice agree to 5e-9 or better; a different treatment of
ties, entry or weights shows from 1e-3 upwards, so nothing of interest hides between.
"""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np
import pytest

from cxlink.stats import baseline_hazard, fit_cox
from tests.oracle.reference import HERE, Floats, numbers, read_real, read_reference, read_table

RELATIVE = 1e-6
SMALL = read_table(HERE / "small.csv")
X = numbers(SMALL, "x1", "x2", "x3")
Ties = Literal["efron", "breslow"]
CASES = pytest.mark.parametrize(
    ("ties", "entry", "weighted", "stratified"),
    [(t, e, w, s) for t in ("efron", "breslow") for e in (0, 1) for w in (0, 1) for s in (0, 1)],
)


def inputs(ties: str, entry: int, weighted: int, stratified: int) -> dict[str, Any]:
    return {
        "stop": numbers(SMALL, "stop"),
        "event": numbers(SMALL, "event"),
        "start": numbers(SMALL, "start") if entry else None,
        "weights": numbers(SMALL, "weight") if weighted else None,
        "strata": SMALL["stratum"] if stratified else None,
        "ties": cast("Ties", ties),
    }


def assert_close(actual: Floats | float, expected: Floats) -> None:
    np.testing.assert_allclose(np.ravel(actual), expected, rtol=RELATIVE, atol=RELATIVE * np.abs(expected).max() * 1e-3)


@CASES
def test_fit(ties: str, entry: int, weighted: int, stratified: int) -> None:
    r = read_reference("cox.csv", ties=ties, entry=entry, weighted=weighted, stratified=stratified)
    arguments = inputs(ties, entry, weighted, stratified)
    fit = fit_cox(X, cluster=SMALL["customer"], **arguments)
    assert_close(fit.beta, r["beta"])
    assert_close(fit.covariance, r["covariance"])
    assert_close(fit.covariance, r["naive_beside_robust"])
    assert fit.robust_covariance is not None
    assert_close(fit.robust_covariance, r["robust_by_customer"])
    assert_close(fit.log_likelihood, r["log_likelihood"])
    assert_close(fit.null_log_likelihood, r["null_log_likelihood"])
    assert fit.n_events == r["n_events"][0]
    by_row = fit_cox(X, cluster=np.arange(len(X)), **arguments).robust_covariance
    assert by_row is not None
    assert_close(by_row, r["robust_by_row"])
    assert fit_cox(X, **arguments).robust_covariance is None


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_score_residuals(ties: str) -> None:
    arguments = inputs(ties, 1, 1, 1)
    residuals = fit_cox(X, **arguments).score_residuals
    assert residuals is not None
    r = read_reference("cox_residuals.csv", ties=ties)
    for j, name in enumerate(("x1", "x2", "x3")):
        assert_close(residuals[:, j], r[name])


@CASES
def test_baseline_hazard(ties: str, entry: int, weighted: int, stratified: int) -> None:
    table = read_table(HERE / "cox_baseline.csv")
    case = {"ties": ties, "entry": entry, "weighted": weighted, "stratified": stratified}
    keep = np.all([table[key] == str(value) for key, value in case.items()], axis=0)
    arguments = inputs(ties, entry, weighted, stratified)
    baseline = baseline_hazard(X, beta=fit_cox(X, **arguments).beta, **arguments)
    np.testing.assert_array_equal(baseline.time, table["time"][keep].astype(np.float64))
    assert_close(baseline.cumulative, table["cumulative"][keep].astype(np.float64))
    for stratum in np.unique(table["stratum"][keep]):
        mine = keep & (table["stratum"] == stratum)
        times = table["time"][mine].astype(np.float64)
        at = baseline.cumulative_at(times, stratum if stratified else None)
        assert_close(at, table["cumulative"][mine].astype(np.float64))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(
    ("name", "file", "covariates", "start", "stop", "event", "cluster"),
    [
        ("rossi", "rossi.csv", "fin age race wexp mar paro prio", None, "week", "arrest", None),
        ("heart", "stanford_heart.csv", "age year surgery transplant", "start", "stop", "event", "id"),
        ("gbsg", "gbsg.csv", "age size nodes pgr er hormon", None, "rfstime", "status", None),
    ],
)
def test_published_data(
    ties: Ties, name: str, file: str, covariates: str, start: str | None, stop: str, event: str, cluster: str | None
) -> None:
    data = read_real(file)
    r = read_reference("real.csv", data=name, ties=ties)
    fit = fit_cox(
        numbers(data, *covariates.split()),
        stop=numbers(data, stop),
        event=numbers(data, event),
        start=None if start is None else numbers(data, start),
        cluster=np.arange(data[stop].size) if cluster is None else data[cluster],
        ties=ties,
    )
    assert fit.robust_covariance is not None
    assert_close(fit.beta, r["beta"])
    assert_close(np.sqrt(np.diag(fit.covariance)), r["se"])
    assert_close(np.sqrt(np.diag(fit.robust_covariance)), r["robust_se"])
    assert_close(fit.log_likelihood, r["log_likelihood"])
