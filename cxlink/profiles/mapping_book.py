"""The mapping as a workbook: written for a person, and read back."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlink.errors import ConfigError
from cxlink.load.tables import TABLES
from cxlink.profiles.mapping_rows import HEADINGS, MappingRow

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET, LISTS = "Mapping", "Lists"
ANY_TABLE = "any table"
WIDTHS = (30, 13, 6, 34, 44, 34, 20, 34, 60)
MAX_CELL = 32_000
MAX_BYTES = 200 << 20
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
READ_ME = (
    "Each row of the sheet Mapping is one column of one export. Change Our column and Values; leave the rest.",
    "Our column: what the export's column is to cxlink. Choose from the list; empty where it is not used.",
    "Table: what the file's rows are. Fill it in, on each row that you map, for a file that was not recognised.",
    "Values: the export's words and ours, such as: Good = 1; Bad = 0; Offered =",
    "Examples show numbers, days and words that repeat; of all else only the shape (a for a letter, 9 for a digit).",
    "A row may be copied, to use one column of the export twice. Do not change File, No. and Export's column.",
    "A file that is read by a query (.sql) has no entries; fill some in only to map it without the query.",
    "Then write the configuration from this sheet:",
    "cxlink init FOLDER --from EXPORTS --mapping mapping.xlsx",
)


def mapping_book(rows: Sequence[MappingRow]) -> bytes:
    """Write the mapping as a workbook.

    Parameters
    ----------
    rows : sequence of MappingRow
        All columns of all exports.

    Returns
    -------
    bytes
        XLSX with the sheets Read me, Mapping and Lists; the same bytes for the same rows.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    book.set_properties({"title": "cxlink mapping", "created": _CREATED})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    about = book.add_worksheet("Read me")
    about.set_column(0, 0, 110, wrapped)
    for number, line in enumerate(READ_ME):
        about.write_string(number, 0, line, wrapped)
    sheet = book.add_worksheet(SHEET)
    ranges = _lists(book)
    _mapping(book, sheet, rows)
    _choices(sheet, rows, ranges)
    book.close()
    return buffer.getvalue()


def _lists(book: Workbook) -> dict[str, str]:
    """Names to choose from, a column for each table."""
    sheet = book.add_worksheet(LISTS)
    every = list(dict.fromkeys(column.name for table in TABLES.values() for column in table.columns))
    columns = {"Tables": list(TABLES), ANY_TABLE: every}
    columns |= {name: [column.name for column in table.columns] for name, table in TABLES.items()}
    ranges = {}
    for place, (title, names) in enumerate(columns.items()):
        letter = chr(ord("A") + place)
        sheet.write_string(0, place, title)
        for number, name in enumerate(names, start=1):
            sheet.write_string(number, place, name)
        ranges[title] = f"={LISTS}!${letter}$2:${letter}${len(names) + 1}"
    return ranges


def _mapping(book: Workbook, sheet: Worksheet, rows: Sequence[MappingRow]) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    ours = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FFF9DB", "border": 1, "border_color": "#CCCCCC"}
    )
    for place, (title, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, bold)
    for number, row in enumerate(rows, start=1):
        cells: tuple[str | int, ...] = astuple(row)
        for place, cell in enumerate(cells):
            style = ours if HEADINGS[place] in ("Our column", "Values") else plain
            if isinstance(cell, int):
                sheet.write_number(number, place, cell, style)
            elif cell:
                sheet.write_string(number, place, cell[:MAX_CELL], style)
            else:
                sheet.write_blank(number, place, None, style)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(len(rows), 1), len(HEADINGS) - 1)


def _choices(sheet: Worksheet, rows: Sequence[MappingRow], ranges: dict[str, str]) -> None:
    """Lists to choose from; a name of one's own is warned of and not forbidden: customers may have further columns."""
    column, table_column = HEADINGS.index("Our column"), HEADINGS.index("Table")
    start = 0
    for number in range(1, len(rows) + 1):
        if number < len(rows) and rows[number].table == rows[start].table:
            continue
        source = ranges.get(rows[start].table, ranges[ANY_TABLE])
        options = {"validate": "list", "source": source, "error_type": "warning", "error_title": "cxlink"}
        sheet.data_validation(start + 1, column, number, column, options)
        start = number
    if rows:
        options = {"validate": "list", "source": ranges["Tables"], "error_type": "stop", "error_title": "cxlink"}
        sheet.data_validation(1, table_column, len(rows), table_column, options)


def read_mapping_book(path: Path) -> list[tuple[int, MappingRow]]:
    """Read an edited mapping.

    Parameters
    ----------
    path : Path
        The workbook.

    Returns
    -------
    list of (int, MappingRow)
        Number of the row in the sheet, and what it says.

    Raises
    ------
    ConfigError
        If it is no workbook, or not one that init wrote (CX173).
    """
    cells = _cells(path)
    heads = [_text(cell) for cell in cells[0]] if cells else []
    missing = [name for name in HEADINGS if name not in heads]
    if missing:
        raise _unusable(path, f'the sheet {SHEET} has no column "{missing[0]}".')
    at = {name: heads.index(name) for name in HEADINGS}
    found = []
    for number, row in enumerate(cells[1:], start=2):
        text = {name: _text(row[place]) if place < len(row) else "" for name, place in at.items()}
        if text["File"] or text["Our column"]:
            found.append((number, _row(text)))
    return found


def _row(text: dict[str, str]) -> MappingRow:
    number = int(text["No."]) if text["No."].isascii() and text["No."].isdigit() else 0
    return MappingRow(
        file=text["File"],
        table=text["Table"],
        number=number,
        header=text["Export's column"],
        ours=text["Our column"],
        values=text["Values"],
    )


def _cells(path: Path) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if not path.is_file():
        raise _unusable(path, "there is no such file.")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise _unusable(path, "is too large for a mapping.")
        rows: list[list[Any]] = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).to_python()
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise _unusable(path, f"is no workbook (.xlsx) with a sheet {SHEET}.") from None
    return rows


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell or "").strip()


def _unusable(path: Path, message: str) -> ConfigError:
    remedy = "Write a fresh one with: cxlink init FOLDER --from EXPORTS"
    return ConfigError("CX173", path.name, message, remedy)
