"""Slopes month by month: equal to plain regression where all are followed, right where some are not."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError, aalen_johansen, fit_clustered_ols
from cxlink.stats.monthly_slopes import fit_monthly_slopes


def test_where_all_are_followed_it_is_the_regression_of_the_sum() -> None:
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(size=300), np.ones(300), rng.normal(size=300)])
    Y, who = rng.normal(size=(300, 5)), rng.integers(0, 60, 300)
    found = fit_monthly_slopes(X, Y, np.full(300, 5), who)
    plain = fit_clustered_ols(X, Y.sum(axis=1), cluster=who)
    np.testing.assert_allclose(found.beta, plain.beta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.influence, plain.influence, rtol=1e-9, atol=1e-12)
    assert (found.n, found.n_last) == (300, 300)


def test_with_a_constant_alone_it_is_the_cumulative_incidence() -> None:
    rng = np.random.default_rng(2)
    n, months = 500, 6
    leaves, followed = rng.integers(1, 12, n), rng.integers(1, months + 1, n)
    followed[:20] = months
    Y = (leaves[:, None] == np.arange(1, months + 1)).astype(float)
    found = fit_monthly_slopes(np.ones((n, 1)), Y, followed, np.arange(n))
    # with several months of entry there is one answer only where all censoring is by age: the mean by month
    by_month = sum(Y[followed >= m + 1, m].mean() for m in range(months))
    assert found.beta[0] == pytest.approx(by_month, rel=1e-12)
    whole = fit_monthly_slopes(np.ones((n, 1)), Y, np.full(n, months), np.arange(n))
    curve = aalen_johansen(np.minimum(leaves, months), np.where(leaves <= months, 1, 0), [months])
    assert whole.beta[0] == pytest.approx(float(curve.incidence[0, 0]), rel=1e-12)


def test_who_is_not_followed_to_the_end_does_not_bias_it() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(200):
        x, followed = rng.normal(size=400), rng.integers(1, 7, 400)
        Y = 0.3 * x[:, None] + rng.normal(size=(400, 6))
        Y[np.arange(6)[None, :] >= followed[:, None]] = np.nan
        found.append(
            fit_monthly_slopes(
                np.column_stack([x, np.ones(400)]), np.nan_to_num(Y, nan=99.0), followed, np.arange(400)
            ).beta[0]
        )
    # true slope 6 times .3; four Monte-Carlo errors
    assert np.mean(found) == pytest.approx(1.8, abs=4 * np.std(found) / np.sqrt(200))


def test_within_customers_a_lasting_difference_drops_out() -> None:
    rng = np.random.default_rng(4)
    who = np.repeat(np.arange(100), 4)
    lasting = rng.normal(size=100)[who]
    x = lasting + rng.normal(size=400)
    Y = (5 * lasting + 0.5 * x)[:, None] * np.ones(3)
    X, age = np.column_stack([x, np.ones(400)]), np.full(400, 3)
    within = fit_monthly_slopes(X, Y, age, who, within=True)
    assert within.beta[0] == pytest.approx(1.5, rel=1e-9)
    assert fit_monthly_slopes(X, Y, age, who).beta[0] > 3


def test_what_cannot_be_fitted_is_refused() -> None:
    X, Y = np.column_stack([np.arange(9.0), np.ones(9)]), np.ones((9, 4))
    with pytest.raises(EstimationError, match="followed for 4 months"):
        fit_monthly_slopes(X, Y, np.full(9, 3), np.arange(9))
    with pytest.raises(EstimationError, match="one row a row"):
        fit_monthly_slopes(X, Y[:3], np.full(9, 3), np.arange(9))
    with pytest.raises(EstimationError):
        fit_monthly_slopes(np.zeros((9, 1)), Y, np.full(9, 4), np.arange(9))
