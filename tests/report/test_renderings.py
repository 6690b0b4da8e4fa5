"""Every rendering shows the same figures, holds its width, and is inert whatever customers wrote."""

from __future__ import annotations

import io
import os
import re
import zipfile
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import python_calamine
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

from cxlink.errors import CannotCreateError
from cxlink.estimate import Estimate
from cxlink.handoff import RunResult
from cxlink.impact.cells import NOT_LEAVING
from cxlink.report.document import build_document
from cxlink.report.html import SCRIPTS, draw_table_bars, render_html
from cxlink.report.markdown import render_markdown
from cxlink.report.markdown_blocks import CLOSED, OPENED
from cxlink.report.parts import Document
from cxlink.report.terminal import print_document, render_terminal
from cxlink.report.workbook import render_workbook
from tests.report import shown_figures
from tests.report.conftest import HOSTILE_NAMES
from tests.report.shown_figures import Tables

SNAPSHOTS = Path(__file__).parent / "snapshots"
ALLOWED_ATTRIBUTES = {
    "aria-describedby", "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "colspan", "content",
    "cx", "cy", "d", "data-label", "data-sort", "dir", "direction", "height", "href", "http-equiv", "id", "lang",
    "name", "preserveaspectratio", "r", "role", "scope", "tabindex", "text-anchor", "unicode-bidi", "viewbox", "width",
    "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip


def test_all_renderings_show_the_same_figures(document: Document) -> None:
    expected = shown_figures.of_document(document)
    told = {name: figures for name, figures in expected.items() if figures}
    assert len(told) == 5
    html = shown_figures.of_html(render_html(document))
    assert {name: html[name] for name in told} == told
    assert shown_figures.of_markdown(render_markdown(document)) == expected
    assert shown_figures.of_workbook(render_workbook(document), document) == expected
    assert shown_figures.of_terminal(render_terminal(document).plain, document) == expected


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_the_terminal_holds_its_width(document: Document, hostile: RunResult, width: int) -> None:
    for one in (document, build_document(hostile)):
        lines = render_terminal(one, width=width, out=Path("out/2025-12-31")).plain.splitlines()
        assert max(cell_len(line) for line in lines) <= min(width, 100)


def test_the_terminal_is_plain_where_it_is_none(hostile: RunResult) -> None:
    buffer = io.StringIO()
    print_document(build_document(hostile), Console(file=buffer, width=80))
    text = buffer.getvalue()
    assert "\x1b" not in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)
    assert "[/x]" in text


def test_the_terminal_has_styles_where_it_is_one_and_none_of_the_customers(hostile: RunResult) -> None:
    buffer = io.StringIO()
    print_document(
        build_document(hostile), Console(file=buffer, width=80, force_terminal=True, _environ={"TERM": "xterm"})
    )
    assert set(re.findall(r"\x1b(.)", buffer.getvalue())) == {"["}
    assert set(re.findall(r"\x1b\[([\d;]*)m", buffer.getvalue())) <= {"0", "1", "2", "3", "31", "33"}
    assert "\x1b]" not in buffer.getvalue()


def test_the_page_is_inert_whatever_customers_wrote(hostile: RunResult) -> None:
    page = render_html(build_document(hostile))
    tables = Tables(page)
    tags = {tag for tag, _ in tables.tags}
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert sum(tag == "script" for tag, _ in tables.tags) == len(scripts) == len(SCRIPTS)
    for script in scripts:
        assert "alert(1)" not in script
        assert b64encode(sha256(script.encode()).digest()).decode() in page.split("</head>")[0]
    assert not tags & {"img", "link", "iframe", "object", "form", "base", "foreignobject"}
    ids = [attributes["id"] for _, attributes in tables.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for _, attributes in tables.tags if "href" in attributes]
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(ids)
    assert {name for _, attributes in tables.tags for name in attributes} <= ALLOWED_ATTRIBUTES
    assert sum(tag == "style" for tag, _ in tables.tags) == 1
    assert "default-src 'none'" in page
    assert "alert(1)" in page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "jane.doe" not in page
    assert "4111" not in page


def test_the_page_names_its_style_by_hash_and_nothing_outside(document: Document) -> None:
    page = render_html(document)
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", page)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
    assert " style=" not in page
    assert 'dir="auto"' in page


def test_markdown_is_inert_whatever_customers_wrote(hostile: RunResult) -> None:
    text = render_markdown(build_document(hostile))
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert not kinds & {"link_open", "image", "html_inline", "code_block", "fence"}
    assert {token.content.strip() for token in tokens if token.type == "html_block"} <= {OPENED, CLOSED}
    assert not re.search(r"^\s*::|##\[|##vso", text, re.MULTILINE)
    assert all(
        line[:1] in {"", "#", "|", "-", "*"}
        or line in (OPENED, CLOSED)
        or line.startswith("  - ")
        or line[0].isupper()
        or line[0].isdigit()
        for line in text.split("\n")
    )


def test_the_workbook_is_text_where_customers_wrote(hostile: RunResult) -> None:
    content = render_workbook(build_document(hostile))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert not any("hyperlink" in part for part in parts.values())
    formulas = [formula for part in parts.values() for formula in re.findall(r"<f>(.*?)</f>", part)]
    assert formulas
    words = ("cmd", "script", "alert", "evil", "set-output", "owned")
    assert not any(word in formula for formula in formulas for word in words)
    book_read = python_calamine.load_workbook(io.BytesIO(content))
    assert book_read.sheet_names == [
        "Read me",
        "Components",
        "Behind the figures",
        "Segments",
        "Causes",
        "Drivers",
        "Ledger",
        "Checks",
    ]
    names = {str(row[0]) for row in book_read.get_sheet_by_name("Components").to_python()}
    assert HOSTILE_NAMES[2] in names
    assert HOSTILE_NAMES[0] in names
    assert "safe\\u202eevil\\u2066" in names


def test_the_workbook_has_the_same_bytes_twice(document: Document) -> None:
    assert render_workbook(document) == render_workbook(document)


def test_the_workbook_refuses_what_does_not_fit(hostile: RunResult) -> None:
    document = build_document(hostile)
    row = document.table.rows[0]
    object.__setattr__(row, "evidence", "x" * 40_000)
    with pytest.raises(CannotCreateError, match="CX704"):
        render_workbook(document)


@pytest.mark.parametrize("name", ["terminal.txt", "report.md"])
def test_the_text_formats_read_as_before(document: Document, name: str) -> None:
    out = Path("out/2025-12-31")
    shown = render_markdown(document) if name == "report.md" else render_terminal(document, out=out).plain + "\n"
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def test_what_no_component_explains_does_not_press_the_bars_together(result: RunResult) -> None:
    much = Estimate(9e6, 8e6, 9.9e6, 0.95, "EUR", 500, 80, "test")
    rest_of_it = replace(result.impact.joint, customers_kept=much, margin_kept=much, cost_saved=NOT_LEAVING)
    told = replace(result, impact=replace(result.impact, not_explained=rest_of_it))
    table = build_document(told).table
    rest = next(place for place, row in enumerate(table.rows) if row.kind == "rest")
    without = replace(table, rows=tuple(row for row in table.rows if row.kind != "rest"))
    bars = draw_table_bars(table)
    assert bars
    assert all(row != rest for row, _ in bars)
    # it stands last, so that the places of the others stay
    assert rest == len(table.rows) - 1
    assert bars == draw_table_bars(without)
