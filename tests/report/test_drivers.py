"""Drivers as people and programs read them."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import jsonschema
import pytest
import python_calamine

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import RatingDrivers, RunResult
from cxlink.report.document import build_document
from cxlink.report.driver_results import drivers_table
from cxlink.report.driver_sections import build_driver_sections
from cxlink.report.results import build_results, results_schema
from cxlink.report.workbook import render_workbook
from tests.report.conftest import drivers


def test_what_programs_read_is_under_the_schema(result: RunResult) -> None:
    document = build_results(result)
    jsonschema.validate(document, results_schema())
    (one,) = document["drivers"]
    assert [way["way"] for way in one["components"][0]["contrasts"]] == [
        "difference",
        "like_for_like",
        "within",
        "adjusted",
        "ordinal",
    ]
    assert one["ratings"]["grade"] == "D"
    assert json.dumps(document)  # every number is finite


def test_the_row_of_a_component_bears_its_best_evidence_in_words() -> None:
    section = build_driver_sections(drivers(), published=False)[0]
    evidence = {row[0]: row[-1] for row in section.rows}
    assert evidence == {"delivery": "B within the same customers", "billing": "C adjusted"}
    # the one that takes most comes first
    assert [row[0] for row in section.rows] == ["delivery", "billing"]


def test_each_table_says_what_not_to_conclude() -> None:
    incidents, ratings = build_driver_sections(drivers(), published=False)
    assert any("rows do not add up" in note for note in incidents.notes)
    assert any("A share of variance is not what a change would bring" in note for note in ratings.notes)
    assert any("No money follows from it" in note for note in ratings.notes)
    assert any("from 7 up" in note for note in incidents.notes)
    assert any("do not build on it: shop" in note for note in ratings.notes)


def test_a_dash_is_explained_with_its_component() -> None:
    section = build_driver_sections(drivers(), published=False)[0]
    assert any(note.startswith("- of billing: 7 customers answered both") for note in section.notes)


def test_the_flat_table_has_every_figure_of_the_results(result: RunResult) -> None:
    table = drivers_table(drivers())
    (one,) = build_results(result)["drivers"]
    for driver in one["components"]:
        for way in driver["contrasts"]:
            row = table.loc[(table["component"] == driver["component"]) & (table["way"] == way["way"])].iloc[0]
            if "point" in way["effect"]:
                assert row["point"] == way["effect"]["point"]
            else:
                assert way["effect"]["not_estimable"] in row["reason"]
    assert set(table["grade"]) == {"B", "C", "D"}
    # nothing of what ratings say may be taken for an effect
    rated = table.loc[table["way"].isin(["mean_rating", "share_of_variance", "low_rating", "high_rating", "balance"])]
    assert set(rated["grade"]) == {"D"}


def test_the_workbook_has_numbers(result: RunResult) -> None:
    content = render_workbook(build_document(result))
    sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name("Drivers").to_python()
    lines = {(row[1], row[2]): row for row in sheet}
    delivery = lines["delivery", "Same, adjusted (B)"]
    assert [float(str(value)) for value in delivery[3:6]] == [-31, -37, -25]
    assert "needs 30" in str(lines["billing", "Same customers (B)"][-1])


def test_a_refusal_is_a_sentence() -> None:
    refused = NotEstimable("no answer bears a score", "nps")
    (section,) = build_driver_sections(refused, published=False)
    assert section.notes == ("Cannot be told: no answer bears a score. Needs: nps.",)
    assert drivers_table(refused).empty


@pytest.mark.parametrize("reason", ["35 customers rated 4 touchpoints, needs 50"])
def test_ratings_that_tell_nothing_are_said(reason: str) -> None:
    told = drivers()
    one = replace(told.kpis[0], ratings=NotEstimable(reason, "more ratings"))
    (section,) = build_driver_sections(replace(told, kpis=(one,)), published=False)
    assert any(reason in note for note in section.notes)


def test_no_class_is_shown_where_the_balance_is_not_settled() -> None:
    (one,) = drivers().kpis
    assert isinstance(one.ratings, RatingDrivers)
    for rated in one.ratings.touchpoints:
        assert isinstance(rated.balance, Estimate)
        settled = rated.balance.low > 0 or rated.balance.high < 0
        row = next(
            row for row in build_driver_sections(drivers(), published=False)[1].rows if row[0] == rated.component
        )
        assert (row[-1] != "-") == settled
