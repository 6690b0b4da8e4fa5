"""axe-core finds no violation, whichever way the page is read."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cxlink.report.parts import Document
from tests.browser.conftest import Open

RULES = """async (rules) => {
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)]);
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, which a package for Playwright brings."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip('needs pip install "cxlink[browser]" for axe-core')
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, axe: str, *rules: str) -> list[Any]:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    found: list[Any] = page.evaluate(RULES, list(rules))
    return found


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("en", "dark", 390), ("he", "light", 1280)]
)
def test_axe_finds_nothing(full: Document, open_page: Open, axe: str, language: str, scheme: str, width: int) -> None:
    page = open_page(replace(full, language=language), width=width, color_scheme=scheme).page
    assert violations(page, axe) == []


def test_axe_would_find_something(full: Document, open_page: Open, axe: str) -> None:
    page = open_page(full).page
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('#forest svg').removeAttribute('aria-labelledby')")
    page.evaluate("document.querySelector('#forest svg title').remove()")
    rules = ("html-has-lang", "svg-img-alt")
    assert sorted(name for name, *_ in violations(page, axe, *rules)) == sorted(rules)


def test_each_chart_has_title_description_and_table(full: Document, open_page: Open) -> None:
    page = open_page(full).page
    charts = page.evaluate(
        """() => [...document.querySelectorAll("svg[role=img]")].map((one) => [
          document.getElementById(one.getAttribute("aria-labelledby"))?.textContent,
          document.getElementById(one.getAttribute("aria-describedby"))?.textContent,
          [one.closest("figure"), one.closest("figure").nextElementSibling]
            .map((place) => place?.querySelector("table")?.rows.length ?? 0).find((rows) => rows) ?? 0])"""
    )
    assert len(charts) >= len(full.charts)
    assert all(title and described and rows > 1 for title, described, rows in charts)
