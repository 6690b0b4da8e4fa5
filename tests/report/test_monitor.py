"""Monthly figures in the reports: what is said, what is hidden, and the keys for programs."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import RunResult
from cxlink.report.document import build_document
from cxlink.report.monitor_results import monitor_table
from cxlink.report.monitor_sections import build_monitor_sections, say_monitoring
from cxlink.report.results import build_results
from cxlink.report.terminal import render_terminal
from tests.report.monitored_months import MONTHS, chart, monitored_months


def test_signals_are_told_in_plain_words_and_the_rest_in_one_line() -> None:
    assert say_monitoring(monitored_months(), most=5) == (
        "billing: share of customers met rose to 6.1% in 2025-12 (expected 2.1% to 4.4%); hardly luck even among all"
        " charts.",
        "delivery: customers leaving a month was 1.6% in 2025-12 (expected 1.0% to 3.0%); by several months together it"
        " lies below its level of 2.0%.",
        "2025-12: 5 charts are watched; about 0.1 false alarms a month are expected; everything else is within its"
        " limits.",
    )
    fell = replace(monitored_months(), charts=(chart("experience", "", (46.0, 9.0), (26.1, 65.9), rule="limits"),))
    assert say_monitoring(fell, most=5)[0].startswith(
        "all customers: score fell to 9.0 in 2025-12 (expected 26.1 to 65.9)"
    )


def test_a_month_that_limits_are_learnt_from_is_not_judged() -> None:
    early = tuple(
        replace(one, months=tuple(replace(month, phase=1, rule="", lasting=0) for month in one.months))
        for one in monitored_months().charts
    )
    (line,) = say_monitoring(replace(monitored_months(), charts=early), most=5)
    assert "2025-12 is among the months that limits are learnt from" in line


def test_the_table_is_folded_and_says_what_not_to_conclude() -> None:
    (section,) = build_monitor_sections(monitored_months())
    assert section.folded
    assert section.rows[0] == ("all customers: score", "2025-12", "39.0", "26.1 to 65.9", "", "0.90")
    text = " ".join(section.notes)
    assert "What not to conclude" in text
    assert "2026-01 is not whole" in text
    assert "Not watched: one figure, because fewer than one event a month is expected." in text


def test_results_have_the_keys_of_the_contract_and_a_summary(result: RunResult) -> None:
    told = build_results(replace(result, monitoring=monitored_months()))
    (signal, _) = [row for row in told["monitor"] if row["signal"]]
    names = ("series", "component", "month", "value", "low", "high", "signal")
    assert [signal[name] for name in names] == ["reach", "billing", "2025-12", 0.061, 0.021, 0.044, True]
    assert (signal["rule"], signal["phase"], signal["q_value"]) == ("limits", 2, 0.002)
    assert len(told["monitor"]) == 5 * len(MONTHS)
    summary = told["monitor_summary"]
    assert (summary["charts"], summary["watched"], summary["signals"]) == (5, 5, 2)
    assert summary["expected_false_alarms"] == 0.1
    assert summary["baselines"][0]["taken_out"] == ["2023-07"]
    assert len(monitor_table(monitored_months())) == 5 * len(MONTHS)


def test_what_cannot_be_watched_says_why(result: RunResult) -> None:
    refusal = NotEstimable("7 whole calendar months are observed, needs 20", "a longer observed window")
    told = build_results(replace(result, monitoring=refusal))
    assert told["monitor"] == []
    assert told["monitor_summary"] == {"not_estimable": refusal.reason, "needs": refusal.needs}
    assert build_monitor_sections(refusal)[0].rows == ()
    assert say_monitoring(refusal, most=5) == ()


def test_a_figure_that_cannot_stand_out_says_so() -> None:
    quiet = chart("experience", "billing", (10.0, -40.0), (-100.0, 100.0), blind=True)
    (section,) = build_monitor_sections(replace(monitored_months(), charts=(quiet,)))
    assert section.rows[0][4] == "none possible: too few"


def test_the_public_sees_no_chart_of_few(result: RunResult) -> None:
    few = replace(result, audience="published", monitoring=monitored_months(people=7))
    told = build_results(few)
    assert {row["component"] for row in told["monitor"]} == {"", "delivery"}
    assert "suppressed" in told["monitor_summary"]["not_charted"][-1]["reason"]
    assert "6.1%" not in render_terminal(build_document(few)).plain
    shown = build_results(replace(few, monitoring=monitored_months()))
    assert len(shown["monitor"]) == 5 * len(MONTHS)


def test_the_terminal_shows_six_lines_at_most(result: RunResult) -> None:
    many = tuple(chart("reach", f"part {k}", (0.03, 0.06), (0.02, 0.04), rule="limits") for k in range(9))
    document = build_document(replace(result, monitoring=replace(monitored_months(), charts=many)))
    assert len(document.monitor_lines) == 6
    assert "(4 more signals in the report)" in document.monitor_lines[-1]
