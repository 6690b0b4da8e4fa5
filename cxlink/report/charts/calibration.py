"""Calibration: what was predicted beside what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.charts.axes import Axis, Scale, draw_across, draw_upright, fit_across, margin_for
from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.text_width import LINE, SIZE

_SIDE = 0.7


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with like predictions.

    Parameters
    ----------
    predicted : float
        On the scale of the chart, such as percent.
    predicted_text : str
        As the tables show it.
    observed : Span or None
        None where nothing can be told, or may be shown.
    customers : str
        How many; may be hidden, such as ``<10``.
    reason : str
        Why nothing can be told.
    """

    predicted: float
    predicted_text: str
    observed: Span | None
    customers: str
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.observed is None) != bool(self.reason):
            raise ValueError("a group has either a number or a reason")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a calibration plot shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    groups : tuple of Group
        In any order.
    predicted, observed : str
        Under the axis and on top of the other one, with the unit.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    groups: tuple[Group, ...]
    predicted: str
    observed: str
    columns: tuple[str, str, str] = ("Predicted", "Observed", "Customers")


def draw_calibration(chart: Calibration, *, look: Look | None = None) -> Drawn:
    """Draw what was seen over what was predicted, with the line on which both are the same.

    Parameters
    ----------
    chart : Calibration
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table a group.
    """
    look = look or Look()
    canvas, top = Canvas(look), LINE + SIZE
    told = [(group.predicted, group.observed) for group in chart.groups if group.observed]
    numbers = [0.0, *(number for predicted, span in told for number in (predicted, *span.numbers))]
    fitted = fit_across(numbers, 0.0, _SIDE * canvas.width)
    low, high, ticks = fitted.scale.low, fitted.scale.high, fitted.ticks
    left = margin_for(ticks.texts)
    side = min(canvas.width - left - 12, _SIDE * canvas.width)
    across = Scale(low, high, left, left + side)
    upright = Scale(low, high, top + side, top)
    canvas.write(0, SIZE, chart.observed, css="sm")
    draw_upright(canvas, Axis(upright, ticks), left=left, right=left + side)
    height = draw_across(canvas, Axis(across, ticks), top=top, bottom=top + side, unit=chart.predicted)
    canvas.line(left, top + side, left + side, top, "rf")
    for predicted, span in told:
        x = across.place(predicted)
        if span.low is not None:
            canvas.line(x, upright.place(span.low_end), x, upright.place(span.high_end), "wh k0")
        canvas.mark("circle", x, upright.place(span.point), "mk k0")
    table = tuple(
        (group.predicted_text, group.observed.text if group.observed else group.reason, group.customers)
        for group in chart.groups
    )
    return Drawn(canvas.finish(chart.head, height), chart.columns, table)
