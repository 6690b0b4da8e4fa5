"""What the marks of a chart stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxlink.report.charts.canvas import Canvas, Shape, visible
from cxlink.report.charts.text_width import LINE, SIZE, measure

SAMPLE = 24.0
"""Width of a sample."""

_GAP, _APART = 6.0, 14.0


@dataclass(frozen=True, slots=True)
class Key:
    """A sample of a line, of a band or of a mark, and what it stands for."""

    sample: Literal["line", "band", "mark"]
    css: str
    text: str
    shape: Shape = "circle"


def draw_legend(canvas: Canvas, keys: Sequence[Key], *, top: float) -> float:
    """Draw the samples with their texts beside, over as many lines as it takes.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    keys : sequence of Key
        In order.
    top : float
        Where it begins.

    Returns
    -------
    float
        Where it ends.
    """
    x, y = 0.0, top
    for key in keys:
        width = min(SAMPLE + _GAP + measure(visible(key.text)), canvas.width)
        if x and x + width > canvas.width:
            x, y = 0.0, y + LINE + 2
        draw_sample(canvas, key, x, y + LINE / 2)
        canvas.write(x + SAMPLE + _GAP, y + LINE / 2 + 0.36 * SIZE, key.text)
        x += width + _APART
    return y + LINE + 6 if keys else top


def draw_sample(canvas: Canvas, key: Key, x: float, middle: float) -> None:
    """Draw one sample.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    key : Key
        What it is a sample of.
    x, middle : float
        Its left end, and its height.
    """
    if key.sample == "mark":
        canvas.mark(key.shape, x + SAMPLE / 2, middle, key.css, size=5)
    elif key.sample == "band":
        canvas.rect(x, middle - 5, x + SAMPLE, middle + 5, key.css)
    else:
        canvas.line(x, middle, x + SAMPLE, middle, key.css)
