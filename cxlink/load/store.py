"""Typed files to canonical tables: views, so that no row is copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from cxlink.engine.interface import quote
from cxlink.load.attributes import AttributeKind, attribute_texts, attribute_value, judge_attributes
from cxlink.load.plain import literal
from cxlink.load.tables import SQL_TYPES, Table
from cxlink.load.typed import TAKEN_BACK, TypedFile, select_list

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine
    from cxlink.load.source_tables import LoadedTable

MAX_VIEWED = 24


def store(engine: Engine, loaded: LoadedTable) -> dict[str, AttributeKind]:
    """Create a canonical table of the accepted rows.

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
    kinds = judge_attributes([(attribute_texts(part.file), part.mark) for part in loaded.parts])
    types = _types(loaded.table, [part.file for part in loaded.parts], kinds)
    selects = [sql for part in loaded.parts for sql in _selects(part.file, types, kinds)]
    name = quote(loaded.table.name)
    if len(selects) <= MAX_VIEWED:
        engine.execute(f"CREATE VIEW {name} AS {' UNION ALL '.join(selects)}")
        return kinds
    # so many files are better put together once than at every look
    engine.create_table(loaded.table.name, types)
    for sql in selects:
        engine.execute(f"INSERT INTO {name} {sql}")
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
    engine.create_table(table.name, _types(table, (), {}))


def days_with_rows(engine: Engine, table: Table) -> np.ndarray:
    """List the days on which a canonical table has rows.

    Parameters
    ----------
    engine : Engine
        With the table.
    table : Table
        Any.

    Returns
    -------
    ndarray of datetime64[D]
        Ascending; none where it is no record of time.
    """
    if not table.coverage:
        return np.array([], dtype="datetime64[D]")
    column = quote(table.coverage)
    query = f"SELECT DISTINCT CAST({column} AS DATE) AS day FROM {quote(table.name)} WHERE {column} IS NOT NULL"
    return np.sort(engine.frame(query)["day"].to_numpy().astype("datetime64[D]"))


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


def _types(table: Table, files: Sequence[TypedFile], kinds: Mapping[str, AttributeKind]) -> dict[str, str]:
    types = {column.typed_name: SQL_TYPES[column.kind] for column in table.columns}
    for file in files:
        for name in file.given:
            column = table.column(name)
            if column is not None:
                types.setdefault(column.typed_name, SQL_TYPES[column.kind])
    types |= {name: "DOUBLE" if kind == "number" else "VARCHAR" for name, kind in kinds.items()}
    return {**types, "file": "VARCHAR", "line": "BIGINT"}


def _selects(file: TypedFile, types: Mapping[str, str], kinds: Mapping[str, AttributeKind]) -> list[str]:
    values = _values(file, kinds)
    own = [_select(file, types, values)]
    for name, amount in file.taken_back().items():
        day, kind = TAKEN_BACK[name]
        dated = f"coalesce({quote(day)}, charged_on)" if day in file.given else "charged_on"
        taken = {key: sql for key, sql in values.items() if key in ("customer_id", "currency", "email", "file", "line")}
        row = {**taken, "charged_on": dated, "amount_minor": amount, "kind": literal(kind)}
        own.append(f"{_select(file, types, row)} AND {amount} <> 0")
    return own


def _values(file: TypedFile, kinds: Mapping[str, AttributeKind]) -> dict[str, str]:
    """SQL of each typed column that the file has."""
    values = {}
    for name in file.given:
        column = file.table.column(name)
        if column is not None:
            values[column.typed_name] = file.amount(name) if column.kind == "amount" else quote(column.typed_name)
    if file.table.money:
        values["currency"] = "currency"
    values |= {name: attribute_value(column, kinds[name]) for name, column in file.attributes.items()}
    return {**values, "file": literal(file.raw.file), "line": file.line}


def _select(file: TypedFile, types: Mapping[str, str], values: Mapping[str, str]) -> str:
    columns = [(f"CAST({values.get(name, 'NULL')} AS {kind})", name) for name, kind in types.items()]
    return f"SELECT {select_list(columns)} FROM {file.relation} WHERE {file.accepted}"
