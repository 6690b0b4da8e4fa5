"""What is kept beside the configuration between runs, and the engine that works there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine
    from cxlink.settings import Settings

STATE = ".cxlink"
NOT_COMMITTED = "cache/\ntmp/\n"


def state_folder(settings: Settings) -> Path | None:
    """Find, or make, the folder of what is kept between runs.

    Parameters
    ----------
    settings : Settings
        The configuration.

    Returns
    -------
    Path or None
        None where the configuration's folder cannot be written to: nothing is kept then.
    """
    folder = settings.folder / STATE
    with suppress(OSError):
        (folder / "tmp").mkdir(mode=0o700, parents=True, exist_ok=True)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text(NOT_COMMITTED, encoding="utf-8")
        return folder
    return None


def open_engine_for(settings: Settings, name: Literal["duckdb", "spark"] = "duckdb") -> Engine:
    """Open an engine that keeps to the configuration's limit and spills beside it.

    Parameters
    ----------
    settings : Settings
        The configuration.
    name : {"duckdb", "spark"}
        As given with ``--engine``.

    Returns
    -------
    Engine
        To be closed by the caller.
    """
    from cxlink.engine.open import open_engine

    state = state_folder(settings)
    return open_engine(
        name,
        spill_folder=None if state is None else state / "tmp",
        memory_limit=settings.load.memory_limit,
        threads=1 if _has_queries(settings) else None,
    )


def _has_queries(settings: Settings) -> bool:
    """Whether the user's own SQL runs: nobody can tell whether it gives the same on several threads."""
    from cxlink.settings import TABLES

    return any(source.query is not None for table in TABLES for source in settings.sources.of(table))
