"""Tilts, tipping points and worst cases: by hand, by their definition, and under simulated silence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError
from cxlink.stats.nps_scale import nps_values
from cxlink.stats.response_weights import fit_response_weights, mean_of_answers
from cxlink.stats.silent_customers import Respondents, read_respondents, tilted_mean, tip_difference, tip_mean
from cxlink.stats.worst_case import bound_difference, bound_mean

Floats = npt.NDArray[np.float64]
SUMS = 1e-9


def group_of(scores: list[int] | Floats, silent_each: float, *, nps: bool = False) -> Respondents:
    along = np.asarray(scores, dtype=float)
    n = along.size
    values = nps_values(along) if nps else along
    return read_respondents(values, np.ones(n), np.full(n, silent_each), np.arange(n), n, scores=along)


def test_tilt_by_hand() -> None:
    group = group_of([0, 10], 3.0)
    found = tilted_mean(group, np.log(4) / 10)
    # of six silent, a ten is four times as likely as a nought: 8; two spoke, with a mean of 5
    assert found.silent == pytest.approx(8)
    assert found.point == pytest.approx((2 * 5 + 6 * 8) / 8)
    assert tilted_mean(group, 0.0).point == pytest.approx(5)
    assert tilted_mean(group, 1000.0).silent == pytest.approx(10)
    assert tilted_mean(group, -1000.0).silent == pytest.approx(0)
    assert tilted_mean(group_of([0, 10], 0.0), 1.0).point == pytest.approx(5)


@given(st.integers(0, 1000), st.floats(-1, 1), st.booleans())
@settings(max_examples=40, deadline=None)
def test_tilted_means_rise_and_their_influence_is_the_derivative(seed: int, delta: float, nps: bool) -> None:
    rng = np.random.default_rng(seed)
    scores, codes = rng.integers(0, 11, 30).astype(float), rng.integers(0, 8, 30)
    answered, silent = rng.uniform(0.5, 2, 30), rng.uniform(0, 3, 30) * (rng.random(30) < 0.8)
    values = nps_values(scores) if nps else scores

    def mean(by: Floats, at: float) -> float:
        return tilted_mean(read_respondents(values, answered * by, silent * by, codes, 8, scores=scores), at).point

    group = read_respondents(values, answered, silent, codes, 8, scores=scores)
    found = tilted_mean(group, delta)
    assert found.point <= tilted_mean(group, delta + 0.1).point + SUMS
    for cluster in range(8):
        moved = [mean(1 + s * 1e-5 * (codes == cluster), delta) for s in (1, -1)]
        assert found.influence[cluster] == pytest.approx((moved[0] - moved[1]) / 2e-5, abs=1e-5)


def test_the_right_tilt_undoes_silence_that_depends_on_the_answer() -> None:
    """Log odds of silence that fall by .4 with each point, beside those of a segment that is known."""
    rng = np.random.default_rng(1)
    n = 40_000
    segment = rng.random(n) < 0.4
    scores = np.clip(np.round(7 + segment + 1.5 * rng.normal(size=n)), 0, 10)
    answered = rng.random(n) < 1 / (1 + np.exp(4.0 - 0.4 * scores - 0.5 * segment))
    for own in (segment, ~segment):
        spoken = scores[own & answered]
        each = np.full(spoken.size, (own & ~answered).sum() / spoken.size)
        group = read_respondents(spoken, np.ones(spoken.size), each, np.arange(spoken.size), spoken.size)
        assert tilted_mean(group, 0.0).point > scores[own].mean() + 0.3
        # some 5,000 answers a segment: the tilted mean has a standard error of about .03
        assert tilted_mean(group, -0.4).point == pytest.approx(scores[own].mean(), abs=0.1)


def test_response_weights_make_respondents() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(400, 1))
    answered = rng.random(400) < 1 / (1 + np.exp(-X[:, 0]))
    scores = np.clip(np.round(7 + X[:, 0] + rng.normal(size=400)), 0, 10)
    response = fit_response_weights(X, answered, np.arange(400))
    used = response.used
    silent = response.weights[used] - response.case[used]
    group = read_respondents(scores[used], response.case[used], silent, response.codes[used], 400)
    assert tilted_mean(group, 0.0).point == pytest.approx(mean_of_answers(response, scores).point)


def test_tipping_points_by_definition() -> None:
    group = group_of([9, 10, 8, 10, 7, 9, 6, 10, 9, 3], 1.5, nps=True)
    tip = tip_mean(group, 0.0)
    assert tip.at_zero > 0
    assert tip.delta is not None
    assert tip.delta < 0
    assert tilted_mean(group, tip.delta).point == pytest.approx(0, abs=1e-6)
    assert tilted_mean(group, tip.delta + 0.01).point > 0
    # Even with all the silent at the bottom, half of the answers above the middle hold the mean up.
    held = tip_mean(group_of([9, 10, 10, 9, 8], 0.2), 4.0)
    assert held.delta is None
    assert held.smallest > 0
    assert tip_mean(group_of([4, 6], 1.0), 5.0).delta == 0.0
    with pytest.raises(EstimationError, match="limit"):
        tip_mean(group, 0.0, limit=0.0)


def test_tipping_a_difference() -> None:
    first, second = group_of([5, 6, 7, 8], 2.0), group_of([6, 7, 8, 10], 2.0)
    opposed = tip_difference(first, second, opposed=True)
    assert opposed.at_zero == pytest.approx(1.25)
    assert opposed.delta is not None
    assert opposed.delta < 0
    apart = tilted_mean(second, opposed.delta).point - tilted_mean(first, -opposed.delta).point
    assert apart == pytest.approx(0, abs=1e-9)
    # Tilted alike the groups move alike: two silent to one answer do not turn the difference.
    alike = tip_difference(first, second)
    assert alike.delta is None
    assert 0 < alike.smallest < alike.at_zero < alike.largest
    # One group fully answered: its mean stands still.
    full = tip_difference(group_of([5, 6, 7, 8], 0.0), second)
    assert full.delta == pytest.approx(tip_mean(second, 6.5).delta)


def test_respondents_are_checked() -> None:
    one = np.ones(3)
    with pytest.raises(EstimationError, match="must not fall"):
        read_respondents([3.0, 2.0, 1.0], one, one, [0, 1, 2], 3, scores=[1.0, 2.0, 3.0])
    with pytest.raises(EstimationError, match="above zero"):
        read_respondents(one, 0 * one, one, [0, 1, 2], 3)
    with pytest.raises(EstimationError, match="codes"):
        read_respondents(one, one, one, [0, 1, 3], 3)


def test_worst_cases_by_hand() -> None:
    values, answered = [9.0, np.nan, 4.0, 10.0, 0.0], [1, 0, 1, 1, 0]
    found = bound_mean(values, answered, range(5), lowest=0, highest=10)
    assert (found.low, found.high) == pytest.approx((23 / 5, 43 / 5))
    assert found.response_rate == pytest.approx(0.6)
    nps = bound_mean(nps_values(values), answered, range(5), lowest=-100, highest=100, weights=[1, 2, 1, 1, 0])
    assert (nps.low, nps.high) == pytest.approx(((100 - 200 - 100 + 100) / 5, (100 + 200 - 100 + 100) / 5))
    apart = bound_difference(values, answered, [0, 0, 1, 1, 1], range(5), lowest=0, highest=10)
    # first: 9 and one silent, 4.5 to 9.5; second: 4, 10 and one silent, 14/3 to 8
    assert (apart.low, apart.high) == pytest.approx((14 / 3 - 9.5, 8 - 4.5))
    assert apart.response_rate == pytest.approx(0.5)


@given(st.integers(0, 1000), st.booleans())
@settings(max_examples=30, deadline=None)
def test_bounds_hold_whatever_the_silent_say(seed: int, difference: bool) -> None:
    rng = np.random.default_rng(seed)
    n = 40
    truth, answered, cluster = rng.integers(1, 8, n).astype(float), rng.random(n) < 0.6, rng.integers(0, 12, n)
    second, weights = rng.random(n) < 0.5, rng.uniform(0.5, 2, n)
    if not difference:
        second = np.ones(n, dtype=bool)
    if any(np.unique(cluster[group]).size == 1 for group in (second, ~second)) or (difference and not (~second).any()):
        return

    def bounds(by: Floats) -> tuple[float, float]:
        found = (
            bound_difference(truth, answered, second, cluster, lowest=1, highest=7, weights=by)
            if difference
            else bound_mean(truth, answered, cluster, lowest=1, highest=7, weights=by)
        )
        return found.low, found.high

    full = np.average(truth[second], weights=weights[second])
    if difference:
        full -= np.average(truth[~second], weights=weights[~second])
        found = bound_difference(truth, answered, second, cluster, lowest=1, highest=7, weights=weights)
    else:
        found = bound_mean(truth, answered, cluster, lowest=1, highest=7, weights=weights)
    assert found.outer_low <= found.low - 0 <= full + SUMS
    assert full - SUMS <= found.high <= found.outer_high
    for place, name in enumerate(found.cluster_ids):
        up, down = (bounds(weights * (1 + s * 1e-5 * (cluster == name))) for s in (1, -1))
        slopes = [(up[end] - down[end]) / 2e-5 for end in (0, 1)]
        np.testing.assert_allclose(found.influence[place], slopes, atol=1e-6)


def test_outer_intervals_cover_the_mean_at_either_end() -> None:
    rng = np.random.default_rng(5)
    for lowest_answer in (0.0, 10.0):
        covered, repetitions = 0, 600
        for _ in range(repetitions):
            answered = rng.random(150) < 0.7
            values = np.where(answered, rng.integers(0, 11, 150), lowest_answer)
            found = bound_mean(values, answered, np.arange(150), lowest=0, highest=10)
            covered += found.outer_low <= 0.7 * 5 + 0.3 * lowest_answer <= found.outer_high
        # three Monte-Carlo standard errors of 600 repetitions are .027
        assert covered / repetitions == pytest.approx(0.95, abs=0.027)
    # Where all answer, the interval is the two-sided one.
    values = rng.integers(0, 11, 100)
    full = bound_mean(values, np.ones(100), np.arange(100), lowest=0, highest=10)
    error = np.sqrt(np.square(full.influence[:, 0]).sum())
    assert (full.outer_high - full.high) / error == pytest.approx(1.96, abs=1e-3)


def test_bounds_refuse() -> None:
    with pytest.raises(EstimationError, match="from 0 to 10"):
        bound_mean([11.0, 1.0], [1, 1], [1, 2], lowest=0, highest=10)
    with pytest.raises(EstimationError, match="from 0 to 10"):
        bound_mean([np.nan, 1.0], [1, 1], [1, 2], lowest=0, highest=10)
    with pytest.raises(EstimationError, match="below highest"):
        bound_mean([1.0, 1.0], [1, 1], [1, 2], lowest=10, highest=0)
    with pytest.raises(EstimationError, match="no one was invited"):
        bound_difference([1.0, 1.0], [1, 1], [1, 1], [1, 2], lowest=0, highest=10)
