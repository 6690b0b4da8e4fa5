"""Sheets of a workbook, written row by row; the only code that writes cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from cxlink.errors import CannotCreateError
from cxlink.report.shown_text import Sink, render_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LINE_POINTS = 15
NOTE_WIDTH = 150
"""Characters of a row of notes."""

_ENDS = ("low", "high", "point", "below", "above")
RIGHT_TO_LEFT = ("ar", "he")
A4 = 9


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how it is shown, as a number format of spreadsheets."""

    value: float
    form: str


@dataclass(frozen=True, slots=True)
class Live:
    """A formula, with the value that the run has for it: what programs show that do not recalculate.

    A formula refers to cells and never holds a text of others.
    """

    formula: str
    value: float | str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A cell for people to edit: a number, a formula such as ``=C5``, or nothing yet."""

    value: float | None
    form: str
    formula: str = ""


class Book:
    """A workbook, its formats and the direction of its sheets.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        To which sheets are added.
    names : sequence of str
        Of all its sheets, in their order: they are written in another one, since formulas refer to what stands later.
    language : str
        Sheets run from right to left in Arabic and Hebrew.
    """

    def __init__(self, workbook: Workbook, names: Sequence[str], language: str = "en") -> None:
        self.workbook = workbook
        self.names = tuple(names)
        self._raw = {name: workbook.add_worksheet(name) for name in names}
        self.from_right = language.lower().partition("-")[0] in RIGHT_TO_LEFT
        if self.from_right:
            for sheet in self._raw.values():
                sheet.right_to_left()
        self._formats: dict[tuple[object, ...], Format] = {}

    def sheet(self, name: str, *, widths: Sequence[int], wrap_text: bool = False) -> Sheet:
        """Begin to write a sheet.

        Parameters
        ----------
        name : str
            Of the sheet.
        widths : sequence of int
            Of its columns, in characters.
        wrap_text : bool
            Whether long text is broken into lines.

        Returns
        -------
        Sheet
            Empty.
        """
        return Sheet(self, self._raw[name], name, widths=widths, wrap_text=wrap_text)

    def beside(self, column: int) -> dict[str, object]:
        """Give text room beside the number before it, and let it run towards the sheet's end.

        Parameters
        ----------
        column : int
            From 0.

        Returns
        -------
        dict
            Of a format.
        """
        if self.from_right:
            # English words would otherwise start at the left of the first column, and run out of the sheet
            return {"align": "right", "indent": 1 if column else 0}
        return {"align": "left", "indent": 1} if column else {}

    def format(self, **keys: object) -> Format:
        """Find or make a format.

        Parameters
        ----------
        **keys : object
            As of xlsxwriter.

        Returns
        -------
        Format
            The same for the same keys.
        """
        key = tuple(sorted(keys.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(keys)
        return self._formats[key]


class Sheet:
    """A sheet with a frozen header; text is made visible and never becomes a formula or a link.

    Parameters
    ----------
    book : Book
        To which the sheet belongs.
    raw : xlsxwriter.worksheet.Worksheet
        The sheet, empty.
    name : str
        Of the sheet.
    widths : sequence of int
        Of its columns, in characters.
    wrap_text : bool
        Whether long text is broken into lines.
    """

    def __init__(
        self, book: Book, raw: Worksheet, name: str, *, widths: Sequence[int], wrap_text: bool = False
    ) -> None:
        self._book = book
        self.raw = raw
        self.name = name
        self.row = 0
        self._wrap = wrap_text
        self._widths = tuple(widths)
        for place, width in enumerate(widths):
            self.raw.set_column(place, place, width)
        self.raw.set_landscape()
        self.raw.set_paper(A4)
        self.raw.fit_to_pages(1, 0)
        self.raw.set_footer("&L&A&RPage &P of &N")

    def write_header(self, heads: Sequence[str], *, frozen_columns: int = 1, numbers: Collection[int] = ()) -> int:
        """Write a row in bold, keep it in view, and repeat it on each page.

        Parameters
        ----------
        heads : sequence of str
            One a column.
        frozen_columns : int
            Columns that stay in view.
        numbers : collection of int
            Columns of numbers: their headings stand to the right, as those of point, low and high do anyhow.

        Returns
        -------
        int
            Its row, from 0.
        """
        row = self.write_row(heads, bold=True, numbers=numbers)
        self.raw.freeze_panes(self.row, frozen_columns if len(heads) > 1 else 0)
        self.raw.repeat_rows(row)
        return row

    def filter(self, first: int, n_columns: int) -> None:
        """Let the rows written since a header be filtered.

        Parameters
        ----------
        first : int
            Row of the header, from 0.
        n_columns : int
            Of the table.
        """
        if self.row - 1 > first:
            self.raw.autofilter(first, 0, self.row - 1, n_columns - 1)

    def write_row(self, values: Sequence[object], *, bold: bool = False, numbers: Collection[int] = ()) -> int:
        """Write a row.

        Parameters
        ----------
        values : sequence of object
            Text, whole numbers, (Decimal, decimals shown, signed), `Number`, `Live` or `Input`; an empty text leaves
            its cell empty.
        bold : bool
            Whether the row is a heading.
        numbers : collection of int
            Of a heading, the columns of numbers.

        Returns
        -------
        int
            Its number, from 0.

        Raises
        ------
        CannotCreateError
            If the row or a text does not fit (CX704).
        """
        for column, value in enumerate(values):
            if bold and isinstance(value, str):
                is_number = column in numbers or value in _ENDS or list(values[column + 1 :][:1]) == ["low"]
                status = self._write_head(column, value, is_number=is_number)
            else:
                status = self._write(column, value, bold=bold)
            self._check(status, column)
        lines = self._lines(values) if self._wrap or bold else 1
        if lines > 1:
            # spreadsheet programs do not agree on who fits the height of a row to its text
            self.raw.set_row(self.row, LINE_POINTS * lines)
        self.row += 1
        return self.row - 1

    def write_notes(self, lines: Sequence[str]) -> None:
        """Write lines below a table, each over the columns to its right.

        Parameters
        ----------
        lines : sequence of str
            Long ones are broken into several rows.
        """
        style = self._book.format(valign="top", **self._book.beside(0))
        for line in lines:
            for part in wrap(render_text(line, Sink.PLAIN), NOTE_WIDTH, break_long_words=False):
                self._check(int(self.raw.write_string(self.row, 0, part, style)), 0)
                self.row += 1

    def _lines(self, values: Sequence[object]) -> int:
        texts = [
            (str(value), width) for value, width in zip(values, self._widths, strict=False) if isinstance(value, str)
        ]
        return max(
            (1 if len(text) < width - 1 else len(wrap(text, max(width - 2, 1))) or 1 for text, width in texts),
            default=1,
        )

    def _write_head(self, column: int, text: str, *, is_number: bool) -> int:
        side: dict[str, object] = self._book.beside(column)
        if is_number:
            side = {"align": "right"}
        style = self._book.format(bold=True, bottom=1, text_wrap=True, valign="bottom", **side)
        if text == "":
            return int(self.raw.write_blank(self.row, column, None, style))
        return int(self.raw.write_string(self.row, column, render_text(text, Sink.PLAIN), style))

    def _write(self, column: int, value: object, *, bold: bool) -> int:
        raw, row = self.raw, self.row
        if value == "":
            return 0
        if isinstance(value, Live):
            style = self._format(value.form, bold=bold)
            return int(raw.write_formula(row, column, value.formula, style, value.value))
        if isinstance(value, Input):
            return self._write_input(column, value)
        if isinstance(value, Number):
            return int(raw.write_number(row, column, value.value, self._format(value.form, bold=bold)))
        if isinstance(value, tuple):
            number, decimals, signed = value
            return int(raw.write_number(row, column, float(number), self._number(decimals, signed=signed)))
        if isinstance(value, int):
            return int(raw.write_number(row, column, value, self._number(0, signed=False)))
        text = render_text(str(value), Sink.PLAIN)
        style = self._book.format(text_wrap=self._wrap, valign="top", **self._book.beside(column))
        return int(raw.write_string(row, column, text, style))

    def _write_input(self, column: int, value: Input) -> int:
        looks: dict[str, Any] = {"bg_color": "#FFF9DB", "border": 1, "border_color": "#8A8A8A", "valign": "top"}
        style = self._book.format(**looks, num_format=value.form)
        if value.formula and value.value is not None:
            return int(self.raw.write_formula(self.row, column, value.formula, style, value.value))
        if value.value is None:
            return int(self.raw.write_blank(self.row, column, None, style))
        return int(self.raw.write_number(self.row, column, value.value, style))

    def _check(self, status: int, column: int) -> None:
        if status:
            raise CannotCreateError(
                "CX704",
                f"workbook.xlsx, sheet {self.name}, row {self.row + 1}, column {column + 1}",
                "a text or a table is too large for a workbook.",
                "Shorten that text in the export or the taxonomy.",
            )

    def _number(self, decimals: int, *, signed: bool) -> Format:
        return self._format(number_form(decimals, signed=signed), bold=False)

    def _format(self, number: str, *, bold: bool) -> Format:
        edge = {"bottom": 1} if bold else {}
        form = {"num_format": number} if number else {"text_wrap": self._wrap}
        return self._book.format(bold=bold, valign="bottom" if bold else "top", **edge, **form)


def number_form(decimals: int, *, signed: bool = False) -> str:
    """Number format of a figure.

    Parameters
    ----------
    decimals : int
        How many are shown.
    signed : bool
        Whether a positive number gets a plus.

    Returns
    -------
    str
        Of spreadsheets.
    """
    body = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"+{body};-{body};{body}" if signed else body
