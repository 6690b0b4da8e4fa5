"""Levels and differences of scores against R's survey package (versions_score_levels.txt) on answers_data.csv.

Tolerance 1e-10 relative: both sides are sums.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.nps_scale import nps_values
from cxlink.stats.same_customers import compare_same_customers
from cxlink.stats.score_differences import compare_means, compare_nps
from cxlink.stats.score_levels import estimate_mean, estimate_nps
from tests.oracle.reference import HERE, Floats, numbers, read_reference, read_table

SUMS = 1e-10
ANSWERS = read_table(HERE / "answers_data.csv")
CUSTOMER = ANSWERS["customer"].astype(np.int64)
LATER = numbers(ANSWERS, "wave") == 2
CASES = pytest.mark.parametrize(("score", "weighted"), [("nps", 0), ("nps", 1), ("effort", 0), ("effort", 1)])


def read_case(score: str, weighted: int) -> tuple[dict[str, Floats], Floats, Floats | None]:
    reference = read_reference("score_levels.csv", score=score, weighted=weighted)
    values = numbers(ANSWERS, "score" if score == "nps" else "effort")
    return reference, values, numbers(ANSWERS, "weight") if weighted else None


@CASES
def test_levels(score: str, weighted: int) -> None:
    r, values, weights = read_case(score, weighted)
    found = (estimate_nps if score == "nps" else estimate_mean)(values, CUSTOMER, weights)
    np.testing.assert_allclose([found.point, found.std_error, found.design_effect], r["level"], rtol=SUMS)
    if score == "effort":
        np.testing.assert_allclose([found.low, found.high], r["student"], rtol=SUMS)
    else:
        # of about 500 answers the adjusted interval is nearly Student's
        np.testing.assert_allclose([found.low, found.high], r["student"], atol=0.5)


@CASES
def test_differences(score: str, weighted: int) -> None:
    r, values, weights = read_case(score, weighted)
    found = (compare_nps if score == "nps" else compare_means)(values, LATER, CUSTOMER, weights)
    np.testing.assert_allclose([found.difference, found.std_error], r["change"], rtol=SUMS)
    np.testing.assert_allclose([found.first.point, found.second.point], r["waves"][:2], rtol=SUMS)
    moves = np.column_stack((found.first.influence, found.second.influence))
    n = np.unique(CUSTOMER).size
    np.testing.assert_allclose(n / (n - 1) * (moves.T @ moves).ravel(), r["covariance"], rtol=SUMS, atol=SUMS)


@CASES
def test_same_customers(score: str, weighted: int) -> None:
    r, values, weights = read_case(score, weighted)
    values = nps_values(values) if score == "nps" else values
    found = compare_same_customers(values, LATER, CUSTOMER, weights)
    numbers_found = [found.difference, found.std_error, found.low, found.high, found.n_clusters]
    np.testing.assert_allclose(numbers_found, r["paired"], rtol=SUMS)
