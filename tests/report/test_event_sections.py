"""Revenue after first incidents in the reports and in results.json, and what of it the public must not see."""

from __future__ import annotations

from dataclasses import replace

import jsonschema

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import EventMonth, EventStudy, RunResult
from cxlink.report.document import build_document
from cxlink.report.drawings import draw_paths
from cxlink.report.html import render_html
from cxlink.report.markdown import render_markdown
from cxlink.report.results import build_results
from cxlink.report.results_models import results_schema
from tests.report.charts.reading import circles_of, paths_of
from tests.report.conftest import measured

EFFECTS = {-3: 0.02, -2: 0.01, 0: -0.8, 1: -2.1, 2: -3.0, 3: -4.2}


def study(component: str = "delivery", largest_part: float = 0.01, total: float = -9.1) -> EventStudy:
    path = tuple(
        EventMonth(month, measured(at, at - 0.5, at + 0.5, "EUR a customer and month"), (at - 0.9, at + 0.9))
        for month, at in EFFECTS.items()
    )
    summed = measured(total, total - 3, total + 3, "EUR a customer")
    return EventStudy(
        component=component,
        customers=820,
        met_before=7,
        alone=0,
        base=measured(55.2, 53.0, 57.4, "EUR a month"),
        path=path,
        last_month=3,
        total=summed,
        other_total=summed,
        hidden_trend=2.39,
        largest_part=largest_part,
    )


def refused() -> EventStudy:
    none = NotEstimable("9 customers met a first incident, needs 30", "a longer window, or more customers")
    return EventStudy("app|*x*", 0, 3, 0, none, (), 0, none, none, none, 1.0)


def with_studies(result: RunResult, *studies: EventStudy, published: bool = False) -> RunResult:
    impact = replace(result.impact, event_studies=studies)
    return replace(result, impact=impact, audience="published" if published else "internal")


def test_without_the_setting_nothing_is_shown(result: RunResult) -> None:
    assert build_results(result)["event_studies"] == []
    assert "first incident" not in render_markdown(build_document(result))


def test_the_table_and_its_sentences(result: RunResult) -> None:
    shown = build_document(with_studies(result, study(), refused()))
    section = next(one for one in shown.sections if one.name == "event_studies")
    first, second = section.rows
    assert first[:3] == ("delivery", "820", "55.2 (53.0-57.4)")
    # months with the band, which is wider than their own interval
    assert first[3:7] == ("-0.8 (-1.7 to 0.1)", "-4.2 (-5.1 to -3.3)", "-", "-")
    # rounded down: 2.39 does not become 2.4
    assert first[-1] == "2.3"
    assert second == ("app|*x*", "0", *["-"] * 8)
    told = " ".join(section.notes)
    assert "brought EUR 9.1 (6.1-12.1) less from the month of the first incident to 3 months after" in told
    assert "less than 2.3 times" in told
    assert "9 customers met a first incident, needs 30" in told
    page = render_markdown(shown)
    assert "| delivery | 820 |" in page
    assert "|*x*" not in page
    (nothing,) = (
        one for one in build_document(with_studies(result, study(total=-1.0))).sections if one.name == "event_studies"
    )
    assert "it may be nothing" in " ".join(nothing.notes)


def test_hidden_trends_at_the_ends(result: RunResult) -> None:
    def notes(trend: float) -> str:
        shown = build_document(with_studies(result, replace(study(), hidden_trend=trend)))
        return " ".join(next(one for one in shown.sections if one.name == "event_studies").notes)

    assert "far smaller than those seen" in notes(0.04)
    assert "hidden trend is less than 0.1 times" in notes(0.1)
    assert "hidden trend is" not in notes(float("inf"))


def test_the_drawing_holds_the_band(result: RunResult) -> None:
    ((_, drawn), *others) = draw_paths((study(), refused()))
    assert not others
    page = render_html(build_document(with_studies(result, study("<b>"), refused())))
    assert page.count('aria-labelledby="path-') == 1
    assert "<b>: revenue" not in page
    (band,), (reference,) = paths_of(drawn.svg, "bd"), circles_of(drawn.svg, "op")
    assert len(band) == 2 * (len(EFFECTS) + 1)
    # the month before is the base: the line is at zero there
    assert reference in paths_of(drawn.svg, "ln")[0]
    assert ("-1", "reference") in drawn.rows


def test_results_have_paths_that_the_schema_knows(result: RunResult) -> None:
    document = build_results(with_studies(result, study(), replace(study("app"), hidden_trend=float("inf")), refused()))
    jsonschema.validate(document, results_schema())
    first, second, third = document["event_studies"]
    assert [month["month"] for month in first["path"]] == list(EFFECTS)
    assert (first["hidden_trend"], second["hidden_trend"]) == (2.39, None)
    assert first["met_before"] == 7
    assert third["hidden_trend"]["not_estimable"] == third["total"]["not_estimable"]


def test_the_public_sees_no_small_cells(result: RunResult) -> None:
    shown = with_studies(result, study(), study("web", largest_part=0.6), refused(), published=True)
    first, dominated, few = build_results(shown)["event_studies"]
    assert first["met_before"]["not_estimable"].startswith("suppressed")
    assert first["total"]["point"] == -9.1
    assert dominated["path"] == []
    for key in ("total", "total_other_base", "revenue_before", "hidden_trend"):
        assert "more than half" in dominated[key]["not_estimable"]
        assert "9 customers" not in few[key]["not_estimable"]
    page = render_html(build_document(shown))
    assert page.count('aria-labelledby="path-') == 1
    small = replace(study(), path=tuple(replace(month, effect=few_of(month.effect)) for month in study().path))
    assert build_results(with_studies(result, small, published=True))["event_studies"][0]["path"] == []


def few_of(effect: Estimate) -> Estimate:
    return replace(effect, n=9)
