"""The document as one self-contained page: it loads and sends nothing, by a policy that allows its own script alone."""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from functools import cache
from html import unescape
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxlink import __version__
from cxlink.report import lever_words, words
from cxlink.report.charts.palette import CSS
from cxlink.report.charts.parts import Drawn
from cxlink.report.interval_bars import draw_bars
from cxlink.report.lever_data import write_block
from cxlink.report.locales import Locale, locale_of
from cxlink.report.page_parts import LONG, cells_of, lay_out_page, sort_key
from cxlink.report.page_words import HEADINGS
from cxlink.report.parts import ComponentTable, Document, Sentence, Untrusted
from cxlink.report.shown_text import Sink, render_text

SCRIPTS = ("tables.js", "lever_math.js", "levers.js")
"""Our own, in the order in which the page runs them."""

FIGURE = re.compile(r"[-+0-9.,()%< ]+(?: to [-+0-9.,()% ]+)?")
"""A first cell that is a number and no name of others."""

_WRITTEN = re.compile(r"(?<=>)[^<>]+(?=</text>|<title>)")


def render_html(document: Document) -> str:
    """Render a document as one self-contained page.

    Parameters
    ----------
    document : Document
        What is shown.

    Returns
    -------
    str
        HTML 5.
    """
    style = _read("report.css") + _read("levers.css") + CSS
    scripts = [_read(name) for name in SCRIPTS]
    locale = locale_of(document.language)
    page = _environment(locale.language).get_template("report.html.j2")
    return page.render(
        document=document,
        first=document.first,
        table=document.table,
        places={row.name: row.rank for row in document.details.rows},
        bars=draw_table_bars(document.table),
        page=lay_out_page(document),
        names=_names_of(document),
        words=words,
        lever_words=lever_words,
        lever_block=Markup(write_block(document.levers, lever_words.WORDS) if document.levers else ""),  # noqa: S704 - escaped
        headings=HEADINGS,
        locale=locale,
        long=LONG,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=_hash(style),
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
        script_hashes=[_hash(script) for script in scripts],
        version=__version__,
    )


def _read(name: str) -> str:
    return resources.files("cxlink.report").joinpath(f"templates/{name}").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@cache
def _environment(language: str) -> Environment:
    locale = locale_of(language)
    environment = Environment(
        loader=PackageLoader("cxlink.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "shown": _shown,
        "told": lambda text: locale.write(_shown(text)),
        "named": lambda text: (locale.write if FIGURE.fullmatch(text) else str)(_shown(text)),
        "said": lambda sentence: _said(sentence, locale),
        "count": lambda number: locale.write(f"{number:,}"),
        "cells": cells_of,
        "key": sort_key,
        "anchor": _anchor,
        "quoted": shlex.quote,
        "chart": lambda drawn, names: _chart(drawn, locale, names),
    }
    return environment


def _shown(text: str) -> str:
    return render_text(text, Sink.PLAIN)


def _said(sentence: Sentence, locale: Locale) -> str:
    """Numbers in the words of others stay as they wrote them."""
    return "".join(_shown(part) if isinstance(part, Untrusted) else locale.write(part) for part in sentence)


def _anchor(name: str) -> str:
    """Make an id of a section's name."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower())


def _chart(drawn: Drawn, locale: Locale, names: frozenset[str]) -> Markup:
    """Write the numbers of a chart as the page has them; names of others stay as they are."""

    def write(found: re.Match[str]) -> str:
        return found[0] if any(unescape(found[0]).rstrip("…") in name for name in names) else locale.write(found[0])

    return Markup(_WRITTEN.sub(write, drawn.svg))  # noqa: S704 - all texts in it are escaped


def _names_of(document: Document) -> frozenset[str]:
    """Names that others gave, as charts show them."""
    rows = (row.name for row in document.table.rows if row.kind == "component")
    curves = (curve.segment for curve in document.curves)
    return frozenset(map(_shown, (*rows, *curves, *(name for name, _ in document.changes))))


def draw_table_bars(table: ComponentTable) -> dict[tuple[int, int], object]:
    """Draw the interval of each figure, by place of row and column; one scale a column.

    What no component explains is not drawn: it is many times as large, and would press the others together.

    Parameters
    ----------
    table : ComponentTable
        The main table.

    Returns
    -------
    dict of (int, int) to Bar
        Those that have an interval.
    """
    bars: dict[tuple[int, int], object] = {}
    for place in range(len(table.columns)):
        figures = [row.cells[place].figure if row.cells and row.kind != "rest" else None for row in table.rows]
        bars |= {(at, place): bar for at, bar in enumerate(draw_bars(figures)) if bar}
    return bars
