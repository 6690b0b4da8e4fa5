"""From numbers to places, and the axes that say so."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cxlink.report.charts.canvas import Canvas
from cxlink.report.charts.nice import Ticks, choose_log_ticks, choose_ticks
from cxlink.report.charts.text_width import LINE, SIZE, measure

_SPARE = 0.06
_APART = 6.0
"""Between two labels on one line."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers from `low` to `high` on places from `start` to `stop`; ratios by their logarithms."""

    low: float
    high: float
    start: float
    stop: float
    ratios: bool = False

    def place(self, value: float) -> float:
        """Tell where a number is.

        Parameters
        ----------
        value : float
            Above zero where the scale is one of ratios.

        Returns
        -------
        float
            Place on the axis.
        """
        low, high, at = (math.log(x) if self.ratios else x for x in (self.low, self.high, value))
        return self.start + (self.stop - self.start) * (at - low) / (high - low)

    def value(self, place: float) -> float:
        """Tell which number is at a place.

        Parameters
        ----------
        place : float
            On the axis.

        Returns
        -------
        float
            The inverse of `place`.
        """
        low, high = (math.log(x) if self.ratios else x for x in (self.low, self.high))
        at = low + (high - low) * (place - self.start) / (self.stop - self.start)
        return math.exp(at) if self.ratios else at


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale and its ticks."""

    scale: Scale
    ticks: Ticks


def fit_across(values: Iterable[float], start: float, stop: float, *, ratios: bool = False, most: int = 6) -> Axis:
    """Fit an axis from left to right with as many ticks as keep apart.

    Parameters
    ----------
    values : iterable of float
        All that must have a place.
    start, stop : float
        Ends of the axis.
    ratios : bool
        Whether equal ratios are equally far apart.
    most : int
        Ticks.

    Returns
    -------
    Axis
        With its labels apart, unless two are too many.
    """
    known = tuple(values) or (0.0, 1.0)
    choose = choose_log_ticks if ratios else choose_ticks
    for number_of_ticks in range(most, 1, -1):
        ticks = choose(min(known), max(known), most=number_of_ticks)
        scale = Scale(ticks.values[0], ticks.values[-1], start, stop, ratios)
        trimmed = _trim(scale, min(known), max(known))
        fewer = _within(ticks, trimmed)
        if len(fewer.values) > 1:
            scale, ticks = trimmed, fewer
        if _keep_apart([(scale.place(at), text) for at, text in zip(ticks.values, ticks.texts, strict=True)]):
            break
    return Axis(scale, ticks)


def fit_upright(values: Iterable[float], top: float, bottom: float, *, most: int = 6) -> Axis:
    """Fit an axis from the bottom to the top.

    Parameters
    ----------
    values : iterable of float
        All that must have a place.
    top, bottom : float
        Ends of the axis.
    most : int
        Ticks.

    Returns
    -------
    Axis
        The largest number at the top.
    """
    known = tuple(values) or (0.0, 1.0)
    ticks = choose_ticks(min(known), max(known), most=most)
    return Axis(Scale(ticks.values[0], ticks.values[-1], bottom, top), ticks)


def draw_across(canvas: Canvas, axis: Axis, *, top: float, bottom: float, unit: str) -> float:
    """Draw the ticks, their labels below, and the unit below these.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    axis : Axis
        From left to right.
    top, bottom : float
        Between which the lines go.
    unit : str
        What the numbers are.

    Returns
    -------
    float
        Height at which the next thing may begin.
    """
    for value, text in zip(axis.ticks.values, axis.ticks.texts, strict=True):
        x = axis.scale.place(value)
        canvas.line(x, top, x, bottom, "gd")
        canvas.write_inside(x, bottom + LINE, text, css="sm")
    canvas.write_inside((axis.scale.start + axis.scale.stop) / 2, bottom + 2 * LINE, unit, css="sm")
    return bottom + 2 * LINE + SIZE / 2


def draw_upright(canvas: Canvas, axis: Axis, *, left: float, right: float) -> None:
    """Draw the ticks with their labels on the left.

    Parameters
    ----------
    canvas : Canvas
        To draw on.
    axis : Axis
        From the bottom to the top.
    left, right : float
        Between which the lines go.
    """
    for value, text in zip(axis.ticks.values, axis.ticks.texts, strict=True):
        y = axis.scale.place(value)
        canvas.line(left, y, right, y, "gd")
        canvas.write(left - 6, y + 0.36 * SIZE, text, anchor="end", css="sm")


def margin_for(texts: Sequence[str]) -> float:
    """Tell how much room the labels of an upright axis take.

    Parameters
    ----------
    texts : sequence of str
        Labels.

    Returns
    -------
    float
        Width, with the gap to the axis.
    """
    return max((measure(text) for text in texts), default=0.0) + 8


def pick_labels(places: Sequence[float], texts: Sequence[str], *, width: float) -> tuple[int, ...]:
    """Pick labels at equal distances that keep apart, the first one always.

    Parameters
    ----------
    places : sequence of float
        Middles, ascending.
    texts : sequence of str
        One a place.
    width : float
        Of the chart: the outer labels are moved to be inside.

    Returns
    -------
    tuple of int
        Which are shown.
    """
    for stride in range(1, len(places) + 1):
        picked = range(0, len(places), stride)
        if _keep_apart([(_inside(places[at], texts[at], width), texts[at]) for at in picked]):
            return tuple(picked)
    return ()


def pick_last_labels(places: Sequence[float], texts: Sequence[str], *, left: float, width: float) -> tuple[int, ...]:
    """Pick labels at places of any distance, from the last one on, that keep apart.

    Parameters
    ----------
    places : sequence of float
        Middles, ascending.
    texts : sequence of str
        One a place: the widest of what stands there.
    left : float
        Where the first one may begin.
    width : float
        Of the chart: the outer labels are moved to be inside.

    Returns
    -------
    tuple of int
        Which are shown, ascending.
    """
    picked: list[int] = []
    for at in range(len(places) - 1, -1, -1):
        chosen = [at, *picked]
        if places[at] - measure(texts[at]) / 2 >= left and _keep_apart(
            [(_inside(places[one], texts[one], width), texts[one]) for one in chosen]
        ):
            picked = chosen
    return tuple(picked)


def _trim(scale: Scale, least: float, largest: float) -> Scale:
    """Leave no more room beyond the numbers than a little, so that these are drawn as large as can be."""
    if least == largest:
        return scale
    low, high = (scale.place(number) for number in (least, largest))
    spare = _SPARE * (high - low)
    low = scale.start if low - scale.start <= spare else low - spare
    high = scale.stop if scale.stop - high <= spare else high + spare
    return Scale(scale.value(low), scale.value(high), scale.start, scale.stop, scale.ratios)


def _within(ticks: Ticks, scale: Scale) -> Ticks:
    kept = [pair for pair in zip(ticks.values, ticks.texts, strict=True) if scale.low <= pair[0] <= scale.high]
    return Ticks(tuple(value for value, _ in kept), tuple(text for _, text in kept))


def _inside(place: float, text: str, width: float) -> float:
    half = measure(text) / 2
    return min(max(place, half), width - half)


def _keep_apart(labels: list[tuple[float, str]]) -> bool:
    return all(
        right - left >= (measure(one) + measure(other)) / 2 + _APART for (left, one), (right, other) in pairwise(labels)
    )
