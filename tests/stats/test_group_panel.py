"""Rates of two groups over periods: beside other programs, and on panels of which the truth is known.

NEAR, 1e-7: the same maximum of the same likelihood, climbed to in another way; statsmodels stops on the deviance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from cxlink.stats import EstimationError, compare_rates

NEAR = 1e-7
Panel = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw_panel(rng: np.random.Generator, n: int = 300, log_ratio: float = -0.4, drift: float = 0.0) -> Panel:
    """Counts, time at risk, who is treated, and which periods are after: units differ, and leave or come late."""
    periods = np.arange(9)
    treated, after = rng.random(n) < 0.4, periods >= 5
    own = rng.gamma(1.0, 0.5, n) * np.exp(0.5 * treated)
    time = rng.uniform(0.5, 1.0, (n, 9))
    time[(periods > rng.integers(4, 30, n)[:, None]) | (periods < rng.integers(-20, 4, n)[:, None])] = 0.0
    shape = 0.3 * np.sin(periods) + treated[:, None] * (log_ratio * after + drift * periods)
    return rng.poisson(own[:, None] * time * np.exp(shape)).astype(float), time, treated, after


def by_statsmodels(panel: Panel, cluster: np.ndarray, *, within: bool) -> tuple[float, float]:
    """One dummy a unit (or one for the group) and a period, errors clustered without a small-sample factor."""
    counts, time, treated, after = panel
    unit, period = np.nonzero((time > 0) & ((counts.sum(axis=1) > 0) | (not within))[:, None])
    both = (treated[unit] & after[period]).astype(float)
    periods = (period[:, None] == np.arange(9)).astype(float)
    if within:
        levels = (unit[:, None] == np.unique(unit)).astype(float)
        design = np.column_stack([levels, periods[:, 1:], both])
    else:
        design = np.column_stack([periods, treated[unit], both])
    fit = sm.GLM(counts[unit, period], design, family=sm.families.Poisson(), exposure=time[unit, period]).fit(
        cov_type="cluster", cov_kwds={"groups": cluster[unit], "use_correction": False}, tol=1e-12
    )
    return float(fit.params[-1]), float(fit.bse[-1])


@pytest.mark.parametrize("within", [True, False])
@pytest.mark.parametrize("grouped", [True, False])
def test_it_is_the_poisson_model_of_statsmodels(within: bool, grouped: bool) -> None:
    panel = draw_panel(np.random.default_rng(4))
    n = len(panel[0])
    cluster = np.arange(n) % 40 if grouped else np.arange(n)
    found = compare_rates(*panel, cluster, within=within)
    point, error = by_statsmodels(panel, cluster, within=within)
    g = len(np.unique(cluster))
    assert found.log_ratio == pytest.approx(point, abs=NEAR)
    assert found.std_error == pytest.approx(error * np.sqrt(g / (g - 1)), rel=1e-5)
    assert found.degrees == g - 1


def test_two_periods_and_no_levels_are_a_ratio_of_ratios() -> None:
    counts = np.array([[30.0, 20.0], [10.0, 4.0], [50.0, 45.0], [10.0, 25.0]])
    time = np.array([[10.0, 8.0], [5.0, 4.0], [20.0, 20.0], [10.0, 15.0]])
    treated = np.array([True, True, False, False])
    found = compare_rates(counts, time, treated, [False, True], np.arange(4), within=False)
    rate = {
        (group, side): counts[treated == group, side].sum() / time[treated == group, side].sum()
        for group in (True, False)
        for side in (0, 1)
    }
    expected = np.log(rate[True, 1] / rate[True, 0]) - np.log(rate[False, 1] / rate[False, 0])
    assert found.log_ratio == pytest.approx(expected)
    assert found.trend is None


@pytest.mark.parametrize("within", [True, False])
def test_intervals_hold_the_planted_ratio(within: bool) -> None:
    """Of 200 panels; and the months before are doubted as often as stated."""
    rng, n_panels = np.random.default_rng(8), 200
    held, warned = [], []
    for _ in range(n_panels):
        found = compare_rates(*draw_panel(rng), np.arange(300), within=within)
        assert found.trend is not None
        held.append(abs(found.log_ratio + 0.4) <= 1.97 * found.std_error)
        warned.append(found.trend.p_value < 0.05)
    error = np.sqrt(0.05 * 0.95 / n_panels)
    assert abs(np.mean(held) - 0.95) < 3 * error
    assert abs(np.mean(warned) - 0.05) < 3 * error


def test_a_drift_before_is_found() -> None:
    panel = draw_panel(np.random.default_rng(9), n=3000, drift=0.15)
    found = compare_rates(*panel, np.arange(3000), within=True)
    assert found.trend is not None
    assert found.trend.p_value < 0.01


def test_the_order_of_units_does_not_matter() -> None:
    counts, time, treated, after = draw_panel(np.random.default_rng(2))
    order = np.random.default_rng(3).permutation(len(counts))
    one = compare_rates(counts, time, treated, after, np.arange(300), within=True)
    other = compare_rates(counts[order], time[order], treated[order], after, order, within=True)
    assert one.log_ratio == pytest.approx(other.log_ratio, abs=NEAR)
    assert one.std_error == pytest.approx(other.std_error, rel=NEAR)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"treated": np.ones(300, dtype=bool)}, "empty"),
        ({"after": np.ones(9, dtype=bool)}, "on both sides"),
        ({"after": np.arange(9) < 3}, "must come first"),
        ({"cluster": np.zeros(300)}, "at least two"),
        ({"counts": np.zeros((300, 9))}, "no event of the exposed before"),
        ({"exposure": np.zeros((300, 9))}, "nobody was at risk"),
        ({"counts": np.full((300, 9), -1.0)}, "must not be negative"),
        ({"exposure": np.ones((300, 8))}, "has shape"),
    ],
)
def test_what_cannot_be_told_is_refused(change: dict[str, Any], reason: str) -> None:
    counts, time, treated, after = draw_panel(np.random.default_rng(1))
    given = {"counts": counts, "exposure": time, "treated": treated, "after": after, "cluster": np.arange(300)}
    with pytest.raises(EstimationError, match=reason):
        compare_rates(**(given | change), within=True)
