"""By keyboard alone: skip link, contents, what is folded, sorting and filtering."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cxlink.report.parts import Document
from cxlink.report.section import Section
from tests.browser.conftest import Open
from tests.browser.until import until


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def reach(page: Any, selector: str, most: int = 300) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        press(page, "Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def column(page: Any, table: str, place: int) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        f"{table} tbody tr:not([hidden])",
        "(rows, place) => rows.map((row) => row.cells[place]?.querySelector('.point, th, :scope')?.textContent.trim()"
        " ?? row.cells[place]?.textContent.trim() ?? '')",
        place,
    )
    return found


def test_the_skip_link_comes_first_and_is_seen(full: Document, open_page: Open) -> None:
    page = open_page(full).page
    press(page, "Tab")
    assert focused(page) == "Skip to the report"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    press(page, "Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_contents_lead_to_each_part(full: Document, open_page: Open) -> None:
    page = open_page(full).page
    links = page.eval_on_selector_all("nav a", "(all) => all.map((one) => one.getAttribute('href'))")
    assert len(links) >= 10
    for place, link in enumerate(links):
        press(page, "Tab", *(["Tab"] if place == 0 else []))
        assert page.evaluate("document.activeElement.getAttribute('href')") == link
    press(page, "Enter")
    top = page.evaluate("(anchor) => document.querySelector(anchor).getBoundingClientRect().top", links[-1])
    assert -1 <= top < 800


def test_what_is_folded_opens(full: Document, open_page: Open) -> None:
    page = open_page(full, fragment="#details").page
    # a link into what is folded opens it
    page.evaluate("location.hash = ''")
    page.evaluate("location.hash = '#details'")
    until(page, "document.getElementById('details').closest('details').open")
    reach(page, "summary")
    before = page.evaluate("document.activeElement.parentElement.open")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is not before


def test_sorting_is_by_value_and_sums_stay_below(full: Document, open_page: Open) -> None:
    page = open_page(full).page
    reach(page, "#components th button")
    press(page, "Tab")
    press(page, "Enter")
    assert column(page, "#components", 1) == ["1,204", "812", "640", "530", "", ""]
    assert page.get_attribute("#components th[aria-sort]", "aria-sort") == "descending"
    press(page, "Space")
    assert column(page, "#components", 1) == ["530", "640", "812", "1,204", "", ""]
    assert page.locator("#components th[aria-sort]").count() == 1
    # a row that has no figure there stands last both ways
    press(page, "Tab", "Enter")
    assert column(page, "#components", 0)[3:] == ["support", "overlap", "together"]
    press(page, "Enter")
    assert column(page, "#components", 0)[3:] == ["support", "overlap", "together"]
    press(page, "Shift+Tab", "Shift+Tab", "Enter")
    assert column(page, "#components", 0)[:4] == ["billing", "delivery", "support", "website"]


def long_table(document: Document, names: tuple[str, ...]) -> Document:
    rows = tuple((name, 10 * place, f"{place:,} (0-{place + 1:,})") for place, name in enumerate(names))
    section = Section("long", "Many rows", (("Name", "text"), ("Count", "count"), ("Figure", "text")), rows)
    return replace(document, sections=(*document.sections, section))


def test_a_long_table_is_filtered(full: Document, open_page: Open) -> None:
    names = (*(f"row {place}" for place in range(39)), "<img src=x onerror=alert(1)>")
    page = open_page(long_table(full, names), fragment="#long").page
    page.evaluate("document.getElementById('long').closest('details').open = true")
    page.get_by_label("Show rows of “Many rows” with").fill("ROW 3")
    assert column(page, "#long", 0) == ["row 3", *(f"row {place}" for place in range(30, 39))]
    assert page.inner_text(".search [role=status] >> visible=true") == "10 of 40 rows"
    page.get_by_label("Show rows of “Many rows” with").fill("<img")
    assert column(page, "#long", 0) == ["<img src=x onerror=alert(1)>"]
    assert page.locator("img").count() == 0


def test_numbers_are_sorted_as_numbers_in_any_locale(full: Document, open_page: Open) -> None:
    many = replace(long_table(full, tuple(f"row {place}" for place in range(250))), language="de")
    page = open_page(many).page
    page.evaluate("document.getElementById('long').closest('details').open = true")
    page.click("#long th:nth-child(2) button")
    assert column(page, "#long", 1)[:3] == ["2.490", "2.480", "2.470"]
    page.click("#long th:nth-child(1) button")
    # digits within names count as numbers
    assert column(page, "#long", 0)[:3] == ["row 0", "row 1", "row 2"]
