"""A raw table to a typed one: each distinct text is converted once, and every fault of every row is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from cxlink.currencies import exponent_of, strip_mark
from cxlink.engine.interface import Engine, quote
from cxlink.load.attributes import attribute_columns
from cxlink.load.columns import ColumnPlan
from cxlink.load.dates import read_cell
from cxlink.load.decide import ReadColumn
from cxlink.load.money import to_minor
from cxlink.load.numerals import read_numeral
from cxlink.load.plain import literal, plain_text
from cxlink.load.raw import RawTable, new_name
from cxlink.load.tables import NUMBER_KINDS, SQL_TYPES, VERBATIM, Table
from cxlink.load.typed import Faults, TypedFile, in_short, select_list
from cxlink.load.values import MAX_LENGTH, BadValueError, read_choice, read_flag, read_number

CHUNK = 100_000
DOUBLE_DIGITS = 15
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ways:
    """What conversion needs to know beside the columns.

    Parameters
    ----------
    zone : ZoneInfo
        The project's time zone.
    own_zone : ZoneInfo or None
        The export's.
    currency : str
        The project's currency, for rows that name none.
    positive_refunds : bool
        Whether refunds are written without a minus.
    in_minor_units : bool
        Whether amounts are whole minor units.
    """

    zone: ZoneInfo
    own_zone: ZoneInfo | None
    currency: str
    positive_refunds: bool
    in_minor_units: bool


@dataclass(slots=True)
class _Typing:
    """The SELECT that types a file, as it grows column by column."""

    engine: Engine
    columns: list[tuple[str, str]] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    fault_columns: list[str] = field(default_factory=list)
    rounded: list[str] = field(default_factory=list)

    def fault_number(self, column: str, fault: Fault) -> int:
        self.faults.append((column, *fault))
        return len(self.faults) - 1

    def add_fault(self, sql: str) -> None:
        self.fault_columns.append(f"fault_{len(self.fault_columns)}")
        self.columns.append((sql, self.fault_columns[-1]))

    def dictionary(self, types: Mapping[str, str], frame: pd.DataFrame) -> str:
        """Put what the texts of a column mean onto the engine, to be joined."""
        name = new_name()
        self.engine.create_table(name, types)
        for start in range(0, len(frame), CHUNK):
            self.engine.append(name, frame.iloc[start : start + CHUNK].reset_index(drop=True))
        return name


def convert(raw: RawTable, plan: ColumnPlan, columns: Sequence[ReadColumn], table: Table, ways: Ways) -> TypedFile:
    """Convert the columns of one file.

    Parameters
    ----------
    raw : RawTable
        The file, its rows stored.
    plan : ColumnPlan
        Its columns, attributes included.
    columns : sequence of ReadColumn
        Its canonical columns, decided.
    table : Table
        The canonical table.
    ways : Ways
        The project's zone and currency, and the source's ways.

    Returns
    -------
    TypedFile
        Typed rows and their faults; attributes are still text in it.
    """
    typing = _Typing(raw.engine)
    currency = _add_currency(typing, raw, columns, table, ways)
    for read in columns:
        if read.column.name == "currency":
            continue
        cell = f"raw.{quote(raw.cells[read.header])}"
        if read.column.kind == "amount":
            digits = DOUBLE_DIGITS if read.header in raw.floating else None
            is_money = read.column.name == table.money
            _add_amount(typing, read, cell, currency, ways, counts_for_ledger=is_money, max_digits=digits)
        elif read.cells is None:
            _add_text(typing, read, cell)
        else:
            _add_values(typing, read, cell, ways)
    attributes = attribute_columns(raw, plan)
    typing.columns += [
        (f"coalesce({plain_text(f'raw.{quote(cell)}')}, '')", name) for cell, name in attributes.values()
    ]
    relation = new_name()
    if typing.rounded:
        typing.columns.append((" OR ".join(f"coalesce({sql}, false)" for sql in typing.rounded), "is_rounded"))
    body = select_list([("raw.row", "row"), ("raw.line", "line"), *typing.columns])
    joins = " ".join(typing.joins)
    raw.engine.execute(f"CREATE TABLE {relation} AS SELECT {body} FROM {quote(raw.relation)} AS raw {joins}")
    return TypedFile(
        raw,
        table,
        relation,
        "row",
        "line",
        raw.n_rows,
        tuple(read.column.name for read in columns),
        {name: column for name, (_, column) in attributes.items()},
        _faults(typing, relation),
        in_short({r.column.name: r.reading.format.name for r in columns if r.reading is not None and _is_used(r)}),
        in_short({r.column.name: r.mark for r in columns if r.column.kind in NUMBER_KINDS}),
        bool(typing.rounded),
        ways.positive_refunds,
        _n_trimmed(raw, columns),
    )


def _n_trimmed(raw: RawTable, columns: Sequence[ReadColumn]) -> int:
    """Count the ids with spaces around them, which were taken off."""
    cells = [quote(raw.cells[read.header]) for read in columns if read.column.kind == "id"]
    counts = [f"count(*) FILTER (({plain_text(cell)}) <> {cell})" for cell in cells]
    return int(str(raw.engine.scalar(f"SELECT {' + '.join(counts)} FROM {raw.relation}"))) if counts else 0


def _add_currency(
    typing: _Typing, raw: RawTable, columns: Sequence[ReadColumn], table: Table, ways: Ways
) -> tuple[ReadColumn, str] | None:
    """Add the column of currencies; tell where it comes from."""
    read = next((read for read in columns if read.column.name == "currency"), None)
    if read is None or read.cells is None:
        if table.money:
            typing.columns.append((literal(ways.currency), "currency"))
        return None
    cell = f"raw.{quote(raw.cells[read.header])}"
    default = ways.currency if table.money else None
    results = [_code(text, default) for text in read.cells.texts]
    _join(typing, read, cell, [value for value, _ in results], [fault for _, fault in results])
    return read, cell


def _code(text: str, default: str | None) -> tuple[str | None, Fault | None]:
    code = text.upper() or default
    if code is not None and not _CURRENCY.fullmatch(code):
        return "", ("CX165", "is not a code of ISO 4217")
    return code, None


def _add_amount(
    typing: _Typing,
    read: ReadColumn,
    cell: str,
    currency: tuple[ReadColumn, str] | None,
    ways: Ways,
    *,
    counts_for_ledger: bool,
    max_digits: int | None,
) -> None:
    if read.cells is None:
        raise ValueError("an amount needs its cells")
    codes = {"": ways.currency} if currency is None else _codes_by_cell(currency[0], ways)
    rows: list[tuple[str, str, int | None, int | None, bool]] = []
    by_exponent: dict[tuple[str, str], tuple[int | None, bool, Fault | None]] = {}
    for raw_text, text in zip(read.cells.raw, read.cells.texts, strict=True):
        for raw_code, code in codes.items():
            # the sign of another currency is a fault, so that the code itself matters and not its decimals alone
            key = (text, code)
            if key not in by_exponent:
                by_exponent[key] = _amount(text, read, code, ways, max_digits)
            units, rounded, fault = by_exponent[key]
            number = None if fault is None else typing.fault_number(read.column.name, fault)
            rows.append((raw_text, raw_code, units, number, rounded))
    frame = _frame_of_amounts(rows)
    types = {"text": "VARCHAR", "code": "VARCHAR", "value": "BIGINT", "fault": "BIGINT", "rounded": "BOOLEAN"}
    name = typing.dictionary(types, frame)
    alias = f"d{len(typing.joins)}"
    on_code = "" if currency is None else f" AND {alias}.code = {currency[1]}"
    typing.joins.append(f"LEFT JOIN {name} AS {alias} ON {alias}.text = {cell}{on_code}")
    typing.columns.append((f"{alias}.value", read.column.typed_name))
    if frame["fault"].notna().any():
        typing.add_fault(f"{alias}.fault")
    if counts_for_ledger and frame["rounded"].any():
        typing.rounded.append(f"{alias}.rounded")
    _require(typing, read, f"{cell}")


def _frame_of_amounts(rows: Sequence[tuple[str, str, int | None, int | None, bool]]) -> pd.DataFrame:
    """Turn column by column: a frame made of rows would pass large amounts through floating point."""
    texts, codes, values, faults, rounded = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return pd.DataFrame(
        {
            "text": pd.Series(texts, dtype=object),
            "code": pd.Series(codes, dtype=object),
            "value": pd.array(values, dtype="Int64"),
            "fault": pd.array(faults, dtype="Int64"),
            "rounded": np.array(rounded, dtype=bool),
        }
    )


def _codes_by_cell(read: ReadColumn, ways: Ways) -> dict[str, str]:
    if read.cells is None:
        raise ValueError("a currency needs its cells")
    return {
        raw: _code(text, ways.currency)[0] or "" for raw, text in zip(read.cells.raw, read.cells.texts, strict=True)
    }


def _amount(
    text: str, read: ReadColumn, currency: str, ways: Ways, max_digits: int | None
) -> tuple[int | None, bool, Fault | None]:
    if not text or not currency:
        return None, False, None
    bare, marked = strip_mark(text) if len(text) <= MAX_LENGTH else (text, frozenset())
    numeral = read_numeral(bare, read.mark) if len(text) <= MAX_LENGTH else None
    exponent = 0 if ways.in_minor_units else exponent_of(currency)
    minor = to_minor(numeral, exponent) if numeral is not None else None
    if minor is None:
        return None, False, ("CX162", "is not a plain amount")
    if ways.in_minor_units and minor.is_rounded:
        return None, False, ("CX162", "is not a whole number of minor units")
    if marked and currency not in marked:
        return None, False, ("CX162", f"bears the sign of another currency than {currency}")
    if max_digits is not None and len(str(abs(minor.units))) > max_digits:
        return None, False, ("CX162", "has more digits than a binary floating-point number holds")
    return minor.units, minor.is_rounded, None


def _add_text(typing: _Typing, read: ReadColumn, cell: str) -> None:
    value = plain_text(cell, verbatim=read.column.name in VERBATIM)
    typing.columns.append((value, read.column.typed_name))
    if read.column.filled:
        number = typing.fault_number(read.column.name, ("CX166", "is empty"))
        typing.add_fault(f"CASE WHEN ({value}) IS NULL THEN {number} END")


def _add_values(typing: _Typing, read: ReadColumn, cell: str, ways: Ways) -> None:
    if read.cells is None:
        raise ValueError("a value needs its cells")
    parse = _PARSERS[read.column.kind]
    values: list[Any] = []
    faults: list[Fault | None] = []
    for text in read.cells.texts:
        try:
            values.append(parse(text, read, ways) if text.strip() else None)
            faults.append(None)
        except BadValueError as error:
            values.append(None)
            faults.append((error.code, error.reason))
    _join(typing, read, cell, values, faults)
    _require(typing, read, cell)


def _require(typing: _Typing, read: ReadColumn, cell: str) -> None:
    if read.column.filled and read.cells is not None and not all(text.strip() for text in read.cells.texts):
        number = typing.fault_number(read.column.name, ("CX166", "is empty"))
        blank = [raw for raw, text in zip(read.cells.raw, read.cells.texts, strict=True) if not text.strip()]
        typing.add_fault(f"CASE WHEN {cell} IN ({', '.join(map(literal, blank))}) THEN {number} END")


def _join(typing: _Typing, read: ReadColumn, cell: str, values: Sequence[Any], faults: Sequence[Fault | None]) -> None:
    if read.cells is None:
        raise ValueError("a dictionary needs its cells")
    kind = SQL_TYPES[read.column.kind]
    numbers = [None if fault is None else typing.fault_number(read.column.name, fault) for fault in faults]
    frame = pd.DataFrame(
        {
            "text": pd.Series(read.cells.raw, dtype=object),
            "value": _column(values, kind),
            "fault": pd.array(numbers, dtype="Int64"),
        }
    )
    name = typing.dictionary({"text": "VARCHAR", "value": kind, "fault": "BIGINT"}, frame)
    alias = f"d{len(typing.joins)}"
    typing.joins.append(f"LEFT JOIN {name} AS {alias} ON {alias}.text = {cell}")
    typing.columns.append((f"{alias}.value", read.column.typed_name))
    if any(number is not None for number in numbers):
        typing.add_fault(f"{alias}.fault")


def _column(values: Sequence[Any], kind: str) -> Any:
    if kind in ("DATE", "TIMESTAMP"):
        return np.array(["NaT" if v is None else v for v in values], dtype="datetime64[us]")
    if kind == "DOUBLE":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kind == "BOOLEAN":
        return pd.array(list(values), dtype="boolean")
    return pd.Series(list(values), dtype=object)


def _faults(typing: _Typing, relation: str) -> Faults:
    found: Faults = {}
    if not typing.fault_columns:
        return found
    any_fault = " OR ".join(f"{name} IS NOT NULL" for name in typing.fault_columns)
    listed = ", ".join(typing.fault_columns)
    frame = typing.engine.frame(f"SELECT row, {listed} FROM {relation} WHERE {any_fault} ORDER BY row")
    for row, *numbers in frame.itertuples(index=False, name=None):
        found[int(row)] = [typing.faults[int(number)] for number in numbers if not pd.isna(number)]
    return found


def _moment(text: str, read: ReadColumn, ways: Ways) -> np.datetime64:
    if read.reading is None:
        raise ValueError("a column of dates needs its format")
    moment = read_cell(text, read.reading, ways.zone, ways.own_zone)
    if moment is None:
        reason = f"is not a date from 1900 to 2099 in the column's format ({read.reading.format.name})"
        raise BadValueError("CX161", reason)
    if read.column.kind != "moment":
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return np.datetime64(moment.replace(day=1) if read.column.kind == "month" else moment, "us")


_PARSERS: Mapping[str, Callable[[str, ReadColumn, Ways], Any]] = {
    "id": lambda text, _read, _ways: text,
    "text": lambda text, _read, _ways: text,
    "choice": lambda text, read, _ways: read_choice(text, read.column),
    "flag": lambda text, _read, _ways: read_flag(text),
    "day": _moment,
    "month": _moment,
    "moment": _moment,
    "number": lambda text, read, _ways: read_number(text, read.column, read.mark),
    "score": lambda text, read, _ways: read_number(text, read.column, read.mark),
    "rate": lambda text, read, _ways: read_number(text, read.column, read.mark),
}


def _is_used(read: ReadColumn) -> bool:
    return read.cells is not None and any(read.cells.texts)
