"""Sheet Drivers: what goes with a score."""

from __future__ import annotations

from cxlink.report.driver_lines import HEADS, READ_AS
from cxlink.report.parts import DriverLine
from cxlink.report.workbook.sheet import Book


def write_drivers(book: Book, lines: tuple[DriverLine, ...]) -> None:
    """Write the sheet Drivers, if there is anything to write.

    Parameters
    ----------
    book : Book
        Of the run.
    lines : tuple of DriverLine
        As built.
    """
    if not lines:
        return
    sheet = book.sheet("Drivers", widths=(9, 28, 22, 12, 12, 12, 18, 11, 28, 60))
    sheet.write_header(list(HEADS), numbers=(7,))
    for line in lines:
        figure = line.figure
        numbers: list[object] = ["", "", ""]
        if figure is not None:
            ends = [(end, figure.decimals, False) if end is not None else "" for end in (figure.low, figure.high)]
            numbers = [(figure.point, figure.decimals, figure.signed), *ends]
        customers: object = int(line.customers.replace(",", "")) if line.customers[:1].isdigit() else line.customers
        values = [line.kpi, line.component, line.way, *numbers, line.unit, customers, line.evidence, line.remark]
        sheet.write_row(values)
    sheet.filter(0, len(HEADS))
    sheet.row += 1
    sheet.write_notes([READ_AS])
