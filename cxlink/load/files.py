"""Files of any kind we read, as raw tables."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cxlink.engine.duckdb_engine import read_parquet_text
from cxlink.engine.interface import QueryError
from cxlink.errors import DataError
from cxlink.load.decode import read_text
from cxlink.load.raw import RawTable, object_array, written_out
from cxlink.load.records import DELIMITERS, Header, RecordReader, find_header, raw_records
from cxlink.load.sources import SourceFile
from cxlink.load.spreadsheet import read_sheet
from cxlink.settings import SourceSettings

PARQUET_SUFFIXES = (".parquet", ".pq")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
NUMERIC_TYPE = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|REAL)$")
NATIVE_TYPE = re.compile(NUMERIC_TYPE.pattern[:-1] + r"|DATE|TIMESTAMP.*|BOOLEAN$")
FLOATING_TYPE = re.compile(r"DOUBLE|FLOAT|REAL")
_IMPORT_ID = re.compile(r'\{"ImportId"')


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a file's header.

    Parameters
    ----------
    names : frozenset of str
        Column names that may be there.
    required : frozenset of str
        Those that must.
    day : str or None
        Name of a column of days.
    choose : callable
        Given the header's names, those to keep; raises where the header will not do.
    """

    names: frozenset[str]
    required: frozenset[str]
    day: str | None
    choose: Callable[[tuple[str, ...]], Sequence[str]]


def read_file(file: SourceFile, settings: SourceSettings, wanted: Wanted) -> RawTable:
    """Read one file as text.

    Parameters
    ----------
    file : SourceFile
        An existing file.
    settings : SourceSettings
        Its source's ``encoding`` and ``delimiter``.
    wanted : Wanted
        What to look for.

    Returns
    -------
    RawTable
        Chosen columns only.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    suffix = file.path.suffix.lower()
    if suffix in PARQUET_SUFFIXES:
        return _read_parquet(file, wanted)
    if suffix in SHEET_SUFFIXES:
        return _read_sheet(file, wanted)
    return _read_text_file(file, settings, wanted)


def _read_text_file(file: SourceFile, settings: SourceSettings, wanted: Wanted) -> RawTable:
    decoded = read_text(file.path, place=file.name, encoding=settings.encoding)
    delimiters = (settings.delimiter,) if settings.delimiter else DELIMITERS
    header = find_header(decoded.text, wanted=wanted.names, required=wanted.required, delimiters=delimiters)
    chosen = list(wanted.choose(header.names))
    places = [header.names.index(name) for name in chosen]
    day_index = header.names.index(wanted.day) if wanted.day in header.names else None
    reader = RecordReader(decoded.text, header, day_index=day_index, place=file.name)
    cells: list[list[str]] = [[] for _ in chosen]
    lines: list[int] = []
    spans: list[int] = []
    n_questions = 0
    with _collection_paused():
        for batch in reader.batches():
            if not lines:
                n_questions = _question_rows(batch.rows)
            turned = list(zip(*batch.rows, strict=True))
            for place, column in zip(places, cells, strict=True):
                column.extend(turned[place])
            lines.extend(batch.lines)
            spans.extend(batch.spans)
    starts, lengths = np.array(lines, dtype=np.int64), np.array(spans, dtype=np.int64)
    raw = RawTable(
        file.name,
        header.names,
        {name: object_array(column) for name, column in zip(chosen, cells, strict=True)},
        starts,
        lengths,
        rejected=reader.rejected,
        encoding=decoded.encoding,
        delimiter=header.delimiter,
        raw_of=_read_again(file.path, file.name, decoded.encoding, starts, lengths),
        n_excluded=reader.n_repeated_headers,
        n_before_header=_lines_above(decoded.text, header),
        digest=decoded.digest,
    )
    raw.drop(range(n_questions))
    return raw


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Spare the search for cycles among millions of new strings, which have none: a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read_again(
    path: Path, place: str, encoding: str, lines: np.ndarray, spans: np.ndarray
) -> Callable[[Sequence[int]], list[str]]:
    """Cut rows out of the file when they are asked for, rather than keep its whole text."""

    def raw_of(rows: Sequence[int]) -> list[str]:
        text = read_text(path, place=place, encoding=encoding).text
        return raw_records(text, [(int(lines[row]), int(spans[row])) for row in rows])

    return raw_of


def _question_rows(rows: Sequence[Sequence[str]]) -> int:
    """Rows under the header that hold the questions' texts and import ids, as survey exports have them."""
    for number, row in enumerate(rows[:2], start=1):
        if any(_IMPORT_ID.match(cell) for cell in row):
            return number
    return 0


def _lines_above(text: str, header: Header) -> int:
    above = text.split("\n", header.first_line - 1)[: header.first_line - 1]
    return sum(bool(line.strip()) and not line.startswith("sep=") for line in above)


def _read_parquet(file: SourceFile, wanted: Wanted) -> RawTable:
    try:
        types, frame = read_parquet_text(file.path)
    except QueryError:
        raise DataError("CX119", file.name, "is not a whole Parquet file.", "Export it again.") from None
    chosen = wanted.choose(tuple(types))
    columns = {name: object_array(frame[name].fillna("").tolist()) for name in chosen}
    return RawTable(
        file.name,
        tuple(types),
        columns,
        np.arange(1, len(frame) + 1, dtype=np.int64),
        np.ones(len(frame), dtype=np.int64),
        native=native_columns(types),
        raw_of=written_out({name: object_array(frame[name].fillna("").tolist()) for name in types}),
    )


def native_columns(types: dict[str, str]) -> frozenset[str]:
    """Tell which columns of a typed result need no decision.

    Parameters
    ----------
    types : dict of str to str
        SQL type by column name.

    Returns
    -------
    frozenset of str
        Numbers, dates, moments and flags.
    """
    return frozenset(name for name, kind in types.items() if NATIVE_TYPE.match(kind))


def _read_sheet(file: SourceFile, wanted: Wanted) -> RawTable:
    sheet = read_sheet(file.path, place=file.name, wanted=wanted.names, required=wanted.required)
    chosen = wanted.choose(sheet.header)
    columns = {name: sheet.columns[sheet.header.index(name)] for name in chosen}
    everything = {str(place): column for place, column in enumerate(sheet.columns)}
    return RawTable(
        file.name,
        sheet.header,
        columns,
        sheet.lines,
        np.ones(len(sheet.lines), dtype=np.int64),
        native=sheet.native,
        raw_of=written_out(everything),
        n_before_header=sheet.n_before_header,
    )
