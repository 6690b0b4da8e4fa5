"""Which engine a run gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cxlink.errors import EngineError

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine


def open_engine(
    name: Literal["duckdb", "spark"], *, spill_folder: Path | None = None, memory_limit: str | None = None
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

    Returns
    -------
    Engine
        To be closed by the caller.

    Raises
    ------
    EngineError
        For ``spark``, which does not exist yet (CX601).
    """
    if name == "spark":
        raise EngineError(
            "CX601", "--engine spark", "this version has no Spark engine.", "Leave --engine out to run on DuckDB."
        )
    from cxlink.engine.duckdb_engine import DuckDBEngine

    return DuckDBEngine(spill_folder=spill_folder, memory_limit=memory_limit)
