"""What follows an incident, month by month, with the month before as reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.charts.axes import Scale, draw_upright, fit_upright, margin_for
from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.text_width import LINE, SIZE, measure

_HEIGHT = 190.0
_STRIDES = (1, 2, 3, 6, 12, 24)


@dataclass(frozen=True, slots=True)
class Lag:
    """One month.

    Parameters
    ----------
    month : int
        From the incident; below zero before it.
    span : Span or None
        None where nothing can be told, or may be shown.
    reason : str
        Why not.
    """

    month: int
    span: Span | None
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.span is None) != bool(self.reason):
            raise ValueError("a month has either a number or a reason")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a profile shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    lags : tuple of Lag
        Months ascending, without the reference; a month that is left out is a gap.
    unit : str
        Of the numbers, on top.
    months : str
        Under the axis.
    reference : int
        The month that the others are compared with: zero, without an interval.
    reference_text : str
        What the table says of it.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    lags: tuple[Lag, ...]
    unit: str
    months: str = "Months from the incident"
    reference: int = -1
    reference_text: str = "reference"
    columns: tuple[str, str] = ("Month", "Difference")

    def __post_init__(self) -> None:
        months = [lag.month for lag in self.lags]
        if months != sorted(set(months)) or self.reference in months or not months:
            raise ValueError("months ascend, and the reference is not among them")


def draw_profile(chart: Profile, *, look: Look | None = None) -> Drawn:
    """Draw a profile of months.

    Parameters
    ----------
    chart : Profile
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table a month, the reference included.
    """
    look = look or Look()
    canvas, reference = Canvas(look), Lag(chart.reference, Span(0.0, None, None, chart.reference_text))
    lags = sorted([*chart.lags, reference], key=lambda lag: lag.month)
    top = LINE + SIZE
    upright = fit_upright([n for lag in lags if lag.span for n in lag.span.numbers], top, top + _HEIGHT)
    left = margin_for(upright.ticks.texts)
    across = Scale(lags[0].month, lags[-1].month, left + 8, canvas.width - 12)
    canvas.write(0, SIZE, chart.unit, css="sm")
    draw_upright(canvas, upright, left=left, right=canvas.width - 4)
    zero = upright.scale.place(0.0)
    canvas.line(left, zero, canvas.width - 4, zero, "ax")
    # the incident happens between the month before and month 0
    border = across.place(-0.5)
    if across.start < border < across.stop:
        canvas.line(border, top, border, top + _HEIGHT, "rf")
    for run in _runs(lags):
        _draw_run(canvas, run, across, upright.scale)
    canvas.mark("circle", across.place(chart.reference), zero, "op", size=4)
    _write_months(canvas, lags, across, top + _HEIGHT)
    canvas.write_inside((across.start + across.stop) / 2, top + _HEIGHT + 2 * LINE + 2, chart.months, css="sm")
    table = tuple((show_month(lag.month), lag.span.text if lag.span else lag.reason) for lag in lags)
    return Drawn(canvas.finish(chart.head, top + _HEIGHT + 3 * LINE), chart.columns, table)


def show_month(month: int) -> str:
    """Write a month from the incident.

    Parameters
    ----------
    month : int
        Below zero before it.

    Returns
    -------
    str
        Such as ``+3``.
    """
    return f"{month:+d}" if month else "0"


def _runs(lags: Sequence[Lag]) -> list[list[tuple[int, Span]]]:
    """Months that follow one another with a number each."""
    runs: list[list[tuple[int, Span]]] = []
    for lag in lags:
        if lag.span is None:
            continue
        if not runs or runs[-1][-1][0] != lag.month - 1:
            runs.append([])
        runs[-1].append((lag.month, lag.span))
    return runs


def _draw_run(canvas: Canvas, run: Sequence[tuple[int, Span]], across: Scale, upright: Scale) -> None:
    lower = [(across.place(month), upright.place(span.low_end)) for month, span in run]
    upper = [(across.place(month), upright.place(span.high_end)) for month, span in run]
    if len(run) > 1:
        canvas.path([*upper, *reversed(lower)], "bd k0", closed=True)
        canvas.path([(across.place(month), upright.place(span.point)) for month, span in run], "ln k0")
    else:
        canvas.path([upper[0], lower[0]], "wh k0")
    for month, span in run:
        if span.low is not None:
            canvas.mark("circle", across.place(month), upright.place(span.point), "mk k0", size=3)


def _write_months(canvas: Canvas, lags: Sequence[Lag], across: Scale, bottom: float) -> None:
    """Write as many months as keep apart, month 0 among them."""
    months = range(lags[0].month, lags[-1].month + 1)
    widest = max(measure(show_month(month)) for month in months) + 6
    apart = across.place(1) - across.place(0)
    stride = next((stride for stride in _STRIDES if stride * apart >= widest), len(months))
    for month in months:
        if month % stride == 0:
            canvas.write_inside(across.place(month), bottom + LINE + 2, show_month(month), css="sm")
