"""Proportional odds against R's MASS::polr and ordinal::clm (versions_ordinal.txt) on answers_data.csv, without R.

Tolerances, relative to the largest number of each quantity: `CLM` where both sides climb by Newton's method to rounding
(R's gradient ends below 1e-10) and R's sandwich is made of analytic derivatives; `POLR`, whose climb by BFGS stops
where the likelihood stands still; `GLM`, which stops with the deviance, some 1e-8 away; `DIFFERENCES`, where R's side
of the delta method takes numerical derivatives.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.nps_scale import nps_values
from cxlink.stats.ordinal import OrdinalFit, fit_ordinal
from cxlink.stats.ordinal_contrast import contrast_ordinal
from cxlink.stats.proportional_odds import check_proportional_odds
from tests.oracle.reference import HERE, Floats, numbers, read_reference, read_table

CLM, POLR, GLM, DIFFERENCES = 1e-9, 1e-6, 1e-7, 1e-8
ANSWERS = read_table(HERE / "answers_data.csv")
X = numbers(ANSWERS, "x1", "x2", "late")
CUSTOMER = ANSWERS["customer"].astype(np.int64)
WEIGHT = numbers(ANSWERS, "weight")


def assert_close(found: Floats | float, expected: Floats, share: float) -> None:
    np.testing.assert_allclose(np.ravel(found), expected, rtol=0, atol=share * np.abs(expected).max())


def fit(target: str, weighted: int) -> OrdinalFit:
    return fit_ordinal(X, numbers(ANSWERS, target), CUSTOMER, WEIGHT if weighted else None)


@pytest.mark.parametrize("target", ["score", "coarse"])
@pytest.mark.parametrize("weighted", [0, 1])
def test_fit(target: str, weighted: int) -> None:
    r = read_reference("ordinal.csv", target=target, weighted=weighted)
    found = fit(target, weighted)
    assert_close(found.levels, r["levels"], 0)
    assert_close(found.thresholds, r["thresholds"], CLM)
    assert_close(found.beta, r["beta"], CLM)
    assert_close(found.model_covariance, r["model_covariance"], CLM)
    assert_close(found.covariance, r["robust"], CLM)
    assert_close(found.log_likelihood, r["log_likelihood"], CLM)
    assert_close(found.null_log_likelihood, r["null_log_likelihood"], CLM)
    assert_close(found.thresholds, r["polr_thresholds"], POLR)
    assert_close(found.beta, r["polr_beta"], POLR)


@pytest.mark.parametrize("scale", ["nps", "mean"])
@pytest.mark.parametrize("target", ["score", "coarse"])
@pytest.mark.parametrize("weighted", [0, 1])
def test_contrast(target: str, weighted: int, scale: str) -> None:
    r = read_reference("ordinal.csv", target=target, weighted=weighted)
    model = fit(target, weighted)
    worth = nps_values(model.levels) if scale == "nps" else model.levels
    changed = X * [1.0, 1.0, 0.0]
    found = contrast_ordinal(model, X, changed, worth, weights=WEIGHT if weighted else None)
    assert_close(np.array([found.as_is, found.changed, found.difference]), r[f"{scale}_contrast"], CLM)
    assert_close(found.covariance, r[f"{scale}_covariance"], DIFFERENCES)


@pytest.mark.parametrize("weighted", [0, 1])
def test_coefficients_by_threshold(weighted: int) -> None:
    r = read_reference("ordinal.csv", target="coarse", weighted=weighted)
    found = check_proportional_odds(X, numbers(ANSWERS, "coarse"), CUSTOMER, WEIGHT if weighted else None)
    assert_close(found.betas, r["cut_betas"], GLM)
    statistics = np.array([found.joint.statistic, *(test.statistic for test in found.by_column)])
    assert_close(statistics, r["wald"], GLM)
    assert [found.joint.degrees, *(test.degrees for test in found.by_column)] == [12, 4, 4, 4]
