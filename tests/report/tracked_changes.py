"""Past changes as tracked, invented for the reports."""

from __future__ import annotations

from datetime import date

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ForecastCheck, ForecastFigure, TrackedChange, TrackedOutcome, Tracking, TrackRecord


def found(point: float, low: float, high: float, unit: str, n: int = 900) -> Estimate:
    return Estimate(point, low, high, 0.95, unit, n, 300, "test")


def tracked_changes(name: str = "second courier", others: int = 500) -> Tracking:
    """One change that can be judged, with a forecast that held, and one that reached a single region."""
    fewer = found(0.28, 0.19, 0.36, "share fewer")
    seen = found(0.22, 0.15, 0.29, "share fewer")
    ratio = found(0.91, 0.78, 1.06, "ratio of rates")
    unknown = NotEstimable("7 answers on one side of one group, needs 30", "more answers")
    judged = TrackedChange(
        name=name,
        component="delivery",
        cause="late",
        started_on=date(2025, 3, 1),
        exposed="region = 'EU'",
        customers=400,
        others=others,
        groups=900,
        months_before=12,
        months_after=10,
        ramp_months=2,
        outcomes=(
            TrackedOutcome("incidents", fewer, seen, "C", 0.44),
            TrackedOutcome("leaving", ratio, ratio, "D", 0.01),
            TrackedOutcome("score", unknown, unknown, "D", None),
        ),
        forecast_as_of=date(2025, 1, 31),
        checks=(ForecastCheck("reduction", ForecastFigure(0.3, 0.2, 0.4), fewer, True, False, 0.28 / 0.3),),
        refusal=None,
    )
    few = NotEstimable("customers were reached together by region, 1 of 4 groups", "30 groups")
    region = TrackedChange(
        name="new contracts",
        component="billing",
        cause=None,
        started_on=date(2025, 6, 15),
        exposed="region = 'north'",
        customers=400,
        others=500,
        groups=4,
        months_before=12,
        months_after=6,
        ramp_months=0,
        outcomes=(TrackedOutcome("incidents", few, seen, "D", None),),
        forecast_as_of=None,
        checks=(),
        refusal=few,
    )
    return Tracking((judged, region), TrackRecord(1, 1, 0, 0.28 / 0.3), ())
