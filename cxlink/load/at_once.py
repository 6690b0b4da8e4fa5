"""Regular files of plain cells: typed while the engine reads them, in one pass, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.currencies import exponent_of
from cxlink.engine.interface import QueryError, quote
from cxlink.load.columns import ColumnPlan
from cxlink.load.filters import ends_with_total
from cxlink.load.formats import KNOWN_FORMATS
from cxlink.load.plain import literal, plain_currency, plain_text, plain_value, words_type
from cxlink.load.raw import RawTable, new_name
from cxlink.load.sources import Source
from cxlink.load.tables import DATE_KINDS, NUMBER_KINDS, VERBATIM, Column, Table
from cxlink.load.typed import TypedFile, in_short, select_list

PLAIN_FORMAT = KNOWN_FORMATS[0]


def type_at_once(raw: RawTable, plan: ColumnPlan, source: Source, table: Table, currency: str) -> TypedFile | None:
    """Type a scan whose every cell is plain.

    Parameters
    ----------
    raw : RawTable
        The file.
    plan : ColumnPlan
        Its columns.
    source : Source
        Its source, whose settings must leave nothing to be decided.
    table : Table
        The canonical table.
    currency : str
        The project's, for rows that name none.

    Returns
    -------
    TypedFile or None
        None where any cell is not plain, or the engine does not find the records that we found.
    """
    is_open = not raw.is_scan or ends_with_total(raw.tail) or not _leaves_nothing_open(source, plan)
    query = None if is_open else _query(raw, plan, table, currency)
    if query is None:
        return None
    relation = new_name()
    try:
        raw.engine.execute(f"CREATE TABLE {relation} AS {query}")
    except QueryError:
        return None
    if not _is_plain(raw, relation, table, currency):
        raw.engine.execute(f"DROP TABLE {relation}")
        return None
    line = "line" if raw.lines else raw.line
    return TypedFile(
        raw,
        table,
        relation,
        "rowid",
        line,
        raw.n_rows,
        tuple(column.name for column, _ in plan.columns),
        date_format=_formats(raw, relation, [column for column, _ in plan.columns]),
        decimal="." if any(column.kind in NUMBER_KINDS for column, _ in plan.columns) else "",
        positive_refunds=source.settings.refund_sign == "positive",
    )


def _leaves_nothing_open(source: Source, plan: ColumnPlan) -> bool:
    settings = source.settings
    return not (
        plan.attributes
        or settings.values
        or settings.dates
        or settings.decimal == ","
        or settings.timezone
        or settings.keep
        or settings.exclude
        or settings.fold_by
        or settings.amount_unit == "minor"
    )


def _query(raw: RawTable, plan: ColumnPlan, table: Table, currency: str) -> str | None:
    """SELECT of the typed columns and of ``odd``; None where a column's kind is never plain."""
    values: list[tuple[str, str]] = []
    odd = []
    for column, header in plan.columns:
        cell = quote(raw.cells[header])
        value = _value(cell, column, currency, has_blanks=raw.has_blanks)
        if value is None:
            return None
        values.append((value, column.typed_name))
        if column.kind == "id" and raw.has_blanks:
            odd.append(f"{quote(column.typed_name)} <> {cell}")
        if column.filled:
            odd.append(f"{quote(column.typed_name)} IS NULL")
        elif column.kind not in ("id", "text") or column.name == "currency":
            odd.append(f"({quote(column.typed_name)} IS NULL AND {cell} <> '')")
    if table.money and not any(column.name == "currency" for column, _ in plan.columns):
        values.append((f"{literal(currency)}::{words_type([currency])}", "currency"))
    cell = next(iter(raw.cells.values()))
    # a cell or line too few is a record not found
    odd.append(f"{quote(cell)} IS NULL")
    if all(column.kind in ("id", "text") for column, _ in plan.columns):
        # a name of a column in the first cell may be the header again, which is plain where all is text
        odd.append(f"{quote(cell)} IN ({', '.join(literal(name) for name in raw.header)})")
    odd += ["line IS NULL"] if raw.lines else []
    lines = ["line"] if raw.lines else []
    joined = f" POSITIONAL JOIN {raw.lines}" if raw.lines else ""
    cells = ", ".join([quote(cell) for cell in raw.cells.values()] + lines)
    typed = ", ".join([quote(name) for _, name in values] + lines)
    # each value is computed once, within; whether it is missing is asked without
    return (
        f"SELECT {typed}, {' OR '.join(odd)} AS odd FROM (SELECT {select_list(values)}, {cells}"
        f" FROM {raw.relation}{joined}) AS cells"
    )


def _value(cell: str, column: Column, currency: str, *, has_blanks: bool) -> str | None:
    if column.name == "currency":
        return plain_currency(cell, currency)
    if column.kind in ("id", "text") and not has_blanks:
        return f"nullif({cell}, '')"
    if column.kind in ("id", "text"):
        return plain_text(cell, verbatim=column.name in VERBATIM)
    return plain_value(cell, column, currency)


def _is_plain(raw: RawTable, relation: str, table: Table, currency: str) -> bool:
    shown = raw.engine.frame(f"SELECT count(*) AS n, coalesce(bool_or(odd), false) AS odd FROM {relation}")
    if int(shown["n"].iloc[0]) != raw.n_rows or bool(shown["odd"].iloc[0]):
        return False
    raw.engine.execute(f"ALTER TABLE {relation} DROP COLUMN odd")
    if not table.money:
        return True
    codes = raw.engine.frame(f"SELECT DISTINCT currency FROM {relation}")["currency"]
    return all(exponent_of(code) == exponent_of(currency) for code in codes)


def _formats(raw: RawTable, relation: str, columns: Sequence[Column]) -> str:
    dated = [column.name for column in columns if column.kind in DATE_KINDS]
    if not dated:
        return ""
    counts = raw.engine.frame(
        f"SELECT {select_list([(f'count({quote(name)})', name) for name in dated])} FROM {relation}"
    )
    return in_short({name: PLAIN_FORMAT for name in dated if int(counts[name].iloc[0])})
