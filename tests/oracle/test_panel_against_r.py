"""Fits within teams and months against R's plm, lm and clubSandwich (versions_panel.txt) on panel_data.csv.

Without R: its output is committed beside this file. Tolerance 1e-8 relative: both programs solve the same equations to
rounding, and agree to 1e-13 or better. Errors without the small-sample correction (CR0) are a tenth smaller here.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import fit_within
from tests.oracle.reference import HERE, numbers, read_reference, read_table

RELATIVE = 1e-8
DATA = read_table(HERE / "panel_data.csv")
COLUMNS = {"both": ("x1", "x2"), "one": ("x1",)}


@pytest.mark.parametrize("design", COLUMNS)
def test_slopes_errors_and_degrees(design: str) -> None:
    r = read_reference("panel.csv", design=design)
    X = numbers(DATA, *COLUMNS[design]).reshape(len(DATA["y"]), -1)
    fit = fit_within(X, numbers(DATA, "y"), DATA["team"], DATA["month"])
    for name in ("point", "std_error", "degrees"):
        np.testing.assert_allclose(getattr(fit, name), r[name], rtol=RELATIVE)
    np.testing.assert_allclose(fit.point, r["plm"], rtol=RELATIVE)
    np.testing.assert_allclose(fit.std_error, r["std_error_plm"], rtol=RELATIVE)
    assert (fit.n_units, fit.n_periods, fit.n) == (14, 18, len(DATA["y"]))


def test_a_sum_of_slopes() -> None:
    r = read_reference("panel.csv", design="sum")
    fit = fit_within(numbers(DATA, "x1", "x2"), numbers(DATA, "y"), DATA["team"], DATA["month"], [[1.0, 1.0]])
    for name in ("point", "std_error", "degrees"):
        np.testing.assert_allclose(getattr(fit, name), r[name], rtol=RELATIVE)
