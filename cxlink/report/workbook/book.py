"""The document as a workbook: numbers as numbers, with their intervals in columns of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from cxlink.report.parts import CauseRow, Cell, Document, LedgerRow, Row, Sentence, render_sentence
from cxlink.report.shown_text import Sink
from cxlink.report.words import DETAILS_REMARK, OVERLAP, column_heading, detail_columns
from cxlink.report.workbook.drivers import write_drivers
from cxlink.report.workbook.sheet import Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def render_workbook(document: Document) -> bytes:
    """Render a document as a workbook: Read me, Components, Behind the figures, Causes, Drivers and Ledger.

    Where segments were asked for, they have a sheet as well.

    Parameters
    ----------
    document : Document
        What is shown; figures are rounded as in every other rendering.

    Returns
    -------
    bytes
        XLSX; the same bytes for the same document.

    Raises
    ------
    CannotCreateError
        If a text or a table is too large for a sheet (CX704); nothing is cut.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    book.set_properties({"title": "cxlink", "created": _CREATED})
    _read_me(book, document)
    _components(book, document)
    _details(book, document)
    _segments(book, document)
    _causes(book, document)
    write_drivers(book, document.drivers)
    _ledger(book, document)
    book.close()
    return buffer.getvalue()


def _said(sentence: Sentence) -> str:
    return render_sentence(sentence, Sink.PLAIN)


def _read_me(book: Workbook, document: Document) -> None:
    sheet = Sheet(book, "Read me", widths=(110,), wrap_text=True)
    lines = [_said(document.header), _said(document.headline), _said(document.tenth_line), document.experience_line]
    sheet.write_header([lines[0]])
    for line in [*lines[1:], document.ledger_line, _said(document.churn_line), "", *document.method]:
        sheet.write_row([line])
    sheet.write_row(["What not to conclude"], bold=True)
    for line in document.not_to_conclude:
        sheet.write_row([line])
    if document.notices:
        sheet.write_row(["Warnings"], bold=True)
    for notice in document.notices:
        sheet.write_row([f"{notice.code} {notice.message} {notice.remedy}"])
    missing = [item for item in document.wanted if not item.ready]
    if missing:
        sheet.write_row(["What we cannot tell yet"], bold=True)
    for item in missing:
        sheet.write_row([f"{item.output}: needs {item.needs}"])


def _components(book: Workbook, document: Document) -> None:
    table = document.table
    sheet = Sheet(book, "Components", widths=(28, 11, *([14, 9, 9] * len(table.columns)), 28, 60))
    figures = [head for column in table.columns for head in (column_heading(column), "low", "high")]
    sheet.write_header(["Component", "Reached", *figures, "Evidence", "Remark"])
    for row in table.rows:
        sheet.write_row(_component_values(row, len(table.columns)))
    sheet.write_row([])
    for number, note in enumerate(table.notes, start=1):
        sheet.write_row([f"[{number}] {_said(note)}"])
    for remark in [document.ceiling_line, *(_said(remark) for remark in table.remarks), OVERLAP]:
        sheet.write_row([remark])


def _component_values(row: Row, n_columns: int) -> list[object]:
    cells = row.cells or (Cell(None),) * n_columns
    figures = [value for cell in cells for value in _spread(cell)]
    return [row.name, _count(row.reached), *figures, row.evidence, _said(row.cannot_tell)]


def _details(book: Workbook, document: Document) -> None:
    sheet = Sheet(book, "Behind the figures", widths=(28, 11, *([14, 9, 9] * 4), 9, 28))
    name, incidents, *figures, rank, warnings = detail_columns(document.details)
    heads = [head for figure in figures for head in (figure, "low", "high")]
    sheet.write_header([name, incidents, *heads, rank, warnings])
    for row in document.details.rows:
        cells = (row.hazard_ratio, row.seen_after, row.seen_otherwise, row.tenth)
        values = [value for cell in cells for value in _spread(cell)]
        sheet.write_row([row.name, _count(row.incidents), *values, row.rank, row.warnings])
    sheet.write_row([])
    sheet.write_row([DETAILS_REMARK])
    for number, note in enumerate(document.details.notes, start=1):
        sheet.write_row([f"[{number}] {_said(note)}"])


def _segments(book: Workbook, document: Document) -> None:
    table = document.segments
    if table is None:
        return
    sheet = Sheet(book, "Segments", widths=(18, 18, 28, 11, *([18, 9, 9] * len(table.columns))))
    figures = [head for label in table.columns for head in (label, "low", "high")]
    sheet.write_header(["Attribute", "Segment", "Component", "Customers", *figures])
    for row in table.rows:
        values = [value for cell in row.cells for value in _spread(cell)]
        sheet.write_row([row.attribute, row.value, row.component, _count(row.customers), *values])
    sheet.write_row([])
    for note in table.notes:
        sheet.write_row([note])


def _spread(cell: Cell) -> list[object]:
    """Point, low and high, each with the decimals that are shown."""
    figure = cell.figure
    if figure is None:
        return [cell.point_text, "", ""]
    point = (figure.point, figure.decimals, figure.signed)
    ends = [(end, figure.decimals, False) if end is not None else "" for end in (figure.low, figure.high)]
    return [point, *ends]


def _count(shown: str) -> object:
    plain = shown.replace(",", "")
    return int(plain) if plain.isdigit() else shown


def _causes(book: Workbook, document: Document) -> None:
    sheet = Sheet(book, "Causes", widths=(28, 28, 11, 11, 11, 20, 18, 18, 80))
    heads = ["Component", "Cause", "Comments", "Tickets", "Customers", "A year", "Share of comments", "Corrected share"]
    sheet.write_header([*heads, "Examples"])
    for cause in document.causes:
        sheet.write_row(_cause_values(cause))


def _cause_values(cause: CauseRow) -> list[object]:
    counts = [_count(count) for count in (cause.comments, cause.tickets, cause.customers)]
    shares = (cause.trend, cause.share, cause.corrected_share)
    return [cause.component, cause.cause, *counts, *shares, " / ".join(cause.examples)]


def _ledger(book: Workbook, document: Document) -> None:
    sheet = Sheet(book, "Ledger", widths=(18, 34, 12, 12, 12, 12, 24, 24, 28))
    heads = [
        "Source",
        "File",
        "Read",
        "Accepted",
        "Excluded",
        "Held back",
        "Money accepted",
        "Money held back",
        "Read as",
    ]
    sheet.write_header(heads)
    for row in document.ledger:
        sheet.write_row(_ledger_values(row))
    for title, rows in (("Found its customer", document.matches), ("Accepted revenue", document.reconciliation)):
        sheet.write_row([])
        sheet.write_row([title], bold=True)
        for name, value in rows:
            sheet.write_row([name, value])
    sheet.write_row([])
    sheet.write_row(["Held back in", "Reason", "Rows", "Code", "Column"], bold=True)
    for held in document.held_back:
        sheet.write_row([held.source, held.reason, held.rows, held.code, held.column])


def _ledger_values(row: LedgerRow) -> list[object]:
    counts = [row.rows_read, row.rows_accepted, row.rows_excluded, row.rows_quarantined]
    money = [row.money_accepted, row.money_quarantined, row.read_as]
    return [row.source, row.file, *counts, *money]
