"""Rules that add up months, against published run lengths."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError
from cxlink.stats.run_rules import cumulative_sums, moving_average, risk_adjusted

FOREVER = 1e15
"""Months behind a centre that is known."""


def mean_run(alarm_of: object, shift: float, runs: int, longest: int) -> tuple[float, float]:
    """Average run length until the first alarm, and its Monte-Carlo error."""
    rng, lengths = np.random.default_rng([4, int(10 * shift)]), []
    for _ in range(runs):
        alarm = np.flatnonzero(alarm_of(rng.normal(shift, 1.0, longest)))  # type: ignore[operator]
        lengths.append(alarm[0] + 1 if alarm.size else longest)
    return float(np.mean(lengths)), float(np.std(lengths) / np.sqrt(runs))


def cusum(deviation: np.ndarray) -> np.ndarray:
    sums = cumulative_sums(deviation, np.ones(deviation.size))
    alarms: np.ndarray = np.maximum(sums.up, sums.down) > 4.0
    return alarms


def ewma(deviation: np.ndarray) -> np.ndarray:
    found = moving_average(deviation, np.ones(deviation.size), months=FOREVER)
    # the table is of limits that do not depend on time
    alarms: np.ndarray = np.abs(found.average) > 2.962 * np.sqrt(0.2 / 1.8)
    return alarms


@pytest.mark.parametrize(
    ("rule", "shift", "published", "runs"),
    [
        # Montgomery (2012), table 9.3, k = 1/2 and h = 4, of both sides
        (cusum, 0.0, 168.0, 150),
        (cusum, 1.0, 8.38, 600),
        # Lucas and Saccucci (1990), as Montgomery's table 9.11: weight .2 and L = 2.962
        (ewma, 1.0, 10.5, 600),
        (ewma, 0.5, 41.8, 300),
    ],
)
def test_run_lengths_are_those_published(rule: object, shift: float, published: float, runs: int) -> None:
    length, error = mean_run(rule, shift, runs, 60 if shift == 1.0 else 800)
    assert abs(length - published) < 3.5 * error


def test_a_missing_month_leaves_both_as_they_are() -> None:
    seen = np.array([True, False, True])
    average = moving_average([1.0, 99.0, 1.0], seen, months=FOREVER).average
    assert average.tolist() == pytest.approx([0.2, 0.2, 0.36])
    assert cumulative_sums([1.0, 99.0, 1.0], seen).up.tolist() == pytest.approx([0.5, 0.5, 1.0])


def test_the_error_of_an_average_holds_in_draws() -> None:
    rng = np.random.default_rng(2)
    centre = rng.normal(0.0, np.sqrt(1 / 24), (4000, 1))
    drawn = rng.normal(size=(4000, 6)) - centre
    last = [moving_average(row, np.ones(6), months=24.0) for row in drawn]
    spread = np.std([one.average[-1] for one in last])
    # a standard deviation of 4,000 draws is within 3% in all but one in a hundred
    assert spread == pytest.approx(last[0].error[-1], rel=0.035)


def test_events_are_held_against_rates_by_band() -> None:
    expected, deviation = risk_adjusted([12, 5], [[100, 200], [0, 0]], [0.05, 0.02])
    assert expected.tolist() == pytest.approx([9.0, 0.0])
    assert deviation.tolist() == pytest.approx([3.0 / np.sqrt(100 * 0.05 * 0.95 + 200 * 0.02 * 0.98), 0.0])
    with pytest.raises(EstimationError, match="rates"):
        risk_adjusted([1], [[1.0, 2.0]], [0.1])


def test_a_change_of_the_mix_alone_is_no_deviation() -> None:
    # new customers leave five times as often: more of them raise the rate, and nothing else moved
    exposure = np.column_stack([np.linspace(100, 1000, 12), np.linspace(1000, 100, 12)])
    rates = np.array([0.1, 0.02])
    _, deviation = risk_adjusted(exposure @ rates, exposure, rates)
    assert np.abs(deviation).max() < 1e-9
