"""Files of any kind we read, as text on the engine."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlink.engine.interface import Engine, QueryError, quote
from cxlink.errors import DataError
from cxlink.load.plain import literal
from cxlink.load.raw import RawTable, new_name, store_cells, written_out
from cxlink.load.records import DELIMITERS, HEADER_LETTERS, Batch, Header, RecordReader, find_header, raw_records
from cxlink.load.sources import SourceFile
from cxlink.load.spreadsheet import read_sheet
from cxlink.load.staging import Lines, StagedText, reachable, stage_text
from cxlink.load.survey import Survey, survey_text
from cxlink.settings import SourceSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARQUET_SUFFIXES = (".parquet", ".pq")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
NUMERIC_TYPE = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT|REAL)$")
NATIVE_TYPE = re.compile(NUMERIC_TYPE.pattern[:-1] + r"|DATE|TIMESTAMP.*|BOOLEAN$")
FLOATING_TYPE = re.compile(r"DOUBLE|FLOAT|REAL")
SINGLE_TYPE = re.compile(r"FLOAT|REAL")
_IMPORT_ID = re.compile(r'\{"ImportId"')
_IMPORT_ID_QUOTED = '{""ImportId""'


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


@dataclass(frozen=True, slots=True)
class _TextFile:
    """A text file whose header is found."""

    engine: Engine
    file: SourceFile
    text: StagedText
    header: Header
    chosen: tuple[str, ...]
    day: str | None
    n_above: int

    def cells(self) -> dict[str, str]:
        return {name: f"c{self.header.names.index(name)}" for name in self.chosen}


def read_file(engine: Engine, file: SourceFile, settings: SourceSettings, wanted: Wanted) -> RawTable:
    """Read one file as text.

    Parameters
    ----------
    engine : Engine
        Where the rows are put.
    file : SourceFile
        An existing file.
    settings : SourceSettings
        Its source's ``encoding``, ``delimiter``, ``sheet``, ``member`` and ``header_rows``.
    wanted : Wanted
        What to look for.

    Returns
    -------
    RawTable
        Chosen columns only; a scan where the text is regular.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    suffix = file.path.suffix.lower()
    if suffix in PARQUET_SUFFIXES:
        return _read_parquet(engine, file, wanted)
    if suffix in SHEET_SUFFIXES:
        return _read_sheet(engine, file, settings, wanted)
    return _read_text(engine, file, settings, wanted)


def _read_text(engine: Engine, file: SourceFile, settings: SourceSettings, wanted: Wanted) -> RawTable:
    text = stage_text(file.path, engine.folder, place=file.name, encoding=settings.encoding, member=settings.member)
    head = text.head(HEADER_LETTERS)
    header = find_header(
        head,
        wanted=wanted.names,
        required=wanted.required,
        delimiters=(settings.delimiter,) if settings.delimiter else DELIMITERS,
        n_rows=settings.header_rows,
    )
    chosen = tuple(wanted.choose(header.names))
    above = head.split("\n", header.first_line)[: header.first_line - 1]
    opened = _TextFile(engine, file, text, header, chosen, wanted.day, _n_above(above))
    survey = survey_text(text, header) if _may_be_scanned(head, header, above) else None
    return _scan(opened, survey) if survey is not None and survey.n_records else _read_carefully(opened)


def _may_be_scanned(head: str, header: Header, above: Sequence[str]) -> bool:
    """Whether nothing but records follows a header of one line."""
    return (
        header.first_line == header.last_line
        and not any('"' in line for line in above)
        and _IMPORT_ID_QUOTED not in head
    )


def _scan(opened: _TextFile, survey: Survey) -> RawTable:
    engine, header = opened.engine, opened.header
    relation, lines = new_name(), ""
    path = reachable(opened.text.path, engine.folder)
    columns = [f"c{place}" for place in range(len(header.names))]
    engine.view_text(relation, path, columns, delimiter=header.delimiter, skip_lines=header.last_line)
    if survey.starts is not None:
        lines = new_name()
        engine.create_table(lines, {"line": "BIGINT"})
        engine.append(lines, pd.DataFrame({"line": survey.starts}))
    raw = _bare(opened, relation, survey.n_records)
    raw.tail = opened.text.tail()
    raw.has_blanks = opened.text.look.has_blanks or bool(lines)
    raw.is_scan, raw.lines, raw.line = True, lines, "" if lines else f"rowid + {header.last_line + 1}"
    raw.raw_of = partial(_raw_of_scan, opened.text, header.last_line, survey)
    raw.stored = lambda: _store_scan(opened, raw) or _read_carefully(opened)
    return raw


