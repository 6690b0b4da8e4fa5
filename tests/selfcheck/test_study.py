"""The study as a whole: the same however many processes work, and a broken estimator does not pass."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cxlink.churn.design import hazard_ratio
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.selfcheck import Setup, check_companies, study, summarise
from cxlink.selfcheck.study import Found
from tests.selfcheck.made_up import setup

DRAWS, SEED = 40, 5


def check(here: Setup, companies: int, *, processes: int = 1, seed: int = SEED) -> list[Found]:
    return check_companies(
        here, companies=companies, seed=seed, n_draws=DRAWS, processes=processes, progress=lambda _: None
    )


@cache
def sound() -> tuple[Found, ...]:
    return tuple(check(setup(), 9))


def coverage(found: list[Found] | tuple[Found, ...]) -> Estimate:
    told = summarise(setup(), found).coverage
    assert isinstance(told, Estimate)
    return told


def same(one: Found, other: Found) -> bool:
    parts = ("truth", "point", "low", "high", "ranks", "counts")
    return all(getattr(one, key).tobytes() == getattr(other, key).tobytes() for key in parts)


def test_intervals_hold_the_truth_about_as_often_as_they_promise() -> None:
    told = coverage(sound())
    # 40 draws make intervals a little short, 9 companies leave a wide margin of luck
    assert told.low < 0.95
    assert told.point > 0.8


def test_intervals_of_half_the_width_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def halved(answer: Answer) -> tuple[float, float, float]:
        point, low, high = numbers(answer)
        return point, point - (point - low) / 2, point + (high - point) / 2

    right = coverage(sound())  # before anything is broken: it is kept for the tests to come
    numbers = study._numbers
    monkeypatch.setattr(study, "_numbers", halved)
    told = coverage(check(setup(), 9))
    # the same companies; intervals of half the width hold two thirds of what they promise
    assert told.high < 0.9
    assert told.point < right.point - 0.1


def test_an_estimator_that_is_off_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(log_ratio: float, error: float, n: int, events: int, method: str = "") -> Estimate:
        return hazard_ratio(log_ratio + 2.0 * error, error, n, events, method)

    right = summarise(setup(), sound()).coverage_by_quantity["hazard_ratio"]
    monkeypatch.setattr("cxlink.churn.fit.hazard_ratio", doubled)
    broken = summarise(setup(), check(setup(), 3)).coverage_by_quantity["hazard_ratio"]
    assert isinstance(broken, Estimate)
    assert isinstance(right, Estimate)
    assert broken.point < right.point - 0.2


def test_the_number_of_processes_changes_nothing() -> None:
    in_two = check(setup(), 2, processes=2)
    assert all(same(one, other) for one, other in zip(in_two, sound(), strict=False))
    assert [one.world for one in sound()] == [0, 1, 2] * 3


def test_another_seed_draws_other_companies() -> None:
    assert not same(check(setup(), 1, seed=SEED + 1)[0], sound()[0])


def test_progress_ends_with_the_last_company() -> None:
    shares: list[float] = []
    here = setup()
    check_companies(here, companies=2, seed=SEED, n_draws=2, processes=1, progress=shares.append)
    assert shares == [0.5, 1.0]


def test_a_company_that_nobody_stays_in_is_a_refusal() -> None:
    here = setup()
    soon = np.full_like(here.worlds[0].hazards.involuntary_rates, 9.0)
    emptied = tuple(replace(world, hazards=replace(world.hazards, involuntary_rates=soon)) for world in here.worlds)
    found = check(replace(here, worlds=emptied), 1)
    told = summarise(here, found)
    assert isinstance(told.coverage, NotEstimable)
    assert all(one.refused == 1 for one in told.effects)
    assert {one.refusal for one in told.effects} == {"nobody is active at the cut-off"}
