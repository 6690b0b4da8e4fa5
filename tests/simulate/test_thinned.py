"""True effects of removing part of the incidents, against those of removing all."""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.simulate import Company, simulate_company
from cxlink.simulate.company import observed_lives
from cxlink.simulate.horizon import Horizon
from cxlink.simulate.thinned import ThinnedHorizon, estimate_reductions

EXACT = 1e-9
"""Relative: the same numbers, added in another order."""


class WithLots:
    """Numbers as `Horizon` would draw them, each followed by lots of its own."""

    def __init__(self, seed: int) -> None:
        self._hits, self._lots, self._calls = np.random.default_rng(seed), np.random.default_rng(seed + 1), 0

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        self._calls += 1
        return (self._hits if self._calls % 2 else self._lots).random(shape)


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(customers=200, seed=4, with_effects=False)


def test_all_or_nothing_removed_is_what_stopping_does(company: Company) -> None:
    world = company.world
    people, lives = observed_lives(world, company.seed)
    n = len(world.components)
    stopped = Horizon(world, people, lives, np.array([0, 1, (1 << n) - 1])).live(np.random.default_rng(5))
    removed = np.zeros((3, world.horizon_months, n))
    removed[1, :, 0], removed[2] = 1.0, 1.0
    thinned = ThinnedHorizon(world, people, lives, np.zeros(1, dtype=np.int64))
    found = thinned.live_thinned(removed, WithLots(5))  # type: ignore[arg-type]  # all that is asked of a generator
    for key in ("customers", "revenue", "avoidable_cost", "nps"):
        assert getattr(found, key) == pytest.approx(getattr(stopped, key), rel=EXACT), key


def test_removing_more_gains_more_and_less_than_all(company: Company) -> None:
    n, months = len(company.world.components), company.world.horizon_months
    removed = np.zeros((3, months, n))
    for place, share in enumerate((0.3, 0.6, 1.0)):
        removed[place, :, 0] = share
    gained, error = estimate_reductions(company, removed, repetitions=4)
    for quantity in (0, 2, 3, 4, 5):  # customers, margin, cost saved, net benefit, NPS
        assert 0 < gained[0, quantity] < gained[1, quantity] < gained[2, quantity]
    assert (error[:, 4] < gained[:, 4]).all()


def test_shares_out_of_range_are_refused(company: Company) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_reductions(company, np.full((1, 12, len(company.world.components)), 1.2))
