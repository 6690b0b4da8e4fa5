"""Typed rows onto the engine."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlink.engine.interface import quote
from cxlink.load.attributes import AttributeKind, judge_attributes, typed_attribute
from cxlink.load.tables import SQL_TYPES, Table

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine
    from cxlink.load.source_tables import LoadedTable, Part

CHUNK = 100_000


def store(engine: Engine, loaded: LoadedTable) -> dict[str, AttributeKind]:
    """Create a canonical table and append its accepted rows.

    Parameters
    ----------
    engine : Engine
        Without that table.
    loaded : LoadedTable
        Its files.

    Returns
    -------
    dict of str to {"number", "category"}
        Kind of each attribute.
    """
    kinds = judge_attributes([(part.attributes, part.mark) for part in loaded.parts])
    engine.create_table(loaded.table.name, _sql_columns(loaded, kinds))
    for part in loaded.parts:
        rows = np.flatnonzero(part.converted.accepted())
        for start in range(0, len(rows), CHUNK):
            engine.append(loaded.table.name, _chunk(part, rows[start : start + CHUNK], kinds))
    return kinds


def store_nothing(engine: Engine, table: Table) -> None:
    """Create a canonical table without rows, for the stages that join it.

    Parameters
    ----------
    engine : Engine
        Without that table.
    table : Table
        One that has no source.
    """
    columns = {column.typed_name: SQL_TYPES[column.kind] for column in table.columns}
    engine.create_table(table.name, {**columns, "file": "VARCHAR", "line": "BIGINT"})


def count_late(engine: Engine, table: Table, observed_to: date) -> int:
    """Count the rows after the cut-off.

    Parameters
    ----------
    engine : Engine
        With the table.
    table : Table
        A record of time.
    observed_to : date
        The cut-off.

    Returns
    -------
    int
        Rows on later days.
    """
    day = f"CAST({quote(table.coverage)} AS DATE)"
    count = engine.scalar(
        f"SELECT count(*) FROM {quote(table.name)} WHERE {day} > CAST(? AS DATE)", [observed_to.isoformat()]
    )
    return int(str(count))


def _sql_columns(loaded: LoadedTable, kinds: dict[str, AttributeKind]) -> dict[str, str]:
    columns = {column.typed_name: SQL_TYPES[column.kind] for column in loaded.table.columns}
    columns |= {name: "DOUBLE" for part in loaded.parts for name in part.converted.frame.columns if name not in columns}
    columns |= {name: "DOUBLE" if kind == "number" else "VARCHAR" for name, kind in kinds.items()}
    return {**columns, "file": "VARCHAR", "line": "BIGINT"}


def _chunk(part: Part, rows: np.ndarray, kinds: dict[str, AttributeKind]) -> pd.DataFrame:
    frame = part.converted.frame.iloc[rows].reset_index(drop=True)
    extra = {name: typed_attribute(texts, kinds[name])[rows] for name, texts in part.attributes.items()}
    place = {"file": [part.converted.raw.file] * len(rows), "line": part.converted.raw.lines[rows]}
    return pd.concat([frame, pd.DataFrame({**extra, **place})], axis=1)
