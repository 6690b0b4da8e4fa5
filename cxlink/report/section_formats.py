"""Sections as fixed-width text, Markdown and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from cxlink.report.numbers import format_count, format_share
from cxlink.report.section import Kind, Section, Value
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.terminal_table import hang

_LEAST_NAME = 18
_LEFT: tuple[Kind, ...] = ("text", "prose")


def show_cell(value: Value, kind: Kind) -> str:
    """Round a cell for people.

    Parameters
    ----------
    value : str, int, float or None
        As found.
    kind : Kind
        Of its column.

    Returns
    -------
    str
        "" where there is nothing.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if kind == "share":
        return format_share(float(value))
    if kind == "signed":
        return f"{value:+.2f}"
    if kind == "fine":
        return f"{value:.3f}"
    if kind == "number":
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return format_count(round(value))


def show_rows(section: Section) -> list[list[str]]:
    """Round the cells of a section for people.

    Parameters
    ----------
    section : Section
        What is shown.

    Returns
    -------
    list of list of str
        Not yet escaped for any place.
    """
    kinds = [kind for _, kind in section.columns]
    return [[show_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in section.rows]


def render_sections(sections: Sequence[Section], width: int) -> list[Text]:
    """Lay out sections in fixed-width text.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.
    width : int
        Cells of the terminal.

    Returns
    -------
    list of Text
        Lines of at most `width` cells, each section after an empty one.
    """
    lines: list[Text] = []
    for section in sections:
        lines += [Text(), *hang("", section.title, width, "bold")]
        lines += _table(section, width) if section.rows else []
        for note in section.notes:
            lines += hang("", render_text(note, Sink.TERMINAL), width, "dim")
    return lines


def _table(section: Section, width: int) -> list[Text]:
    cells = _cells(section, Sink.TERMINAL)
    labels = [label for label, _ in section.columns]
    widths = [max(cell_len(row[place]) for row in (labels, *cells)) for place in range(len(labels))]
    name = width - sum(widths[1:]) - 2 * (len(widths) - 1)
    if name < min(widths[0], _LEAST_NAME):
        return [line for row in cells for line in _stacked(labels, row, width)]
    widths[0] = min(widths[0], name)
    lines = [_line(section, labels, widths, "dim")]
    for row in cells:
        first, *more = hang("", row[0], widths[0], "")
        lines += [_line(section, [first.plain, *row[1:]], widths, ""), *more]
    return lines


def _line(section: Section, row: Sequence[str], widths: Sequence[int], style: str) -> Text:
    parts = [
        text + " " * (size - cell_len(text)) if kind in _LEFT else text.rjust(size)
        for text, size, (_, kind) in zip(row, widths, section.columns, strict=True)
    ]
    return Text("  ".join(parts).rstrip(), style)


def _stacked(labels: Sequence[str], row: Sequence[str], width: int) -> list[Text]:
    """A row whose columns do not fit: its cells below its name."""
    told = ", ".join(f"{label} {text}".strip() for label, text in zip(labels[1:], row[1:], strict=True) if text)
    return [*hang("", row[0], width, ""), *(hang("  ", told, width, "dim") if told else [])]


def render_markdown_sections(sections: Sequence[Section]) -> str:
    """Write sections as Markdown tables.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.

    Returns
    -------
    str
        With a line feed at its end.
    """
    lines: list[str] = []
    for section in sections:
        lines += [f"## {section.title}", ""]
        if section.rows:
            rows = [[label for label, _ in section.columns], *_cells(section, Sink.MARKDOWN)]
            rows.insert(1, ["---" if kind in _LEFT else "---:" for _, kind in section.columns])
            lines += [f"| {' | '.join(row)} |" for row in rows] + [""]
        lines += [line for note in section.notes for line in (render_text(note, Sink.MARKDOWN), "")]
    return "\n".join(lines)


def render_csv_sections(sections: Sequence[Section]) -> str:
    """Write sections as one CSV table with a line a cell.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.

    Returns
    -------
    str
        Columns section, row, column and value; numbers are not rounded, and texts that a spreadsheet would run are
        made harmless.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["section", "row", "column", "value"])
    for section in sections:
        for row in section.rows:
            name = render_text(str(row[0]), Sink.CSV)
            for (label, kind), value in zip(section.columns[1:], row[1:], strict=True):
                if value is not None and value != "":
                    sink = Sink.PLAIN if kind == "money" else Sink.CSV
                    shown = render_text(value, sink) if isinstance(value, str) else value
                    writer.writerow([section.name, name, label or "flag", shown])
    return target.getvalue()


def render_json_sections(sections: Sequence[Section]) -> str:
    """Write sections as JSON, numbers not rounded.

    Parameters
    ----------
    sections : sequence of Section
        What is shown.

    Returns
    -------
    str
        A list of objects with name, title, columns, rows and notes.
    """
    shown = [
        {
            "name": section.name,
            "title": section.title,
            "columns": [label for label, _ in section.columns],
            "rows": [list(row) for row in section.rows],
            "notes": list(section.notes),
        }
        for section in sections
    ]
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _cells(section: Section, sink: Sink) -> list[list[str]]:
    return [[render_text(text, sink) for text in row] for row in show_rows(section)]
