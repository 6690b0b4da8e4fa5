"""Workbooks and Parquet: typed cells, and cells that only look typed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from tests.load.pollution.draft import Draft, Placed, Record, Written
from tests.load.pollution.oracle import EITHER, EXACT, REFUSED, Expect, warned
from tests.load.pollution.pollution import Pollution, of
from tests.load.pollution.truth import decimal_text

Cell = Any
Fill = Callable[[Draft, Record, str], Cell]


def typed(draft: Draft, record: Record, column: str) -> Cell:
    """The true value, as a program that knows types writes it."""
    value = record.truth.get({"amount": "amount_minor"}.get(column, column))
    if column == "amount" and value is not None:
        return int(str(value)) / 100
    return "" if value is None else value


def written(draft: Draft, record: Record, column: str) -> Cell:
    """The text of the cell."""
    return record.cells.get(column, "")


def baked(
    draft: Draft,
    fill: Fill = typed,
    *,
    above: int = 0,
    options: dict[str, Any] | None = None,
    sheets: Sequence[str] = ("Sheet1",),
) -> Draft:
    """Make the file a workbook; the table is on the last of the sheets."""

    def bake(final: Draft) -> Written:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True, **(options or {})}) as book:
            for name in sheets[:-1]:
                book.add_worksheet(name).write(0, 0, "notes")
            placed = _fill(book, book.add_worksheet(sheets[-1]), final, fill, above)
        return Written(final.name, target.getvalue(), placed)

    return replace(draft, name=draft.name.replace(".csv", ".xlsx"), bake=bake)


def _fill(book: Any, sheet: Any, draft: Draft, fill: Fill, above: int) -> tuple[Placed, ...]:
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    for row in range(above):
        sheet.write(row, 0, f"title {row}")
    for place, column in enumerate(draft.columns):
        sheet.write_string(above, place, draft.titles.get(column, column))
    placed = []
    for row, record in enumerate(draft.records, start=above + 1):
        for place, column in enumerate(draft.columns):
            _put(sheet, row, place, fill(draft, record, column), formats)
        placed.append(Placed(record, row + 1, row + 1))
    return tuple(placed)


def _put(sheet: Any, row: int, place: int, value: Cell, formats: Mapping[type[date], Any]) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, formats[type(value)])
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif value is not None:
        sheet.write_number(row, place, value)


def _days_as_text(form: str) -> Fill:
    def fill(draft: Draft, record: Record, column: str) -> Cell:
        value = typed(draft, record, column)
        return value.strftime(form) if isinstance(value, date) else value

    return fill


def _serials(draft: Draft, record: Record, column: str) -> Cell:
    value = typed(draft, record, column)
    return (value - date(1899, 12, 30)).days if type(value) is date else value


def _amounts_as_text(draft: Draft, record: Record, column: str) -> Cell:
    return written(draft, record, column) if column == "amount" else typed(draft, record, column)


def _noisy(draft: Draft, record: Record, column: str) -> Cell:
    """What a spreadsheet's sums leave behind: 0.30000000000000004."""
    value = typed(draft, record, column)
    return value * 3 / 3 + 1e-13 if column == "amount" and value == 0.01 else value


def _numbers_for_ids(draft: Draft) -> Draft:
    def change(n: int, record: Record) -> Record:
        return replace(
            record,
            truth={**record.truth, "customer_id": str(17850 + n % 5)},
            cells={**record.cells, "customer_id": str(17850 + n % 5)},
        )

    return draft.every(change)


def _ids_typed(draft: Draft, record: Record, column: str) -> Cell:
    return int(record.cells[column]) if column == "customer_id" else typed(draft, record, column)


