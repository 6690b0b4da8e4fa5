"""Least squares and Poisson regression against R's lm and glm (versions.txt) on small.csv, without R.

Tolerance 1e-6 relative: the equations are solved to rounding on both sides, and the sandwich is spelled out in R.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import fit_clustered_ols, fit_poisson
from tests.oracle.reference import HERE, numbers, read_reference, read_table

RELATIVE = 1e-6
SMALL = read_table(HERE / "small.csv")
X = np.column_stack((np.ones(SMALL["x1"].size), numbers(SMALL, "x1", "x2", "x3")))


@pytest.mark.parametrize("weighted", [0, 1])
def test_least_squares(weighted: int) -> None:
    r = read_reference("regression.csv", model="ols", weighted=weighted)
    fit = fit_clustered_ols(X, numbers(SMALL, "y"), SMALL["customer"], numbers(SMALL, "weight") if weighted else None)
    np.testing.assert_allclose(fit.beta, r["beta"], rtol=RELATIVE)
    np.testing.assert_allclose(fit.covariance.ravel(), r["covariance_cr0"], rtol=RELATIVE)


def test_poisson() -> None:
    r = read_reference("regression.csv", model="poisson", weighted=0)
    fit = fit_poisson(X, numbers(SMALL, "count"), numbers(SMALL, "exposure"), SMALL["customer"])
    np.testing.assert_allclose(fit.beta, r["beta"], rtol=RELATIVE)
    np.testing.assert_allclose(fit.covariance.ravel(), r["covariance_cr0"], rtol=RELATIVE)
