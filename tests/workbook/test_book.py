"""Sheets of the workbook of one run: what is there, what is not, and what is text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import fields, is_dataclass, replace

import pytest

from cxlink.handoff import RunResult
from cxlink.report.document import build_document
from cxlink.report.parts import Document
from cxlink.report.sheet_rows import CallLine, CallList, CommentLine, CommentTable
from cxlink.report.workbook import render_workbook
from cxlink.report.workbook.change_data import weights_at
from tests.report.conftest import HOSTILE_NAMES
from tests.workbook.conftest import Company
from tests.workbook.spreadsheet import read_cells

INTERNAL = ["Read me", "Assumptions", "Components", "Behind the figures", "Causes", "Tagged comments", "Call list",
            "Drivers", "Changes", "Claims", "Ledger", "Checks", "Data", "Data changes"]  # fmt: skip


def test_sheets_stand_in_their_order(company: Company) -> None:
    assert list(read_cells(company.workbook)) == INTERNAL


def test_every_formula_keeps_a_value(company: Company) -> None:
    with zipfile.ZipFile(io.BytesIO(company.workbook)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    cells = [cell for sheet in sheets for cell in re.findall(r"<c [^>]*><f>.*?</c>", sheet)]
    assert len(cells) > 2000
    assert all(re.search(r"</f><v>[^<]+</v>", cell) for cell in cells)
    assert not any(word in cell for cell in cells for word in ("cmd", "NOW(", "RAND", "OFFSET(", "INDIRECT(", "TODAY("))
    assert not any('t="array"' in sheet or "mergeCell" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_names_of_others_stay_text(company: Company) -> None:
    cells = read_cells(company.workbook)
    name = "=cmd|'/c calc'!A0 courier"
    for sheet in ("Assumptions", "Changes", "Data changes", "Checks"):
        assert any(name in (str(cell) for cell in row) for row in cells[sheet]), sheet
    with zipfile.ZipFile(io.BytesIO(company.workbook)) as book:
        assert "cmd" not in "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)


def test_comments_are_redacted_and_customers_sorted_by_value(company: Company) -> None:
    cells = read_cells(company.workbook)
    words = [str(row[7]) for row in cells["Tagged comments"] if re.fullmatch(r"\d{4}-\d\d-\d\d", str(row[0]))]
    assert len(words) > 100
    assert not any(re.search(r"\S+@\S+\.\w|\d{7}", text) for text in words)
    start = next(number for number, row in enumerate(cells["Call list"]) if row[0] == "Customer")
    rows = [row for row in cells["Call list"][start + 1 :] if row[0]]
    values = [float(str(row[5])) for row in rows]
    assert values == sorted(values, reverse=True)
    for row in rows:
        assert float(str(row[5])) == pytest.approx(12 * float(str(row[1])) * float(str(row[2])), rel=1e-6)
        assert row[3] <= row[2] <= row[4]  # type: ignore[operator]  # numbers
    assert any("A prediction, not a promise" in str(row[0]) for row in cells["Call list"][:start])


@pytest.fixture
def lists() -> tuple[CommentTable, CallList]:
    comments = CommentTable(
        "NPS",
        tuple(CommentLine("2025-12-31", f"R{n}", "feedback", name, "late", "text", 3.0, name)
              for n, name in enumerate(HOSTILE_NAMES)),
        of=31_000,
    )  # fmt: skip
    line = CallLine("C1", 10.0, 0.2, 0.1, 0.3, 24.0, "", "", "", "", "", None, "", 0)
    calls = CallList(
        12, "EUR", "NPS", (line,), 5_000, 12, has_tickets=False, has_answers=False, doubts=("not checked",)
    )
    return comments, calls


def test_what_is_left_out_is_said(document: Document, lists: tuple[CommentTable, CallList]) -> None:
    cells = read_cells(render_workbook(replace(document, comments=lists[0], calls=lists[1])))
    comments, calls = (" ".join(str(row[0]) for row in cells[name]) for name in ("Tagged comments", "Call list"))
    assert f"The newest {len(HOSTILE_NAMES)} of 31,000; {31_000 - len(HOSTILE_NAMES):,} are left out" in comments
    assert "tables/tags.csv" in comments
    assert "1 of 5,000 active customers" in calls
    assert "4,999 are left out here: tables/churn_scores.csv" in calls
    assert "12 have no recurring charge" in calls
    assert "not known" in next(row for row in cells["Call list"] if row[0] == "C1")
    with zipfile.ZipFile(io.BytesIO(render_workbook(replace(document, comments=lists[0])))) as book:
        assert not any("hyperlink" in book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize(("language", "is_right"), [("he", True), ("ar-EG", True), ("en", False), ("lv", False)])
def test_sheets_run_from_right_to_left_where_the_language_does(
    document: Document, language: str, *, is_right: bool
) -> None:
    with zipfile.ZipFile(io.BytesIO(render_workbook(replace(document, language=language)))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert all(('rightToLeft="1"' in sheet) is is_right for sheet in sheets)


def test_the_public_gets_nothing_that_recalculates(result: RunResult) -> None:
    document = build_document(replace(result, audience="published"))
    cells = read_cells(render_workbook(document))
    assert not {"Assumptions", "Tagged comments", "Call list", "Data", "Data changes"} & set(cells)
    assert any("For a published audience" in str(row[0]) for row in cells["Read me"])


def test_a_check_that_fails_says_so_without_recalculation(document: Document) -> None:
    row = replace(document.ledger[0], rows_read=document.ledger[0].rows_read + 1)
    cells = read_cells(render_workbook(replace(document, ledger=(row, *document.ledger[1:]))))
    assert "differs" in {checked[6] for checked in cells["Checks"]}
    assert any("differ; see sheet Checks" in str(line[0]) for line in cells["Read me"])


def test_what_the_workbook_rests_on_is_plain_values(document: Document) -> None:
    parts = (document.workings, document.comments, document.calls, document.claims, document.accounts)
    seen: set[type] = set()

    def walk(value: object) -> None:
        seen.add(type(value))
        inner = (
            value
            if isinstance(value, tuple)
            else [getattr(value, one.name) for one in fields(value)]
            if is_dataclass(value)
            else ()
        )
        for one in inner:
            walk(one)

    walk(parts)
    plain = {one for one in seen if not is_dataclass(one)}
    assert plain <= {tuple, str, int, float, bool, type(None)}


def test_weights_are_the_polynomial_through_the_sizes() -> None:
    sizes = [0.0, 0.15, 0.5, 0.85, 1.0]
    for at in (0.0, 0.3, 0.85, 1.0):
        assert float(weights_at(sizes, at) @ [size**3 - 2 * size for size in sizes]) == pytest.approx(at**3 - 2 * at)
    assert weights_at(sizes, 0.5).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
