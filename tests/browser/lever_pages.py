"""A page of its own that can reach nothing, and what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route


@dataclass(frozen=True, slots=True)
class Opened:
    """A page, and what it did: addresses it asked for, complaints in its console, dialogs it opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def open_page(browser: Browser, file: Path, fragment: str = "", **options: Any) -> Iterator[Opened]:
    """Open a file; every other request is recorded and refused.

    Parameters
    ----------
    browser : Browser
        Of the session.
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
