"""Sheets of a workbook as text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxlink.errors import DataError
from cxlink.load.decode import MAX_BYTES, MAX_RATIO, RATIO_FROM
from cxlink.load.raw import object_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER_ROWS = 40
MAX_PLAIN = 10**15


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that has the header.

    Parameters
    ----------
    header : tuple of str
        Trimmed names.
    columns : list of ndarray of object
        Text of each column, in the order of the header.
    lines : ndarray of int
        Row numbers as the spreadsheet program shows them.
    native : frozenset of str
        Columns without a number or date that was typed in as text.
    n_before_header : int
        Rows above it that are not blank.
    """

    header: tuple[str, ...]
    columns: list[NDArray[np.object_]]
    lines: NDArray[np.int64]
    native: frozenset[str]
    n_before_header: int


def read_sheet(path: Path, *, place: str, wanted: frozenset[str], required: frozenset[str]) -> Sheet:
    """Read the sheet of a workbook that holds a table.

    Parameters
    ----------
    path : Path
        An existing workbook.
    place : str
        Its name for the user.
    wanted, required : frozenset of str
        Names that the header may hold, and must.

    Returns
    -------
    Sheet
        The first sheet with all required and most wanted names.

    Raises
    ------
    DataError
        If it is no workbook (CX119), is empty (CX104) or is a bomb (CX116).
    """
    _check_size(path, place)
    best: tuple[tuple[bool, int, int], list[list[Any]], int] | None = None
    for rows in _sheets(path, place):
        for at, row in enumerate(rows[:HEADER_ROWS]):
            names = {_text(cell).strip() for cell in row} - {""}
            score = (required <= names, len(names & wanted), -at if names else -HEADER_ROWS)
            if names and (best is None or score > best[0]):
                best = (score, rows, at)
    if best is None:
        raise DataError("CX104", place, "the workbook is empty.", "Export it again.")
    return _cut(best[1], best[2])


def _sheets(path: Path, place: str) -> list[list[list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return [
            workbook.get_sheet_by_index(n).to_python(skip_empty_area=False) for n in range(len(workbook.sheet_names))
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            "CX119", place, f"cannot be read as a workbook ({type(error).__name__}).", "Save it again as .xlsx or .csv."
        ) from None


def _check_size(path: Path, place: str) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * max(path.stat().st_size, 1)):
        raise DataError(
            "CX116", place, f"unpacks to more than {MAX_RATIO} times its size.", "Check where it comes from."
        )


def _cut(rows: Sequence[Sequence[Any]], at: int) -> Sheet:
    header = tuple(_text(cell).strip() for cell in rows[at])
    kept = [(number, row) for number, row in enumerate(rows[at + 1 :], start=at + 2) if any(cell != "" for cell in row)]
    columns = [object_array([_text(row[place]) for _, row in kept]) for place in range(len(header))]
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
