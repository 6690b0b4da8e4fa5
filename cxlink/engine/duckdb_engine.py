"""The default engine: DuckDB in memory, spilling to a private folder, without network or file access."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cxlink.engine.interface import Parameters, QueryError, quote
from cxlink.engine.shared_texts import share_texts

if TYPE_CHECKING:
    import pandas as pd

APPENDED = "cxlink_appended"
COPY_BYTES = 1 << 20
MAX_RECORD = 2 << 20
NO_NULL = "\x01\x02no null\x03"
_VALUE_FAULTS = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)


class DuckDBEngine:
    """An :class:`~cxlink.engine.interface.Engine` on one in-memory database.

    Parameters
    ----------
    spill_folder : Path, optional
        Where a private folder for spilling is made, removed again by `close`; the system's own place by default.
    memory_limit : str, optional
        Such as ``"4GB"``; DuckDB's own default (80% of memory) where absent.
    threads : int, default 1
        More than one is faster on millions of rows, and lets the order of rows that a query leaves open, and the last
        digits of sums of DOUBLE, vary between runs: the stages' statements have neither.

    Notes
    -----
    SQL may read and write nothing but the spill folder; Parquet files are written there and moved by us.
    """

    def __init__(self, *, spill_folder: Path | None = None, memory_limit: str | None = None, threads: int = 1) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=".cxlink-engine-", dir=spill_folder))
        self._n_written = 0
        self._threads = threads
        self._connection = duckdb.connect(":memory:", config={"threads": threads})
        for statement in _settings(self._folder, memory_limit):
            self._connection.execute(statement)

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose result is of no interest.

        Parameters
        ----------
        sql : str
            One statement.
        parameters : sequence or mapping, optional
            Values for its ``?``, or for its ``$name``.
        """
        self._run(sql, parameters)

    def frame(self, sql: str, parameters: Parameters | None = None) -> pd.DataFrame:
        """Run a query and return its rows.

        Parameters
        ----------
        sql : str
            One query.
        parameters : sequence or mapping, optional
            Values for its ``?``, or for its ``$name``.

        Returns
        -------
        pandas.DataFrame
            One row a row.
        """
        result = self._run(sql, parameters)
        try:
            rows = result.df()
        except duckdb.Error as error:
            raise _failure(error) from None
        return share_texts(rows)

    def scalar(self, sql: str, parameters: Parameters | None = None) -> object:
        """Run a query and return the first column of its first row.

        Parameters
        ----------
        sql : str
            One query.
        parameters : sequence or mapping, optional
            Values for its ``?``, or for its ``$name``.

        Returns
        -------
        object
            None where there is no row.
        """
        row = self._run(sql, parameters).fetchone()
        return None if row is None else row[0]

    def create_table(self, name: str, columns: Mapping[str, str]) -> None:
        """Create an empty table.

        Parameters
        ----------
        name : str
            Any text; quoted.
        columns : mapping
            SQL type by column name.
        """
        body = ", ".join(f"{quote(column)} {kind}" for column, kind in columns.items())
        self._run(f"CREATE TABLE {quote(name)} ({body})", None)

    def append(self, name: str, frame: pd.DataFrame) -> None:
        """Append rows, matching columns by name.

        Parameters
        ----------
        name : str
            An existing table.
        frame : pandas.DataFrame
            Columns of the table; ``object`` columns hold str and None only.
        """
        columns = ", ".join(quote(str(column)) for column in frame.columns)
        self._connection.register(APPENDED, frame)
        try:
            self._run(f"INSERT INTO {quote(name)} ({columns}) SELECT {columns} FROM {APPENDED}", None)
        finally:
            self._connection.unregister(APPENDED)

    @property
    def threads(self) -> int:
        """How many threads work on this machine may take; arithmetic outside the engine keeps to it as well."""
        return self._threads

    @property
    def folder(self) -> Path:
        """The private folder: the only place from which, and into which, the engine reads and writes files."""
        return self._folder

    def view_text(self, name: str, path: Path, columns: Sequence[str], *, delimiter: str, skip_lines: int) -> None:
        """Create a view of a delimited text file; every column is VARCHAR, and an empty cell is ''.

        Parameters
        ----------
        name : str
            Any text; quoted.
        path : Path
            UTF-8, within `folder`.
        columns : sequence of str
            Names, as many as every record has fields.
        delimiter : str
            One ASCII character.
        skip_lines : int
            Physical lines above the first record.
        """
        types = ", ".join(f"{quote(column)}: 'VARCHAR'" for column in columns)
        options = (
            f"auto_detect=false, header=false, skip={skip_lines:d}, delim='{_literal(delimiter)}', quote='\"',"
            f" escape='\"', strict_mode=true, null_padding=false, ignore_errors=false, nullstr='{NO_NULL}',"
            f" max_line_size={MAX_RECORD}, columns={{{types}}}"
        )
        self._run(f"CREATE VIEW {quote(name)} AS SELECT * FROM read_csv('{_literal(path)}', {options})", None)

    def view_parquet(self, name: str, path: Path) -> dict[str, str]:
        """Create a view of a Parquet file.

        Parameters
        ----------
        name : str
            Any text; quoted.
        path : Path
            Within `folder`.

        Returns
        -------
        dict of str to str
            SQL type by column name, in order.
        """
        self._run(f"CREATE VIEW {quote(name)} AS SELECT * FROM read_parquet('{_literal(path)}')", None)
        return self.query_types(f"SELECT * FROM {quote(name)}")

    def query_types(self, sql: str) -> dict[str, str]:
        """Tell the SQL type of each column of a query.

        Parameters
        ----------
        sql : str
            One query.

        Returns
        -------
        dict of str to str
            Type by column name, in order.
        """
        rows = self._run(f"DESCRIBE {sql}", None).fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def write_parquet(self, sql: str, path: Path) -> None:
        """Write the rows of a query as one Parquet file.

        Parameters
        ----------
        sql : str
            One query; its order is kept.
        path : Path
            A file that does not exist yet.

        Raises
        ------
        OSError
            If the file exists or cannot be written.
        """
        self._n_written += 1
        staged = self._folder / f"written-{self._n_written}.parquet"
        self._run(f"COPY ({sql}\n) TO '{_literal(staged)}' (FORMAT parquet)", None)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(handle, "wb") as target, staged.open("rb") as source:
                shutil.copyfileobj(source, target, COPY_BYTES)
        finally:
            staged.unlink()

    def close(self) -> None:
        """Release memory and the spill folder."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, sql: str, parameters: Parameters | None) -> duckdb.DuckDBPyConnection:
        try:
            result = self._connection.execute(sql, parameters)
        except duckdb.Error as error:
            raise _failure(error) from None
        if result is None:
            raise QueryError("statement", "there is no statement")
        return result


def _settings(folder: Path, memory_limit: str | None) -> list[str]:
    limit = [f"SET memory_limit='{_literal(memory_limit)}'"] if memory_limit else []
    return [
        *limit,
        *_closed_network(),
        "SET pandas_analyze_sample=0",
        "SET allocator_background_threads=true",
        "SET python_enable_replacements=false",
        f"SET temp_directory='{_literal(folder)}'",
        f"SET allowed_directories=['{_literal(folder)}']",
        "SET enable_external_access=false",
        "SET lock_configuration=true",
    ]


def _closed_network() -> list[str]:
    return ["SET autoinstall_known_extensions=false", "SET autoload_known_extensions=false", "SET TimeZone='UTC'"]


def _literal(text: object) -> str:
    return str(text).replace("'", "''")


def _failure(error: duckdb.Error) -> QueryError:
    if isinstance(error, duckdb.OutOfMemoryException):
        raise MemoryError("DuckDB ran out of memory") from None
    if isinstance(error, _VALUE_FAULTS):
        return QueryError("data", "a value could not be converted to the type that the query asks for")
    return QueryError("statement", " ".join(str(error).split("\n\n")[0].split()))
