"""The main table in fixed-width text: points on one line, their intervals under them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from cxlink.report.parts import Cell, ComponentTable, Row, render_sentence
from cxlink.report.shown_text import Sink, render_text

_EVIDENCE_WIDTH = 14
_NAME_WIDTHS = (24, 18, 14)
_POINT, _INTERVAL = "bold", "dim"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths of name, reached, each figure column and evidence, and the gap between them.

    Where `evidence` is 0, the evidence stands under the name.
    """

    name: int
    reached: int
    cells: tuple[int, ...]
    evidence: int
    gap: int

    @property
    def widths(self) -> tuple[int, ...]:
        return (self.name, self.reached, *self.cells, *([self.evidence] if self.evidence else []))

    @property
    def width(self) -> int:
        return sum(self.widths) + (len(self.widths) - 1) * self.gap


def render_table(table: ComponentTable, width: int) -> list[Text]:
    """Lay out the main table within a width.

    Parameters
    ----------
    table : ComponentTable
        The rows and columns.
    width : int
        Cells of the terminal, 40 or more.

    Returns
    -------
    list of Text
        Lines; where the columns do not fit, each component's figures stand below one another.
    """
    evidences = (_EVIDENCE_WIDTH, 0)
    layouts = (_layout(table, name, e, gap) for e in evidences for gap in (2, 1) for name in _NAME_WIDTHS)
    fitting = next((layout for layout in layouts if layout.width <= width), None)
    if fitting is None:
        return [line for row in table.rows for line in _stacked_row(table, row, width)]
    lines = _head(table, fitting)
    for row in table.rows:
        lines += _row(row, fitting, width)
    return lines


def wrap_cells(text: str, width: int) -> list[str]:
    """Break a text into lines at spaces, and within words that are longer than a line.

    Parameters
    ----------
    text : str
        One line.
    width : int
        Cells of a line.

    Returns
    -------
    list of str
        At least one line.
    """
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _chop(word, width)
        lines += full
    return [*lines, line]


def hang(first: str, text: str, width: int, style: str) -> list[Text]:
    """Break a text into lines, those after the first indented.

    Parameters
    ----------
    first : str
        What stands before the text.
    text : str
        One line.
    width : int
        Cells of a line.
    style : str
        Of all lines.

    Returns
    -------
    list of Text
        At least one line.
    """
    lines = wrap_cells(text, width - len(first))
    return [Text((first if place == 0 else " " * len(first)) + line, style) for place, line in enumerate(lines)]


def _chop(word: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and cell_len(piece + character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _layout(table: ComponentTable, name_width: int, evidence: int, gap: int) -> _Layout:
    names = [cell_len(render_text(row.name, Sink.TERMINAL)) for row in table.rows]
    cells = [
        max([cell_len(word) for word in column.label.split()] + [_cell_width(row, place) for row in table.rows])
        for place, column in enumerate(table.columns)
    ]
    reached = max([len("Reached"), *(len(row.reached) for row in table.rows)])
    least = len("Component") if evidence else _EVIDENCE_WIDTH
    return _Layout(min(max([least, *names]), name_width), reached, tuple(cells), evidence, gap)


def _cell_width(row: Row, place: int) -> int:
    if not row.cells:
        return 0
    cell = row.cells[place]
    return max(cell_len(cell.point_text), cell_len(cell.interval_text))


def _head(table: ComponentTable, layout: _Layout) -> list[Text]:
    labels = [
        wrap_cells(column.label, max(width, 1)) for column, width in zip(table.columns, layout.cells, strict=True)
    ]
    first = ["Component"] if layout.evidence else ["Component,", "evidence"]
    columns = [first, ["Reached"], *labels, *([["Evidence"]] if layout.evidence else [])]
    height = max(len(column) for column in columns)
    padded = [[""] * (height - len(column)) + column for column in columns]
    return [_line(layout, [column[line] for column in padded], ["bold"] * len(columns)) for line in range(height)]


def _row(row: Row, layout: _Layout, width: int) -> list[Text]:
    name = wrap_cells(render_text(row.name, Sink.TERMINAL), layout.name)
    if row.cannot_tell:
        return _spanning(row, name, layout, width)
    evidence = wrap_cells(row.evidence, layout.evidence or layout.name)
    points = [cell.point_text for cell in row.cells]
    intervals = [cell.interval_text for cell in row.cells]
    first = [(text, _POINT) for text in name]
    if row.evidence and not layout.evidence:
        first += [(text, "") for text in evidence]
    last = evidence if layout.evidence else []
    height = max(len(first), len(last), 2 if any(intervals) else 1)
    lines = []
    for line in range(height):
        figures = points if line == 0 else intervals if line == 1 else [""] * len(points)
        start, style = first[line] if line < len(first) else ("", "")
        parts = [start, row.reached if line == 0 else "", *figures, *([_at(last, line)] if layout.evidence else [])]
        styles = [style, "", *([_POINT if line == 0 else _INTERVAL] * len(points)), ""]
        lines.append(_line(layout, parts, styles[: len(parts)]))
    return lines


def _spanning(row: Row, name: list[str], layout: _Layout, width: int) -> list[Text]:
    indent = layout.name + layout.gap + layout.reached + layout.gap
    reason = wrap_cells(render_sentence(row.cannot_tell, Sink.TERMINAL), max(width - indent, 20))
    lines = []
    for line in range(max(len(name), len(reason))):
        reached = row.reached if line == 0 else ""
        start = _pad(_at(name, line), layout.name) + " " * layout.gap + reached.rjust(layout.reached) + " " * layout.gap
        lines.append(_text((start, _POINT if line == 0 else ""), (_at(reason, line), "italic")))
    return lines


def _line(layout: _Layout, parts: list[str], styles: list[str]) -> Text:
    pieces: list[tuple[str, str]] = []
    for place, (part, style, width) in enumerate(zip(parts, styles, layout.widths, strict=True)):
        left = place == 0 or (place == len(parts) - 1 and layout.evidence > 0)
        padding = " " * (width - cell_len(part))
        gap = "" if place == 0 else " " * layout.gap
        pieces += [(gap, ""), (part, style), (padding, "")] if left else [(gap + padding, ""), (part, style)]
    return _text(*pieces)


def _stacked_row(table: ComponentTable, row: Row, width: int) -> list[Text]:
    evidence = f" | {row.evidence}" if row.evidence else ""
    reached = f" | {row.reached} reached" if row.reached else ""
    title = wrap_cells(render_text(row.name, Sink.TERMINAL) + reached + evidence, width)
    lines = [_text((line, _POINT)) for line in title]
    if row.cannot_tell:
        reason = wrap_cells(render_sentence(row.cannot_tell, Sink.TERMINAL), width - 2)
        return lines + [_text(("  " + line, "italic")) for line in reason]
    shown = [(column.label, cell) for column, cell in zip(table.columns, row.cells, strict=True) if cell.text]
    return lines + [_stacked_cell(label, cell) for label, cell in shown]


def _stacked_cell(label: str, cell: Cell) -> Text:
    return _text(("  " + label.ljust(14), ""), (cell.text, ""))


def _text(*pieces: tuple[str, str]) -> Text:
    text = Text.assemble(*pieces)
    text.rstrip()
    return text


def _at(lines: list[str], place: int) -> str:
    return lines[place] if place < len(lines) else ""


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
