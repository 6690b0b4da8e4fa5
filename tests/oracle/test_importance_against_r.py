"""Shares of R squared against R's lm fitted to every subset, and against those published for `swiss`.

Tolerances: `SUMS`, least squares on both sides; `PRINTED`, the digits that were published. Of `swiss` only the
covariance is kept, of which the shares are a function.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats.relative_importance import relative_importance
from tests.oracle.reference import HERE, numbers, read_reference, read_table

SUMS, PRINTED = 1e-10, 5e-9
PUBLISHED = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
"""Agriculture, Examination, Education, Catholic, Infant.Mortality: printed by relaimpo for lm(Fertility ~ ., swiss)."""


@pytest.mark.parametrize("weighted", [0, 1])
@pytest.mark.parametrize("with_covariates", [0, 1])
def test_groups_weights_and_covariates(weighted: int, with_covariates: int) -> None:
    table = read_table(HERE / "answers_data.csv")
    x1, x2, late, effort, wave = numbers(table, "x1", "x2", "late", "effort", "wave").T
    customer = table["customer"].astype(np.int64)
    found = relative_importance(
        np.column_stack((x1, x2, late, effort, x1 * x2, late > 1)),
        numbers(table, "score"),
        [0, 1, 2, 3, 1, 2],
        customer,
        np.ones((2, np.unique(customer).size)),
        covariates=np.column_stack((wave, wave * x1 / 30)) if with_covariates else None,
        weights=numbers(table, "weight") if weighted else None,
    )
    r = read_reference("importance.csv", case=f"answers_{weighted}{with_covariates}")
    np.testing.assert_allclose([*found.shares, found.r2, found.r2_covariates], r["shares"], rtol=SUMS, atol=1e-13)


def test_swiss() -> None:
    r = read_reference("importance.csv", case="swiss")
    covariance = r["covariance"].reshape(6, 6)
    # 47 made-up rows that have exactly this covariance
    raw = np.random.default_rng(0).normal(size=(47, 6))
    raw -= raw.mean(axis=0)
    rows = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T)).T) @ np.linalg.cholesky(covariance).T
    found = relative_importance(rows[:, 1:], rows[:, 0], range(5), np.arange(47), np.ones((2, 47)))
    np.testing.assert_allclose(found.shares, PUBLISHED, atol=PRINTED)
    np.testing.assert_allclose([*found.shares, found.r2, found.r2_covariates], r["shares"], rtol=SUMS, atol=1e-13)
