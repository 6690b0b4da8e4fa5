"""Charts of rows: a label on the left, a drawing in the middle, a text on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cxlink.report.charts.axes import Axis, draw_across, fit_across
from cxlink.report.charts.canvas import Canvas, visible
from cxlink.report.charts.parts import Look
from cxlink.report.charts.text_width import LINE, measure, wrap

_TOP, _GAP, _PAD = 4.0, 10.0, 9.0
_LABEL_SHARE, _TEXT_SHARE = 0.34, 0.31
_LABEL_LINES, _TEXT_LINES, _REASON_LINES = 3, 2, 3


@dataclass(frozen=True, slots=True)
class RowTexts:
    """What is written in a row.

    Parameters
    ----------
    label : str
        On the left.
    text : str
        On the right.
    reason : str
        Why nothing is drawn; empty where something is.
    strong : bool
        Whether it sums up the others.
    """

    label: str
    text: str = ""
    reason: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows and the columns are.

    Parameters
    ----------
    tops : tuple of float
        Upper edge of each row, and the lower edge of the last one.
    left, right : float
        Of the drawing.
    """

    texts: tuple[RowTexts, ...]
    tops: tuple[float, ...]
    left: float
    right: float
    label_width: float
    text_width: float

    @property
    def bottom(self) -> float:
        """Lower edge of the last row."""
        return self.tops[-1]

    def middle(self, place: int) -> float:
        """Tell the height of a row's middle.

        Parameters
        ----------
        place : int
            Of the row.

        Returns
        -------
        float
            Units of the view box.
        """
        return (self.tops[place] + self.tops[place + 1]) / 2

    def drawn(self) -> Iterator[tuple[int, float]]:
        """Go through the rows that something is drawn in.

        Yields
        ------
        int, float
            Place of the row, and the height of its middle.
        """
        for place, row in enumerate(self.texts):
            if not row.reason:
                yield place, self.middle(place)

    def free_stretches(self) -> Iterator[tuple[float, float]]:
        """Go through the heights that no reason is written in: a line would run through its words.

        Yields
        ------
        float, float
            Upper and lower edge.
        """
        begin: float | None = None
        for place, row in enumerate(self.texts):
            if row.reason and begin is not None:
                yield begin, self.tops[place]
                begin = None
            elif not row.reason and begin is None:
                begin = self.tops[place]
        if begin is not None:
            yield begin, self.bottom

    def fit(self, values: Sequence[float], *, ratios: bool = False) -> Axis:
        """Fit an axis to the column of the drawing.

        Parameters
        ----------
        values : sequence of float
            All that must have a place.
        ratios : bool
            Whether equal ratios are equally far apart.

        Returns
        -------
        Axis
            From left to right.
        """
        return fit_across(values, self.left, self.right, ratios=ratios, most=7)


def lay_out_rows(texts: Sequence[RowTexts], look: Look, *, top: float = 0.0) -> Rows:
    """Divide the width among labels, drawing and texts, and the height among rows.

    Parameters
    ----------
    texts : sequence of RowTexts
        From the top.
    look : Look
        Width.
    top : float
        Where the first row begins.

    Returns
    -------
    Rows
        Each as high as its lines need.
    """
    shown = [
        replace(row, label=visible(row.label), text=visible(row.text), reason=visible(row.reason)) for row in texts
    ]
    label_width = min(max((measure(row.label) for row in shown), default=0.0), _LABEL_SHARE * look.width)
    text_width = min(max((measure(row.text) for row in shown), default=0.0), _TEXT_SHARE * look.width)
    left, right = label_width + _GAP, look.width - (text_width + _GAP if text_width else _GAP)
    tops = [top + _TOP]
    for row in shown:
        lines = (
            len(wrap(row.label, label_width, lines=_LABEL_LINES)),
            len(wrap(row.text, text_width, lines=_TEXT_LINES)),
            len(wrap(row.reason, look.width - left, lines=_REASON_LINES)) if row.reason else 1,
        )
        tops.append(tops[-1] + max(lines) * LINE + _PAD)
    return Rows(tuple(shown), tuple(tops), left, right, label_width, text_width)


def write_rows(canvas: Canvas, rows: Rows) -> None:
    """Write labels, texts and reasons.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    rows : Rows
        Laid out.
    """
    for place, row in enumerate(rows.texts):
        middle, css = rows.middle(place), "hd" if row.strong else ""
        if row.strong and place:
            canvas.line(0, rows.tops[place], canvas.width, rows.tops[place], "ax")
        canvas.write_lines(0, middle, row.label, width=rows.label_width, lines=_LABEL_LINES, css=css)
        if row.reason:
            room = canvas.width - rows.left
            canvas.write_lines(rows.left, middle, row.reason, width=room, lines=_REASON_LINES, css="sm")
        elif row.text:
            canvas.write_lines(
                canvas.width, middle, row.text, width=rows.text_width, lines=_TEXT_LINES, anchor="end", css=css
            )


def draw_row_axis(canvas: Canvas, rows: Rows, axis: Axis, *, unit: str, reference: float | None = None) -> float:
    """Draw the axis below the rows, its lines behind them, and the line that they are read against.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    rows : Rows
        Laid out.
    axis : Axis
        Of the drawing.
    unit : str
        What the numbers are.
    reference : float, optional
        Such as zero; nothing where it is not on the axis.

    Returns
    -------
    float
        Height of all.
    """
    shown = reference is not None and axis.scale.low <= reference <= axis.scale.high
    for top, bottom in rows.free_stretches():
        for value in axis.ticks.values:
            canvas.line(axis.scale.place(value), top, axis.scale.place(value), bottom, "gd")
        if shown and reference is not None:
            x = axis.scale.place(reference)
            canvas.line(x, top, x, bottom, "ax")
    return draw_across(canvas, axis, top=rows.bottom, bottom=rows.bottom + 4, unit=unit)
