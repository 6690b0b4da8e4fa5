"""Where the lines of revenue after first incidents go in their SVG drawings."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.handoff import EventStudy
from cxlink.report.curve_drawing import Tick

_WIDTH, _HEIGHT = 640, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 30
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """All that the template needs to draw the path of one component; ``base`` is where the month before stands."""

    title: str
    line: str
    band: str
    months: tuple[Tick, ...]
    amounts: tuple[Tick, ...]
    base: float
    width: int = _WIDTH
    height: int = _HEIGHT
    left: float = _LEFT
    right: float = _WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = _HEIGHT - _BOTTOM


def draw_paths(studies: tuple[EventStudy, ...]) -> tuple[DrawnPath, ...]:
    """Lay out the path of each component that has one, on a scale of its own.

    Parameters
    ----------
    studies : tuple of EventStudy
        With small cells hidden where that is wanted.

    Returns
    -------
    tuple of DrawnPath
        In the same order.
    """
    return tuple(_draw(one) for one in studies if one.path)


def _draw(study: EventStudy) -> DrawnPath:
    # the month before is the base: zero without a band
    points = sorted([*((one.month, one.effect.point, *one.band) for one in study.path), (-1, 0.0, 0.0, 0.0)])
    first, last = points[0][0], points[-1][0]
    step = _step(max(abs(value) for point in points for value in point[1:]))
    bottom = step * min(0, *(int(point[2] // step) for point in points))
    top = step * max(0, *(int(-(-point[3] // step)) for point in points))

    def x(month: int) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (month - first) / (last - first), 1)

    def y(amount: float) -> float:
        return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (top - amount) / ((top - bottom) or 1.0), 1)

    def path(places: list[tuple[int, float]]) -> str:
        return "M" + "L".join(f"{x(month):g} {y(amount):g}" for month, amount in places)

    lower = [(month, low) for month, _, low, _ in points]
    upper = [(month, high) for month, _, _, high in points]
    marks = range(round((top - bottom) / step) + 1)
    return DrawnPath(
        title=f"{study.component}: revenue a customer and month less what it would be without incidents, by months"
        " since the first one, with a 95% band for all months at once",
        line=path([(month, point) for month, point, _, _ in points]),
        band=path([*upper, *reversed(lower)]) + "Z",
        months=tuple(Tick(x(month), f"{month:+d}" if month else "0") for month in range(first, last + 1, 3)),
        amounts=tuple(Tick(y(bottom + step * mark), f"{bottom + step * mark:g}") for mark in marks),
        base=x(-1),
    )


def _step(largest: float) -> float:
    """Of 1, 2 and 5 times a power of ten the least that makes at most four steps of the largest number."""
    size = 1e-9
    while True:
        for step in _STEPS:
            if largest <= 4 * step * size:
                return step * size
        size *= 10
