"""Charts along an axis: survival, profile of months, control chart, calibration."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.report.charts.calibration import Calibration, Group, draw_calibration
from cxlink.report.charts.control import Change, Control, Month, Phase, draw_control, shape_of
from cxlink.report.charts.parts import Head, Look, Span
from cxlink.report.charts.profile import Lag, Profile, draw_profile
from cxlink.report.charts.survival import Mark, Series, Survival, draw_survival
from tests.report.charts import examples
from tests.report.charts.reading import circles_of, labels_of, middle_of, paths_of

HEAD = Head("x", "", "")
PIXEL = 0.0101  # places are written to a hundredth
VALUES = st.lists(st.none() | st.integers(-5000, 5000).map(lambda n: n / 8), min_size=2, max_size=30)


def test_a_survival_line_lies_inside_its_band_and_falls() -> None:
    svg = draw_survival(examples.survival()).svg
    lines = [points for points in paths_of(svg, "ln") if len(points) > 2]
    bands = paths_of(svg, "bd")
    assert len(lines) == len(bands) == 3
    for line, band in zip(lines, bands, strict=True):
        half = len(band) // 2
        for (x, y), (_, upper), (_, lower) in zip(line, band[:half], reversed(band[half:]), strict=True):
            assert upper - PIXEL <= y <= lower + PIXEL
            assert 0 <= x <= 440
        assert [y for _, y in line] == sorted(y for _, y in line)


def test_numbers_at_risk_stand_under_their_times_as_they_were_given() -> None:
    marks = (Mark(100, "100", "90 (88-92)", "1,234"), Mark(300, "300", "70 (66-74)", "<10"))
    steps = ((0.0, 1.0, 1.0, 1.0), (100.0, 0.9, 0.88, 0.92), (300.0, 0.7, 0.66, 0.74))
    drawn = draw_survival(Survival(HEAD, (Series("all", steps, marks),), "days"))
    labels = {label.text: label for label in labels_of(drawn.svg)}
    assert (labels["1,234"].x, labels["<10"].x) == (labels["100"].x, labels["300"].x)
    assert labels["<10"].y > labels["300"].y
    assert drawn.rows[1] == ("all", "300", "70 (66-74)", "<10")


def test_many_steps_are_thinned_and_the_last_one_is_kept() -> None:
    steps = tuple((float(day), 1 - day / 4000, 1 - day / 3900, 1 - day / 4100) for day in range(2000))
    series = tuple(Series(f"s{at}", steps, (Mark(1999, "1,999", "50", "10"),)) for at in range(4))
    svg = draw_survival(Survival(HEAD, series, "days")).svg
    line = next(points for points in paths_of(svg, "ln") if len(points) > 2)
    share = 1 - 1999 / 4000
    labels = {label.text: label.y for label in labels_of(svg) if label.text in {"0%", "100%"}}
    assert line[-1][1] == pytest.approx(line[0][1] + (1 - share) * (labels["0%"] - labels["100%"]), abs=2 * PIXEL)
    assert len(svg.encode()) < 20_000


def test_five_curves_and_none_are_refused() -> None:
    one = examples.survival().series[0]
    for series in ((), (one,) * 5):
        with pytest.raises(ValueError, match="told apart"):
            Survival(HEAD, series, "days")


def control_of(values: list[float | None]) -> Control:
    months = [
        Month(f"{at}", None if value is None else Span(value, None, None, f"{value}"), None, reason=why)
        for at, value in enumerate(values)
        for why in ["no answers" if value is None else ""]
    ]
    return Control(HEAD, tuple(months), "score")


@settings(deadline=None)
@given(VALUES)
def test_a_missing_month_has_no_point_and_no_line_goes_over_it(values: list[float | None]) -> None:
    svg = draw_control(control_of(values)).svg
    points = circles_of(svg, "mk k0")[1:]  # the first is the legend's
    assert len(points) == sum(value is not None for value in values)
    for line in paths_of(svg, "ln k0"):
        gaps = [right - left for (left, _), (right, _) in pairwise(line)]
        widest = (440 - 4) / len(values) + PIXEL
        assert all(0 < gap <= widest for gap in gaps)


@settings(deadline=None)
@given(VALUES)
def test_higher_values_stand_higher(values: list[float | None]) -> None:
    points = circles_of(draw_control(control_of(values)).svg, "mk k0")[1:]
    known = [value for value in values if value is not None]
    for (_, y), value in zip(points, known, strict=True):
        for (_, other_y), other in zip(points, known, strict=True):
            assert value <= other or y <= other_y


def test_limits_follow_the_months_and_stop_where_there_are_none() -> None:
    svg = draw_control(examples.control()).svg
    limits = [points for points in paths_of(svg, "li") if len(points) > 2]
    assert len(limits) == 4  # lower and upper, before and after the month without any
    assert all(len({y for _, y in points}) > 1 for points in limits)
    before, after = limits[0], limits[2]
    assert before[-1][0] < after[0][0]


def test_signals_are_told_apart_by_shape() -> None:
    centre = Span(10.0, 8.0, 12.0, "10 (8-12)")
    month = Month("m", Span(13.0, None, None, "13"), centre, "above the limits")
    assert shape_of(month) == "up"
    assert shape_of(replace(month, value=Span(7.0, None, None, "7"))) == "down"
    assert shape_of(replace(month, value=Span(11.0, None, None, "11"))) == "diamond"
    assert shape_of(replace(month, centre=None)) == "diamond"
    assert shape_of(replace(month, signal="")) == "circle"


def test_a_signal_is_in_the_table_and_in_its_title() -> None:
    drawn = draw_control(examples.control())
    signals = {row[0]: row[3] for row in drawn.rows if row[3]}
    assert signals == {"2024-08": "above the limits", "2025-01": "8 on one side", "2025-08": "below the limits"}
    assert "<title>2024-08: above the limits</title>" in drawn.svg
    assert drawn.rows[4][1] == "no answers"
    assert drawn.rows[14][4] == "second courier; higher since 2025-03 (2025-01 to 2025-04)"


def test_a_change_stands_over_its_months() -> None:
    svg = draw_control(examples.control()).svg
    interval = next(points for points in paths_of(svg, "wh k2") if points[0][1] == points[1][1])
    at, months = middle_of(paths_of(svg, "mk k2")[-1]), [x for x, _ in circles_of(svg, "mk k0")[1:]]
    step = months[1] - months[0]
    # its first month is the twelfth after the first one's place plus two
    assert at[0] == pytest.approx(months[0] + 14 * step, abs=0.1)
    assert interval[0][0] == pytest.approx(months[0] + 12 * step, abs=0.1)
    assert interval[1][0] == pytest.approx(months[0] + 15 * step, abs=0.1)
    border = paths_of(svg, "rf")[0][0][0]
    assert border == pytest.approx(months[0] + 13.5 * step, abs=0.1)


def test_phases_ascend() -> None:
    with pytest.raises(ValueError, match="phases ascend"):
        replace(control_of([1.0, 2.0]), phases=(Phase(1, "x"), Phase(0, "y")))


@pytest.mark.parametrize("wrong", [{"phases": (Phase(2, "x"),)}, {"changes": (Change(1, 0, 2, "x"),)}, {"months": ()}])
def test_phases_and_changes_outside_the_series_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a month of the series"):
        replace(control_of([1.0, 2.0]), **wrong)  # type: ignore[arg-type]


def test_a_control_chart_of_one_month_is_drawn() -> None:
    assert len(circles_of(draw_control(control_of([3.0])).svg, "mk k0")) == 2


def test_the_reference_month_is_hollow_and_on_the_zero_line() -> None:
    drawn = draw_profile(examples.profile())
    (reference,) = circles_of(drawn.svg, "op")
    zero = next(points for points in paths_of(drawn.svg, "ax") if points[0][1] == points[1][1])
    assert reference[1] == zero[0][1]
    assert ("-1", "reference") in drawn.rows
    assert drawn.rows[-1] == ("+13", "fewer than 10 customers")


@settings(deadline=None)
@given(st.sets(st.integers(-12, 24).filter(lambda month: month != -1), min_size=1, max_size=20), st.data())
def test_a_profile_leaves_gaps_and_its_points_lie_inside_their_band(months: set[int], data: st.DataObject) -> None:
    lags = []
    for month in sorted(months):
        low, point, high = sorted(data.draw(st.tuples(*[st.integers(-500, 500)] * 3)))
        lags.append(Lag(month, Span(point, low, high, "")))
    svg = draw_profile(Profile(HEAD, tuple(lags), "EUR")).svg
    points = circles_of(svg, "mk k0")
    assert len(points) == len(months)
    across = [x for x, _ in points]
    for line, band in zip(paths_of(svg, "ln k0"), paths_of(svg, "bd k0"), strict=True):
        assert len(line) >= 2
        low, high = min(y for _, y in band), max(y for _, y in band)
        assert all(low - PIXEL <= y <= high + PIXEL for _, y in line)
    (reference,) = circles_of(svg, "op")
    steps = [(x - reference[0]) / (month + 1) for x, month in zip(across, sorted(months), strict=True)]
    assert max(steps) - min(steps) < 0.05
    lines = paths_of(svg, "ln k0")
    assert all(right - left <= steps[0] + 0.05 for line in lines for (left, _), (right, _) in pairwise(line))


def test_months_of_a_profile_ascend_without_the_reference() -> None:
    span = Span(1.0, 0.0, 2.0, "")
    for months in ((2, 1), (1, 1), (-1, 0), ()):
        with pytest.raises(ValueError, match="months ascend"):
            Profile(HEAD, tuple(Lag(month, span) for month in months), "EUR")


@settings(deadline=None)
@given(st.lists(st.integers(0, 1000).map(lambda n: n / 10), min_size=1, max_size=10))
def test_a_prediction_that_came_true_is_on_the_diagonal(shares: list[float]) -> None:
    groups = tuple(Group(share, f"{share}", Span(share, None, None, f"{share}"), "100") for share in shares)
    svg = draw_calibration(Calibration(HEAD, groups, "predicted", "observed")).svg
    (left, bottom), (right, top) = paths_of(svg, "rf")[0]
    assert right - left == pytest.approx(bottom - top, abs=2 * PIXEL)  # a square
    for x, y in circles_of(svg, "mk k0"):
        assert left - PIXEL <= x <= right + PIXEL
        assert x - left == pytest.approx(bottom - y, abs=2 * PIXEL)


def test_a_group_that_may_not_be_shown_is_in_the_table_alone() -> None:
    drawn = draw_calibration(examples.calibration())
    assert drawn.rows[-1] == ("38%", "fewer than 10 customers", "<10")
    assert len(circles_of(drawn.svg, "mk k0")) == len(drawn.rows) - 1


@pytest.mark.parametrize("n_months", [2, 13, 24, 60])
def test_months_keep_apart_however_many_there_are(n_months: int) -> None:
    labels = [label for label in labels_of(draw_control(control_of([1.0] * n_months), look=Look(320)).svg) if label.css]
    marks = sorted(label.left for label in labels if label.text.isdigit() and label.y > 200)
    assert len(marks) >= 2


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 60), st.data())
def test_phases_changes_and_months_keep_apart(n_months: int, data: st.DataObject) -> None:
    places = st.integers(0, n_months - 1)
    begins = sorted(data.draw(st.sets(places, max_size=4)))
    changes = [sorted(data.draw(st.tuples(places, places, places))) for _ in range(data.draw(st.integers(0, 3)))]
    chart = replace(
        control_of([float(at * at) for at in range(n_months)]),
        phases=tuple(Phase(at, f"phase that begins with {at}") for at in begins),
        changes=tuple(Change(at, low, high, "higher since 2025-03 (2025-01 to 2025-04)") for low, at, high in changes),
    )
    labels = labels_of(draw_control(chart, look=Look(data.draw(st.sampled_from((320, 440))))).svg)
    assert not [pair for pair in combinations(labels, 2) if pair[0].meets(pair[1])]


def test_numbers_at_risk_keep_clear_of_the_samples_of_their_lines() -> None:
    steps = ((0.0, 1.0, 1.0, 1.0), (100.0, 0.9, 0.88, 0.92))
    for at_risk in ("12", "123,456,789"):
        marks = (Mark(0, "0", "100", at_risk), Mark(100, "100", "90 (88-92)", "1,234"))
        svg = draw_survival(Survival(HEAD, (Series("all", steps, marks),), "days")).svg
        assert next(label.left for label in labels_of(svg) if label.text == at_risk) >= 28 - PIXEL
    early = (Mark(2, "2", "100", "123,456,789"), marks[1])  # it would be written over the sample; the table has it
    drawn = draw_survival(Survival(HEAD, (Series("all", steps, early),), "days"))
    assert "123,456,789" not in drawn.svg
    assert drawn.rows[0][3] == "123,456,789"
