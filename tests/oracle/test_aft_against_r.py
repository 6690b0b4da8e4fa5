"""Accelerated failure time fits against R (versions_grouped.txt) on small.csv, without R.

Without late entry R's survreg is the reference; with it, a likelihood written with survival's densities and climbed in
R. Tolerance in units of what can be known: coefficients within 1e-5 standard errors (lifelines' optimiser stops some
1e-6 away), log likelihoods within 1e-9 relative, covariances within 1e-5 of the largest entry of their row and column.
Leaving the entry out moves coefficients by standard errors.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from cxlink.stats.aft import fit_aft
from cxlink.stats.aft_distributions import DISTRIBUTIONS, Distribution
from tests.oracle.reference import HERE, numbers, read_reference, read_table

STANDARD_ERRORS = 1e-5
RELATIVE = 1e-5
SMALL = read_table(HERE / "small.csv")
X = numbers(SMALL, "x1", "x2", "x3")
STOP, EVENT = numbers(SMALL, "stop"), numbers(SMALL, "event")
CASES = pytest.mark.parametrize(
    ("entry", "weighted", "covariates"), [(e, w, c) for e in (0, 1) for w in (0, 1) for c in (0, 1)]
)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@CASES
def test_fit(distribution: str, entry: int, weighted: int, covariates: int) -> None:
    r = read_reference("aft.csv", distribution=distribution, entry=entry, weighted=weighted, covariates=covariates)
    fit = fit_aft(
        X if covariates else None,
        STOP,
        EVENT,
        entry=numbers(SMALL, "start") if entry else None,
        weights=numbers(SMALL, "weight") if weighted else None,
        distributions=[cast("Distribution", distribution)],
    )
    covariance = r["covariance"].reshape(fit.covariance.shape)
    std_error = np.sqrt(np.diag(covariance))
    apart = (np.append(fit.beta, fit.log_scale) - r["theta"]) / std_error
    assert np.max(np.abs(apart)) < STANDARD_ERRORS
    np.testing.assert_allclose((fit.covariance - covariance) / np.outer(std_error, std_error), 0.0, atol=RELATIVE)
    assert fit.log_likelihood == pytest.approx(r["log_likelihood"][0], rel=1e-9)
    first = X[:1] if covariates else None
    np.testing.assert_allclose(fit.survival_at([2, 5, 12, 30], first)[0], r["survival"], rtol=RELATIVE)
    np.testing.assert_allclose(fit.quantile_at([0.05, 0.5, 0.9], first)[0], r["quantile"], rtol=RELATIVE)


@pytest.mark.parametrize(("weighted", "covariates"), [(0, 0), (1, 1)])
def test_the_smallest_aic_is_kept(weighted: int, covariates: int) -> None:
    case = {"entry": 1, "weighted": weighted, "covariates": covariates}
    heights = [read_reference("aft.csv", distribution=name, **case)["log_likelihood"][0] for name in DISTRIBUTIONS]
    fit = fit_aft(
        X if covariates else None,
        STOP,
        EVENT,
        entry=numbers(SMALL, "start"),
        weights=numbers(SMALL, "weight") if weighted else None,
    )
    assert fit.distribution == DISTRIBUTIONS[int(np.argmax(heights))]
    n_parameters = 5 if covariates else 2
    np.testing.assert_allclose(list(fit.aic.values()), 2 * n_parameters - 2 * np.array(heights), rtol=1e-9)
    assert not fit.failures
