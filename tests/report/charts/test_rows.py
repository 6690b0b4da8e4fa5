"""Charts of rows: forest plot, ladder, waterfall, bridge, tornado."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.report.charts.forest import Forest, ForestRow, draw_forest
from cxlink.report.charts.ladder import Ladder, draw_ladder
from cxlink.report.charts.parts import Head, Look, Span, span_of
from cxlink.report.charts.tornado import Assumption, Tornado, draw_tornado
from cxlink.report.charts.waterfall import Step, Waterfall, draw_waterfall
from cxlink.report.numbers import round_estimate
from tests.report.charts import examples
from tests.report.charts.reading import Point, labels_of, middle_of, paths_of

HEAD = Head("x", "", "")
PIXEL = 0.0101  # places are written to a hundredth
NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3)
SPANS = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted).map(lambda t: Span(t[1], t[0], t[2], "text"))


def whiskers(svg: str) -> list[tuple[float, float, float]]:
    """Lower end, upper end and height of each interval."""
    lines = [points for points in paths_of(svg, "wh") if len(points) == 2 and points[0][1] == points[1][1]]
    return [(points[0][0], points[1][0], points[0][1]) for points in lines]


def tip_of(bar: list[Point]) -> float:
    return max((x for x, _ in bar), key=lambda x: abs(x - bar[0][0]))


@settings(deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=6))
def test_a_point_lies_inside_its_interval_at_its_place(spans: list[Span]) -> None:
    rows = tuple(ForestRow(f"row {at}", span) for at, span in enumerate(spans))
    svg = draw_forest(Forest(HEAD, rows, "unit")).svg
    marks = [middle_of(points) for points in paths_of(svg, "mk")]
    drawn = whiskers(svg)
    assert len(marks) == len(drawn) == len(spans)
    low, high = min(n for s in spans for n in (*s.numbers, 0.0)), max(n for s in spans for n in (*s.numbers, 0.0))
    for (x, y), (left, right, height), span in zip(marks, drawn, spans, strict=True):
        assert left - PIXEL <= x <= right + PIXEL
        assert y == pytest.approx(height, abs=PIXEL)
        width = (span.high_end - span.low_end) / (high - low) if high > low else 0.0
        assert right - left <= width * 440 + PIXEL


def test_equal_ratios_are_equally_far_apart() -> None:
    spans = [Span(r, r / 1.25, r * 1.25, "") for r in (0.5, 1.0, 2.0)]
    svg = draw_forest(Forest(HEAD, tuple(ForestRow("r", s) for s in spans), "times", ratios=True)).svg
    assert len({round(right - left, 1) for left, right, _ in whiskers(svg)}) == 1


def test_a_row_that_cannot_be_told_gives_its_reason_and_no_mark() -> None:
    drawn = draw_forest(examples.forest())
    words = " ".join(label.text for label in labels_of(drawn.svg))
    assert examples.REASON in words
    assert len(paths_of(drawn.svg, "mk")) == 5
    assert ("support", examples.REASON) in drawn.rows
    with pytest.raises(ValueError, match="either a number or a reason"):
        ForestRow("support", None)


def test_drawing_and_table_show_the_figures_of_the_report() -> None:
    from cxlink.estimate import Estimate

    figure = round_estimate(Estimate(185.7, 80.1, 290.3, 0.95, "EUR", 100, 20, ""))
    drawn = draw_forest(Forest(HEAD, (ForestRow("delivery", span_of(figure)),), "EUR"))
    assert drawn.rows == (("delivery", figure.text),)
    assert figure.text in [label.text for label in labels_of(drawn.svg)]


def test_the_claim_is_a_line_at_its_number_and_the_rungs_stand_beside() -> None:
    rungs = (ForestRow("simple", Span(0.5, 0.4, 0.6, "")), ForestRow("adjusted", Span(0.1, 0.0, 0.2, "")))
    drawn = draw_ladder(Ladder(HEAD, Span(0.5, None, None, "+0.5%"), rungs, "%"))
    line, marks = paths_of(drawn.svg, "ln k1")[0], [middle_of(points) for points in paths_of(drawn.svg, "mk")]
    assert line[0][0] == line[1][0] == pytest.approx(marks[0][0], abs=PIXEL)
    assert marks[1][0] < marks[0][0]
    assert drawn.rows[0] == ("claimed", "+0.5%")


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=8), NUMBERS, st.booleans())
def test_bars_connect_and_end_at_the_total(values: list[float], start: float, from_zero: bool) -> None:
    steps = [Step("level", "start", start, ""), *(Step("step", f"{at}", value, "") for at, value in enumerate(values))]
    end = Step("level", "end", math.fsum([start, *values]), "")
    svg = draw_waterfall(Waterfall(HEAD, (*steps, end), "unit", from_zero=from_zero)).svg
    bars = paths_of(svg, "mk")
    # of a step: where it begins, and its tip; of a level: its bar's other end, or its mark
    ends = [(bar[0][0], tip_of(bar)) for bar in bars[1:-1]]
    levels = [tip_of(bars[at]) if from_zero else middle_of(bars[at])[0] for at in (0, -1)]
    reached = [levels[0], *(tip for _, tip in ends)]
    assert [begin for begin, _ in ends] == pytest.approx(reached[:-1], abs=PIXEL)
    assert reached[-1] == pytest.approx(levels[1], abs=PIXEL)


def test_a_waterfall_that_does_not_add_up_is_refused() -> None:
    steps = (Step("step", "a", 1.0, "1"), Step("step", "b", 2.0, "2"), Step("level", "total", 3.1, "3"))
    with pytest.raises(ValueError, match="do not add up"):
        Waterfall(HEAD, steps, "unit")


def test_the_overlap_after_the_total_ends_where_the_parts_would_alone() -> None:
    steps = (Step("step", "a", 70.0, ""), Step("level", "total", 70.0, ""), Step("overlap", "overlap", -30.0, ""))
    svg = draw_waterfall(Waterfall(HEAD, steps, "unit")).svg
    total, overlap = paths_of(svg, "mk")[1], paths_of(svg, "gh")[0]
    zero = total[0][0]
    assert overlap[0][0] == pytest.approx(total[1][0], abs=PIXEL)
    assert (overlap[1][0] - zero) / (total[1][0] - zero) == pytest.approx(100 / 70, abs=0.001)


def test_an_overlap_before_the_total_is_a_step() -> None:
    steps = (Step("step", "a", 100.0, ""), Step("overlap", "overlap", -30.0, ""), Step("level", "total", 70.0, ""))
    svg = draw_waterfall(Waterfall(HEAD, steps, "unit")).svg
    assert paths_of(svg, "gh")[0][1][0] == pytest.approx(paths_of(svg, "mk")[1][1][0], abs=PIXEL)


def test_a_step_that_cannot_be_told_stays_in_its_place() -> None:
    drawn = draw_waterfall(examples.waterfall())
    assert ("returns", examples.REASON) in drawn.rows
    assert len(paths_of(drawn.svg, "mk")) == 6


def test_steps_up_and_down_point_their_way() -> None:
    svg = draw_waterfall(examples.bridge()).svg
    tips = [tip_of(bar) - bar[0][0] for bar in paths_of(svg, "mk")[1:-1]]
    assert [tip > 0 for tip in tips] == [True, False, True, False]


@settings(deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6), NUMBERS)
def test_the_widest_assumption_stands_on_top(ends: list[tuple[float, float]], base: float) -> None:
    rows = tuple(Assumption(f"a{at}", low, high, f"{low} {high}") for at, (low, high) in enumerate(ends))
    drawn = draw_tornado(Tornado(HEAD, rows, base, "EUR"))
    widths = [abs(ends[int(label[1:])][1] - ends[int(label[1:])][0]) for label, _ in drawn.rows]
    assert widths == sorted(widths, reverse=True)
    assert len(drawn.rows) == len(ends)


def test_both_sides_of_a_tornado_begin_at_the_base() -> None:
    svg = draw_tornado(examples.tornado()).svg
    hollow, filled = paths_of(svg, "gh k0")[1:], paths_of(svg, "mk k0")[1:]  # the first of each is the legend's
    assert len({points[0][0] for points in (*hollow, *filled)}) == 1
    assert len(hollow) == len(filled) == 4


def test_more_rows_make_a_higher_chart_of_the_same_width() -> None:
    names = tuple(f"component {at}" for at in range(12))
    few, many = draw_forest(examples.forest(names[:5])), draw_forest(examples.forest(names), look=Look())
    assert len(many.rows) == 13
    assert len(many.svg.encode()) < 12_000
    assert len(few.svg) < len(many.svg)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.sampled_from((320, 440)), st.booleans())
def test_rows_keep_apart_whatever_they_are_called(names: list[str], width: int, mirrored: bool) -> None:
    span = Span(12_345.6, 1_234.5, 23_456.7, "12,346 (1,235-23,457)")
    rows = [ForestRow(name, span) if at % 3 else ForestRow(name, None, name or "?") for at, name in enumerate(names)]
    svg = draw_forest(Forest(HEAD, tuple(rows), "EUR"), look=Look(width, mirrored)).svg
    labels = labels_of(svg)
    assert not [pair for pair in combinations(labels, 2) if pair[0].meets(pair[1])]
    assert all(-0.02 <= label.left <= label.right <= width + 0.02 for label in labels)
