"""Which charts the page shows: the curve of staying, and revenue after first incidents."""

from __future__ import annotations

from dataclasses import replace

from cxlink.handoff import EventStudy
from cxlink.report.charts.parts import Drawn, Head, span_of
from cxlink.report.charts.profile import Lag, Profile, draw_profile
from cxlink.report.charts.survival import Mark, Series, Survival, draw_survival
from cxlink.report.numbers import format_count, round_estimate
from cxlink.report.parts import Curve

_MAX_CURVES = 4


def draw_staying(curves: tuple[Curve, ...]) -> Drawn | None:
    """Draw the curves of at most four segments.

    Parameters
    ----------
    curves : tuple of Curve
        One a segment.

    Returns
    -------
    Drawn or None
        None where there is nothing to draw.
    """
    drawn = [curve for curve in curves if len(curve.steps) > 1][:_MAX_CURVES]
    if not drawn:
        return None
    head = Head(
        "staying-chart",
        "Customers still with us, %, by days since acquisition",
        "A falling step line with its 95% band for each group; the table below has its figures.",
    )
    return draw_survival(Survival(head, tuple(map(_series, drawn)), "days since acquisition"))


def draw_paths(studies: tuple[EventStudy, ...]) -> tuple[tuple[str, Drawn], ...]:
    """Draw the path of each component that has one, on a scale of its own.

    Parameters
    ----------
    studies : tuple of EventStudy
        With small cells hidden where that is wanted.

    Returns
    -------
    tuple of (str, Drawn)
        What each shows, and the drawing, in the same order.
    """
    told = [study for study in studies if study.path]
    return tuple(_path(study, f"path-{place}") for place, study in enumerate(told, start=1))


def _series(curve: Curve) -> Series:
    steps = tuple((float(step.day), step.survival, step.low, step.high) for step in curve.steps)
    marks = (Mark(mark.day, format_count(mark.day), mark.kept.text, mark.at_risk) for mark in curve.marks)
    return Series(curve.segment, steps, tuple(marks))


def _path(study: EventStudy, name: str) -> tuple[str, Drawn]:
    title = (
        f"{study.component}: revenue a customer and month less what it would be without incidents, by months"
        " since the first one, with a 95% band for all months at once"
    )
    lags = []
    for one in study.path:
        banded = replace(one.effect, low=one.band[0], high=one.band[1])
        lags.append(Lag(one.month, span_of(round_estimate(banded, signed=True))))
    description = "A line through the months with its band; it is compared with the month before the incident."
    chart = Profile(
        Head(name, title, description),
        tuple(lags),
        "difference in revenue a customer and month",
        "months since the first incident",
    )
    return title, draw_profile(chart)
