"""KPIs in the reports: what is said, what is hidden, and the same figures in every format."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxlink.estimate import NotEstimable
from cxlink.handoff import Kpis, RunResult
from cxlink.report.kpi_results import kpis_table
from cxlink.report.kpi_sections import build_kpi_section, say_kpis
from cxlink.report.results import build_results
from tests.report.compared_kpis import compared_kpis


def test_the_score_that_tells_is_named_with_its_share() -> None:
    assert say_kpis(compared_kpis()) == (
        "CSAT tells who leaves within 3 months beyond tenure and plan: +2.1 (1.0-3.2) percent of what is"
        " uncertain. NPS does not, as far as can be told."
    )


def test_none_is_an_answer() -> None:
    found = compared_kpis()
    race = found.races[0]
    none = replace(race, gains=tuple(replace(one, p_value=None if one.p_value is None else 0.3) for one in race.gains))
    told = say_kpis(replace(found, races=(none,)))
    assert told == "None of CSAT and NPS adds to tenure and plan in telling who leaves within 3 months."
    alone = replace(none, gains=none.gains[:1])
    assert say_kpis(replace(found, adjusted_for=(), races=(alone,))) == (
        "CSAT adds nothing that shows to tenure in telling who leaves within 3 months."
    )


def test_a_sure_loss_is_no_gain() -> None:
    """However little luck there is in it: a score that misleads does not add."""
    found = compared_kpis()
    worse = [replace(one, p_value=0.001) for one in found.races[0].gains if one.form == "score" and one.kpi == "nps"]
    assert [one.adds for one in worse] == [False]


def test_the_section_says_of_whom_and_what_not_to_conclude() -> None:
    section = build_kpi_section(compared_kpis(), published=False)
    assert section.rows[0] == ("leaving: CSAT", "+2.1 (1.0-3.2)", "<0.001", "700")
    assert section.rows[1][0] == "leaving: NPS by classes"
    text = " ".join(section.notes)
    for said in ("700 customers (the same customers", "2025-06-30, 2025-09-30", "a sign of it, not a lever"):
        assert said in text
    assert "CSAT tells more than NPS" in text
    assert "Revenue: cannot be told: the window is too short." in text
    apart = replace(compared_kpis().races[0], same_respondents=False)
    assert "Rows do not compare" in " ".join(build_kpi_section(Kpis((), (apart,), ()), published=False).notes)


def test_results_have_the_keys_of_the_contract(result: RunResult) -> None:
    told = build_results(replace(result, kpis=compared_kpis()))
    first = told["kpis"][0]
    assert (first["kpi"], first["outcome"], first["gain"]["point"], first["adds"]) == ("csat", "leaving", 0.0213, True)
    (leaving, revenue) = told["kpi_comparisons"]
    assert leaving["customers"] == 700
    assert leaving["pairs"][0]["p_value"] == 0.012
    assert revenue["not_estimable"] == "the window is too short"
    flat = kpis_table(compared_kpis())
    assert flat["reason"].tolist()[3:] == [
        "7 left, needs 20; needs more answers",
        "the window is too short; needs a longer window",
    ]


def test_the_public_sees_nothing_of_few(result: RunResult) -> None:
    told = build_results(replace(result, audience="published", kpis=compared_kpis(n=9)))
    assert all("not_estimable" in one["gain"] and one["p_value"] is None for one in told["kpis"])
    assert told["kpi_comparisons"][0]["customers"]["not_estimable"] == "suppressed: fewer than 10"
    assert all("7 left" not in str(one) for one in told["kpis"])


@pytest.mark.parametrize("refusal", [NotEstimable("nobody answered", "answers")])
def test_a_refusal_is_said(refusal: NotEstimable) -> None:
    assert say_kpis(refusal) == ""
    assert build_kpi_section(refusal, published=True).notes == ("Cannot be told: nobody answered. Needs: answers.",)
