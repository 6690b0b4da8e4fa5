"""Limits of monthly figures, against published examples, another implementation and what must hold of any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.monitor import cut, draw_means, draw_shares, months_per_alarm, signals, statistics
from cxlink.stats import EstimationError
from cxlink.stats.chart_factors import ALONE, FEW, MANY, TOGETHER, factors_for
from cxlink.stats.chart_signals import watch
from cxlink.stats.control_charts import PhaseOne, fit_phase_one, hold_against, read_months
from cxlink.stats.small_counts import BetaBinomial

# Montgomery (2012), table 7.1: cans that do not hold among 50, of 30 samples; published: mean .2313, limits .0524 and
# .4102, two samples beyond; without them mean .2150, limits .0407 and .3893.
CANS = np.array(
    [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
)
ROUNDED = 6e-5
"""Half of the last digit that is published, and a little more."""


def plain(centre: float, **changes: object) -> PhaseOne:
    """A share whose months differ by their units alone, known exactly."""
    kept = np.ones(30, dtype=bool)
    phase = PhaseOne("share", centre, centre * (1 - centre), 1.0, 0.0, 0.0, 1e15, 30, 30, kept)
    return replace(phase, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "centre", "low", "high"),
    [(np.arange(30), 0.2313, 0.0524, 0.4102), (np.delete(np.arange(30), [14, 22]), 0.2150, 0.0407, 0.3893)],
)
def test_limits_of_a_share_are_those_published(kept: np.ndarray, centre: float, low: float, high: float) -> None:
    share = float(CANS[kept].sum() / (50 * kept.size))
    assert share == pytest.approx(centre, abs=ROUNDED)
    charted = hold_against(plain(share), read_months(CANS / 50, np.full(30, 50.0)), factor=3.0)
    assert charted.low[0] == pytest.approx(low, abs=ROUNDED)
    assert charted.high[0] == pytest.approx(high, abs=ROUNDED)
    beyond = np.flatnonzero((charted.high < CANS / 50) | (charted.low > CANS / 50))
    assert beyond.tolist() == ([14, 22] if kept.size == 30 else [14, 20, 22])


def test_sigma_is_that_of_moving_ranges_by_hand() -> None:
    n = np.where(np.arange(30) % 2, 50.0, 80.0)
    share = CANS / n
    phase = fit_phase_one(read_months(share, n), "share")
    centre = CANS.sum() / n.sum()
    z = (share - centre) / np.sqrt(centre * (1 - centre) / n)
    assert phase.centre == pytest.approx(centre, rel=1e-12)
    assert phase.sigma == pytest.approx(np.abs(np.diff(z)).mean() / 1.128, rel=1e-12)
    assert phase.sigma != pytest.approx(z.std(ddof=1), rel=0.01)


def test_a_fall_from_46_to_39_on_90_answers_is_noise() -> None:
    rng = np.random.default_rng(3)
    # 46: 60% promoters, 14% detractors
    spread = np.full(25, 1e4 * (0.60 + 0.14 - 0.46**2))
    scores = 46 + rng.normal(0, np.sqrt(spread / 90))
    scores[-1] = 39.0
    months = read_months(scores, np.full(25, 90.0), spread=spread)
    phase = fit_phase_one(cut(months, 24), "mean")
    watched = watch(phase, months, first=24)
    assert not watched.signal[-1]
    assert watched.charted.p_value[-1] > 0.2
    assert watched.charted.low[-1] < 30


def test_a_shift_does_not_widen_the_limits_it_is_held_against() -> None:
    value = np.concatenate([np.tile([9.0, 11.0], 6), np.tile([19.0, 21.0], 6)])
    phase = fit_phase_one(read_months(value, spread=np.full(24, 4.0)), "mean")
    # the standard deviation of all months would be above five
    assert phase.sigma * np.sqrt(phase.variance) < 4.0


def test_months_out_of_limits_are_taken_out_once() -> None:
    value = np.tile([9.0, 11.0, 10.0], 8)
    value[7] = 40.0
    phase = fit_phase_one(read_months(value, spread=np.full(24, 1.0)), "mean")
    assert np.flatnonzero(~phase.kept).tolist() == [7]
    assert phase.centre == pytest.approx(np.delete(value, 7).mean())
    assert (phase.months, phase.rests_on) == (24, 23)


def test_a_missing_month_is_not_zero_and_breaks_ranges() -> None:
    value = np.concatenate([np.tile([0.0, 20.0], 6), [np.nan], np.tile([10.0, 30.0], 6)])
    phase = fit_phase_one(read_months(value, observed=np.isfinite(value)), "level")
    # all months that follow on one another are twenty apart; those beside the gap are not, nor is zero from them
    assert phase.sigma == pytest.approx(20.0 / 1.128)
    assert phase.centre == pytest.approx(15.0)


def test_too_few_months_are_refused_with_their_number() -> None:
    seen = np.arange(24) < 19
    with pytest.raises(EstimationError, match="19 months are observed, needs 20"):
        fit_phase_one(read_months(np.arange(24.0), observed=seen), "level")
    with pytest.raises(EstimationError, match="the same in all months"):
        fit_phase_one(read_months(np.zeros(24), np.full(24, 9.0)), "share")
    with pytest.raises(EstimationError, match="n must be above zero"):
        read_months(np.zeros(2), np.array([1.0, 0.0]))


@given(st.integers(0, 2**31), st.integers(25, 53))
def test_a_later_month_never_moves_the_limits_of_earlier_ones(seed: int, stop: int) -> None:
    rng = np.random.default_rng(seed)
    later = rng.normal(rng.normal(0, 2), 2, 30)
    months = read_months(np.concatenate([rng.normal(size=24), later]), spread=np.ones(54))
    phase = fit_phase_one(cut(months, 24), "mean")
    whole, part = watch(phase, months, first=24), watch(phase, cut(months, stop), first=24)
    np.testing.assert_array_equal(whole.charted.low[:stop], part.charted.low)
    np.testing.assert_array_equal(whole.charted.high[:stop], part.charted.high)
    assert whole.rules[:stop] == part.rules


@given(st.floats(1e-3, 1e6))
def test_limits_go_with_the_unit(scale: float) -> None:
    level = np.random.default_rng(6).normal(50.0, 2.0, 30)
    one, other = (
        hold_against(fit_phase_one(read_months(values[:24]), "level"), read_months(values), factor=3.0)
        for values in (level, level * scale)
    )
    np.testing.assert_allclose(other.low, one.low * scale, rtol=1e-9)
    np.testing.assert_allclose(other.p_value, one.p_value, rtol=1e-6)


def test_months_that_hang_together_are_told_by_the_month_before() -> None:
    rng = np.random.default_rng(8)
    level = rng.normal(size=400)
    for place in range(1, 400):
        level[place] += 0.8 * level[place - 1]
    phase = fit_phase_one(read_months(level), "level")
    # truth .8 and 1; their standard errors over 400 months are about .03 and .04
    assert phase.phi == pytest.approx(0.8, abs=0.1)
    assert phase.sigma == pytest.approx(1.0, abs=0.15)
    charted = hold_against(phase, read_months(level), factor=3.0)
    assert np.mean((level < charted.low) | (level > charted.high)) < 0.02


@pytest.mark.parametrize("n", [30, 300])
@pytest.mark.parametrize("share", [0.01, 0.99])
def test_limits_of_few_events_are_exact(n: int, share: float) -> None:
    law = BetaBinomial.around(share, n, sigma=1.3, units=50.0 * n)
    other = stats.betabinom(law.n, law.a, law.b)
    low, high = law.limits(0.00135)
    # no more than the tail lies beyond, and one event nearer more would
    assert other.cdf(round(low * n) - 1) <= 0.00135 < other.cdf(round(low * n))
    assert other.sf(round(high * n)) <= 0.00135 < other.sf(round(high * n) - 1)
    for count in range(0, n + 1, n // 10):
        expected = min(1.0, 2 * min(other.cdf(count), other.sf(count - 1)))
        assert law.p_value(count) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    mean, variance = other.stats("mv")
    assert mean / n == pytest.approx(share, abs=0.5 / (50 * n))
    assert variance == pytest.approx(1.3**2 * n * share * (1 - share) * (1 + 1 / 50), rel=0.05)


def test_few_events_are_held_against_exact_limits() -> None:
    months = read_months(np.array([3, 9, 12]) / 300, np.full(3, 300.0))
    charted = hold_against(plain(0.01), months, factor=3.0)
    law = stats.binom(300, 0.01)
    assert charted.high[0] * 300 == pytest.approx(law.ppf(stats.norm.cdf(3.0)))
    assert charted.p_value[1] == pytest.approx(2 * law.sf(8), rel=1e-5)


def test_a_chart_without_a_shift_alarms_as_seldom_as_stated() -> None:
    found = signals(draw_shares(0.4, 900, 2.0), "share", 500, 24)
    length, error = months_per_alarm(found)
    # 15% on either side of what is stated, and three Monte-Carlo errors
    assert 0.85 * TOGETHER - 3 * error < length < 1.15 * TOGETHER + 3 * error
    seldom, _ = months_per_alarm(signals(draw_means(1.0), "mean", 300, 24))
    assert seldom > 0.85 * TOGETHER


@pytest.mark.parametrize(("months", "known"), [(FEW, False), (MANY, False), (MANY, True)])
def test_factors_are_those_of_the_simulation(months: int, known: bool) -> None:
    single, average, total = statistics(1.0 if known else 3.0, 600, months, known=known)
    factors = factors_for(months, is_estimated=not known)
    out = single > factors.limit
    both, either = out | (average > factors.average), out | (total > factors.total)
    for alarm, nominal in ((out, ALONE), (both, TOGETHER), (either, TOGETHER)):
        length, error = months_per_alarm(alarm)
        assert abs(length - nominal) < 3 * error


def test_a_large_shift_is_found_at_once_and_a_small_one_in_the_end() -> None:
    draw = draw_shares(0.4, 900)
    large, small, none = (signals(draw, "share", 100, 24, shift=shift) for shift in (5.0, 1.0, 0.0))
    assert large[:, 0].mean() > 0.85
    assert small.any(axis=1).mean() > none.any(axis=1).mean() + 0.4
