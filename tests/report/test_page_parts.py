"""Where tables and charts stand on the page, and what tables are sorted by."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cxlink.handoff import RunResult
from cxlink.report.html import render_html
from cxlink.report.page_charts import draw_all
from cxlink.report.page_parts import cells_of, lay_out_page, place_of, sort_key
from cxlink.report.section import Section
from tests.report.full_results import full_document
from tests.report.shown_figures import Tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,204.5 (800-1,600)", "1204.5"),
        ("-0.3 to 4.9", "-0.3"),
        ("+7.3 (6.2-8.6)", "7.3"),
        ("EUR 1,204.50", "1204.50"),
        ("EUR -3", "-3"),
        ("<0.01", "0.01"),
        (">99%", "99"),
        ("12 months", "12"),
        ("2025-12", ""),
        ("2025-12-31", ""),
        ("-", ""),
        ("", ""),
        ("C adjusted", ""),
        ("<script>", ""),
        ("ABC 1", "1"),
    ],
)
def test_what_a_cell_is_sorted_by(text: str, expected: str) -> None:
    assert sort_key(text) == expected


def test_prose_is_sorted_as_text() -> None:
    section = Section("x", "X", (("Name", "text"), ("Words", "prose"), ("n", "count")), (("a", "5 of them", 5000),))
    assert cells_of(section) == [[("a", ""), ("5 of them", ""), ("5,000", "5000")]]


def test_nothing_is_left_out_and_nothing_stands_twice(result: RunResult) -> None:
    unknown = Section("never_seen", "A section of a later version", (("A", "text"), ("B", "text")), (("x", "y"),))
    document = full_document(result)
    document = replace(document, sections=(*document.sections, unknown))
    placed = [section for sections in lay_out_page(document).sections.values() for section in sections]
    assert sorted(one.name for one in placed) == sorted(one.name for one in document.sections)
    assert place_of("never_seen") == "method"
    tables = Tables(render_html(document)).tables
    for section in document.sections:
        if section.rows:
            name = re.sub(r"[^a-z0-9_-]+", "-", section.name.lower())
            assert len(tables[name]) == len(section.rows) + 1


def test_every_chart_is_on_the_page_once_with_the_rows_of_its_table(result: RunResult) -> None:
    document = full_document(result)
    page = render_html(document)
    drawn = draw_all(document)
    assert {"forest", "ladder-1", "calibration", "control-1", "staying-chart"} <= set(drawn)
    for name, chart in drawn.items():
        assert page.count(f'id="{name}-title"') == 1
        assert page.count(f'<figure id="{name}">') == 1
        if name != "staying-chart":
            told = page.split(f'<figure id="{name}">')[1].split("</figure>")[0]
            assert told.count("<tr>") == len(chart.rows) + 1
