"""The document as one self-contained page: it loads and sends nothing, by a policy that allows its own script alone."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxlink import __version__
from cxlink.report import lever_words, words
from cxlink.report.charts.palette import CSS
from cxlink.report.charts.parts import Drawn
from cxlink.report.drawings import draw_paths, draw_staying
from cxlink.report.interval_bars import draw_bars
from cxlink.report.lever_data import write_block
from cxlink.report.parts import ComponentTable, Document, Sentence, render_sentence
from cxlink.report.section_formats import show_rows
from cxlink.report.shown_text import Sink, render_text

SCRIPTS = ("tables.js", "lever_math.js", "levers.js")
"""Our own, in the order in which the page runs them."""


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
    page = _environment().get_template("report.html.j2")
    return page.render(
        document=document,
        table=document.table,
        bars=draw_table_bars(document.table),
        staying=draw_staying(document.curves),
        paths=draw_paths(document.event_studies),
        words=words,
        lever_words=lever_words,
        lever_block=Markup(write_block(document.levers, lever_words.WORDS) if document.levers else ""),  # noqa: S704 - escaped
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
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cxlink.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["said"] = _said
    environment.filters["count"] = _count
    environment.filters["rows"] = show_rows
    environment.filters["chart"] = _chart
    return environment


def _shown(text: str) -> str:
    return render_text(text, Sink.PLAIN)


def _said(sentence: Sentence) -> str:
    return render_sentence(sentence, Sink.PLAIN)


def _count(number: int) -> str:
    return f"{number:,}"


def _chart(drawn: Drawn) -> Markup:
    return Markup(drawn.svg)  # noqa: S704 - all texts in it are escaped


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
