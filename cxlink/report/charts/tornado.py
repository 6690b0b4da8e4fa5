"""Tornado: how far each assumption moves the result, the widest on top."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.legend import Key, draw_legend
from cxlink.report.charts.parts import Drawn, Head, Look
from cxlink.report.charts.rows import RowTexts, draw_row_axis, lay_out_rows, write_rows

_HALF = 7.0
_SIDES = ("gh k0", "mk k0")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption, and what the result is where it is low and where it is high.

    Parameters
    ----------
    label : str
        Its name.
    at_low, at_high : float
        The result; either may be the larger one. For shares of variance, zero and the share.
    text : str
        As the tables show it.
    """

    label: str
    at_low: float
    at_high: float
    text: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.at_low) and math.isfinite(self.at_high)):
            raise ValueError("a number to be drawn is finite")


@dataclass(frozen=True, slots=True)
class Tornado:
    """What a tornado shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    assumptions : tuple of Assumption
        In any order.
    base : float
        The result as assumed; zero for shares of variance.
    unit : str
        Under the axis.
    words : tuple of str
        Legend: hollow and filled bars; shown where there are both.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    assumptions: tuple[Assumption, ...]
    base: float
    unit: str
    words: tuple[str, str] = ("assumption low", "assumption high")
    columns: tuple[str, str] = ("Assumption", "Result")


def draw_tornado(chart: Tornado, *, look: Look | None = None) -> Drawn:
    """Draw how far each assumption moves the result: filled where it is high, hollow where it is low.

    Parameters
    ----------
    chart : Tornado
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        Rows of the table in the order drawn.
    """
    look = look or Look()
    ordered = sorted(chart.assumptions, key=lambda one: -abs(one.at_high - one.at_low))
    canvas, keys = Canvas(look), [Key("band", css, word) for css, word in zip(_SIDES, chart.words, strict=True)]
    both = any(one.at_low != chart.base for one in ordered)
    top = draw_legend(canvas, keys, top=0.0) if both else 0.0
    rows = lay_out_rows([RowTexts(one.label, one.text) for one in ordered], look, top=top)
    axis = rows.fit([chart.base, *(end for one in ordered for end in (one.at_low, one.at_high))])
    height = draw_row_axis(canvas, rows, axis, unit=chart.unit, reference=chart.base)
    write_rows(canvas, rows)
    base = axis.scale.place(chart.base)
    for place, middle in rows.drawn():
        for value, css in zip((ordered[place].at_low, ordered[place].at_high), _SIDES, strict=True):
            if value != chart.base:
                canvas.rect(base, middle - _HALF, axis.scale.place(value), middle + _HALF, css)
    canvas.line(base, rows.tops[0], base, rows.bottom, "ax")
    table = tuple((one.label, one.text) for one in ordered)
    return Drawn(canvas.finish(chart.head, height), chart.columns, table)
