"""Control chart: a monthly series, what it keeps to by chance, and where it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from cxlink.report.charts.axes import Axis, Scale, draw_upright, fit_upright, margin_for, pick_labels
from cxlink.report.charts.canvas import Canvas, Shape, visible
from cxlink.report.charts.legend import Key, draw_legend
from cxlink.report.charts.parts import Drawn, Head, Look, Span
from cxlink.report.charts.text_width import LINE, SIZE, measure

_HEIGHT = 190.0
_WORDS = ("month", "centre", "limits", "above limits", "below limits", "other signal", "change of level")
_ENDS = (attrgetter("low_end"), attrgetter("high_end"))


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the series.

    Parameters
    ----------
    label : str
        Such as ``2025-03``.
    value : Span or None
        None where the month is missing.
    centre : Span or None
        What the series keeps to, with its limits as ends, which may differ from month to month.
    signal : str
        What is unusual about the value; empty where nothing is.
    reason : str
        Why the month is missing.
    """

    label: str
    value: Span | None
    centre: Span | None
    signal: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError("a month has either a number or a reason")


@dataclass(frozen=True, slots=True)
class Phase:
    """Months of one centre: where they begin (position of the month), and what they are called."""

    begins: int
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level: position of its first month, those between which that lies, and what the report says of it."""

    at: int
    low: int
    high: int
    text: str


@dataclass(frozen=True, slots=True)
class Control:
    """What a control chart shows.

    Parameters
    ----------
    head : Head
        Title, description, ids.
    months : tuple of Month
        At least one, in the order of time, missing months among them.
    unit : str
        Of the values, on top.
    phases : tuple of Phase
        Each but one that begins with the first month has a line at its beginning.
    changes : tuple of Change
        Drawn above the series.
    words : tuple of str
        Legend: value, centre, limits, above, below, another signal, change.
    columns : tuple of str
        Headings of the table.
    """

    head: Head
    months: tuple[Month, ...]
    unit: str
    phases: tuple[Phase, ...] = ()
    changes: tuple[Change, ...] = ()
    words: tuple[str, str, str, str, str, str, str] = _WORDS
    columns: tuple[str, str, str, str, str] = ("Month", "Value", "Centre and limits", "Signal", "From here on")

    def __post_init__(self) -> None:
        begins = [phase.begins for phase in self.phases]
        if begins != sorted(set(begins)):
            raise ValueError("phases ascend")
        places = begins + [place for change in self.changes for place in (change.low, change.at, change.high)]
        if not self.months or not all(0 <= place < len(self.months) for place in places):
            raise ValueError("phases and changes begin with a month of the series")


def draw_control(chart: Control, *, look: Look | None = None) -> Drawn:
    """Draw a control chart.

    Parameters
    ----------
    chart : Control
        What is shown.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        One row of the table a month.
    """
    look = look or Look()
    canvas = Canvas(look)
    top = draw_legend(canvas, _keys(chart), top=0.0)
    canvas.write(0, top + SIZE, chart.unit, css="sm")
    top += LINE + 4
    spans = [span for month in chart.months for span in (month.value, month.centre) if span]
    numbers = [number for span in spans for number in span.numbers]
    left = margin_for(fit_upright(numbers, 1.0, 0.0).ticks.texts)
    half = (canvas.width - 4 - left) / len(chart.months) / 2
    across = Scale(0, max(len(chart.months) - 1, 1), left + half, canvas.width - 4 - half)
    top = _write_phases(canvas, chart, across, half, _write_changes(canvas, chart, across, top)) + SIZE / 2
    upright = fit_upright(numbers, top, top + _HEIGHT)
    _draw_frame(canvas, chart, upright, across, left)
    _draw_limits(canvas, chart.months, across, upright.scale, half)
    _draw_values(canvas, chart.months, across, upright.scale)
    labels = [month.label for month in chart.months]
    for place in pick_labels([across.place(at) for at in range(len(labels))], labels, width=canvas.width):
        canvas.write_inside(across.place(place), top + _HEIGHT + LINE + 4, labels[place], css="sm")
    table = tuple(_row(chart, place) for place in range(len(chart.months)))
    return Drawn(canvas.finish(chart.head, top + _HEIGHT + 2 * LINE), chart.columns, table)


def shape_of(month: Month) -> Shape:
    """Choose the mark of a month: by its shape alone it is told which signal there is.

    Parameters
    ----------
    month : Month
        With a value.

    Returns
    -------
    str
        A circle where nothing is unusual, a triangle beyond a limit, a diamond for all else.
    """
    if not month.signal or month.value is None:
        return "circle"
    if month.centre is None or month.centre.low_end <= month.value.point <= month.centre.high_end:
        return "diamond"
    return "up" if month.value.point > month.centre.high_end else "down"


def _keys(chart: Control) -> list[Key]:
    shapes = {shape_of(month) for month in chart.months if month.value}
    value, centre, limits, above, below, other, change = chart.words
    signals: tuple[tuple[Shape, str], ...] = (("up", above), ("down", below), ("diamond", other))
    keys = [Key("mark", "mk k0", value), Key("line", "ax", centre), Key("line", "li", limits)]
    keys += [Key("mark", "mk k1", word, shape) for shape, word in signals if shape in shapes]
    return [*keys, Key("mark", "mk k2", change, "square")] if chart.changes else keys


def _write_changes(canvas: Canvas, chart: Control, across: Scale, top: float) -> float:
    """Draw each change on a line of its own: its month, the interval of the month, and its text where there is room."""
    for change in chart.changes:
        low, at, high = (across.place(place) for place in (change.low, change.at, change.high))
        wanted, on_left, on_right = measure(visible(change.text)), low - 10, canvas.width - high - 10
        if wanted > max(on_left, on_right):
            canvas.write_inside(at, top + SIZE, change.text)
            top += LINE
        elif wanted <= on_right:
            canvas.write(high + 10, top + SIZE, change.text)
        else:
            canvas.write(low - 10, top + SIZE, change.text, anchor="end")
        middle = top + SIZE - 0.36 * SIZE
        canvas.line(low, middle, high, middle, "wh k2")
        for end in (low, high):
            canvas.line(end, middle - 4, end, middle + 4, "wh k2")
        canvas.mark("square", at, middle, "mk k2")
        top += LINE + 2
    return top


def _write_phases(canvas: Canvas, chart: Control, across: Scale, half: float, top: float) -> float:
    """Write the name of each phase over its months."""
    borders = [*(phase.begins for phase in chart.phases), len(chart.months)]
    for phase, end in zip(chart.phases, borders[1:], strict=True):
        begins = across.place(phase.begins) - half
        canvas.write(begins + 3, top + SIZE, phase.name, css="sm", width=across.place(end) - half - begins - 8)
    return top + LINE if chart.phases else top


def _draw_frame(canvas: Canvas, chart: Control, upright: Axis, across: Scale, left: float) -> None:
    draw_upright(canvas, upright, left=left, right=canvas.width - 4)
    top, bottom = upright.scale.stop, upright.scale.start
    half = across.start - left
    for phase in chart.phases:
        if phase.begins:
            x = across.place(phase.begins) - half
            canvas.line(x, top - LINE, x, bottom, "rf")


def _draw_limits(canvas: Canvas, months: Sequence[Month], across: Scale, upright: Scale, half: float) -> None:
    """Draw centre and limits as stairs, which end where a month has none."""
    for _, run in groupby(enumerate(months), key=lambda item: _kind(item[1].centre)):
        spans = [(across.place(place), month.centre) for place, month in run if month.centre]
        lines = [([(x, span.point) for x, span in spans], "ax")] if spans else []
        if spans and spans[0][1].low is not None:
            lines += [([(x, end(span)) for x, span in spans], "li") for end in _ENDS]
        for levels, css in lines:
            canvas.path([(x + side, upright.place(level)) for x, level in levels for side in (-half, half)], css)


def _kind(centre: Span | None) -> tuple[bool, bool]:
    return centre is not None, centre is not None and centre.low is not None


def _draw_values(canvas: Canvas, months: Sequence[Month], across: Scale, upright: Scale) -> None:
    for known, run in groupby(enumerate(months), key=lambda item: item[1].value is not None):
        places = [(across.place(at), upright.place(m.value.point), m) for at, m in run if m.value]
        if known and len(places) > 1:
            canvas.path([(x, y) for x, y, _ in places], "ln k0")
        for x, y, month in places:
            if month.signal:
                canvas.mark(shape_of(month), x, y, "mk k1", size=6, title=f"{month.label}: {month.signal}")
            else:
                canvas.mark("circle", x, y, "mk k0", size=3)


def _row(chart: Control, place: int) -> tuple[str, str, str, str, str]:
    month = chart.months[place]
    begins = [phase.name for phase in chart.phases if phase.begins == place]
    begins += [change.text for change in chart.changes if change.at == place]
    value = month.value.text if month.value else month.reason
    return (month.label, value, month.centre.text if month.centre else "", month.signal, "; ".join(begins))
