"""Slices are worked on at the same time, and nobody can tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # it has no types

from cxlink.parallel import in_order, single_threaded_blas


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_the_order_of_the_slices(threads: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.01 if number % 3 == 0 else 0)
        return number * number

    assert list(in_order(work, range(20), threads)) == [number * number for number in range(20)]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_no_more_slices_stand_in_memory_than_said(threads: int) -> None:
    fetched, done = 0, 0
    most = 0

    def slices() -> Iterator[int]:
        nonlocal fetched, most
        for number in range(30):
            fetched += 1
            most = max(most, fetched - done)
            yield number

    for _ in in_order(lambda number: number, slices(), threads):
        done += 1
    assert done == 30
    assert most <= threads


@pytest.mark.parametrize("threads", [1, 3])
def test_a_fault_reaches_the_caller(threads: int) -> None:
    def work(number: int) -> int:
        if number == 4:
            raise ValueError("four")
        return number

    with pytest.raises(ValueError, match="four"):
        list(in_order(work, range(9), threads))
    assert threading.active_count() < 9


def test_slices_are_fetched_by_the_caller_alone() -> None:
    """The engine's connection belongs to one thread."""
    seen = set()

    def slices() -> Iterator[int]:
        for number in range(9):
            seen.add(threading.get_ident())
            yield number

    assert len(list(in_order(abs, slices(), 3))) == 9
    assert seen == {threading.get_ident()}


def test_linear_algebra_has_one_thread_and_then_as_many_as_before() -> None:
    def threads() -> list[int]:
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    np.linalg.inv(np.eye(2))  # which loads the library
    before = threads()
    assert before
    with single_threaded_blas():
        assert set(threads()) == {1}
    assert threads() == before
