"""Survival curves with their bands, and how many are at risk under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.charts.axes import Axis, Scale, draw_upright, fit_upright, margin_for, pick_last_labels
from cxlink.report.charts.canvas import Canvas, visible
from cxlink.report.charts.legend import SAMPLE, Key, draw_legend, draw_sample
from cxlink.report.charts.nice import Ticks
from cxlink.report.charts.parts import Drawn, Head, Look
from cxlink.report.charts.text_width import LINE, SIZE, measure

_HEIGHT, _MOST, _STRIDE = 190.0, 4, 2.0
_PERCENT, _GAP = 100.0, 4.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A time at which the table has figures.

    Parameters
    ----------
    at : float
        Time.
    label : str
        The time as a text.
    share : str
        Share still there, with its interval, as the tables show it.
    at_risk : str
        Customers still watched; may be hidden, such as ``<10``.
    """

    at: float
    label: str
    share: str
    at_risk: str


@dataclass(frozen=True, slots=True)
class Series:
    """One curve.

    Parameters
    ----------
    name : str
        Whose it is.
    steps : tuple of (float, float, float, float)
        Time, share from then on, and the ends of its interval; shares 0..1, times ascending from the left end.
    marks : tuple of Mark
        Times ascending.
    """

    name: str
    steps: tuple[tuple[float, float, float, float], ...]
    marks: tuple[Mark, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a curve has at least one step")


@dataclass(frozen=True, slots=True)
class Survival:
    """What survival curves show.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    series : tuple of Series
        At least one, at most four.
    unit : str
        Of time, under the axis.
    at_risk : str
        Heading of the numbers at risk.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    series: tuple[Series, ...]
    unit: str
    at_risk: str = "At risk"
    columns: tuple[str, str, str, str] = ("Customers", "Days", "Still with us, %", "At risk")

    def __post_init__(self) -> None:
        if not 0 < len(self.series) <= _MOST:
            raise ValueError(f"one to {_MOST} curves can be told apart")


def draw_survival(chart: Survival, *, look: Look | None = None) -> Drawn:
    """Draw survival curves.

    Parameters
    ----------
    chart : Survival
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table for each mark of each curve.
    """
    look = look or Look()
    canvas = Canvas(look)
    keys = [Key("line", _css(place), one.name) for place, one in enumerate(chart.series)]
    top = (draw_legend(canvas, keys, top=0.0) if len(keys) > 1 else 0.0) + SIZE / 2
    upright = _fit_shares(top)
    across = _fit_across(chart, canvas.width, margin_for(upright.ticks.texts))
    draw_upright(canvas, upright, left=across.start, right=across.stop)
    for place, one in enumerate(chart.series):
        _draw_band(canvas, one, across, upright.scale, f"k{place}", len(chart.series))
    for place, one in enumerate(chart.series):
        _draw_line(canvas, one, across, upright.scale, _css(place), len(chart.series))
    height = _write_at_risk(canvas, chart, across, keys, top + _HEIGHT)
    table = tuple((one.name, mark.label, mark.share, mark.at_risk) for one in chart.series for mark in one.marks)
    return Drawn(canvas.finish(chart.head, height), chart.columns, table)


def _fit_shares(top: float) -> Axis:
    axis = fit_upright((0.0, _PERCENT), top, top + _HEIGHT)
    return Axis(axis.scale, Ticks(axis.ticks.values, tuple(f"{text}%" for text in axis.ticks.texts)))


def _fit_across(chart: Survival, width: float, margin: float) -> Scale:
    """Fit the axis of time: half of the widest text at either end has its room, beside the samples of the lines."""
    marks = [mark for one in chart.series for mark in one.marks]
    times = [0.0, *(step[0] for one in chart.series for step in one.steps), *(mark.at for mark in marks)]
    first, last = min(times), max(times)
    halves = [(mark.at, measure(visible(text)) / 2) for mark in marks for text in (mark.label, mark.at_risk)]
    left = max(margin, SAMPLE + _GAP + max((half for at, half in halves if at == first), default=0.0))
    right = width - max([4.0, *(half for _, half in halves)])
    return Scale(first, last if last > first else first + 1, left, right)


def _css(place: int) -> str:
    return f"ln k{place} d{place}" if place else "ln k0"


def _draw_line(canvas: Canvas, one: Series, across: Scale, upright: Scale, css: str, n_series: int) -> None:
    canvas.path(_stairs(one, 1, across, upright, n_series), css)


def _draw_band(canvas: Canvas, one: Series, across: Scale, upright: Scale, css: str, n_series: int) -> None:
    lower, upper = (_stairs(one, which, across, upright, n_series) for which in (2, 3))
    canvas.path([*upper, *reversed(lower)], f"bd {css}", closed=True)


def _stairs(one: Series, which: int, across: Scale, upright: Scale, n_series: int) -> list[tuple[float, float]]:
    """Steps as places; of those that are closer than the eye can tell, the last one."""
    points: list[tuple[float, float]] = []
    for step in _thin(one.steps, across, _STRIDE * n_series):
        x, y = across.place(step[0]), upright.place(_PERCENT * step[which])
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    if len(points) == 1:
        points.append((across.stop, points[0][1]))
    return points


def _thin(
    steps: Sequence[tuple[float, float, float, float]], across: Scale, stride: float
) -> list[tuple[float, float, float, float]]:
    kept = [steps[0]]
    for step, following in zip(steps[1:], [*steps[2:], None], strict=True):
        if following is None or across.place(following[0]) - across.place(kept[-1][0]) > stride:
            kept.append(step)
    return kept


def _write_at_risk(canvas: Canvas, chart: Survival, across: Scale, keys: Sequence[Key], top: float) -> float:
    """Write the times, and under them a line of numbers at risk for each curve."""
    columns: dict[float, list[str]] = {}
    for one in chart.series:
        for mark in one.marks:
            columns.setdefault(mark.at, [mark.label]).append(mark.at_risk)
    times = sorted(columns)
    widest = [max(columns[time], key=measure) for time in times]
    picked = pick_last_labels([across.place(time) for time in times], widest, left=SAMPLE + _GAP, width=canvas.width)
    shown = [times[place] for place in picked]
    canvas.line(across.start, top, across.stop, top, "ax")
    for time in shown:
        canvas.line(across.place(time), top, across.place(time), top + 4, "ax")
        canvas.write_inside(across.place(time), top + LINE + 2, columns[time][0], css="sm")
    canvas.write_inside((across.start + across.stop) / 2, top + 2 * LINE + 2, chart.unit, css="sm")
    y = top + 3 * LINE + 10
    canvas.write(0, y, chart.at_risk, css="hd")
    for key, one in zip(keys, chart.series, strict=True):
        y += LINE + 2
        draw_sample(canvas, key, 0, y - 0.36 * SIZE)
        for mark in one.marks:
            if mark.at in shown:
                canvas.write_inside(across.place(mark.at), y, mark.at_risk)
    return y + SIZE / 2
