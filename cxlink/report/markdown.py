"""The document as Markdown, for the summary of a CI step, wikis and pull requests: the first screen, then the rest.

The words of others are escaped, on one line. Long tables are folded; HTML is of fixed lines alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cxlink.report.markdown_blocks import Block, fit
from cxlink.report.markdown_first import say_first_screen
from cxlink.report.parts import Document, Row, render_sentence
from cxlink.report.section import Section
from cxlink.report.section_formats import show_rows
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.words import (
    ABSENT_CAUSES,
    COVERAGE_COLUMNS,
    DETAILS_REMARK,
    OVERLAP,
    REST,
    UNEXPLAINED,
    column_heading,
    detail_columns,
    detail_values,
)

FIGURE = re.compile(r"[-+0-9.,()%< ]+(?: to [-+0-9.,()% ]+)?")
"""What nothing can be hidden in: it is shown as it is, so that the text reads well too."""


def render_markdown(document: Document) -> str:
    """Render a document as GitHub-flavoured Markdown.

    Parameters
    ----------
    document : Document
        What is shown.

    Returns
    -------
    str
        Ends with a line feed; no line starts with the words of others.
    """
    parts = [
        Block([*_head(document), *say_first_screen(document.first)]),
        Block(_components(document)),
        *(_section(section) for section in document.sections),
        *_causes(document),
        *_curves(document),
        *_data(document),
        *_readiness(document),
        *_details(document),
        Block(["## What not to conclude", _list(document.not_to_conclude)]),
        Block(["## Method"], list(document.method)),
    ]
    return fit(parts)


def _shown(text: str) -> str:
    return render_text(text, Sink.MARKDOWN)


def _said(sentence: tuple[str, ...]) -> str:
    return render_sentence(sentence, Sink.MARKDOWN)


def _head(document: Document) -> list[str]:
    return [
        f"# {_shown(document.project)}",
        f"**{_said(document.headline)}**",
        _list([f"{document.customers}, to {document.cut_off}", document.scale, document.ledger_line]),
    ]


def _components(document: Document) -> list[str]:
    table = document.table
    heads = ["Component", "Reached", *(column_heading(column) for column in table.columns), "Evidence"]
    rows = [_component_row(row, len(table.columns)) for row in table.rows]
    kinds = {row.kind for row in table.rows}
    overlap = [words for kind, words in (("overlap", OVERLAP), ("rest", REST)) if kind in kinds]
    notes = [f"[{number}] {_said(note)}" for number, note in enumerate(table.notes, start=1)]
    return [
        "## Components",
        document.ceiling_line,
        _table(heads, rows),
        _list([*notes, *(_said(remark) for remark in table.remarks), *overlap]),
        document.experience_line,
        _list([f"{_shown(n.code)}: {_shown(n.message)} {_shown(n.remedy)}" for n in document.notices]),
    ]


def _component_row(row: Row, n_columns: int) -> list[str]:
    name = row.name if row.kind != "component" else _shown(row.name)
    if row.cannot_tell:
        return [name, row.reached, _said(row.cannot_tell), *[""] * n_columns]
    return [name, row.reached, *(cell.text for cell in row.cells), row.evidence]


def _details(document: Document) -> list[Block]:
    details = document.details
    rows = [[_shown(row.name), *detail_values(row)] for row in details.rows]
    notes = [f"[{number}] {_said(note)}" for number, note in enumerate(details.notes, start=1)]
    below = [_table(detail_columns(details), rows), DETAILS_REMARK, _list(notes)]
    return [Block(["## Behind the figures"], below, len(rows))]


def _causes(document: Document) -> list[Block]:
    rows = [
        [
            *map(_shown, (cause.component, cause.cause)),
            cause.comments,
            cause.tickets,
            cause.customers,
            cause.trend,
            cause.share,
            cause.corrected_share,
        ]
        for cause in document.causes
    ]
    heads = ["Component", "Cause", "Comments", "Tickets", "Customers", "A year", "Share of comments", "Corrected share"]
    examples = [
        f"{_shown(cause.component)}, {_shown(cause.cause)}: {_shown(text)}"
        for cause in document.causes
        for text in cause.examples
    ]
    unexplained = [UNEXPLAINED, _list([_said(one) for one in document.unexplained])] if document.unexplained else []
    if not rows:
        return [Block(["## Causes", ABSENT_CAUSES])]
    return [Block(["## Causes", *unexplained], [_table(heads, rows), _list(examples)], len(rows))]


def _data(document: Document) -> list[Block]:
    rows = [
        [
            _shown(row.source),
            _shown(row.file),
            *(f"{count:,}" for count in (row.rows_read, row.rows_accepted, row.rows_excluded, row.rows_quarantined)),
            row.money_accepted,
            row.money_quarantined,
        ]
        for row in document.ledger
    ]
    held = [
        [*(_shown(text) for text in (row.source, row.code, row.column, row.reason)), f"{row.rows:,}"]
        for row in document.held_back
    ]
    matches = [list(match) for match in document.matches]
    lines = [[_shown(line), amount] for line, amount in document.reconciliation]
    below = [
        _table(list(COVERAGE_COLUMNS), rows),
        _table(["Held back in", "Code", "Column", "Reason", "Rows"], held) if held else "",
        _table(["Revenue", "Amount"], lines) if lines else "",
        _table(["Found its customer", "Share"], matches) if matches else "",
    ]
    return [Block(["## Data", document.ledger_line], below, len(rows) + len(held))]


def _curves(document: Document) -> list[Block]:
    rows = [
        [_shown(curve.segment), f"{mark.day:,}", f"{mark.kept.text}", mark.at_risk]
        for curve in document.curves
        for mark in curve.marks
    ]
    heads = ["Customers", "Days since acquisition", "Still with us, %", "At risk"]
    return [Block(["## Staying", _said(document.churn_line)], [_table(heads, rows)] if rows else [], len(rows))]


def _section(section: Section) -> Block:
    """Its title and, folded where it has a table, all the rest."""
    rows = [[text if FIGURE.fullmatch(text) else _shown(text) for text in cells] for cells in show_rows(section)]
    heads = [_shown(label) for label, _ in section.columns]
    notes = _list(_shown(note) for note in section.notes)
    title = f"## {_shown(section.title)}"
    return Block([title], [_table(heads, rows), notes], len(rows)) if rows else Block([title, notes])


def _readiness(document: Document) -> list[Block]:
    missing = [f"{_shown(item.output)}: needs {_shown(item.needs)}" for item in document.wanted if not item.ready]
    return [Block(["## What we cannot tell yet", _list(missing)])] if missing else []


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
