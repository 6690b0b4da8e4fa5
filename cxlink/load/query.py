"""Sources that are a query over several files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxlink.engine.interface import QueryError, quote
from cxlink.errors import DataError, InputMissingError
from cxlink.handoff import LedgerEntry
from cxlink.load.files import Wanted, floating_columns, native_columns, read_file, store_query
from cxlink.load.ledger import raw_entry
from cxlink.load.raw import RawTable, written_out
from cxlink.load.sources import Source, SourceFile, find_files, relative_name
from cxlink.settings import expand_path

if TYPE_CHECKING:
    from cxlink.engine.interface import Engine

INPUT_TABLE = "cxlink_input_"
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_IDENTIFIER = re.compile(r'"((?:[^"]|"")+)"|([^\W\d]\w*)')
_STAR = re.compile(r"(select|distinct|\.|,)\s*\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query source gave.

    Parameters
    ----------
    raw : RawTable
        Its result, as if it were a file.
    entries : tuple of LedgerEntry
        One for each file of its inputs.
    repeated : tuple of str
        Names of input files that were met twice.
    paths : tuple of (Path, str)
        Path and name of each input file that has rows.
    """

    raw: RawTable
    entries: tuple[LedgerEntry, ...]
    repeated: tuple[str, ...]
    paths: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class _Input:
    table: str
    entries: tuple[LedgerEntry, ...]
    paths: tuple[tuple[Path, str], ...]


class QueryRunner:
    """Runs query sources; a file that several of them use is read once.

    Parameters
    ----------
    engine : Engine
        Where the inputs are put, as text, until `close`.
    sources : sequence of Source
        All query sources of the run: their SQL tells which columns are worth keeping.
    """

    def __init__(self, engine: Engine, sources: Sequence[Source]) -> None:
        self._engine = engine
        self._inputs: dict[tuple[object, ...], _Input] = {}
        texts = [sql for source in sources if (sql := _sql_or_none(source)) is not None]
        self._words = frozenset(word for text in texts for word in _identifiers(text))
        self._keeps_all = any(_STAR.search(_COMMENT.sub(" ", text)) for text in texts)

    def run(self, source: Source) -> QueryResult:
        """Load the inputs of a source and run its query.

        Parameters
        ----------
        source : Source
            With a query.

        Returns
        -------
        QueryResult
            All values as text.

        Raises
        ------
        InputMissingError
            If the query or an input is missing (CX101).
        DataError
            If an input cannot be read, or the query fails (CX115).
        """
        sql, name = _read_sql(source)
        entries: list[LedgerEntry] = []
        repeated: list[str] = []
        paths: list[tuple[Path, str]] = []
        for view, patterns in source.settings.inputs.items():
            files, again = find_files(patterns, source.folder)
            repeated += again
            loaded = self._load(source, files)
            entries += [replace(entry, source=f"{source.label}/{view}") for entry in loaded.entries]
            paths += loaded.paths
            self._engine.execute(f"CREATE OR REPLACE TEMP VIEW {quote(view)} AS SELECT * FROM {quote(loaded.table)}")
        try:
            raw = self._result(sql, name)
        finally:
            for view in source.settings.inputs:
                self._engine.execute(f"DROP VIEW IF EXISTS {quote(view)}")
        return QueryResult(raw, tuple(entries), tuple(repeated), tuple(paths))

    def close(self) -> None:
        """Drop the inputs."""
        for loaded in self._inputs.values():
            self._engine.execute(f"DROP TABLE IF EXISTS {quote(loaded.table)}")
        self._inputs.clear()

    def _result(self, sql: str, name: str) -> RawTable:
        try:
            types = self._engine.query_types(sql)
            cells = {column: f"c{place}" for place, column in enumerate(types)}
            relation, n_rows = store_query(self._engine, sql, cells)
        except QueryError as error:
            remedy = "Correct the query."
            if error.kind == "data":
                remedy = "Use TRY_CAST, or a CASE for the values that differ; every input's column is text."
            raise DataError("CX115", name, f"the query fails: {error.message}.", remedy) from None
        return RawTable(
            self._engine,
            name,
            tuple(types),
            relation,
            cells,
            n_rows,
            native=native_columns(types),
            floating=floating_columns(types),
            single=floating_columns(types),
            raw_of=written_out(self._engine, relation, cells),
        )

    def _load(self, source: Source, files: Sequence[SourceFile]) -> _Input:
        settings = source.settings
        key = (tuple(os.path.realpath(file.path) for file in files), settings.encoding, settings.delimiter)
        if key not in self._inputs:
            wanted = Wanted(self._words, frozenset(), None, self._choose)
            table = f"{INPUT_TABLE}{len(self._inputs) + 1}"
            raws = [_stored(read_file(self._engine, file, settings, wanted)) for file in files]
            self._put(table, raws)
            entries = tuple(raw_entry("", raw) for raw in raws)
            paths = tuple((raw.path, raw.file) for raw in raws if raw.n_rows and raw.path is not None)
            self._inputs[key] = _Input(table, entries, paths)
        return self._inputs[key]

    def _choose(self, header: tuple[str, ...]) -> list[str]:
        words = {word.casefold() for word in self._words}
        named = [name for name in header if name and (self._keeps_all or name.casefold() in words)]
        folded = [name.casefold() for name in named]
        twice = sorted({name for name in named if folded.count(name.casefold()) > 1})
        if twice:
            raise DataError("CX108", "query input", f'two columns are named "{twice[0]}".', "Rename one of them.")
        return named or [name for name in dict.fromkeys(header) if name]

    def _put(self, table: str, raws: Sequence[RawTable]) -> None:
        names = list(dict.fromkeys(name for raw in raws for name in raw.cells))
        self._engine.create_table(table, dict.fromkeys(names, "VARCHAR"))
        for raw in raws:
            own = ", ".join(quote(name) for name in raw.cells)
            cells = ", ".join(f"nullif({quote(cell)}, '')" for cell in raw.cells.values())
            self._engine.execute(
                f"INSERT INTO {quote(table)} ({own}) SELECT {cells} FROM {quote(raw.relation)} ORDER BY row"
            )


def _stored(raw: RawTable) -> RawTable:
    return raw if raw.stored is None else raw.stored()


def _read_sql(source: Source) -> tuple[str, str]:
    query = source.settings.query or ""
    path = Path(expand_path(query, source.folder))
    if not path.is_file():
        raise InputMissingError("CX101", query, "there is no such file.", "Correct the query's path in cxlink.toml.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("CX111", query, "the text is not UTF-8.", "Save the query as UTF-8.") from None
    return text.strip().rstrip(";"), relative_name(path, source.folder)


def _sql_or_none(source: Source) -> str | None:
    try:
        return _read_sql(source)[0]
    except (InputMissingError, DataError):
        return None


def _identifiers(sql: str) -> list[str]:
    return [quoted.replace('""', '"') or plain for quoted, plain in _IDENTIFIER.findall(_COMMENT.sub(" ", sql))]