def _bare(opened: _TextFile, relation: str, n_rows: int) -> RawTable:
    return RawTable(
        opened.engine,
        opened.file.name,
        opened.header.names,
        relation,
        opened.cells(),
        n_rows,
        encoding=opened.text.encoding,
        delimiter=opened.header.delimiter,
        n_before_header=opened.n_above,
        path=opened.text.path,
    )


def _raw_of_scan(text: StagedText, last_line: int, survey: Survey, rows: Sequence[int]) -> list[str]:
    lines = text.lines()
    starts = np.arange(survey.n_records, dtype=np.int64) + last_line + 1 if survey.starts is None else survey.starts
    ends = np.append(starts[1:], len(lines) + 1)
    return raw_records(lines, [(int(starts[row]), int(ends[row] - starts[row])) for row in rows])


def _store_scan(opened: _TextFile, scan: RawTable) -> RawTable | None:
    """Store the rows of a scan; None where the engine does not find the records that we found."""
    engine, table, view = opened.engine, new_name(), new_name()
    cells = ", ".join(quote(cell) for cell in scan.cells.values())
    joined = f" POSITIONAL JOIN {scan.lines}" if scan.lines else ""
    line = "line" if scan.lines else f"{scan.line} AS line"
    try:
        engine.execute(
            f"CREATE TABLE {table} AS SELECT {cells}{', line' if scan.lines else ''} FROM {scan.relation}{joined}"
        )
    except QueryError:
        return None
    first = quote(next(iter(scan.cells.values())))
    counts = f"SELECT count(*) AS n, count({first}) AS whole, count({'line' if scan.lines else first}) AS placed"
    shown = engine.frame(f"{counts} FROM {table}")
    n_rows = int(shown["n"].iloc[0])
    # names of columns in every cell: the header again, perhaps in another order
    names = ", ".join(literal(name) for name in opened.header.names)
    repeats = " AND ".join(f"trim({quote(cell)}) IN ({names})" for cell in scan.cells.values())
    is_whole = {n_rows, int(shown["whole"].iloc[0]), int(shown["placed"].iloc[0])} == {scan.n_rows}
    if not is_whole or engine.scalar(f"SELECT count(*) FROM {table} WHERE {repeats}"):
        engine.execute(f"DROP TABLE {table}")
        return None
    engine.execute(f"CREATE VIEW {view} AS SELECT rowid AS row, {line}, {cells} FROM {table}")
    raw = _bare(opened, view, n_rows)
    raw.raw_of = scan.raw_of
    return raw


def _read_carefully(opened: _TextFile) -> RawTable:
    header, cells = opened.header, opened.cells()
    day_index = header.names.index(opened.day) if opened.day in header.names else None
    lines = opened.text.lines()
    reader = RecordReader(lines, header, day_index=day_index, place=opened.file.name, is_lossy=opened.text.is_lossy)
    places = [header.names.index(name) for name in cells]
    relation = store_cells(opened.engine, cells, ())
    n_rows, n_questions, starts, spans = 0, 0, [], []
    with _collection_paused():
        for batch in reader.batches():
            if not n_rows:
                n_questions = _question_rows(batch.rows)
            opened.engine.append(relation, _frame_of(batch, n_rows, places, list(cells.values())))
            starts.append(np.array(batch.lines, dtype=np.int64))
            spans.append(np.array(batch.spans, dtype=np.int64))
            n_rows += len(batch.rows)
    raw = _bare(opened, relation, n_rows)
    raw.rejected, raw.n_excluded = reader.rejected, reader.n_repeated_headers
    raw.n_repeated_headers = reader.n_repeated_headers
    raw.raw_of = partial(_raw_of_records, lines, _joined(starts), _joined(spans))
    if n_questions:
        raw.exclude("row < ?", [n_questions])
    return raw


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _raw_of_records(
    lines: Lines, starts: NDArray[np.int64], spans: NDArray[np.int64], rows: Sequence[int]
) -> list[str]:
    return raw_records(lines, [(int(starts[row]), int(spans[row])) for row in rows])


