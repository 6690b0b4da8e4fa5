"""Sheets Behind the figures and Segments: as the report shows them, rounded, and as of the run."""

from __future__ import annotations

from cxlink.report.parts import Cell, Document, render_sentence
from cxlink.report.shown_text import Sink
from cxlink.report.words import DETAILS_REMARK, detail_columns
from cxlink.report.workbook.sheet import Book

AS_OF_RUN = "As of the run: this sheet does not recalculate when Assumptions are edited."


def write_details(book: Book, document: Document) -> None:
    """Write what stands behind the components' figures.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        What is shown.
    """
    if not document.details.rows:
        return
    sheet = book.sheet("Behind the figures", widths=(30, 11, *([15, 9, 9] * 4), 9, 28))
    name, incidents, *figures, rank, warnings = detail_columns(document.details)
    heads = [head for figure in figures for head in (figure, "low", "high")]
    sheet.write_header([name, incidents, *heads, rank, warnings], numbers=(1,))
    for row in document.details.rows:
        cells = (row.hazard_ratio, row.seen_after, row.seen_otherwise, row.tenth)
        values = [value for cell in cells for value in spread(cell)]
        sheet.write_row([row.name, count(row.incidents), *values, row.rank, row.warnings])
    sheet.filter(0, 16)
    sheet.row += 1
    notes = [
        f"[{number}] {render_sentence(note, Sink.PLAIN)}" for number, note in enumerate(document.details.notes, start=1)
    ]
    sheet.write_notes([DETAILS_REMARK, *notes, AS_OF_RUN])


def write_segments(book: Book, document: Document) -> None:
    """Write the component table by segment, where segments were asked for.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        What is shown.
    """
    table = document.segments
    if table is None or not table.rows:
        return
    sheet = book.sheet("Segments", widths=(18, 18, 28, 11, *([18, 9, 9] * len(table.columns))))
    figures = [head for label in table.columns for head in (label, "low", "high")]
    sheet.write_header(["Attribute", "Segment", "Component", "Customers", *figures], frozen_columns=3, numbers=(3,))
    for row in table.rows:
        values = [value for cell in row.cells for value in spread(cell)]
        sheet.write_row([row.attribute, row.value, row.component, count(row.customers), *values])
    sheet.filter(0, 4 + len(figures))
    sheet.row += 1
    sheet.write_notes([*table.notes, AS_OF_RUN])


def spread(cell: Cell) -> list[object]:
    """Put a cell into three: point, low and high, each with the decimals that are shown.

    Parameters
    ----------
    cell : Cell
        Of the document.

    Returns
    -------
    list of object
        For a row of a sheet.
    """
    figure = cell.figure
    if figure is None:
        return [cell.point_text, "", ""]
    point = (figure.point, figure.decimals, figure.signed)
    ends = [(end, figure.decimals, False) if end is not None else "" for end in (figure.low, figure.high)]
    return [point, *ends]


def count(shown: str) -> object:
    """Make a number of a count as it is shown.

    Parameters
    ----------
    shown : str
        Such as ``4,012``, or ``<10``.

    Returns
    -------
    int or str
        The text itself where it is no number.
    """
    plain = shown.replace(",", "")
    return int(plain) if plain.isdigit() else shown
