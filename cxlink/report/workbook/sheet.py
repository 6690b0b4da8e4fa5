"""One sheet of a workbook, written row by row; the only code that writes cells."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from cxlink.errors import CannotCreateError
from cxlink.report.shown_text import Sink, render_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

LINE_POINTS = 15


class Sheet:
    """A sheet with a frozen header; text is made visible and never becomes a formula or a link.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        To which the sheet is added.
    name : str
        Of the sheet.
    widths : sequence of int
        Of its columns, in characters.
    wrap_text : bool
        Whether long text is broken into lines.
    """

    def __init__(self, book: Workbook, name: str, *, widths: Sequence[int], wrap_text: bool = False) -> None:
        self._book = book
        self._sheet = book.add_worksheet(name)
        self._name = name
        self._row = 0
        self._formats: dict[tuple[str, bool], Format] = {}
        self._wrap = wrap_text
        self._widths = tuple(widths)
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width)

    def write_header(self, heads: Sequence[str]) -> None:
        """Write the first row in bold and keep it in view.

        Parameters
        ----------
        heads : sequence of str
            One a column.
        """
        self.write_row(heads, bold=True)
        self._sheet.freeze_panes(1, 1 if len(heads) > 1 else 0)

    def write_row(self, values: Sequence[object], *, bold: bool = False) -> None:
        """Write a row.

        Parameters
        ----------
        values : sequence of object
            Text, whole numbers, or (Decimal, decimals shown, signed); an empty text leaves its cell empty.
        bold : bool
            Whether the row is a heading.

        Raises
        ------
        CannotCreateError
            If the row or a text does not fit (CX704).
        """
        for column, value in enumerate(values):
            self._check(self._write(column, value, bold=bold), column)
        lines = self._lines(values) if self._wrap or bold else 1
        if lines > 1:
            # spreadsheet programs do not agree on who fits the height of a row to its text
            self._sheet.set_row(self._row, LINE_POINTS * lines)
        self._row += 1

    def _lines(self, values: Sequence[object]) -> int:
        texts = [
            (str(value), width) for value, width in zip(values, self._widths, strict=False) if isinstance(value, str)
        ]
        return max(
            (sum(len(wrap(part, max(width - 2, 1))) or 1 for part in text.split("\n")) for text, width in texts),
            default=1,
        )

    def _write(self, column: int, value: object, *, bold: bool) -> int:
        if value == "":
            return 0
        if isinstance(value, tuple):
            number, decimals, signed = value
            style = self._number(decimals, signed=signed)
            return int(self._sheet.write_number(self._row, column, float(number), style))
        if isinstance(value, int):
            return int(self._sheet.write_number(self._row, column, value, self._number(0, signed=False)))
        text = render_text(str(value), Sink.PLAIN)
        return int(self._sheet.write_string(self._row, column, text, self._format("", bold=bold)))

    def _check(self, status: int, column: int) -> None:
        if status:
            raise CannotCreateError(
                "CX704",
                f"workbook.xlsx, sheet {self._name}, row {self._row + 1}, column {column + 1}",
                "a text or a table is too large for a workbook.",
                "Shorten that text in the export or the taxonomy.",
            )

    def _number(self, decimals: int, *, signed: bool) -> Format:
        body = "#,##0" + ("." + "0" * decimals if decimals else "")
        return self._format(f"+{body};-{body};{body}" if signed else body, bold=False)

    def _format(self, number: str, *, bold: bool) -> Format:
        key = (number, bold)
        if key not in self._formats:
            layout = {"text_wrap": self._wrap or bold, "valign": "top"}
            self._formats[key] = self._book.add_format({"bold": bold, **({"num_format": number} if number else layout)})
        return self._formats[key]
