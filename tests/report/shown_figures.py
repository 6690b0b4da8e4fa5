"""The figures of the main table, read back from each rendering as the strings that are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO

import python_calamine
from markdown_it import MarkdownIt

from cxlink.estimate import Estimate
from cxlink.report.component_table import figure_of
from cxlink.report.numbers import MoneyUnit
from cxlink.report.parts import Column, Document
from cxlink.report.workbook.components import heading

Figures = dict[str, list[str]]
FIGURE = re.compile(r"[+-]?[\d,]+(?:\.\d+)?")


def of_document(document: Document) -> Figures:
    return {row.name: [cell.text for cell in row.cells] for row in document.table.rows}


class Tables(HTMLParser):
    """Text of the cells of each table, and every tag and attribute met."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._rows: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("id") or f"table-{len(self.tables)}", [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data


def of_html(page: str) -> Figures:
    rows = Tables(page).tables["components"][1:]
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    # then its place and its evidence
    return {row[0]: row[2:-2] for row in cells}


def of_markdown(text: str) -> Figures:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    start = next(place for place, token in enumerate(tokens) if token.type == "table_open")
    end = next(place for place, token in enumerate(tokens) if token.type == "table_close")
    inline = [token for token in tokens[start:end] if token.type == "inline"]
    contents = ["".join(child.content for child in token.children or ()) for token in inline]
    width = sum(token.type == "th_open" for token in tokens[start:end])
    rows = [contents[at : at + width] for at in range(width, len(contents), width)]
    return {row[0]: [] if row[2].startswith("cannot tell") else row[2:-1] for row in rows}


def of_workbook(content: bytes, document: Document) -> Figures:
    """Amounts of the sheet, rounded as the document rounds them."""
    assert document.workings is not None
    heads, *rows = python_calamine.load_workbook(BytesIO(content)).get_sheet_by_name("Components").to_python()
    by_name = {str(row[0]): row for row in reversed(rows)}  # joint shares stand further down
    figures: Figures = {}
    for row in document.table.rows:
        figures[row.name] = []
        for column, cell in zip(document.table.columns, row.cells, strict=False):
            at = heads.index(heading(column.key, document.workings))
            values = by_name[row.name][at : at + 3]
            figures[row.name].append(_shown(values, column) if cell.figure else str(values[0]))
    return figures


def _shown(numbers: Sequence[object], column: Column) -> str:
    point, low, high = (float(str(number)) for number in numbers)
    unit = MoneyUnit(Decimal(1000 if column.unit.endswith("thousand") else 1), column.unit)
    figure = figure_of(Estimate(point, low, high, 0.95, "", 0, 0, ""), column, unit)
    assert figure is not None
    return figure.text


def of_terminal(text: str, document: Document) -> Figures:
    """Points on the line of a component's name, intervals on the next."""
    lines = text.splitlines()
    n_columns = len(document.table.columns)
    figures: Figures = {}
    for row in document.table.rows:
        at = next(place for place, line in enumerate(lines) if line.split(" ")[0] == row.name)
        if row.cannot_tell:
            figures[row.name] = []
            continue
        skipped = 1 if row.reached else 0
        points = re.findall(r"- \[\d+\]|[+-]?\d[\d,.]*", lines[at][len(row.name) :])[skipped : skipped + n_columns]
        intervals = re.findall(r"-?[\d,.]+(?: to -?|-)[\d,.]+", lines[at + 1])
        figures[row.name] = _joined(points, intervals)
    return figures


def _joined(points: list[str], intervals: list[str]) -> list[str]:
    left = list(intervals)
    return [f"{point} ({left.pop(0)})" if left and not point.startswith("- [") else point for point in points]
