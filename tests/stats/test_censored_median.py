"""The median of times of which some have not ended."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import EstimationError, censored_median, kaplan_meier


def test_without_censoring_it_is_the_middle_one() -> None:
    found = censored_median([5.0, 1.0, 9.0], [True, True, True], [0, 1, 2], np.ones((2, 3)))
    assert found.point == 5.0
    assert list(found.draws) == [5.0, 5.0]


def test_open_times_count_as_long_as_they_are_known_to_last() -> None:
    """Kaplan and Meier by hand: 3/4 after 1, censored at 2, 3/8 after 3."""
    found = censored_median([1.0, 2.0, 3.0, 4.0], [1, 0, 1, 0], np.arange(4), np.ones((1, 4)))
    assert found.point == 3.0


def test_weights_are_customers_counted_more_than_once() -> None:
    stop, event, cluster = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([1, 1, 1, 0, 1]), np.array([0, 0, 1, 2, 2])
    weights = np.array([[2.0, 1.0, 1.0], [0.0, 1.0, 3.0]])
    found = censored_median(stop, event, cluster, weights)
    for weight, drawn in zip(weights.astype(int), found.draws, strict=True):
        rows = np.repeat(np.arange(5), weight[cluster])
        assert censored_median(stop[rows], event[rows], np.zeros(len(rows), int), np.ones((0, 1))).point == drawn


def test_it_is_where_the_curve_of_staying_crosses_one_half() -> None:
    rng = np.random.default_rng(4)
    ends, until = rng.exponential(10, 500), rng.exponential(25, 500)
    stop, event = np.round(np.minimum(ends, until), 1), ends <= until
    found = censored_median(stop, event, np.zeros(500, int), np.ones((0, 1)))
    curve = kaplan_meier(stop=stop, event=event)
    crossed = np.flatnonzero(curve.survival <= 0.5)[0]
    assert found.point == curve.time[crossed]


@pytest.mark.parametrize(
    ("stop", "event", "reason"),
    [([1.0, 2.0, 3.0], [1, 0, 0], "fewer than half"), ([], [], "no row"), ([np.nan], [1], "missing")],
)
def test_what_cannot_be_told_is_refused(stop: list[float], event: list[int], reason: str) -> None:
    with pytest.raises(EstimationError, match=reason):
        censored_median(stop, event, np.zeros(len(stop), int), np.ones((1, 1)))
