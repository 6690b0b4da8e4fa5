"""The component table by segment: as a section of plain cells, and as a table of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import JointEffect, Segment, SegmentRatios, Segments
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.hiding import show_count
from cxlink.report.numbers import round_estimate
from cxlink.report.parts import Cell, SegmentRow, SegmentTable
from cxlink.report.section import Kind, Section, Value

TITLE = "By segment"
TOGETHER = "together"
EFFECTS = ("experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit")
FALSE_DISCOVERIES = 0.05
NOTE = (
    "The component table again for the active customers of each segment, from the same fits and the same draws:"
    " customers and money of the segments of one attribute add up to the whole table. What an incident does to leaving,"
    " to prices and to the score, and what it costs, is taken to be the same in all segments. Segments differ by how"
    " often incidents happen, who leaves anyway, and what customers pay. Do not conclude that a component works"
    " differently in two segments because their rows differ: of the hazard ratio alone that is tested, below."
)


def build_segment_section(
    segments: Segments | NotEstimable, *, kpi: str, kpi_unit: str, currency: str, published: bool
) -> tuple[Section, ...]:
    """Show the component table of each segment, and where ratios differ.

    Parameters
    ----------
    segments : Segments or NotEstimable
        With small cells hidden where that is wanted.
    kpi, kpi_unit : str
        Which score, and its unit.
    currency : str
        Of the project.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        None where no segments were asked for.
    """
    if isinstance(segments, NotEstimable) or not segments.segments:
        return ()
    keys, labels = _columns(segments, kpi, kpi_unit, currency)
    columns: tuple[tuple[str, Kind], ...] = (
        ("Segment, component", "text"),
        ("Customers", "text"),
        *((label, "text") for label in labels),
    )
    rows = [row for one in segments.segments for row in _rows(one, keys, published=published)]
    refusals = dict.fromkeys(
        getattr(effect, key) for one in segments.segments for effect in _effects(one) for key in keys
    )
    notes = (NOTE, *_tests(segments.ratios), *explain_dashes(refusals))
    return (Section("segments", TITLE, columns, tuple(rows), notes, folded=True),)


def build_segment_table(
    segments: Segments | NotEstimable, *, kpi: str, kpi_unit: str, currency: str, published: bool
) -> SegmentTable | None:
    """Round the figures of the tables by segment, with their intervals.

    Parameters
    ----------
    segments : Segments or NotEstimable
        With small cells hidden where that is wanted.
    kpi, kpi_unit : str
        Which score, and its unit.
    currency : str
        Of the project.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    SegmentTable or None
        None where no segments were asked for.
    """
    if isinstance(segments, NotEstimable) or not segments.segments:
        return None
    keys, labels = _columns(segments, kpi, kpi_unit, currency)
    rows = []
    for one in segments.segments:
        counts = [_shown(effect.customers_reached, published=published) for effect in one.components]
        names = [effect.component for effect in one.components]
        all_of_it = (*zip(names, counts, strict=True), (TOGETHER, _shown(one.customers, published=published)))
        for (name, count), effects in zip(all_of_it, _effects(one), strict=True):
            cells = tuple(_cell(getattr(effects, key), key) for key in keys)
            rows.append(SegmentRow(one.attribute, one.value, name, count, cells))
    return SegmentTable(tuple(labels), tuple(rows), (NOTE, *_tests(segments.ratios)))


def is_different(one: SegmentRatios) -> bool:
    """Whether the test says that the ratio differs.

    Parameters
    ----------
    one : SegmentRatios
        Of one attribute and component.

    Returns
    -------
    bool
        At a rate of false discoveries of 5%.
    """
    return isinstance(one.q_value, float) and one.q_value < FALSE_DISCOVERIES


def _columns(segments: Segments, kpi: str, kpi_unit: str, currency: str) -> tuple[list[str], list[str]]:
    """Quantities with a figure in any segment; margin, or where there is none, revenue."""
    wanted = {
        "customers_kept": "Kept, customers",
        "margin_kept": f"Margin kept, {currency}",
        "revenue_kept": f"Revenue kept, {currency}",
        "cost_saved": f"Cost saved, {currency}",
        "experience": f"{kpi.upper()}, {kpi_unit}",
    }
    told = [
        key
        for key in wanted
        if any(isinstance(getattr(effect, key), Estimate) for one in segments.segments for effect in _effects(one))
    ]
    keys = [key for key in told if key != "revenue_kept" or "margin_kept" not in told] or ["customers_kept"]
    return keys, [wanted[key] for key in keys]


def _effects(one: Segment) -> Sequence[JointEffect]:
    return (*(effect.effects for effect in one.components), one.joint)


def _rows(one: Segment, keys: Sequence[str], *, published: bool) -> Iterator[tuple[Value, ...]]:
    name = f"{one.attribute} = {one.value}"
    for effect in one.components:
        count = _shown(effect.customers_reached, published=published)
        yield (f"{name}: {effect.component}", count, *_texts(effect.effects, keys))
    yield (f"{name}: {TOGETHER}", _shown(one.customers, published=published), *_texts(one.joint, keys))


def _texts(effects: JointEffect, keys: Sequence[str]) -> list[str]:
    return [figure_or_dash(getattr(effects, key), signed=key == "experience") for key in keys]


def _cell(answer: Answer, key: str) -> Cell:
    if isinstance(answer, NotEstimable):
        return Cell(None)
    return Cell(round_estimate(answer, signed=key == "experience"))


def _shown(count: int | NotEstimable, *, published: bool) -> str:
    return "-" if isinstance(count, NotEstimable) else show_count(count, published=published)


def _tests(ratios: Sequence[SegmentRatios]) -> Iterator[str]:
    """One line for each attribute on what was tested and found the same, and one for each ratio that differs."""
    for attribute in dict.fromkeys(one.attribute for one in ratios):
        own = [one for one in ratios if one.attribute == attribute]
        for one in own:
            if is_different(one) and isinstance(one.q_value, float):
                listed = ", ".join(f"{value} {figure_or_dash(ratio)}" for value, ratio in one.ratios)
                yield (
                    f"The hazard ratio of {one.component} differs by {attribute} (q = {one.q_value:.3f}): {listed}. Its"
                    " rows here use one ratio for all."
                )
        same = [one.component for one in own if isinstance(one.q_value, float) and not is_different(one)]
        if same:
            yield (
                f"No sign that the hazard ratio of {', '.join(same)} differs by {attribute}, which does not prove that"
                " it is the same."
            )
        untested = [one.component for one in own if isinstance(one.q_value, NotEstimable)]
        if untested:
            yield f"Not tested by {attribute}, for want of leavers: {', '.join(untested)}."
