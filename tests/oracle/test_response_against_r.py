"""Response weights against R's glm, and raking against its survey package (versions_response.txt), without R.

Tolerance 1e-8 relative: R's glm stops with the deviance, its raking when sums move by less than 1e-12 of a customer.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.raking import mean_of_raked, rake_weights
from cxlink.stats.response_weights import fit_response_weights, mean_of_answers
from tests.oracle.reference import HERE, Floats, numbers, read_reference, read_table

RELATIVE = 1e-8
INVITED = read_table(HERE / "invited_data.csv")
ANSWERED = numbers(INVITED, "answered") == 1
SCORE = numbers(INVITED, "score")
CUSTOMER = INVITED["customer"].astype(np.int64)
MARGINS = [INVITED[name].astype(np.int64) for name in ("segment", "region", "age")]


def case_weights(weighted: int) -> Floats:
    return numbers(INVITED, "weight") if weighted else np.ones(SCORE.size)


@pytest.mark.parametrize("weighted", [0, 1])
def test_response_model(weighted: int) -> None:
    r = read_reference("response.csv", weighted=weighted)
    X = np.column_stack((numbers(INVITED, "tenure", "tickets"), MARGINS[0] == 1, MARGINS[0] == 2))
    found = fit_response_weights(X, ANSWERED, CUSTOMER, case_weights(weighted), largest=np.inf)
    coefficients = [-found.model.thresholds[0], *found.model.beta]
    np.testing.assert_allclose(coefficients, r["coefficients"], rtol=RELATIVE)
    np.testing.assert_allclose(found.probability, r["probability"], rtol=RELATIVE)
    np.testing.assert_allclose(mean_of_answers(found, SCORE).point, r["ipw_mean"], rtol=RELATIVE)
    # Raking on top of response weights: the same model of answering, then margins of the base.
    case = case_weights(weighted)
    targets = [np.bincount(margin, case) for margin in MARGINS]
    raked = rake_weights([margin[ANSWERED] for margin in MARGINS], targets, found.weights[ANSWERED])
    np.testing.assert_allclose(raked.weights, r["ipw_calibrated"], rtol=RELATIVE)
    mean = mean_of_raked(raked, SCORE[ANSWERED], CUSTOMER[ANSWERED])
    np.testing.assert_allclose(mean.point, r["ipw_calibrated_mean"], rtol=RELATIVE)


@pytest.mark.parametrize("weighted", [0, 1])
def test_raking(weighted: int) -> None:
    r = read_reference("response.csv", weighted=weighted)
    case = case_weights(weighted)
    targets = [np.bincount(margin, case) for margin in MARGINS]
    raked = rake_weights([margin[ANSWERED] for margin in MARGINS], targets, case[ANSWERED])
    np.testing.assert_allclose(raked.weights, r["raked"], rtol=RELATIVE)
    mean = mean_of_raked(raked, SCORE[ANSWERED], CUSTOMER[ANSWERED])
    np.testing.assert_allclose(mean.point, r["raked_mean"], rtol=RELATIVE)
