"""A real browser that can reach nothing, and what a page does in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, and what it did: addresses it asked for, complaints in its console, dialogs it opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Start the system's Chromium; skip where it, or what drives it, is missing.

    Yields
    ------
    Browser
        Without a page.
    """
    driver = pytest.importorskip("playwright.sync_api", reason="needs pip install playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Debian's chromium")
    with driver.sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, file: Path, fragment: str = "", **options: Any) -> Iterator[Opened]:
    """Open a file; every other request is recorded and refused.

    Parameters
    ----------
    browser : Browser
        Of `start_browser`.
    file : Path
        The page.
    fragment : str
        Of its address, with the number sign.
    **options
        Of the browser's context, such as ``color_scheme``.

    Yields
    ------
    Opened
        The page, loaded.
    """
    context = browser.new_context(**options)
    opened = Opened(context.new_page())

    def refuse(route: Route) -> None:
        if route.request.url.split("#")[0] == file.as_uri():
            route.continue_()
        else:
            route.abort()

    context.route("**/*", refuse)
    context.on("request", lambda request: opened.requests.append(request.url.split("#")[0]))
    opened.page.on("console", lambda message: opened.complaints.append(message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))

    def dismiss(dialog: Any) -> None:
        opened.dialogs.append(dialog.message)
        dialog.dismiss()

    opened.page.on("dialog", dismiss)
    opened.page.goto(file.as_uri() + fragment)
    yield opened
    context.close()
