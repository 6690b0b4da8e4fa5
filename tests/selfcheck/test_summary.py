"""What is counted over drawn companies: shares, their intervals, refusals, ranks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import CheckedEffect, SelfCheck
from cxlink.selfcheck.shares import power_of, share_of, share_within, smallest_effect
from cxlink.selfcheck.study import QUANTITIES, Found
from cxlink.selfcheck.summary import summarise
from cxlink.selfcheck.worlds import AS_FOUND, HALF, NONE
from tests.selfcheck.made_up import setup

RATIO, MARGIN, NET = (QUANTITIES.index(name) for name in ("hazard_ratio", "margin_kept", "net_benefit"))


def estimate(answer: object) -> Estimate:
    assert isinstance(answer, Estimate)
    return answer


def company(world: int, *, centre: float = 0.0, width: float = 1.0, truth: float = 0.0) -> Found:
    """A company in which every effect is told alike, and ranked by place."""
    n = len(setup().template.incidents)
    shape = (n + 1, len(QUANTITIES))
    point = np.full(shape, centre)
    point[:, NET] = -np.arange(n + 1)
    point[-1, RATIO] = np.nan
    ranks = np.column_stack([np.arange(1, n + 1)] * 3)
    reasons = tuple(("",) * len(QUANTITIES) for _ in range(n + 1))
    counts = np.arange(4.0 + 2 * n)
    return Found(world, np.full(shape, truth), point, point - width, point + width, reasons, ranks, counts)


def refusing(one: Found, place: int, column: int, reason: str) -> Found:
    low, high, point = one.low.copy(), one.high.copy(), one.point.copy()
    for part in (low, high, point):
        part[place, column] = np.nan
    reasons = [list(row) for row in one.reasons]
    reasons[place][column] = reason
    return replace(one, low=low, high=high, point=point, reasons=tuple(tuple(row) for row in reasons))


def effect(told: SelfCheck, quantity: str, place: int = 0) -> CheckedEffect:
    name = setup().template.base.components[place]
    return next(one for one in told.effects if (one.component, one.quantity) == (name, quantity))


def test_a_share_has_wilsons_interval() -> None:
    # 81 of 263, the example of Newcombe (1998), Statistics in Medicine 17:857, table I: .2553 to .3662
    told = estimate(share_of(np.arange(263) < 81))
    assert [told.low, told.high] == pytest.approx([0.2553, 0.3662], abs=5e-5)
    none = estimate(share_of(np.zeros(20, dtype=bool)))
    assert [none.low, none.high] == pytest.approx([0.0, 0.1611], abs=5e-5)
    assert isinstance(share_of(np.zeros(0, dtype=bool)), NotEstimable)


def test_intervals_of_one_company_that_go_together_count_as_one() -> None:
    rng = np.random.default_rng(1)
    apart = rng.random((400, 12)) < 0.9
    together = np.repeat(apart[:, :1], 12, axis=1)
    told = np.ones((400, 12), dtype=bool)
    widths = [estimate(share_within(held, told)) for held in (apart, together)]
    one, twelve = (answer.high - answer.low for answer in widths)
    # twelve independent intervals a company are known as well as twelve times as many companies
    many = estimate(share_of(apart.ravel()))
    assert one == pytest.approx(many.high - many.low, rel=0.15)
    assert twelve == pytest.approx(one * np.sqrt(12), rel=0.15)


def test_power_scaled_to_all_customers_is_that_of_the_normal_distribution() -> None:
    truth, error = np.full(9, 0.3), np.full(9, 0.2)
    scaled = estimate(power_of(np.zeros(9, dtype=bool), truth, error, 0.25))
    assert scaled.point == pytest.approx(norm.sf(1.959964 - 0.3 / 0.1))
    refused = np.where(np.arange(9) < 3, np.nan, error)
    assert estimate(power_of(np.zeros(9, dtype=bool), truth, refused, 0.25)).point == pytest.approx(
        scaled.point * 6 / 9
    )


def test_the_smallest_effect_is_found_four_times_in_five() -> None:
    told = estimate(smallest_effect(np.full(5, 0.1), 0.5, "EUR", is_log=False))
    assert told.point == pytest.approx(0.14)
    assert norm.sf(1.959964 - told.point / 0.05) == pytest.approx(0.8, abs=0.001)
    ratio = estimate(smallest_effect(np.full(5, 0.1), 1.0, "hazard ratio", is_log=True))
    assert np.log(ratio.point) == pytest.approx(0.28)


def test_what_is_held_and_what_is_found() -> None:
    found = [company(NONE)] * 3 + [company(NONE, centre=2.0)]
    found += [company(AS_FOUND, centre=2.0, truth=2.5)] * 4 + [company(HALF, centre=-2.0, truth=1.0)] * 4
    told = summarise(setup(), found)
    one = effect(told, "margin_kept")
    assert estimate(one.coverage).point == pytest.approx(7 / 12)
    assert estimate(one.false_alarms).point == 0.25
    assert estimate(one.power_found).point == 1.0
    # found, but as if incidents kept customers: that is no success
    assert estimate(one.power_half).point == 0.0
    assert estimate(one.smallest).point == pytest.approx(2.8 / 1.959964)
    assert isinstance(effect(told, "cost_saved").false_alarms, NotEstimable)
    assert estimate(told.costliest_right).point == 1.0
    assert estimate(told.ranks_held).point == 1.0


def test_refusals_are_counted_and_never_found() -> None:
    found = [company(which, centre=2.0, truth=2.0) for which in (AS_FOUND, AS_FOUND, NONE, HALF)]
    found[0] = refusing(found[0], 0, MARGIN, "too few")
    one = effect(summarise(setup(), found), "margin_kept")
    assert (one.refused, one.refusal) == (1, "too few")
    assert estimate(one.coverage).n == 3
    assert estimate(one.power_found).point == 0.5
    everywhere = [refusing(each, 0, MARGIN, "too few") for each in found]
    one = effect(summarise(setup(), everywhere), "margin_kept")
    assert one.refused == 4
    for answer in (one.coverage, one.false_alarms, one.power_found, one.smallest):
        assert isinstance(answer, NotEstimable)
        assert answer.reason == "too few"


def test_a_wrong_top_and_a_rank_outside_are_told() -> None:
    right = company(AS_FOUND)
    wrong = replace(right, point=-right.point, ranks=right.ranks + np.array([[0, 1, 1]]))
    told = summarise(setup(), [right, wrong])
    assert estimate(told.costliest_right).point == 0.5
    assert estimate(told.ranks_held).point == 0.5
