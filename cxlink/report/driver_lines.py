"""Drivers of the score for the workbook: one line a figure, numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Drivers, KpiDrivers
from cxlink.report.component_table import EVIDENCE
from cxlink.report.driver_sections import COLUMNS
from cxlink.report.numbers import round_estimate
from cxlink.report.parts import DriverLine
from cxlink.report.suppress import show_count

HEADS = ("Score", "Component", "Compared", "Figure", "low", "high", "Unit", "Customers", "Evidence", "Remark")
READ_AS = (
    "Compared: the score after an incident less that without one. Lines do not add up, and none says what a fix would"
    " bring. Figures of ratings are description: a share of variance is not what a change would bring."
)


def build_driver_lines(drivers: Drivers | NotEstimable, *, published: bool) -> tuple[DriverLine, ...]:
    """Put every figure of every score into a line.

    Parameters
    ----------
    drivers : Drivers or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of DriverLine
        Empty where there is a refusal.
    """
    if isinstance(drivers, NotEstimable):
        return ()
    return tuple(
        _line(one.kpi, component, what, grade, answer, published=published)
        for one in drivers.kpis
        for component, what, grade, answer in _figures(one)
    )


def _figures(one: KpiDrivers) -> Iterator[tuple[str, str, str, Answer]]:
    labels = dict(COLUMNS)
    for driver in one.components:
        for contrast in driver.contrasts:
            yield driver.component, labels[contrast.way], contrast.grade, contrast.answer
    if isinstance(one.ratings, NotEstimable):
        return
    for rated in one.ratings.touchpoints:
        yield rated.component, "Mean rating", "D", rated.mean
        yield rated.component, "Share of variance", "D", rated.share
        yield rated.component, "Low rating", "D", rated.low_rating
        yield rated.component, "High rating", "D", rated.high_rating


def _line(kpi: str, component: str, what: str, grade: str, answer: Answer, *, published: bool) -> DriverLine:
    if isinstance(answer, Estimate):
        figure, customers = round_estimate(answer), show_count(answer.n, published=published)
        return DriverLine(kpi.upper(), component, what, figure, answer.unit, customers, EVIDENCE[grade], "")
    return DriverLine(kpi.upper(), component, what, None, "", "", "", f"{answer.reason}; needs {answer.needs}")
