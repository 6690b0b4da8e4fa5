"""Which part of the page each table and chart stands in, and what a table is sorted and filtered by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxlink.report.charts.parts import Drawn
from cxlink.report.drawings import draw_paths, draw_staying
from cxlink.report.page_charts import draw_placed
from cxlink.report.parts import Document
from cxlink.report.section import Section
from cxlink.report.section_formats import show_rows

LONG = 20
"""Rows from which on a table can be filtered."""

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")

PLACES: dict[str, tuple[str, ...]] = {
    "components": ("words", "segments", "serving"),
    "changes": ("changes", "change words", "budget", "changes_made", "record"),
    "causes": ("open_causes",),
    "drivers": ("drivers", "kpis"),
    "staying": ("customer_groups",),
    "claims": ("claims",),
    "monitor": ("gates", "diff", "monitor"),
    "bridge": ("bridge", "revenue_bridge"),
    "loop": ("closed_loop",),
    "data": ("answering",),
    "method": ("trust", "placebos", "promises", "employees", "event_studies"),
}
"""Names of sections by the part of the page they stand in; what is not named here stands under method."""

_BEGINNINGS = {"claim_": "claims", "driver": "drivers", "kpi": "drivers", "track": "changes", "diff": "monitor"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with the table under it; ``name`` begins its ids."""

    name: str
    title: str
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Page:
    """Tables and charts by the part of the page they stand in."""

    sections: dict[str, list[Section]]
    figures: dict[str, list[Figure]]


def lay_out_page(document: Document) -> Page:
    """Put each section and chart into its part of the page.

    Parameters
    ----------
    document : Document
        What is shown.

    Returns
    -------
    Page
        Nothing is left out.
    """
    sections: dict[str, list[Section]] = {place: [] for place in PLACES}
    for one in document.sections:
        sections[place_of(one.name)].append(one)
    figures = {
        place: [Figure(spec.head.name, spec.head.title, drawn) for spec, drawn in drawn_here]
        for place, drawn_here in draw_placed(document.charts).items()
    }
    _move(figures, "changes", "method")
    staying = draw_staying(document.curves)
    if staying is not None:
        figures["curve"] = [Figure("staying-chart", "Customers still with us", staying)]
    paths = draw_paths(document.event_studies)
    figures["event_studies"] = [Figure(f"path-{at}", title, drawn) for at, (title, drawn) in enumerate(paths, 1)]
    return Page(sections, figures)


def place_of(name: str) -> str:
    """Find the part of the page that a section stands in.

    Parameters
    ----------
    name : str
        Of the section.

    Returns
    -------
    str
        A key of `PLACES`.
    """
    for place, names in PLACES.items():
        if name in names:
            return place
    return next((place for start, place in _BEGINNINGS.items() if name.startswith(start)), "method")


def _move(figures: dict[str, list[Figure]], source: str, target: str) -> None:
    """Tornadoes and the like are for those who ask how."""
    if source in figures:
        figures[target] = [*figures.get(target, []), *figures.pop(source)]


def cells_of(section: Section) -> list[list[tuple[str, str]]]:
    """Show the cells of a section, each with what its column is sorted by.

    Parameters
    ----------
    section : Section
        What is shown.

    Returns
    -------
    list of list of (str, str)
        Text as English writes it, not yet escaped, and the number it begins with; "" where it begins with none.
    """
    kinds = [kind for _, kind in section.columns]
    return [
        [(text, "" if kind == "prose" else sort_key(text)) for text, kind in zip(row, kinds, strict=True)]
        for row in show_rows(section)
    ]


def sort_key(text: str) -> str:
    """Find the number that a cell is sorted by.

    Parameters
    ----------
    text : str
        Of the cell.

    Returns
    -------
    str
        Such as ``1204.5`` of ``1,204.5 (800-1,600)``; "" where it neither begins with a number nor with one in a
        currency.
    """
    trimmed = re.sub(r"^(?:[A-Z]{3} (?=[-+]?\d)|[<>])", "", text)
    found = _NUMBER.match(trimmed)
    if found is None or re.match(r"\d{4}-\d", trimmed):
        return ""
    return found[0].replace(",", "").lstrip("+")