def _sheets() -> Iterator[Pollution]:
    for table in ("revenue", "feedback"):
        yield of(table, "workbook", f"typed, {table}", baked, pairs=False)
        yield of(table, "workbook", f"all text, {table}", lambda d: baked(d, written))
        yield of(table, "workbook", f"titles above, {table}", lambda d: baked(d, above=3), warned("CX154"))
        yield of(table, "workbook", f"on the second sheet, {table}", lambda d: baked(d, sheets=("Notes", "Data")))
        yield of(
            table, "workbook", f"in the calendar of 1904, {table}", lambda d: baked(d, options={"date_1904": True})
        )
    yield of("feedback", "workbook", "named csv", lambda d: replace(baked(d), name="feedback.csv"), REFUSED)
    yield of("feedback", "workbook", "in capitals", lambda d: replace(baked(d), name="FEEDBACK.XLSX"))
    yield of("revenue", "workbook", "clear days as text", lambda d: baked(d, _days_as_text("%d/%m/%Y")))
    yield of("revenue", "workbook", "days as bare serials", lambda d: baked(d, _serials), REFUSED)
    yield of("revenue", "workbook", "amounts as text", lambda d: baked(d, _amounts_as_text))
    yield of("revenue", "workbook", "amounts with noise", lambda d: baked(d, _noisy))
    yield of("revenue", "workbook", "ids as numbers", lambda d: baked(_numbers_for_ids(d), _ids_typed))
    yield of(
        "revenue",
        "workbook",
        "one amount is text",
        lambda d: baked(d, _one("amount", "12.50")).true_cell(5, "amount", "12.50", {"amount_minor": 1250}),
    )
    yield of(
        "revenue",
        "workbook",
        "one amount is a word",
        lambda d: baked(d, _one("amount", "free")).at(5, fate="hold", readable=False),
    )
    yield of(
        "revenue",
        "workbook",
        "one amount is true",
        lambda d: baked(d, _one("amount", True)).at(5, fate="hold", readable=False),
    )
    yield of(
        "revenue",
        "workbook",
        "one day is a number",
        lambda d: baked(d, _one("charged_on", 45292)).at(5, fate="hold", readable=True),
    )
    yield of(
        "revenue",
        "workbook",
        "one day is a word",
        lambda d: baked(d, _one("charged_on", "soon")).at(5, fate="hold", readable=True),
    )
    yield of(
        "revenue",
        "workbook",
        "one day is ambiguous text",
        lambda d: baked(d, _one("charged_on", "02/03/2024")).at(5, fate="hold", readable=True),
        EITHER,
    )
    yield of("revenue", "workbook", "only a header", lambda d: replace(baked(d), records=()), REFUSED)
    yield of("revenue", "workbook", "cut", lambda d: _spoilt(baked(d), lambda raw: raw[:-300]), REFUSED)
    yield of(
        "revenue",
        "workbook",
        "with a flipped bit",
        lambda d: _spoilt(baked(d), lambda raw: raw[:1500] + bytes([raw[1500] ^ 255]) + raw[1501:]),
        EITHER,
    )


def _one(name: str, value: Cell) -> Fill:
    def fill(draft: Draft, record: Record, column: str) -> Cell:
        return value if column == name and record.cells["invoice_id"] == "I-0005" else typed(draft, record, column)

    return fill


def _spoilt(draft: Draft, spoil: Callable[[bytes], bytes]) -> Draft:
    before = draft.bake
    assert before is not None

    def bake(final: Draft) -> Written:
        whole = before(final)
        return replace(whole, data=spoil(whole.data))

    return replace(draft, bake=bake)


SQL = {
    "amount": {
        "DECIMAL(18, 2)": EXACT,
        "DECIMAL(38, 4)": EXACT,
        "VARCHAR": EXACT,
        "DOUBLE": EITHER,
        "REAL": REFUSED,
    },
    "charged_on": {
        "DATE": EXACT,
        "TIMESTAMP": EXACT,
        "TIMESTAMPTZ": EXACT,
        "TIMESTAMP_NS": EXACT,
        "VARCHAR": EXACT,
    },
    "responded_at": {
        "TIMESTAMP": EXACT,
        "TIMESTAMPTZ": EXACT,
        "TIMESTAMP_MS": EXACT,
        "TIMESTAMP_S": EXACT,
        "VARCHAR": EXACT,
    },
    "nps": {
        "TINYINT": EXACT,
        "UBIGINT": EXACT,
        "DOUBLE": EXACT,
        "REAL": EXACT,
        "DECIMAL(4, 1)": EXACT,
        "VARCHAR": EXACT,
    },
}


