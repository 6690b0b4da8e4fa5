"""Rows that repeat an id: the first counts, later ones are held back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxlink.engine.interface import Engine, quote
from cxlink.load.raw import new_name
from cxlink.load.tables import Table
from cxlink.load.typed import TypedFile
from cxlink.parallel import in_order

if TYPE_CHECKING:
    import pandas as pd

SORTED_AT_ONCE = 4_000_000


def hold_back_duplicates(files: Sequence[TypedFile], table: Table) -> None:
    """Add a fault to each row whose key an earlier row already bears.

    Parameters
    ----------
    files : sequence of TypedFile
        All files of one table, in order; rows that have a fault of their own do not count as the first.
    table : Table
        With its key; rows with an empty key are left alone.
    """
    names = [column.typed_name for key in table.key if (column := table.column(key)) is not None]
    keyed = [(n, file) for n, file in enumerate(files) if names and _has(file, table)]
    if not keyed:
        return
    engine = keyed[0][1].raw.engine
    columns, filled = ", ".join(map(quote, names)), " AND ".join(f"{quote(name)} IS NOT NULL" for name in names)
    # one hash a key tells that all differ, which is what most files say
    keys = " UNION ALL ".join(f"SELECT hash({columns}) AS key FROM {file.relation} WHERE {filled}" for _, file in keyed)
    if not _repeat(engine, keys, sum(file.n_rows for _, file in keyed)):
        return
    _hold_back(engine, keyed, table, columns, filled)


def _repeat(engine: Engine, keys: str, n_keys: int) -> bool:
    """Whether any key repeats: sorted some at a time, which takes less memory than a table of all."""
    n_parts = n_keys // SORTED_AT_ONCE + 1
    parts = (
        engine.frame(f"SELECT key FROM ({keys}) AS keys WHERE key % {n_parts} = {part}")["key"]
        for part in range(n_parts)
    )
    return any(in_order(_has_repeat, parts, engine.threads))


def _has_repeat(keys: pd.Series[Any]) -> bool:
    ordered = np.sort(keys.to_numpy())
    return bool((ordered[1:] == ordered[:-1]).any())


def _has(file: TypedFile, table: Table) -> bool:
    return {key for key in table.key if key != "currency"} <= set(file.given)


def _hold_back(engine: Engine, keyed: Sequence[tuple[int, TypedFile]], table: Table, columns: str, filled: str) -> None:
    for _, file in keyed:
        file.hold_back()
    rows = " UNION ALL ".join(
        f"SELECT {n} AS file_number, {file.row} AS row_number, {columns} FROM {file.relation}"
        f" WHERE {filled} AND {file.accepted}"
        for n, file in keyed
    )
    name = new_name()
    engine.execute(f"CREATE TABLE {name} AS {rows}")
    repeated = engine.frame(
        f"SELECT file_number, row_number FROM (SELECT *, row_number() OVER (PARTITION BY {columns}"
        f" ORDER BY file_number, row_number) AS place FROM {name} SEMI JOIN (SELECT {columns} FROM {name}"
        f" GROUP BY {columns} HAVING count(*) > 1) AS again USING ({columns})) AS places WHERE place > 1"
        " ORDER BY file_number, row_number"
    )
    engine.execute(f"DROP TABLE {name}")
    code = "CX131" if table.name == "revenue" else "CX132"
    reason = f"repeats an earlier {' and '.join(table.key)}"
    by_number = dict(keyed)
    for number, row in repeated.itertuples(index=False, name=None):
        by_number[int(number)].faults.setdefault(int(row), []).append((table.key[0], code, reason))
