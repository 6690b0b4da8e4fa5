"""Robustness values and E-values: published examples, and confounders that are there and then left out.

`PRINTED` digits are those of the publication; `ALGEBRA` is for identities of least squares.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import t as student

from cxlink.stats.e_values import (
    bias_factor,
    compare_with_covariate,
    e_value_of_hazard_ratio,
    e_value_of_mean_difference,
    e_value_of_ratio,
    e_value_of_risk_difference,
    risk_ratio_of_hazard_ratio,
)
from cxlink.stats.errors import EstimationError
from cxlink.stats.sensitivity import (
    Coefficient,
    Strength,
    adjust_for_confounder,
    bound_confounder,
    measure_coefficient,
    measure_strength,
    robustness_value,
)

ALGEBRA, PRINTED = 1e-9, 6e-5
DARFUR = Coefficient(estimate=0.09731582, error=0.02325654, df=783)
"""Being harmed and wishing for peace: Cinelli and Hazlett (2020), section 5, with more digits from their package."""

AS_FEMALE = {
    1: (0.0091643, 0.1246409, 0.0752203, 0.0218733, 3.4389035, 0.0322830, 0.1181576),
    2: (0.0183286, 0.2493241, 0.0529152, 0.0203501, 2.6002458, 0.0129680, 0.0928623),
    3: (0.0274929, 0.3740505, 0.0303960, 0.0186701, 1.6280616, -0.0062533, 0.0670453),
}
"""Times as strong as sex: shares of exposure and outcome; estimate, error, t and interval with such a confounder."""


def test_robustness_of_the_published_example() -> None:
    found = robustness_value(DARFUR)
    assert found.partial_r2 == pytest.approx(0.02187309, abs=1e-8)
    assert found.value == pytest.approx(0.1387764, abs=1e-7)
    assert found.value_of_interval == pytest.approx(0.07625797, abs=1e-7)
    assert robustness_value(replace(DARFUR, estimate=-DARFUR.estimate)) == found


@pytest.mark.parametrize("times", AS_FEMALE)
def test_a_confounder_as_strong_as_sex(times: int) -> None:
    exposure, outcome, *expected = AS_FEMALE[times]
    found = adjust_for_confounder(DARFUR, Strength(exposure, outcome))
    assert (found.estimate, found.error, found.t, found.low, found.high) == pytest.approx(expected, abs=3e-6)
    other = adjust_for_confounder(replace(DARFUR, estimate=-DARFUR.estimate), Strength(exposure, outcome))
    assert (-other.estimate, other.error, -other.t, -other.high, -other.low) == pytest.approx(expected, abs=3e-6)


def test_bounds_of_the_published_example() -> None:
    """Sex itself is not printed: it follows from the first row, and the others from it."""
    exposure = AS_FEMALE[1][0] / (1.0 + AS_FEMALE[1][0])
    outcome = brentq(lambda r2: bound_confounder(Strength(exposure, r2)).outcome - AS_FEMALE[1][1], 0.01, 0.5)
    for times, row in AS_FEMALE.items():
        found = bound_confounder(Strength(exposure, outcome), times=times)
        assert (found.exposure, found.outcome) == pytest.approx(row[:2], abs=3e-7)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_leaving_a_confounder_out_is_undone_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=80)
    covariate = rng.normal(size=80)
    exposure = 0.5 * covariate + 0.7 * hidden + rng.normal(size=80)
    y = 0.2 * exposure + covariate + 0.9 * hidden + rng.normal(size=80)
    short = np.column_stack((np.ones(80), covariate, exposure))
    long = np.column_stack((short, hidden))
    full, without = measure_coefficient(long, y, 2), measure_coefficient(short, y, 2)
    found = adjust_for_confounder(without, measure_strength(long, y, 2, [3]))
    # Moved by as much; towards zero where leaving it out had moved the estimate away.
    moved = abs(without.estimate - full.estimate)
    assert abs(without.estimate) - np.sign(without.estimate) * found.estimate == pytest.approx(moved, abs=ALGEBRA)
    assert found.error == pytest.approx(full.error, rel=ALGEBRA)


@given(st.integers(0, 10_000), st.floats(0.1, 3.0))
@settings(max_examples=30, deadline=None)
def test_no_confounder_as_strong_explains_more_than_its_bound(seed: int, strength: float) -> None:
    """Explained by the hidden one in strengths of the covariate, each measured without the other."""
    rng = np.random.default_rng(seed)
    n = 60
    covariate, hidden = np.linalg.qr(rng.normal(size=(n, 2)))[0].T * np.sqrt(n)
    exposure = 0.4 * covariate + 0.4 * strength * hidden + rng.normal(size=n)
    y = exposure + 0.6 * covariate - 0.5 * strength * hidden + rng.normal(size=n)
    short, long = np.column_stack((covariate, exposure)), np.column_stack((covariate, exposure, hidden))

    def r2(values: Any, on: Any, given_columns: Any) -> float:
        def left(columns: Any) -> Any:
            return values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]

        before, after = left(given_columns), left(np.column_stack((given_columns, on)))
        return float(1.0 - (after @ after) / (before @ before))

    nothing = np.zeros((n, 1))
    times = r2(exposure, hidden, nothing) / r2(exposure, covariate, nothing)
    times_outcome = r2(y, hidden, exposure[:, None]) / r2(y, covariate, exposure[:, None])
    bound = bound_confounder(measure_strength(short, y, 1, [0]), times=times, times_outcome=times_outcome)
    actual = measure_strength(long, y, 1, [2])
    assert actual.exposure == pytest.approx(bound.exposure, rel=1e-6)
    assert actual.outcome <= bound.outcome + ALGEBRA


@pytest.mark.parametrize("q", [0.5, 1.0])
@pytest.mark.parametrize("t", [0.7, 2.2, 4.0, 60.0, 2000.0])
@pytest.mark.parametrize("clusters", [(None, None), (0.03, 25)])
def test_the_interval_touches_at_the_robustness_value(t: float, q: float, clusters: Any) -> None:
    """The worst of all confounders that explain at most the value, found by search, takes t to its critical value."""
    error, df = 0.02, 400
    coefficient = Coefficient(t * error, error, df, *clusters)
    found = robustness_value(coefficient, q=q)
    if found.value_of_interval == 0.0:
        return
    exposure = found.value_of_interval
    outcomes = np.append(np.linspace(0.0, exposure, 20_001), exposure)
    part = replace(coefficient, estimate=q * coefficient.estimate)
    worst = min(adjust_for_confounder(part, Strength(exposure, float(one))).t for one in outcomes[outcomes < 1.0])
    critical = student.ppf(0.975, df - 1 if clusters[1] is None else clusters[1] - 1)
    assert worst == pytest.approx(critical, rel=1e-4)
    at_value = adjust_for_confounder(part, Strength(found.value, found.value))
    assert at_value.estimate == pytest.approx(0.0, abs=ALGEBRA * t)


def test_wider_errors_of_clusters_make_intervals_less_robust() -> None:
    plain, clustered = DARFUR, replace(DARFUR, clustered_error=0.03, n_clusters=60)
    assert robustness_value(clustered).value == robustness_value(plain).value
    assert 0 < robustness_value(clustered).value_of_interval < robustness_value(plain).value_of_interval
    same = replace(DARFUR, clustered_error=DARFUR.error, n_clusters=DARFUR.df)
    assert robustness_value(same) == robustness_value(plain)


@pytest.mark.parametrize(
    ("ratio", "low", "high", "point", "limit"),
    [
        (3.9, 1.8, 8.7, 7.26, 3.00),  # VanderWeele and Ding (2017): formula feeding and infant deaths
        (0.80, 0.71, 0.91, 1.81, 1.43),  # the same: leukaemia
        (10.73, 8.02, 14.36, 20.95, 15.52),  # smoking and lung cancer, Hammond and Horn (1958)
        (1.2, 0.9, 1.6, 1.69, 1.00),
    ],
)
def test_e_values_of_published_ratios(ratio: float, low: float, high: float, point: float, limit: float) -> None:
    for found in (e_value_of_ratio(ratio, low, high), e_value_of_ratio(1 / ratio, 1 / high, 1 / low)):
        assert found.point == pytest.approx(point, abs=0.006)
        assert found.limit == pytest.approx(limit, abs=0.006)


def test_hazard_ratios_of_common_events_are_turned_into_ratios_of_risks() -> None:
    """By hand for 4: (1 - .5^2) / (1 - .5^.5) = .75 / .29289."""
    assert risk_ratio_of_hazard_ratio(4.0, risk=0.4) == pytest.approx(0.75 / (1 - 0.5**0.5), rel=1e-12)
    assert risk_ratio_of_hazard_ratio(0.25, risk=0.4) == pytest.approx((1 - 0.5**0.5) / 0.75, rel=1e-12)
    assert risk_ratio_of_hazard_ratio(4.0, risk=0.15) == 4.0
    rare, common = (e_value_of_hazard_ratio(1.6, 1.2, 2.1, risk=risk) for risk in (0.1, 0.2))
    assert rare == e_value_of_ratio(1.6, 1.2, 2.1)
    turned = [risk_ratio_of_hazard_ratio(one, risk=0.2) for one in (1.6, 1.2, 2.1)]
    assert common == e_value_of_ratio(*turned)
    assert common.point < rare.point
    assert common.limit is not None
    assert rare.limit is not None
    assert common.limit < rare.limit


@pytest.mark.parametrize("ratio", [0.4, 0.8, 1.25, 2.5])
def test_the_transform_lies_amid_the_ratios_that_risks_of_a_fifth_to_four_fifths_give(ratio: float) -> None:
    base = np.linspace(0.2, 0.8, 601)
    ratios = (1 - (1 - base) ** ratio) / base
    assert ratios.min() < risk_ratio_of_hazard_ratio(ratio, risk=0.5) < ratios.max()


def test_a_difference_of_risks_needs_what_its_ratio_needs() -> None:
    """Smoking and lung cancer; the limit of the difference is found again by a grid of bias factors."""
    found = e_value_of_risk_difference(397, 397 + 78557, 51, 51 + 108778)
    assert found.point == pytest.approx(20.95, abs=0.006)
    p, q, f, n, m = 397 / 78954, 51 / 108829, 78954 / 187783, 78954, 108829
    bias = np.arange(1.0, p / q, 1e-4)
    weight = f + (1 - f) / bias
    variance = (p * (1 - p) / n + q * (1 - q) / m * bias**2) * weight**2
    variance += (p - q * bias) ** 2 * (1 - 1 / bias) ** 2 * f * (1 - f) / (n + m)
    first = bias[((p - q * bias) * weight <= 1.959964 * np.sqrt(variance)).argmax()]
    assert found.limit == pytest.approx(first + np.sqrt(first * (first - 1)), abs=2e-3)
    turned = e_value_of_risk_difference(51, 51 + 108778, 397, 397 + 78557)
    assert (turned.point, turned.limit) == (found.point, found.limit)
    assert turned.ratio == pytest.approx(1 / found.ratio)
    assert e_value_of_risk_difference(11, 100, 10, 100).limit == 1.0


def test_a_difference_of_means() -> None:
    """Half a standard deviation: exp(.455) = 1.576, and 1.576 + sqrt(1.576 * .576) = 2.53."""
    found = e_value_of_mean_difference(-1.0, 0.2, outcome_sd=2.0)
    assert found.point == pytest.approx(2.53, abs=0.005)
    limit = float(np.exp(0.455 * (-1.0 + 1.959964 * 0.2)))
    assert found.limit == pytest.approx(e_value_of_ratio(limit).point, rel=1e-6)


@given(st.floats(1.05, 20.0), st.floats(1.05, 20.0), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_no_hidden_cause_biases_by_more_than_its_factor(exposure: float, outcome: float, seed: int) -> None:
    """A binary cause: shares among exposed and others, and risks with and without it."""
    rng = np.random.default_rng(seed)
    others = rng.uniform(0.0, 1.0 / exposure)
    exposed = others * exposure
    bias = (1 + (outcome - 1) * exposed) / (1 + (outcome - 1) * others)
    assert 1.0 <= bias <= bias_factor(exposure, outcome) * (1 + 1e-12)


def test_as_strong_as_a_covariate() -> None:
    found = compare_with_covariate(1.5, 1.2, 1.9, exposure_ratio=1.4, outcome_ratio=0.5)
    assert found.bias == pytest.approx(1.4 * 2 / 2.4)
    assert (found.ratio, found.low, found.high) == pytest.approx((1.5 / found.bias, 1.2 / found.bias, 1.9 / found.bias))
    for times, end in ((found.times_to_explain, 1.5), (found.times_to_touch, 1.2)):
        assert bias_factor(1.4**times, 2**times) == pytest.approx(end)
    turned = compare_with_covariate(1 / 1.5, 1 / 1.9, 1 / 1.2, exposure_ratio=1.4, outcome_ratio=2.0)
    assert (turned.ratio, turned.times_to_touch) == pytest.approx((1 / found.ratio, found.times_to_touch))
    assert compare_with_covariate(1.5, 0.9, 1.9, exposure_ratio=1.4, outcome_ratio=2.0).times_to_touch == 0.0
    weak = compare_with_covariate(1.5, 1.2, 1.9, exposure_ratio=1.0, outcome_ratio=2.0)
    assert weak.times_to_explain == np.inf
    e_value = e_value_of_ratio(1.5).point
    alike = compare_with_covariate(1.5, 1.2, 1.9, exposure_ratio=e_value, outcome_ratio=e_value)
    assert (alike.ratio, alike.times_to_explain) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: robustness_value(replace(DARFUR, error=0.0)), "errors above zero"),
        (lambda: robustness_value(DARFUR, q=0.0), "q must be above 0"),
        (lambda: robustness_value(DARFUR, level=1.0), "level must lie"),
        (lambda: robustness_value(replace(DARFUR, df=1)), "too few rows"),
        (lambda: bound_confounder(Strength(0.4, 0.1), times=2), "more of the exposure than there is"),
        (lambda: adjust_for_confounder(DARFUR, Strength(1.0, 0.1)), "less than all exposure"),
        (lambda: measure_coefficient(np.eye(3), [1, 2, 3], 0), "too few to tell an error"),
        (lambda: measure_strength(np.eye(4)[:, :2], [1, 2, 3, 4], 0, [0]), "other than the exposure"),
        (lambda: e_value_of_ratio(-1.0), "above zero"),
        (lambda: e_value_of_ratio(2.0, 1.0), "two ends"),
        (lambda: e_value_of_ratio(2.0, 2.5, 3.0), "does not hold"),
        (lambda: e_value_of_hazard_ratio(2.0, risk=1.5), "risk must lie"),
        (lambda: e_value_of_risk_difference(0, 10, 1, 10), "each group"),
        (lambda: e_value_of_mean_difference(1.0, 0.0, outcome_sd=1.0), "error"),
        (lambda: compare_with_covariate(2, 1, 3, exposure_ratio=2, outcome_ratio=2, times=-1), "times must not"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        call()
