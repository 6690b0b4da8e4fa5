"""Revenue after first incidents, as a section of plain cells."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import EventStudy
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.numbers import round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import show_count

NAME, TITLE = "event_studies", "Revenue after a first incident"
MONTHS = (0, 3, 6, 12)
SMALLEST_TREND, LARGEST_TREND = 0.1, 10.0
NOTES = (
    "Beside customers who could have met a first incident on the same day, of the same tenure and with the same"
    " attributes. Single months: intervals that hold for all months at once. Later incidents, of this and other"
    " components, are part of it: do not add components up, and do not multiply it by all incidents.",
    "It is an effect only if those who met an incident would have gone on as the customers beside them. The months"
    " before show prices alone, as nobody can leave before the incident: whether they would have left anyway does not"
    " show there. Evidence: adjusted (C).",
)


def build_event_sections(studies: tuple[EventStudy, ...], *, currency: str, published: bool) -> tuple[Section, ...]:
    """Show what follows first incidents, one row a component.

    Parameters
    ----------
    studies : tuple of EventStudy
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        Nothing where it was not asked for.
    """
    if not studies:
        return ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component", "text"),
        ("Customers", "text"),
        (f"{currency} a month before", "text"),
        *((f"Month {month}", "text") for month in MONTHS),
        (f"All months after, {currency}", "text"),
        ("- beside six months before", "text"),
        ("Hidden trend, times", "text"),
    )
    rows = tuple(_row(one, published=published) for one in studies)
    answers = [answer for one in studies for answer in (one.total, one.other_total, one.hidden_trend)]
    refusals = dict.fromkeys(answer for answer in answers if isinstance(answer, NotEstimable))
    sentences = (line for one in studies for line in _sentence(one, currency))
    return (Section(NAME, TITLE, columns, rows, (*sentences, *NOTES, *explain_dashes(refusals))),)


def _row(one: EventStudy, *, published: bool) -> tuple[Value, ...]:
    by_month = {month.month: month for month in one.path}
    cells = []
    for month in MONTHS:
        found = by_month.get(month)
        cells.append(
            figure_or_dash(replace(found.effect, low=found.band[0], high=found.band[1]), signed=True)
            if found is not None
            else "-"
        )
    return (
        one.component,
        show_count(one.customers, published=published),
        figure_or_dash(one.base),
        *cells,
        figure_or_dash(one.total, signed=True),
        figure_or_dash(one.other_total, signed=True),
        _trend(one.hidden_trend),
    )


def _trend(trend: float | NotEstimable) -> str:
    if isinstance(trend, NotEstimable):
        return "-"
    # rounded down: it says how much the figure bears
    return f"{math.floor(10 * trend) / 10:.1f}" if trend <= LARGEST_TREND else f">{LARGEST_TREND:g}"


def _sentence(one: EventStudy, currency: str) -> Iterator[str]:
    total = one.total
    if not isinstance(total, Estimate):
        return
    months = f"from the month of the first incident to {one.last_month} months after"
    if total.low <= 0 <= total.high:
        shown = round_estimate(total, signed=True).text
        yield f"{one.component}: {currency} {shown} a customer {months}; it may be nothing."
        return
    word = "less" if total.point < 0 else "more"
    size = total if total.point > 0 else replace(total, point=-total.point, low=-total.high, high=-total.low)
    yield (
        f"{one.component}: a customer who met a first incident brought {currency} {round_estimate(size).text} {word}"
        f" {months} than without any."
    )
    trend = one.hidden_trend
    if not isinstance(trend, float) or trend > LARGEST_TREND:
        return
    side = "below" if total.point < 0 else "above"
    if trend < SMALLEST_TREND:
        yield f"{one.component}: a hidden trend far smaller than those seen in the months before would undo it."
    else:
        yield (
            f"{one.component}: it stays {side} zero as long as a hidden trend is less than {_trend(trend)} times the"
            " largest one seen in the months before."
        )
