"""Small sheets that people fill in: .xlsx, or .csv as a spreadsheet saves it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cxlink.errors import ConfigError

MAX_BYTES = 50_000_000
WORKBOOKS = (".xlsx", ".xlsm")
SHEETS = (*WORKBOOKS, ".csv")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the sheet (the heading is 1), and text by column in small letters."""

    number: int
    text: dict[str, str]


def read_sheet(path: Path, *, code: str, required: Sequence[str], remedy: str) -> list[SheetRow]:
    """Read a sheet whose first row names the columns.

    Parameters
    ----------
    path : Path
        Ends in ``.csv`` (UTF-8; comma, semicolon or tab) or ``.xlsx`` (its first sheet).
    code : str
        Of the errors.
    required : sequence of str
        Columns that must be there, in small letters.
    remedy : str
        Of the errors.

    Returns
    -------
    list of SheetRow
        Rows with any text.

    Raises
    ------
    ConfigError
        If the file is not there, is too large or no such sheet, or lacks a column.
    """
    place = path.name

    def fail(message: str) -> ConfigError:
        return ConfigError(code, place, message, remedy)

    try:
        size = _unpacked_size(path)
        if size > MAX_BYTES:
            raise fail(f"has {size:,} bytes, at most {MAX_BYTES:,} are read.")
        cells = _workbook(path) if path.suffix.lower() in WORKBOOKS else _text(path)
    except UnicodeDecodeError as error:
        raise fail("is not UTF-8 text.") from error
    except (OSError, ValueError, zipfile.BadZipFile, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is no such sheet"
        raise fail(f"cannot be read ({reason}).") from error
    heads = [cell.strip().casefold() for cell in cells[0]] if cells else []
    missing = [name for name in required if name not in heads]
    if missing:
        raise fail(f"has no column {', '.join(missing)}; its columns are: {', '.join(filter(None, heads)) or 'none'}.")
    rows = [
        SheetRow(number, {name: row[place].strip() for place, name in enumerate(heads) if name and place < len(row)})
        for number, row in enumerate(cells[1:], start=2)
    ]
    return [row for row in rows if any(row.text.values())]


def _unpacked_size(path: Path) -> int:
    if path.suffix.lower() not in WORKBOOKS:
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def _text(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _workbook(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise ValueError(str(error)) from error
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