def _frame_of(batch: Batch, first: int, places: Sequence[int], cells: Sequence[str]) -> pd.DataFrame:
    turned = list(zip(*batch.rows, strict=True))
    numbers = {"row": np.arange(first, first + len(batch.rows)), "line": np.array(batch.lines, dtype=np.int64)}
    texts = {cell: pd.Series(turned[place], dtype=object) for place, cell in zip(places, cells, strict=True)}
    return pd.DataFrame({**numbers, **texts})


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


def _n_above(above: Sequence[str]) -> int:
    return sum(bool(line.strip()) and not line.startswith("sep=") for line in above)


def _question_rows(rows: Sequence[Sequence[str]]) -> int:
    """Rows under the header that hold the questions' texts and import ids, as survey exports have them."""
    for number, row in enumerate(rows[:2], start=1):
        if any(_IMPORT_ID.match(cell) for cell in row):
            return number
    return 0


def _read_parquet(engine: Engine, file: SourceFile, wanted: Wanted) -> RawTable:
    view = new_name()
    try:
        types = engine.view_parquet(view, reachable(file.path, engine.folder))
        chosen = wanted.choose(tuple(types))
        every = {name: f"c{place}" for place, name in enumerate(types)}
        relation, n_rows = store_query(engine, f"SELECT * FROM {view}", every)
    except QueryError:
        raise DataError("CX119", file.name, "is not a whole Parquet file.", "Export it again.") from None
    return RawTable(
        engine,
        file.name,
        tuple(types),
        relation,
        {name: every[name] for name in chosen},
        n_rows,
        native=native_columns(types),
        floating=floating_columns(types),
        single=frozenset(name for name, kind in types.items() if SINGLE_TYPE.match(kind)),
        raw_of=written_out(engine, relation, every),
        path=file.path,
    )


def floating_columns(types: Mapping[str, str]) -> frozenset[str]:
    """Tell which columns of a typed result are binary floating-point numbers.

    Parameters
    ----------
    types : mapping of str to str
        SQL type by column name.

    Returns
    -------
    frozenset of str
        Of any precision.
    """
    return frozenset(name for name, kind in types.items() if FLOATING_TYPE.match(kind))


def store_query(engine: Engine, sql: str, cells: Mapping[str, str]) -> tuple[str, int]:
    """Store the rows of a query as text.

    Parameters
    ----------
    engine : Engine
        The engine.
    sql : str
        One query; the order of its rows is kept.
    cells : mapping of str to str
        New name of each of its columns.

    Returns
    -------
    relation : str
        Name of a view with ``row``, ``line`` and the cells.
    n_rows : int
        How many.

    Raises
    ------
    QueryError
        If the engine cannot run it.
    """
    table, view = new_name(), new_name()
    texts = ", ".join(f"coalesce(CAST({quote(name)} AS VARCHAR), '') AS {cell}" for name, cell in cells.items())
    engine.execute(f"CREATE TABLE {table} AS SELECT {texts} FROM (\n{sql}\n) AS result")
    names = ", ".join(cells.values())
    engine.execute(f"CREATE VIEW {view} AS SELECT rowid AS row, rowid + 1 AS line, {names} FROM {table}")
    return view, int(str(engine.scalar(f"SELECT count(*) FROM {table}")))


def native_columns(types: Mapping[str, str]) -> frozenset[str]:
    """Tell which columns of a typed result need no decision.

    Parameters
    ----------
    types : mapping of str to str
        SQL type by column name.

    Returns
    -------
    frozenset of str
        Numbers, dates, moments and flags.
    """
    return frozenset(name for name, kind in types.items() if NATIVE_TYPE.match(kind))


def _read_sheet(engine: Engine, file: SourceFile, settings: SourceSettings, wanted: Wanted) -> RawTable:
    sheet = read_sheet(
        file.path,
        place=file.name,
        wanted=wanted.names,
        required=wanted.required,
        sheet=settings.sheet,
        n_rows=settings.header_rows,
    )
    chosen = wanted.choose(sheet.header)
    every = {str(place): f"c{place}" for place in range(len(sheet.header))}
    frame = pd.DataFrame({"row": np.arange(len(sheet.lines)), "line": sheet.lines})
    for place, column in enumerate(sheet.columns):
        frame[f"c{place}"] = column
    relation = store_cells(engine, every, [frame])
    return RawTable(
        engine,
        file.name,
        sheet.header,
        relation,
        {name: f"c{sheet.header.index(name)}" for name in chosen},
        len(sheet.lines),
        native=sheet.native,
        floating=sheet.native,
        raw_of=written_out(engine, relation, every),
        n_before_header=sheet.n_before_header,
        path=file.path,
    )
