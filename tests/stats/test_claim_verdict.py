"""Verdicts on claims: the rules one by one, and how often they are right on estimates of known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from cxlink.stats import EstimationError
from cxlink.stats.claim_verdict import DETECTED, is_equivalent_to_zero, judge_claim, measure_power
from cxlink.stats.fieller import RatioSet, fieller_set

Z90 = 1.6448536269514722
CONDEMNED = {"overstated", "understated", "no_effect_shown", "contradicted"}
REPETITIONS = 4000


def verdict_of(claimed: float, estimate: float, error: float = 1.0) -> str:
    wider = fieller_set(claimed, estimate, variance_numerator=0.0, variance_denominator=error**2)
    return judge_claim(
        claimed,
        low=estimate - Z90 * error,
        high=estimate + Z90 * error,
        power=measure_power(claimed, error).of_claim,
        wider=wider,
    )


@pytest.mark.parametrize(
    ("claimed", "estimate", "verdict"),
    [
        (100.0, 100.0, "supported"),
        (5.0, 5.0, "imprecise"),
        (10.0, 4.0, "overstated"),
        (10.0, 20.0, "understated"),
        (10.0, 1.0, "no_effect_shown"),
        (10.0, -5.0, "contradicted"),
        (1.5, -2.0, "imprecise"),
        (0.5, 0.0, "imprecise"),
    ],
)
def test_each_verdict_and_its_mirror_image(claimed: float, estimate: float, verdict: str) -> None:
    assert verdict_of(claimed, estimate) == verdict
    assert verdict_of(-claimed, -estimate) == verdict


def test_little_power_never_tells_of_nothing() -> None:
    for estimate in np.linspace(-6, 1, 30):
        assert verdict_of(1.9, float(estimate)) in {"imprecise", "overstated", "supported"}


def test_what_the_wider_set_lets_stand_is_not_condemned() -> None:
    # the 90% interval ends below the claim, the 95% one does not
    assert verdict_of(10.0, 10.0 - 1.8) == "imprecise"
    assert verdict_of(10.0, 10.0 - 2.0) == "overstated"


@pytest.mark.parametrize("size", [1.0, 2.0, 2.8, 4.0, 6.0, 10.0, 20.0])
def test_a_true_claim_is_hardly_ever_condemned(size: float) -> None:
    estimates = np.random.default_rng(3).normal(size, 1.0, REPETITIONS)
    condemned = np.mean([verdict_of(size, float(one)) in CONDEMNED for one in estimates])
    # 5%, and three Monte-Carlo errors of it
    assert condemned <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / REPETITIONS)


def test_three_times_too_high_is_called_overstated_where_the_truth_can_be_found() -> None:
    estimates = np.random.default_rng(4).normal(DETECTED, 1.0, REPETITIONS)
    told = [verdict_of(3 * DETECTED, float(one)) for one in estimates]
    expected = norm.sf(Z90 - DETECTED)
    assert np.mean([one == "overstated" for one in told]) == pytest.approx(expected, abs=0.02)
    assert expected >= 0.8


def test_power_is_that_of_simulated_estimates() -> None:
    power = measure_power(-2.0, 1.0)
    drawn = np.random.default_rng(5).normal(-2.0, 1.0, 400_000)
    found = np.abs(drawn) > 1.959963984540054
    # tolerances: four Monte-Carlo errors
    assert power.of_claim == pytest.approx((drawn < -1.959963984540054).mean(), abs=0.004)
    assert power.wrong_sign == pytest.approx((drawn[found] > 0).mean(), abs=0.0005)
    assert power.exaggeration == pytest.approx(np.abs(drawn[found]).mean() / 2.0, abs=0.004)
    assert power.detectable == pytest.approx(2.8016, abs=1e-4)


def test_equivalence_needs_both_sides() -> None:
    assert is_equivalent_to_zero(-0.9, 0.9, 1.0)
    assert not is_equivalent_to_zero(-0.9, 1.1, 1.0)
    assert not is_equivalent_to_zero(-1.1, 0.9, 1.0)


def test_what_cannot_be_judged_is_refused() -> None:
    wider = RatioSet("all", -np.inf, np.inf, 0.95)
    for claimed, low, high in ((0.0, 0.0, 1.0), (1.0, -np.inf, 1.0), (1.0, 2.0, 1.0)):
        with pytest.raises(EstimationError):
            judge_claim(claimed, low=low, high=high, power=0.9, wider=wider)
    for claimed, error in ((0.0, 1.0), (1.0, 0.0), (np.nan, 1.0)):
        with pytest.raises(EstimationError):
            measure_power(claimed, error)
