"""Where cells stand, as formulas name them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A cell or a block of cells of a sheet; rows and columns from 0, the last ones included."""

    sheet: str
    row: int
    column: int
    last_row: int = -1
    last_column: int = -1

    def __str__(self) -> str:
        """As a formula on any sheet names it."""
        return f"{_quoted(self.sheet)}!{self.local}"

    @property
    def local(self) -> str:
        """As a formula on its own sheet names it."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        first = str(xl_rowcol_to_cell(self.row, self.column, row_abs=True, col_abs=True))
        if self.last_row < 0 and self.last_column < 0:
            return first
        row, column = max(self.row, self.last_row), max(self.column, self.last_column)
        return f"{first}:{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"


def _quoted(sheet: str) -> str:
    from xlsxwriter.utility import quote_sheetname

    return str(quote_sheetname(sheet))
