"""The curve of staying: its steps for the drawing, and a few marks for the table under it."""

from __future__ import annotations

from cxlink.estimate import Estimate
from cxlink.handoff import CurvePoint
from cxlink.report.numbers import format_count, round_estimate
from cxlink.report.parts import Curve, CurveMark, CurveStep

_MARKS_DAYS = (30, 90, 180, 365, 730, 1095, 1825, 3650)
_MAX_STEPS = 400


def build_curves(points: tuple[CurvePoint, ...]) -> tuple[Curve, ...]:
    """Group the points by segment.

    Parameters
    ----------
    points : tuple of CurvePoint
        Steps of all segments, days ascending within each.

    Returns
    -------
    tuple of Curve
        One a segment, in the order of their first points.
    """
    by_segment: dict[str, list[CurvePoint]] = {}
    for point in points:
        by_segment.setdefault(point.segment, []).append(point)
    return tuple(Curve(name, _steps(steps), _marks(steps)) for name, steps in by_segment.items())


def _steps(points: list[CurvePoint]) -> tuple[CurveStep, ...]:
    """All steps, or so many that the drawing could not show more."""
    stride = -(-len(points) // _MAX_STEPS)
    kept = points[::stride] if (len(points) - 1) % stride == 0 else [*points[::stride], points[-1]]
    return tuple(CurveStep(p.day, p.survival, p.low, p.high, p.at_risk) for p in kept)


def _marks(points: list[CurvePoint]) -> tuple[CurveMark, ...]:
    last = points[-1].day
    days = [day for day in _MARKS_DAYS if day <= last] or [last]
    return tuple(_mark(day, [point for point in points if point.day <= day] or points[:1]) for day in days)


def _mark(day: int, before: list[CurvePoint]) -> CurveMark:
    point = before[-1]
    percent = [100 * share for share in (point.survival, point.low, point.high)]
    kept = Estimate(percent[0], percent[1], percent[2], 0.95, "%", point.at_risk, 0, "Kaplan-Meier")
    return CurveMark(day, round_estimate(kept), format_count(point.at_risk))
