"""Waterfall: steps that add up to a total, and the bridge from one period to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxlink.report.charts.axes import Scale
from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.parts import Drawn, Head, Look
from cxlink.report.charts.rows import RowTexts, draw_row_axis, lay_out_rows, write_rows

_HALF, _TIP = 7.0, 5.0
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a waterfall.

    Parameters
    ----------
    kind : str
        ``level`` for a start or an end, ``step`` for what is added, ``overlap`` for what parts have in common: before
        the end it is added like a step; after it, it is drawn from the end to where the parts would end alone.
    label : str
        Its name.
    value : float or None
        Not rounded, so that steps end where the total is; None where nothing can be told.
    text : str
        As the tables show it.
    reason : str
        Why nothing can be told; the step then adds nothing.
    """

    kind: Literal["level", "step", "overlap"]
    label: str
    value: float | None
    text: str
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError("a step has either a number or a reason")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("a number to be drawn is finite")


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What a waterfall shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    steps : tuple of Step
        From the top. The first may be a level, the start; without it the start is zero. Each further level is what the
        numbers before it add up to.
    unit : str
        Under the axis.
    from_zero : bool
        Whether levels are bars from zero. Where they are high and the steps small, they are marks instead, and the axis
        need not hold zero.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    steps: tuple[Step, ...]
    unit: str
    from_zero: bool = True
    columns: tuple[str, str] = ("Part", "Value")

    def __post_init__(self) -> None:
        _run(self.steps)


@dataclass(frozen=True, slots=True)
class _Bar:
    """Where a row's bar begins and ends, and where the next one begins; in the numbers' own unit."""

    begin: float
    end: float
    level: float


def draw_waterfall(chart: Waterfall, *, look: Look | None = None) -> Drawn:
    """Draw steps that add up to a total.

    Parameters
    ----------
    chart : Waterfall
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table for each row of the chart.
    """
    look = look or Look()
    texts = [RowTexts(step.label, step.text, step.reason, step.kind == "level") for step in chart.steps]
    rows, canvas, bars = lay_out_rows(texts, look), Canvas(look), _run(chart.steps)
    ends = [end for bar in bars for end in ((bar.begin, bar.end) if chart.from_zero else (bar.level, bar.end))]
    axis = rows.fit([*ends, 0.0] if chart.from_zero else ends)
    height = draw_row_axis(canvas, rows, axis, unit=chart.unit, reference=0.0)
    write_rows(canvas, rows)
    for place, bar in enumerate(bars[:-1]):
        if not chart.steps[place + 1].reason and not chart.steps[place].reason:
            x = axis.scale.place(bar.level)
            canvas.line(x, rows.middle(place), x, rows.middle(place + 1), "ax")
    for place, middle in rows.drawn():
        _draw_bar(canvas, axis.scale, chart, place, bars[place], middle)
    table = tuple((step.label, step.reason or step.text) for step in chart.steps)
    return Drawn(canvas.finish(chart.head, height), chart.columns, table)


def _run(steps: Sequence[Step]) -> list[_Bar]:
    """Add the steps up, and hold the levels against the sum."""
    bars: list[_Bar] = []
    reached, last = 0.0, max((place for place, step in enumerate(steps) if step.kind == "level"), default=-1)
    size = max((abs(step.value) for step in steps if step.value is not None), default=0.0)
    for place, step in enumerate(steps):
        value = step.value or 0.0
        if step.kind == "level":
            if place and abs(value - reached) > _SLACK * size:
                raise ValueError(f"the steps before level {place} do not add up to it")
            reached = value
            bars.append(_Bar(0.0, value, value))
        elif step.kind == "overlap" and 0 < last < place:
            bars.append(_Bar(reached, reached - value, reached))
        else:
            bars.append(_Bar(reached, reached + value, reached + value))
            reached += value
    return bars


def _draw_bar(canvas: Canvas, scale: Scale, chart: Waterfall, place: int, bar: _Bar, middle: float) -> None:
    begin, end, kind = scale.place(bar.begin), scale.place(bar.end), chart.steps[place].kind
    top, bottom = middle - _HALF, middle + _HALF
    if kind == "level" and not chart.from_zero:
        canvas.mark("diamond", end, middle, "mk", size=5)
    elif kind == "level":
        canvas.rect(begin, top, end, bottom, "mk")
    elif kind == "overlap":
        canvas.rect(begin, top, end, bottom, "gh")
    else:
        # the tip says which way it goes, for those who do not see the colour
        tip = math.copysign(min(_TIP, abs(end - begin)), end - begin)
        outline = [(begin, top), (end - tip, top), (end, middle), (end - tip, bottom), (begin, bottom)]
        canvas.path(outline, f"mk {'k0' if bar.end >= bar.begin else 'k1'}", closed=True)