def parquet(draft: Draft, types: dict[str, str], extra: str = "") -> Draft:
    """Make the file Parquet, with such SQL types where they are not VARCHAR; its lines count rows from 1."""

    def bake(final: Draft) -> Written:
        with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:", config={"threads": 1}) as connection:
            connection.execute("SET TimeZone='UTC'")
            body = ", ".join(f'"{name}" VARCHAR' for name in final.columns)
            connection.execute(f"CREATE TABLE t ({body})")
            values = [[record.cells[name] or None for name in final.columns] for record in final.records]
            if values:
                connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(final.columns))})", values)
            cast = ", ".join(f'CAST("{name}" AS {types.get(name, "VARCHAR")}) AS "{name}"' for name in final.columns)
            path = Path(folder) / "x.parquet"
            connection.execute(f"COPY (SELECT {cast}{extra} FROM t) TO '{path}' (FORMAT parquet)")
            data = path.read_bytes()
        return Written(final.name, data, tuple(Placed(record, n, n) for n, record in enumerate(final.records, start=1)))

    return replace(draft, name=draft.name.replace(".csv", ".parquet"), bake=bake)


def _parquets() -> Iterator[Pollution]:
    for column, kinds in SQL.items():
        table = "feedback" if column in ("responded_at", "nps") else "revenue"
        for kind, expect in kinds.items():
            yield of(table, "Parquet", f"{column} as {kind}", lambda d, c=column, k=kind: parquet(d, {c: k}), expect)
    yield of(
        "revenue", "Parquet", "with lists and structs beside", lambda d: parquet(d, {}, ", [1, 2] AS l, {'a': 1} AS s")
    )
    yield of("revenue", "Parquet", "without rows", lambda d: replace(parquet(d, {}), records=()), REFUSED)
    yield of("revenue", "Parquet", "cut", lambda d: _spoilt(parquet(d, {}), lambda raw: raw[:-30]), REFUSED)
    yield of(
        "revenue",
        "Parquet",
        "cut in the middle",
        lambda d: _spoilt(parquet(d, {}), lambda raw: raw[:300] + raw[400:]),
        EITHER,
    )
    yield of("revenue", "Parquet", "a name in brackets", lambda d: replace(parquet(d, {}), name="r[1].parquet"))
    yield of("revenue", "Parquet", "named csv", lambda d: replace(parquet(d, {}), name="r.csv"), REFUSED)
    yield of("revenue", "Parquet", "big whole ids", lambda d: parquet(_big_ids(d), {"customer_id": "BIGINT"}))
    yield of(
        "revenue",
        "Parquet",
        "one day is empty",
        lambda d: parquet(d.cell(5, "charged_on", "", fate="hold", readable=True), {"charged_on": "DATE"}),
    )
    yield of(
        "revenue",
        "Parquet",
        "amounts beyond 2**53",
        lambda d: parquet(_big_amounts(d), {"amount": "DECIMAL(38, 2)"}),
        Expect(),
    )


def _big_ids(draft: Draft) -> Draft:
    def change(n: int, record: Record) -> Record:
        text = "" if n == 3 else str(9007199254740993 + n % 7)
        return replace(
            record, cells={**record.cells, "customer_id": text}, truth={**record.truth, "customer_id": text or None}
        )

    return draft.every(change)


def _big_amounts(draft: Draft) -> Draft:
    def change(n: int, record: Record) -> Record:
        cents = 2**53 + 2 * n + 1
        return replace(
            record, cells={**record.cells, "amount": decimal_text(cents)}, truth={**record.truth, "amount_minor": cents}
        )

    return draft.every(change)


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _sheets()
    yield from _parquets()
