"""What a stage may ask of an engine, whichever engine it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import pandas as pd


Parameters = Sequence[object] | Mapping[str, object]


class QueryError(Exception):
    """A statement that the engine could not run.

    Parameters
    ----------
    kind : {"statement", "data"}
        Whether the statement is wrong by itself, or a value that it met is. The engine's own words quote values in the
        second case and are left out then.
    message : str
        One line for the user; never a customer's data.
    """

    def __init__(self, kind: Literal["statement", "data"], message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Engine(Protocol):
    """Tables and the portable subset of SQL over them.

    Parameters are positional (``?``) in a sequence, or named (``$name``) in a mapping, which must name no others.
    Every method raises :class:`QueryError` where the engine refuses.
    """

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement whose result is of no interest.

        Parameters
        ----------
        sql : str
            One statement.
        parameters : sequence or mapping, optional
            Values for its ``?``, or for its ``$name``.
        """
        ...

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
            Text as ``object`` of str and None; BIGINT with NULLs as ``Int64``; dates and moments as ``datetime64``.
        """
        ...

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
        ...

    def create_table(self, name: str, columns: Mapping[str, str]) -> None:
        """Create an empty table.

        Parameters
        ----------
        name : str
            Any text; quoted.
        columns : mapping
            SQL type by column name.
        """
        ...

    def append(self, name: str, frame: pd.DataFrame) -> None:
        """Append rows, matching columns by name.

        Parameters
        ----------
        name : str
            An existing table.
        frame : pandas.DataFrame
            Columns of the table; ``object`` columns hold str and None only.
        """
        ...

    @property
    def threads(self) -> int:
        """How many threads work on this machine may take; arithmetic outside the engine keeps to it as well."""
        ...

    @property
    def folder(self) -> Path:
        """The private folder: the only place from which, and into which, the engine reads and writes files."""
        ...

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

        Notes
        -----
        Reading raises :class:`QueryError` at a record with another number of fields.
        """
        ...

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
        ...

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
        ...

    def write_parquet(self, sql: str, path: Path) -> None:
        """Write the rows of a query as one Parquet file.

        Parameters
        ----------
        sql : str
            One query; its order is kept.
        path : Path
            A file that does not exist yet.
        """
        ...

    def close(self) -> None:
        """Release memory and the spill folder."""
        ...


def quote(name: str) -> str:
    """Quote an identifier for SQL.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    str
        The name within double quotes.
    """
    return '"' + name.replace('"', '""') + '"'
