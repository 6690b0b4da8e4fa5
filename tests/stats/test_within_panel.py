"""Regression within units and periods: by hand, under what must not matter, and with few units."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from cxlink.stats import EstimationError, fit_within


def test_two_teams_and_two_months_are_a_difference_of_differences() -> None:
    fit = fit_within([[0.0], [1.0], [0.0], [0.0]], [5.0, 9.0, 2.0, 3.0], [0, 0, 1, 1], [0, 1, 0, 1])
    assert fit.point[0] == pytest.approx((9 - 5) - (3 - 2))


def test_levels_of_units_and_periods_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    unit, period = np.repeat(np.arange(12), 10), np.tile(np.arange(10), 12)
    X, y = rng.normal(size=(120, 2)), rng.normal(size=120)
    fit = fit_within(X, y, unit, period)
    moved = fit_within(X + rng.normal(0, 50, 12)[unit, None], y + rng.normal(0, 50, 10)[period], unit, period)
    for name in ("point", "std_error", "degrees"):
        assert getattr(moved, name) == pytest.approx(getattr(fit, name), rel=1e-8)


def test_intervals_of_few_units_hold_the_truth() -> None:
    """Twelve teams, errors that move slowly: 95% intervals by t; 400 panels."""
    rng = np.random.default_rng(7)
    unit, period = np.repeat(np.arange(12), 15), np.tile(np.arange(15), 12)
    held, normal = 0, 0
    for _ in range(400):
        x, e = np.zeros((12, 15)), np.zeros((12, 15))
        for month in range(15):
            x[:, month] = 0.7 * x[:, month - 1] + rng.normal(size=12)
            e[:, month] = 0.7 * e[:, month - 1] + rng.normal(size=12)
        fit = fit_within(x.reshape(-1, 1), (0.4 * x + e).ravel(), unit, period)
        off = abs(fit.point[0] - 0.4) / fit.std_error[0]
        held += off < t.ppf(0.975, fit.degrees[0])
        normal += off < 1.96
    # 380 expected; below 364 once in a thousand suites; by the normal distribution it is less
    assert held >= 364
    assert normal < held


@pytest.mark.parametrize(
    ("X", "unit", "reason"),
    [
        ([[1.0], [1.0], [2.0], [2.0]], [0, 0, 1, 1], "does not move"),
        ([[1.0, 2.0], [3.0, 6.0], [2.0, 4.0], [2.0, 4.0]], [0, 0, 1, 1], "collinear"),
        ([[1.0], [2.0], [2.0], [5.0]], [0, 0, 0, 0], "fewer than two units"),
        ([[np.nan], [2.0], [2.0], [5.0]], [0, 0, 1, 1], "missing"),
    ],
)
def test_what_cannot_be_told_is_refused(X: list[list[float]], unit: list[int], reason: str) -> None:
    with pytest.raises(EstimationError, match=reason):
        fit_within(X, [1.0, 2.0, 3.0, 5.0], unit, [0, 1, 0, 1])
