"""Work on slices at the same time, with results in the order of the slices; linear algebra that hangs on no thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], slices: Iterable[T], threads: int) -> Iterator[R]:
    """Work on several slices at once; while threads do, the next slice is fetched.

    Parameters
    ----------
    work : callable
        Arithmetic on arrays, which lets other threads run; it must not use the engine.
    slices : iterable
        Taken one by one in the caller's own thread; no more than ``threads`` stand in memory.
    threads : int
        At least one, the caller's own included.

    Yields
    ------
    object
        Results, in the order of the slices, whatever the number of threads.
    """
    if threads < 2:
        yield from map(work, slices)
        return
    with ThreadPoolExecutor(threads - 1) as pool:
        pending: deque[Future[R]] = deque()
        for one in slices:
            pending.append(pool.submit(work, one))
            if len(pending) >= threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Give linear algebra one thread.

    Its threads would part sums in other places, and so change last digits; they would also take the cores of
    :func:`in_order`, and of other processes.

    Yields
    ------
    None
        As long as it holds, for the whole process.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

    with threadpool_limits(1, user_api="blas"):
        yield
