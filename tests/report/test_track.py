"""Past changes in the reports: what is said, what is hidden, and the keys for programs."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import RunResult
from cxlink.report.results import build_results
from cxlink.report.track_results import track_table
from cxlink.report.track_sections import build_track_sections
from tests.report.tracked_changes import tracked_changes


def test_the_effect_stands_beside_what_was_seen() -> None:
    (section,) = build_track_sections(tracked_changes(), published=False)
    assert section.rows[0] == ("second courier: incidents fewer, %", "28 (19-36)", "22 (15-29)", "C adjusted")
    assert section.rows[1][3] == "D descriptive"
    assert section.rows[-1] == ("new contracts: incidents fewer, %", "-", "22 (15-29)", "D descriptive")


def test_a_reader_is_told_of_whom_and_what_to_doubt() -> None:
    text = " ".join(build_track_sections(tracked_changes(), published=False)[0].notes)
    for said in (
        "second courier (delivery, late), from 2025-03-01: 400 customers reached, 500 not",
        "10 after, without the 2 months until it worked in full.",
        "went apart before it already (leaving)",
        "new contracts: no effect can be told: customers were reached together by region, 1 of 4 groups.",
        "forecast on 2025-01-31: 30 (20 to 40) percent fewer incidents; 28 (19-36) came: the forecast held.",
        "1 of 1 figures lay in the interval told",
        "It is an effect only if both would have gone alike",
    ):
        assert said in text


def test_a_miss_is_told_from_what_is_vague() -> None:
    tracking = tracked_changes()
    change = tracking.changes[0]
    (check,) = change.checks
    for held, apart, said in ((False, False, "too vague to say more"), (False, True, "the forecast did not hold")):
        other = replace(change, checks=(replace(check, held=held, contradicted=apart),))
        text = " ".join(build_track_sections(replace(tracking, changes=(other,)), published=False)[0].notes)
        assert said in text


def test_results_have_both_and_the_record(result: RunResult) -> None:
    told = build_results(replace(result, tracking=tracked_changes()))
    first, second = told["tracked"]
    assert first["outcomes"][0]["effect"]["point"] == 0.28
    assert first["checks"][0]["held"] is True
    assert second["not_estimable"].startswith("customers were reached together")
    assert told["track_record"] == {"compared": 1, "held": 1, "contradicted": 0, "mean_ratio": 0.933333333}
    without = build_results(result)
    assert (without["tracked"], without["track_record"]) == ([], None)
    flat = track_table(tracked_changes())
    assert flat.loc[flat["figure"] == "told", "point"].tolist() == [0.3]


def test_the_public_sees_no_condition_and_nothing_of_few(result: RunResult) -> None:
    told = build_results(replace(result, audience="published", tracking=tracked_changes(others=7)))
    first, second = told["tracked"]
    assert first["exposed"] is None
    assert first["others"]["not_estimable"] == "suppressed: fewer than 10"
    assert all("not_estimable" in one["effect"] and "not_estimable" in one["seen"] for one in first["outcomes"])
    assert first["checks"][0]["held"] is None
    assert "point" in second["outcomes"][0]["seen"]


def test_without_changes_there_is_no_section() -> None:
    assert build_track_sections(NotEstimable("no change", "one"), published=False) == ()
