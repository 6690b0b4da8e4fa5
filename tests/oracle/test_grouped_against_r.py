"""Complementary log-log fits against R's glm and sandwich::vcovCL (versions_grouped.txt) on grouped_data.csv.

Without R: its output is committed beside this file. Tolerance 1e-7 relative: both programs solve the same equations to
rounding (glm was started again until its coefficients stood still), and agree to 1e-9 or better. Observed instead of
expected information in the bread shows from 1e-3 upwards, a small-sample factor of the 260 clusters at 4e-3. One design
holds a nearly separated column.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.cloglog import fit_cloglog
from tests.oracle.reference import HERE, Floats, numbers, read_reference, read_table

RELATIVE = 1e-7
DATA = read_table(HERE / "grouped_data.csv")
MONTH = numbers(DATA, "month")
ONE = np.ones(MONTH.size)
DESIGNS = {
    "trend": np.column_stack((ONE, numbers(DATA, "month", "x1", "x2"))),
    "dummies": np.column_stack((MONTH[:, None] == np.arange(1, 13), numbers(DATA, "x1", "x2"))),
    "bare": numbers(DATA, "x1", "x2"),
    "ticket": np.column_stack((ONE, numbers(DATA, "month", "x1", "x2", "ticket"))),
}


def assert_close(actual: Floats | float | None, expected: Floats) -> None:
    assert actual is not None
    np.testing.assert_allclose(np.ravel(actual), expected, rtol=RELATIVE, atol=RELATIVE * np.abs(expected).max() * 1e-3)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("weighted", [0, 1])
@pytest.mark.parametrize("offset", [0, 1])
def test_fit(design: str, weighted: int, offset: int) -> None:
    r = read_reference("grouped.csv", design=design, weighted=weighted, offset=offset)
    X, event = DESIGNS[design], numbers(DATA, "event")
    weights = numbers(DATA, "weight") if weighted else None
    known = np.log(numbers(DATA, "share")) if offset else None
    fit = fit_cloglog(X, event, DATA["customer"], weights, known)
    assert_close(fit.beta, r["beta"])
    assert_close(fit.covariance, r["covariance"])
    assert_close(fit.robust_covariance, r["robust_by_customer"])
    assert_close(fit.log_likelihood, r["log_likelihood"])
    assert_close(fit.null_log_likelihood, r["null_log_likelihood"])
    assert fit.n_events == r["n_events"][0]
    assert_close(fit_cloglog(X, event, np.arange(event.size), weights, known).robust_covariance, r["robust_by_row"])
    assert fit_cloglog(X, event, None, weights, known).robust_covariance is None
