"""Sheets of a workbook as text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxlink.errors import DataError
from cxlink.load.decode import MAX_BYTES, MAX_RATIO, RATIO_FROM
from cxlink.load.records import join_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER_ROWS = 40
N_LISTED = 20
MAX_PLAIN = 10**15


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that has the header.

    Parameters
    ----------
    header : tuple of str
        Trimmed names.
    columns : list of Series of object
        Text of each column, in the order of the header.
    lines : ndarray of int
        Row numbers as the spreadsheet program shows them.
    native : frozenset of str
        Columns without a number or date that was typed in as text.
    n_before_header : int
        Rows above it that are not blank.
    """

    header: tuple[str, ...]
    columns: list[pd.Series[Any]]
    lines: NDArray[np.int64]
    native: frozenset[str]
    n_before_header: int


def read_sheet(
    path: Path,
    *,
    place: str,
    wanted: frozenset[str],
    required: frozenset[str],
    sheet: str | None = None,
    n_rows: int = 1,
) -> Sheet:
    """Read the sheet of a workbook that holds a table.

    Parameters
    ----------
    path : Path
        An existing workbook.
    place : str
        Its name for the user.
    wanted, required : frozenset of str
        Names that the header may hold, and must.
    sheet : str, optional
        Name of the sheet that is meant.
    n_rows : int, default 1
        Rows that the names are spread over.

    Returns
    -------
    Sheet
        The first sheet with all required and most wanted names.

    Raises
    ------
    DataError
        If it is no workbook (CX119), is empty or has no such sheet (CX104), or is a bomb (CX116).
    """
    _check_size(path, place)
    best: tuple[tuple[bool, int, int], list[list[Any]], int] | None = None
    for rows in _sheets(path, place, sheet):
        for at in range(min(len(rows), HEADER_ROWS)):
            names = set(_names(rows, at, n_rows)) - {""}
            score = (required <= names, len(names & wanted), -at if names else -HEADER_ROWS)
            if names and (best is None or score > best[0]):
                best = (score, rows, at)
    if best is None:
        raise DataError("CX104", place, "the workbook is empty.", "Export it again.")
    return _cut(best[1], best[2], n_rows)


def _names(rows: Sequence[Sequence[Any]], at: int, n_rows: int) -> tuple[str, ...]:
    return join_names([[_text(cell) for cell in row] for row in rows[at : at + n_rows]])


def _sheets(path: Path, place: str, sheet: str | None) -> list[list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            listed = ", ".join(f'"{name}"' for name in names[:N_LISTED])
            raise DataError("CX104", place, f'there is no sheet "{sheet}"; it has {listed}.', "Correct sheet = ...")
        meant = range(len(names)) if sheet is None else [names.index(sheet)]
        return [workbook.get_sheet_by_index(n).to_python(skip_empty_area=False) for n in meant]
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            "CX119", place, f"cannot be read as a workbook ({type(error).__name__}).", "Save it again as .xlsx or .csv."
        ) from None


def _check_size(path: Path, place: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):  # an older kind of workbook, or none: its reader tells
        return
    if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * max(path.stat().st_size, 1)):
        raise DataError(
            "CX116", place, f"unpacks to more than {MAX_RATIO} times its size.", "Check where it comes from."
        )


def _cut(rows: Sequence[Sequence[Any]], at: int, n_rows: int) -> Sheet:
    header, below = _names(rows, at, n_rows), enumerate(rows[at + n_rows :], start=at + n_rows + 1)
    kept = [(number, row) for number, row in below if any(cell != "" for cell in row)]
    columns = [pd.Series([_text(row[place]) for _, row in kept], dtype=object) for place in range(len(header))]
    native = frozenset(name for place, name in enumerate(header) if not any(_is_written(row[place]) for _, row in kept))
    above = sum(any(cell != "" for cell in row) for row in rows[:at])
    return Sheet(header, columns, np.array([number for number, _ in kept], dtype=np.int64), native, above)


def _is_written(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip() != ""


def _text(cell: Any) -> str:
    """Text of a cell; a whole number has no decimals, since spreadsheets know no whole numbers."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < MAX_PLAIN else _plain(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return "" if cell is None else str(cell)


def _plain(number: float) -> str:
    shortest = repr(number)
    return f"{number:f}" if "e-" in shortest and abs(number) >= 1e-9 else shortest
