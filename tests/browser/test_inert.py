"""Nothing leaves the page, and nothing that others wrote runs in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxlink.handoff import RunResult
from cxlink.report.document import build_document
from cxlink.report.html import SCRIPTS
from cxlink.report.parts import Document
from tests.browser.conftest import Open, Opened
from tests.browser.until import until
from tests.report.conftest import HOSTILE_NAMES
from tests.report.full_results import RTL_COMMENT, full_result


def use_everything(opened: Opened) -> None:
    page = opened.page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for button in page.locator("th button").all()[:12]:
        button.click()
    for field in page.locator("input[type=search]").all():
        field.fill("<script>alert(2)</script>")
    page.emulate_media(media="print")


def test_no_request_leaves_the_page(full: Document, open_page: Open) -> None:
    opened = open_page(full)
    use_everything(opened)
    assert opened.requests == [opened.path.as_uri()]
    assert opened.violations == []
    assert opened.errors == []


def test_what_customers_wrote_stays_text(hostile: RunResult, open_page: Open) -> None:
    opened = open_page(build_document(full_result(hostile)))
    ran: list[str] = []
    opened.page.on("dialog", lambda dialog: ran.append(dialog.message))
    use_everything(opened)
    page = opened.page
    assert ran == []
    assert opened.requests == [opened.path.as_uri()]
    assert opened.violations == []
    assert opened.errors == []
    assert page.locator("img, iframe, object, form, base").count() == 0
    assert page.locator("script:not([type])").count() == len(SCRIPTS)
    assert page.locator("script[type]").count() == page.locator("#lever-data").count()
    shown = page.inner_text("#components")
    assert HOSTILE_NAMES[0] in shown
    assert "evil.example" in page.inner_text("body")
    outside = "(all) => all.map((one) => one.getAttribute('href')).filter((link) => !link.startsWith('#'))"
    assert page.eval_on_selector_all("a", outside) == []


def test_the_policy_would_stop_a_script(full: Document, open_page: Open) -> None:
    opened = open_page(full)
    # the test can fail: what the policy forbids is noticed
    opened.page.evaluate("document.body.append(Object.assign(document.createElement('img'), { src: 'x.png' }))")
    until(opened.page, "window.violations.length > 0")
    assert opened.violations == ["img-src"]


@pytest.mark.parametrize("language", ["he", "ar"])
def test_a_page_is_read_from_right_to_left(full: Document, open_page: Open, language: str) -> None:
    page = open_page(replace(full, language=language)).page
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, "rtl"]
    left, right = (
        page.evaluate("(place) => document.querySelectorAll('.column')[place].getBoundingClientRect().left", place)
        for place in (2, 0)
    )
    assert left < right
    # names are on the right of the table, figures left of them
    name, reached = (
        page.evaluate(f"document.querySelector('#components tbody tr').cells[{place}].getBoundingClientRect().left")
        for place in (0, 1)
    )
    assert reached < name
    # charts stay as they are: their labels are on the left
    label, value = (
        page.evaluate(f"document.querySelectorAll('#forest text')[{place}].getBoundingClientRect().left")
        for place in (0, 1)
    )
    assert label < value
    assert page.evaluate("getComputedStyle(document.querySelector('#forest svg')).direction") == "ltr"


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_comment_has_its_own_direction(full: Document, open_page: Open, language: str) -> None:
    page = open_page(replace(full, language=language)).page
    quotes = page.locator("#first blockquote")
    directions = quotes.evaluate_all("(all) => all.map((one) => [one.textContent, getComputedStyle(one).direction])")
    assert [RTL_COMMENT, "rtl"] in directions
    assert "ltr" in [direction for _, direction in directions]
