"""The share of waits that end in time: by hand, as the Kaplan-Meier curve, and in draws of customers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.stats import EstimationError, kaplan_meier
from cxlink.stats.ended_share import ended_share

ONE = np.ones((1, 4))


def test_by_hand() -> None:
    # one of four ends at once; one is lost after a day; of the two others one ends on the second day
    found = ended_share([0, 1, 2, 5], [True, False, True, False], [0, 1, 2, 3], ONE, within=2)
    assert found.point == pytest.approx(1 - 0.75 * 0.5)
    assert found.draws == pytest.approx([found.point])


@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_as_the_kaplan_meier_curve(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time, ended = rng.integers(0, 12, 40), rng.random(40) < 0.6
    time[0], ended[:2] = 12, [False, True]
    curve = kaplan_meier(time, ended)
    found = ended_share(time, ended, np.arange(40), np.ones((0, 40)), within=4)
    # whole numbers of rows: products of at most twelve quotients
    assert found.point == pytest.approx(1 - curve.survival_at(4), abs=1e-12)


def test_a_draw_counts_a_customer_by_its_weight() -> None:
    time, ended, customer = [0, 1, 3], [True, True, False], [0, 0, 1]
    weights = np.array([[1.0, 2.0]])
    found = ended_share(time, ended, customer, weights, within=1)
    again = ended_share([0, 1, 3, 3], [True, True, False, False], [0, 0, 1, 1], weights, within=1)
    assert found.draws[0] == pytest.approx(again.point)


def test_nobody_followed_for_so_long_is_refused() -> None:
    with pytest.raises(EstimationError, match="followed"):
        ended_share([0, 1], [True, False], [0, 1], np.ones((1, 2)), within=2)
