"""What moved the score in the reports: the sentence, the keys for programs, and what is hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Bridge, Bridges, BridgeTerm, RunResult
from cxlink.report.bridge_sections import build_bridge_sections, say_bridge
from cxlink.report.results import build_results

FROM, TO = "2025-07/2025-09", "2025-10/2025-12"


def points(point: float, half: float = 1.0, n: int = 300) -> Estimate:
    return Estimate(point, point - half, point + half, 0.95, "NPS points", n, 400, "test")


def euros(amount: float) -> Estimate:
    return Estimate(amount, amount, amount, 1.0, "EUR", 900, 3, "test")


def moved(leavers: int = 40) -> Bridges:
    terms = (
        BridgeTerm("within", points(2.1), 60),
        BridgeTerm("leavers", points(2.4), leavers),
        BridgeTerm("joiners", points(-0.5), 30),
        BridgeTerm("customer_mix", points(0.25), 200),
        BridgeTerm("response_mix", points(0.25), 200),
        BridgeTerm("rate", points(0.5), 200),
    )
    score = Bridge(
        "nps", "quarter before", FROM, TO, points(31.0), points(36.0), points(5.0), terms, (), ("tenure",), 3
    )
    money = (BridgeTerm("joiners", euros(1500.25), 900), BridgeTerm("leavers", euros(-400.0), 900))
    factors = (BridgeTerm("customers", euros(1000.25), 900), BridgeTerm("revenue_per_customer", euros(100.0), 900))
    revenue = Bridge(
        "revenue", "quarter before", FROM, TO, euros(50_000.0), euros(51_100.25), euros(1100.25), money, factors
    )
    refused = Bridge("nps", "year before", "2024-10/2024-12", TO, refusal=NotEstimable("7 customers answered", "more"))
    return Bridges((score, refused, revenue), ())


def test_one_sentence_says_what_moved_the_score() -> None:
    assert say_bridge(moved()) == (
        f"NPS rose from 31.0 ({FROM}) to 36.0 ({TO}): +2.4 because low scorers left, +2.1 because the same customers"
        " score higher, +0.5 the rest."
    )
    assert say_bridge(NotEstimable("short", "longer")) == ""


def test_a_move_that_may_be_chance_is_said_to_be() -> None:
    one = replace(moved().bridges[0], move=points(5.0, half=6.0))
    assert say_bridge(Bridges((one,), ())).endswith("The move as a whole may be chance.")


def test_sections_have_each_term_and_the_whole() -> None:
    score, revenue = build_bridge_sections(moved(), published=False)
    assert len(score.rows) == 7
    assert score.rows[-1] == ("quarter before: in all", "+5.0 (4.0-6.0)", "300")
    assert "cannot be told: 7 customers answered" in " ".join(score.notes)
    assert revenue.rows[0][0] == "quarter before: customers joined"
    assert "Recurring revenue (EUR thousand) rose from 50.0" in revenue.notes[0]


def test_results_have_terms_that_add_up(result: RunResult) -> None:
    told = build_results(replace(result, bridge=moved()))["bridge"]
    assert set(told[0]) == {"kpi", "from", "to", "against", "term", "value"}
    for kpi, whole in (("nps", 5.0), ("revenue", 1100.25)):
        values = {one["term"]: one["value"] for one in told if one["kpi"] == kpi and one["to"] == TO}
        terms = [one for name, one in values.items() if name not in ("total", "level_from", "level_to")]
        assert sum(one.get("point", 0.0) for one in terms) == pytest.approx(whole)
    assert {"not_estimable": "7 customers answered", "needs": "more"} in [one["value"] for one in told]
    assert build_results(result)["bridge"] == []


def test_the_public_sees_no_movements_and_no_terms_of_few(result: RunResult) -> None:
    told = build_results(replace(result, audience="published", bridge=moved(leavers=7)))["bridge"]
    assert {one["term"] for one in told} == {"total"}
    assert all("not_estimable" in one["value"] for one in told)
    assert "7 customers" not in str(told)
    kept = build_results(replace(result, audience="published", bridge=moved()))["bridge"]
    assert {one["term"] for one in kept if one["kpi"] == "nps"} > {"leavers", "within"}
    assert not [one for one in kept if one["kpi"] == "revenue" and "point" in one["value"]]
