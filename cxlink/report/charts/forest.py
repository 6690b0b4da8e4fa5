"""Forest plot: each component's point and interval on one axis; who cannot be told about says why."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.charts.axes import Scale
from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.rows import RowTexts, draw_row_axis, lay_out_rows, write_rows


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A component, or what sums up all of them.

    Parameters
    ----------
    label : str
        Its name.
    span : Span or None
        None where nothing can be told.
    reason : str
        Why nothing can be told.
    total : bool
        Whether it sums up the others.
    """

    label: str
    span: Span | None
    reason: str = ""
    total: bool = False

    def __post_init__(self) -> None:
        if (self.span is None) != bool(self.reason):
            raise ValueError("a row has either a number or a reason")


@dataclass(frozen=True, slots=True)
class Forest:
    """What a forest plot shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    rows : tuple of ForestRow
        From the top.
    unit : str
        Under the axis.
    ratios : bool
        Whether the numbers are ratios, such as hazard ratios: the axis is one of logarithms, and the line stands at 1.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    rows: tuple[ForestRow, ...]
    unit: str
    ratios: bool = False
    columns: tuple[str, str] = ("Component", "Estimate")


def draw_forest(chart: Forest, *, look: Look | None = None) -> Drawn:
    """Draw a forest plot.

    Parameters
    ----------
    chart : Forest
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table for each row of the chart.
    """
    look = look or Look()
    texts = [RowTexts(row.label, row.span.text if row.span else "", row.reason, row.total) for row in chart.rows]
    rows, canvas = lay_out_rows(texts, look), Canvas(look)
    reference = 1.0 if chart.ratios else 0.0
    axis = rows.fit([reference, *(n for row in chart.rows if row.span for n in row.span.numbers)], ratios=chart.ratios)
    height = draw_row_axis(canvas, rows, axis, unit=chart.unit, reference=reference)
    write_rows(canvas, rows)
    for place, middle in rows.drawn():
        span, total = chart.rows[place].span, chart.rows[place].total
        if span is not None:
            draw_span(canvas, axis.scale, span, middle, "" if total else "k0", total=total)
    table = tuple((row.label, row.span.text if row.span else row.reason) for row in chart.rows)
    return Drawn(canvas.finish(chart.head, height), chart.columns, table)


def draw_span(canvas: Canvas, scale: Scale, span: Span, middle: float, css: str, *, total: bool = False) -> None:
    """Draw a point and its interval lying on a height.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    scale : Scale
        From left to right.
    span : Span
        The numbers.
    middle : float
        Height.
    css : str
        Class of the colour; empty for that of the texts.
    total : bool
        A diamond instead of a square.
    """
    low, high, classes = scale.place(span.low_end), scale.place(span.high_end), f" {css}" if css else ""
    if span.low is not None:
        canvas.line(low, middle, high, middle, "wh" + classes)
        for end in (low, high):
            canvas.line(end, middle - 4, end, middle + 4, "wh" + classes)
    canvas.mark("diamond" if total else "square", scale.place(span.point), middle, "mk" + classes, size=5)
