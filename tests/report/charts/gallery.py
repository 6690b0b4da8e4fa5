"""A page of all charts, to be looked at: ``python -m tests.report.charts.gallery OUT.html [--mirrored] [--dark]``."""

from __future__ import annotations

import sys
from html import escape
from importlib import resources
from pathlib import Path

from cxlink.report.charts.palette import CSS
from cxlink.report.charts.parts import Drawn, Look
from cxlink.report.shown_text import Sink, render_text
from tests.report.charts.examples import draw_all, draw_hostile


def render_page(look: Look, *, dark: bool = False) -> str:
    style = resources.files("cxlink.report").joinpath("templates/report.css").read_text(encoding="utf-8") + CSS
    if dark:
        style = style.replace("(prefers-color-scheme: dark)", "all").replace("(prefers-color-scheme:dark)", "all")
        style = style.replace("@media print", "@media speech")
    body = "".join(map(_figure, draw_all(look).values()))
    body += "<h2>Labels of others</h2>" + "".join(_figure(drawn, suffix="-x") for drawn in draw_hostile(look).values())
    direction = "rtl" if look.mirrored else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="en" dir="{direction}"><head><meta charset="utf-8"><title>Charts</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f"<body>{body}</body></html>\n"
    )


def _figure(drawn: Drawn, *, suffix: str = "") -> str:
    head = "".join(f"<th>{_cell(text)}</th>" for text in drawn.columns)
    rows = "".join("<tr>" + "".join(f"<td>{_cell(text)}</td>" for text in row) + "</tr>" for row in drawn.rows)
    table = f"<details><summary>Table</summary><table><tr>{head}</tr>{rows}</table></details>"
    svg = drawn.svg.replace('-title"', f'-title{suffix}"').replace('-desc"', f'-desc{suffix}"')
    return f"<figure>{svg}{table}</figure>"


def _cell(text: str) -> str:
    return escape(render_text(text, Sink.PLAIN))


if __name__ == "__main__":
    look = Look(mirrored="--mirrored" in sys.argv)
    Path(sys.argv[1]).write_text(render_page(look, dark="--dark" in sys.argv), encoding="utf-8")
