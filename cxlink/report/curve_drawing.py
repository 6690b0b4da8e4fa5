"""Where the lines of the survival curve and of the interval bars go in their SVG drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.numbers import Figure
from cxlink.report.parts import Curve

WIDTH, HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 10, 30
_MAX_CURVES = 4
_TICK_DAYS = (30, 90, 180, 365, 730, 1825)


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """Path of the line and of the band around it, for one segment."""

    segment: str
    line: str
    band: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template needs to draw the curves."""

    curves: tuple[DrawnCurve, ...]
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    left: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a scale of 0..100 that all rows of its column share."""

    low: float
    length: float
    point: float
    zero: float


def draw_curves(curves: tuple[Curve, ...]) -> Drawing | None:
    """Lay out the curves of at most four segments.

    Parameters
    ----------
    curves : tuple of Curve
        One a segment.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw.
    """
    drawn = [curve for curve in curves if len(curve.steps) > 1][:_MAX_CURVES]
    if not drawn:
        return None
    last = max(curve.steps[-1].day for curve in drawn)
    step = next((days for days in _TICK_DAYS if last / days <= 8), _TICK_DAYS[-1])
    return Drawing(
        tuple(_draw(curve, last) for curve in drawn),
        tuple(Tick(_x(day, last), f"{day:,}") for day in range(0, last + 1, step)),
        tuple(Tick(_y(share / 100), f"{share}%") for share in range(0, 101, 25)),
        _LEFT,
        WIDTH - _RIGHT,
        HEIGHT - _BOTTOM,
    )


def draw_bars(figures: Sequence[Figure | None]) -> list[Bar | None]:
    """Lay out the intervals of one column on one scale that holds zero.

    Parameters
    ----------
    figures : sequence of Figure or None
        One a row.

    Returns
    -------
    list of Bar or None
        None where a row has no interval.
    """
    ends = [float(end) for figure in figures if figure for end in (figure.low, figure.high) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    span = high - low or 1.0
    return [_bar(figure, low, span) for figure in figures]


def _bar(figure: Figure | None, start: float, span: float) -> Bar | None:
    if figure is None or figure.low is None or figure.high is None:
        return None
    ends = (float(figure.low), float(figure.high), float(figure.point), 0.0)
    low, high, point, zero = (round(100 * (end - start) / span, 2) for end in ends)
    return Bar(low, round(max(high - low, 0.5), 2), point, zero)


def _draw(curve: Curve, last: int) -> DrawnCurve:
    line = _stairs([(step.day, step.survival) for step in curve.steps], last)
    upper = _stairs([(step.day, step.high) for step in curve.steps], last)
    lower = _stairs([(step.day, step.low) for step in curve.steps], last)
    band = [*upper, *reversed(lower)]
    return DrawnCurve(curve.segment, _path(line), _path(band) + "Z")


def _stairs(steps: list[tuple[int, float]], last: int) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for day, share in steps:
        if points:
            points.append((_x(day, last), points[-1][1]))
        points.append((_x(day, last), _y(share)))
    return points


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _x(day: float, last: int) -> float:
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * day / last, 1)


def _y(share: float) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - share), 1)
