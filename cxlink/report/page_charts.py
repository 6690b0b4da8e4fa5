"""Every chart of a document, drawn: the same for the page and for pictures."""

from __future__ import annotations

from collections.abc import Mapping

from cxlink.report.charts.calibration import Calibration, draw_calibration
from cxlink.report.charts.control import Control, draw_control
from cxlink.report.charts.forest import Forest, draw_forest
from cxlink.report.charts.ladder import Ladder, draw_ladder
from cxlink.report.charts.parts import Drawn, Look
from cxlink.report.charts.tornado import Tornado, draw_tornado
from cxlink.report.charts.waterfall import Waterfall, draw_waterfall
from cxlink.report.drawings import draw_paths, draw_staying
from cxlink.report.first_parts import PlacedChart, Spec
from cxlink.report.parts import Document

STAYING = "staying-chart"
PATHS = "event_studies"


def draw_spec(chart: Spec, look: Look | None = None) -> Drawn:
    """Draw a chart of any kind.

    Parameters
    ----------
    chart : Forest, Waterfall, Control, Ladder, Tornado or Calibration
        What it shows.
    look : Look, optional
        Width and direction.

    Returns
    -------
    Drawn
        The drawing, and the table under it.
    """
    match chart:
        case Forest():
            return draw_forest(chart, look=look)
        case Waterfall():
            return draw_waterfall(chart, look=look)
        case Control():
            return draw_control(chart, look=look)
        case Ladder():
            return draw_ladder(chart, look=look)
        case Tornado():
            return draw_tornado(chart, look=look)
        case Calibration():
            return draw_calibration(chart, look=look)


def draw_placed(placed: tuple[PlacedChart, ...], look: Look | None = None) -> Mapping[str, list[tuple[Spec, Drawn]]]:
    """Draw charts by the part of the report they belong to.

    Parameters
    ----------
    placed : tuple of PlacedChart
        Of the document.
    look : Look, optional
        Width and direction.

    Returns
    -------
    mapping of str to list
        Each with what it shows and its drawing, in their order.
    """
    found: dict[str, list[tuple[Spec, Drawn]]] = {}
    for one in placed:
        found.setdefault(one.place, []).append((one.chart, draw_spec(one.chart, look)))
    return found


def draw_all(document: Document) -> dict[str, Drawn]:
    """Draw every chart of a document.

    Parameters
    ----------
    document : Document
        What is shown.

    Returns
    -------
    dict of str to Drawn
        By the chart's name, in the order of the report.
    """
    drawn = {one.chart.head.name: draw_spec(one.chart) for one in document.charts}
    staying = draw_staying(document.curves)
    if staying is not None:
        drawn[STAYING] = staying
    return drawn | {f"path-{place}": path for place, (_, path) in enumerate(draw_paths(document.event_studies), 1)}
