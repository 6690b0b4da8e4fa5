"""The closed loop in the reports: the line, the keys for programs, and what is hidden."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import AfterAnswers, ClosedLoop, LowAnswers, OpenCause, OpenTickets, RunResult
from cxlink.report.loop_sections import build_loop_sections, say_loop
from cxlink.report.results import build_results


def found(point: float, low: float, high: float, unit: str, n: int = 90) -> Estimate:
    return Estimate(point, low, high, 0.95, unit, n, 40, "test")


def loop(billing: int = 100) -> ClosedLoop:
    low = LowAnswers(
        "nps", 90, 2, True, 96, 40, 30, found(0.42, 0.32, 0.52, "share"), NotEstimable("fewer than half", "time")
    )
    after = AfterAnswers(60, 80, found(20.0, -5.0, 45.0, "NPS points"), found(-0.02, -0.09, 0.05, "share"))
    tickets = (OpenTickets("all", (100, 50, 33, 31)), OpenTickets("billing", (billing, 0, 0, 0)))
    return ClosedLoop(tickets, None, low, after, (OpenCause("billing", "overcharge", 300, 200, 41),), ())


def test_one_line_says_what_is_open_and_who_was_answered() -> None:
    assert say_loop(loop(), published=False) == (
        "214 tickets are open, 31 for over 30 days; 40 of 96 detractors of 90 days were answered within 2 days (by"
        " their tickets)."
    )
    assert say_loop(NotEstimable("it was not looked at", ""), published=False) == ""


def test_a_reader_is_told_what_answers_do_not_show() -> None:
    main, causes = build_loop_sections(loop(), published=False)
    assert main.rows[0] == ("all", "100", "50", "33", "31", "214")
    text = " ".join(main.notes)
    for said in ("30 have no answer yet", "42 (32-52)", "Staff choose whom to answer", "regression to the mean", "(D)"):
        assert said in text
    assert causes.rows == (("billing, overcharge", "300", "200", "41"),)


def test_results_have_counts_and_answers(result: RunResult) -> None:
    told = build_results(replace(result, loop=loop()))["closed_loop"]
    assert told["open"][0]["ages"]["over 30 days"] == 31
    assert told["low"]["share"]["point"] == 0.42
    assert told["after"]["score"]["unit"] == "NPS points"
    assert "not_estimable" in told["low"]["waiting_monthly"]
    assert "not_estimable" in build_results(result)["closed_loop"]


def test_the_public_sees_no_small_cells(result: RunResult) -> None:
    told = build_results(replace(result, audience="published", loop=loop(billing=7)))["closed_loop"]
    assert [one["component"] for one in told["open"]] == ["all"]
    low = loop().low
    assert isinstance(low, LowAnswers)
    few = replace(loop(), low=replace(low, waiting=7), causes=(OpenCause("app", "crash", 300, 200, 3),))
    told = build_results(replace(result, audience="published", loop=few))["closed_loop"]
    assert "not_estimable" in told["low"]
    assert told["causes"] == []
