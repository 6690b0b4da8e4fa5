"""One Chromium for all tests of the page; they skip, and say why, where it or Playwright is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxlink.report.html import render_html
from cxlink.report.parts import Document
from tests.report.conftest import document, hostile, result
from tests.report.full_results import full_document

if TYPE_CHECKING:
    from cxlink.handoff import RunResult

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""

__all__ = ["document", "hostile", "result"]


@dataclass
class Opened:
    """A page in the browser, and everything that it asked for or complained about."""

    page: Any
    path: Path
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason='needs pip install "cxlink[browser]"')
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium: no chromium on the path")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a document, or HTML: ``open_page(document, width=390, height=844, color_scheme="dark", fragment="#x")``."""
    contexts: list[Any] = []

    def open_it(
        shown: Document | str, *, width: int = 1280, height: int = 800, fragment: str = "", **options: Any
    ) -> Opened:
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_text(shown if isinstance(shown, str) else render_html(shown), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(VIOLATIONS)
        opened = Opened(context.new_page(), path)
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("console", lambda said: opened.errors.append(said.text) if said.type == "error" else None)
        opened.page.goto(path.as_uri() + fragment)
        return opened

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def full(result: RunResult) -> Document:
    return full_document(result)
