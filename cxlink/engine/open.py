"""Which engine a run gets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cxlink.errors import EngineError

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine

THREADS = "CXLINK_THREADS"
MOST_THREADS = 4
"""More of them hold more in memory at once, and reading text is not much faster with them."""


def open_engine(
    name: Literal["duckdb", "spark"],
    *,
    spill_folder: Path | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Engine:
    """Open an engine that holds no table yet.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        As given with ``--engine``.
    spill_folder : Path, optional
        An existing folder in which the engine may make a private one for what does not fit into memory.
    memory_limit : str, optional
        Such as ``"4GB"``.
    threads : int, optional
        How many the engine may use. Where absent, what the environment variable ``CXLINK_THREADS`` says, else as many
        as there are processors, up to four.

    Returns
    -------
    Engine
        To be closed by the caller.

    Raises
    ------
    EngineError
        For ``spark``, which does not exist yet, and where ``CXLINK_THREADS`` is no whole number above zero (CX601).

    Notes
    -----
    The stages' statements give the same rows in the same order on any number of threads. A user's own query that
    leaves its order open, or adds up fractions, may not.
    """
    if name == "spark":
        raise EngineError(
            "CX601", "--engine spark", "this version has no Spark engine.", "Leave --engine out to run on DuckDB."
        )
    from cxlink.engine.duckdb_engine import DuckDBEngine

    return DuckDBEngine(
        spill_folder=spill_folder, memory_limit=memory_limit, threads=_default_threads() if threads is None else threads
    )


def _default_threads() -> int:
    asked = os.environ.get(THREADS, "").strip()
    if not asked:
        return min(_processors(), MOST_THREADS)
    if not asked.isdecimal() or int(asked) < 1:
        raise EngineError(
            "CX601", THREADS, f'"{asked}" is no number of threads.', "Leave it out, or give a whole number above zero."
        )
    return int(asked)


def _processors() -> int:
    """Those that this process may use, which in a container are fewer than there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
