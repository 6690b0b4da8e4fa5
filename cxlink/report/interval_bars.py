"""Where the interval bars of the tables go in their SVG drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.numbers import Figure


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a scale of 0..100 that all rows of its column share."""

    low: float
    length: float
    point: float
    zero: float


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
