"""Ladder of a claim: the estimates held against it, rung by rung, and the claimed number as a line."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.forest import ForestRow, draw_span
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.rows import RowTexts, draw_row_axis, lay_out_rows, write_rows
from cxlink.report.charts.text_width import LINE


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a ladder shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    claimed : Span
        What the claim says.
    rungs : tuple of ForestRow
        From the simplest comparison to the one that bears most; the latter is the `total`.
    unit : str
        Under the axis.
    word : str
        What stands before the claimed number.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    claimed: Span
    rungs: tuple[ForestRow, ...]
    unit: str
    word: str = "claimed"
    columns: tuple[str, str] = ("Estimate", "Value")


def draw_ladder(chart: Ladder, *, look: Look | None = None) -> Drawn:
    """Draw a ladder of estimates beside the number that was claimed.

    Parameters
    ----------
    chart : Ladder
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        The claim is the first row of the table.
    """
    look = look or Look()
    texts = [RowTexts(rung.label, rung.span.text if rung.span else "", rung.reason, rung.total) for rung in chart.rungs]
    rows, canvas = lay_out_rows(texts, look, top=LINE), Canvas(look)
    spans = [chart.claimed, *(rung.span for rung in chart.rungs if rung.span)]
    axis = rows.fit([0.0, *(number for span in spans for number in span.numbers)])
    height = draw_row_axis(canvas, rows, axis, unit=chart.unit, reference=0.0)
    low, high, at = (axis.scale.place(x) for x in (chart.claimed.low_end, chart.claimed.high_end, chart.claimed.point))
    for top, bottom in rows.free_stretches():
        if high > low:
            canvas.rect(low, top, high, bottom, "bd k1")
        canvas.line(at, top, at, bottom, "ln d1 k1")
    canvas.write_inside(at, LINE - 3, f"{chart.word} {chart.claimed.text}", css="hd")
    write_rows(canvas, rows)
    for place, middle in rows.drawn():
        rung = chart.rungs[place]
        if rung.span is not None:
            draw_span(canvas, axis.scale, rung.span, middle, "k0", total=rung.total)
    told = ((rung.label, rung.span.text if rung.span else rung.reason) for rung in chart.rungs)
    return Drawn(canvas.finish(chart.head, height), chart.columns, ((chart.word, chart.claimed.text), *told))
