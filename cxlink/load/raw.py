"""A file as text on the engine: the columns that are needed, and for each row the place where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlink.engine.interface import Engine, quote
from cxlink.load.records import Rejected

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "cxlink_load_"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Distinct:
    """A column as its distinct texts.

    Parameters
    ----------
    texts : list of str
        As they stand in the file; "" for empty.
    counts : list of int
        How often each occurs.
    """

    texts: list[str]
    counts: list[int]


@dataclass(slots=True)
class RawTable:
    """Records of one file, or of a query's result.

    Parameters
    ----------
    engine : Engine
        Where they are.
    file : str
        Relative to the configuration.
    header : tuple of str
        Names as in the file.
    relation : str
        Name on the engine. Columns: ``row`` (from 0), ``line`` (where the record starts in the file) and those of
        `cells`. A scan has the cells only.
    cells : mapping of str to str
        Column of the relation by the header's name.
    n_rows : int
        Whole records.
    is_scan : bool
        Whether the relation reads the file anew whenever it is asked: nothing of it is certain before it is stored.
    has_blanks : bool
        Whether any cell may begin or end with a space, or an end of line.
    line : str
        SQL of a scan's line, given the number of its row as ``rowid``; "" where a table `lines` says it.
    lines : str
        Name of that table, with one column ``line`` in the order of the rows; "" for none.
    stored : callable or None
        For a scan: gives the same file with its rows stored, for what the scan cannot do.
    rejected : list of Rejected
        Malformed records.
    encoding, delimiter : str
        How the file was read; "" where that has no meaning.
    native : frozenset of str
        Columns whose values were typed in the file, not written as text: nothing about them is to be decided.
    floating : frozenset of str
        Those of `native` that are binary floating-point numbers.
    single : frozenset of str
        Those of `floating` that cannot be trusted with cents.
    raw_of : callable
        Gives the raw text of rows by their number, ascending.
    n_excluded : int
        Records that the export is known to carry beside the data.
    n_before_header : int
        Lines above the header that are not blank.
    n_repeated_headers : int
        Records that repeat it; among those excluded.
    path : Path or None
        The file, for its fingerprint.
    tail : sequence of str
        Last lines of a scan.
    """

    engine: Engine
    file: str
    header: tuple[str, ...]
    relation: str
    cells: Mapping[str, str]
    n_rows: int
    is_scan: bool = False
    has_blanks: bool = True
    line: str = "line"
    lines: str = ""
    stored: Callable[[], RawTable] | None = None
    rejected: list[Rejected] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    native: frozenset[str] = frozenset()
    floating: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    raw_of: Callable[[Sequence[int]], list[str]] = field(default=lambda rows: [""] * len(rows))
    n_excluded: int = 0
    n_before_header: int = 0
    n_repeated_headers: int = 0
    path: Path | None = None
    tail: Sequence[str] = ()

    def distinct(self, name: str) -> Distinct:
        """Find the distinct texts of a column.

        Parameters
        ----------
        name : str
            As in the header.

        Returns
        -------
        Distinct
            Texts as they stand, not trimmed, in their order.
        """
        cell = quote(self.cells[name])
        frame = self.engine.frame(
            f"SELECT {cell} AS text, count(*) AS n FROM {quote(self.relation)} GROUP BY {cell} ORDER BY {cell}"
        )
        return Distinct(frame["text"].tolist(), frame["n"].tolist())

    def exclude(self, condition: str, parameters: Sequence[object] = ()) -> int:
        """Leave out rows that are not data.

        Parameters
        ----------
        condition : str
            SQL over the relation.
        parameters : sequence
            Values for its ``?``.

        Returns
        -------
        int
            How many are left out; counted in `n_excluded`.
        """
        rows, view = new_name(), new_name()
        self.engine.execute(
            f"CREATE TABLE {rows} AS SELECT row FROM {quote(self.relation)} WHERE {condition}", list(parameters)
        )
        n_left_out = int(str(self.engine.scalar(f"SELECT count(*) FROM {rows}")))
        if n_left_out:
            self.engine.execute(
                f"CREATE VIEW {view} AS SELECT * FROM {quote(self.relation)} WHERE row NOT IN (SELECT row FROM {rows})"
            )
            self.relation = view
            self.n_rows -= n_left_out
            self.n_excluded += n_left_out
        return n_left_out


def new_name() -> str:
    """Make a name for a table or view of the load.

    Returns
    -------
    str
        Needs no quotes; no other has it.
    """
    return f"{PREFIX}{next(_NUMBERS)}"


def drop_names(engine: Engine, *, since: str, keep: Collection[str] = ()) -> None:
    """Let go of tables and views of the load.

    Parameters
    ----------
    engine : Engine
        The engine.
    since : str
        Those made after this name.
    keep : collection of str
        Names to spare.
    """
    shown = engine.frame(
        "SELECT table_name AS name, table_type = 'VIEW' AS is_view FROM information_schema.tables"
        f" WHERE starts_with(table_name, '{PREFIX}')"
    )
    first = int(since.removeprefix(PREFIX))
    for is_view, kind in ((True, "VIEW"), (False, "TABLE")):
        for name in shown.loc[shown["is_view"] == is_view, "name"]:
            if int(name.removeprefix(PREFIX)) > first and name not in keep:
                engine.execute(f"DROP {kind} {name}")


def store_cells(engine: Engine, cells: Mapping[str, str], frames: Sequence[pd.DataFrame]) -> str:
    """Put rows onto the engine.

    Parameters
    ----------
    engine : Engine
        The engine.
    cells : mapping of str to str
        Whose values are the names of the text columns.
    frames : sequence of DataFrame
        With ``row``, ``line`` and these columns.

    Returns
    -------
    str
        Name of the table.
    """
    name = new_name()
    engine.create_table(name, {"row": "BIGINT", "line": "BIGINT", **dict.fromkeys(cells.values(), "VARCHAR")})
    for frame in frames:
        engine.append(name, frame)
    return name


def written_out(engine: Engine, relation: str, cells: Mapping[str, str]) -> Callable[[Sequence[int]], list[str]]:
    """Write rows out as CSV, for files that have no text of their own.

    Parameters
    ----------
    engine : Engine
        The engine.
    relation : str
        Name of a table with ``row``.
    cells : mapping of str to str
        All columns of the file.

    Returns
    -------
    callable
        Gives the text of rows by their number, ascending.
    """
    columns = ", ".join(quote(cell) for cell in cells.values())

    def raw_of(rows: Sequence[int]) -> list[str]:
        wanted = pd.DataFrame({"row": list(rows)})
        with_rows = new_name()
        engine.create_table(with_rows, {"row": "BIGINT"})
        engine.append(with_rows, wanted)
        frame = engine.frame(
            f"SELECT {columns} FROM {quote(relation)} AS cells JOIN {with_rows} USING (row) ORDER BY cells.row"
        )
        return [_as_csv(row) for row in frame.itertuples(index=False, name=None)]

    return raw_of


def _as_csv(row: Sequence[Any]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow(row)
    return target.getvalue()
