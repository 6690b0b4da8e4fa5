"""How far figures can be trusted, as the public may see it and as people read it."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import Doubts, Placebo, RunResult
from cxlink.report.doubt_sections import build_doubt_sections
from cxlink.report.results import build_results
from tests.report.conftest import doubts, euros, points


def published(result: RunResult) -> RunResult:
    """Billing reaches seven customers."""
    billing, *others = result.impact.components
    impact = replace(result.impact, components=(replace(billing, customers_reached=7), *others))
    return replace(result, audience="published", impact=impact)


def test_everything_is_there_inside(result: RunResult) -> None:
    told = build_results(result)["doubts"]
    billing = told["components"][0]
    assert billing["score"]["robustness"] == 0.134
    assert billing["exposure"]["customers"] == 812
    assert told["placebos"][3]["failed"] is True
    assert told["costliest"]["corrected"]["point"] == 188_000
    assert told["measured_late"] == ["usage"]


def test_the_public_sees_nothing_that_tells_of_a_hidden_component(result: RunResult) -> None:
    told = build_results(published(result))["doubts"]
    billing, delivery = told["components"][:2]
    assert billing["q_hazard_ratio"] is None
    assert billing["q_net_benefit"] is None
    assert billing["score"] is None
    assert billing["exposure"] is None
    assert "not_estimable" in billing["calibrated_hazard_ratio"]
    assert delivery["score"] is not None
    for one in told["placebos"]:
        if one["component"] == "billing":
            assert "not_estimable" in one["effect"]
            assert one["p_value"] is None
            assert one["detectable"] is None
    # the correction is reckoned from the others' figures as well
    assert "not_estimable" in told["costliest"]
    assert told["p_value_scores"] is None


def test_counts_below_ten_are_hidden_in_public(result: RunResult) -> None:
    support = build_results(replace(result, audience="published"))["doubts"]["components"][2]
    assert support["exposure"] is None or "not_estimable" in support["exposure"]["customers"]


def notes_of(found: Doubts) -> str:
    return " ".join(build_doubt_sections(found)[0].notes)


def test_luck_is_told_only_where_there_is_some() -> None:
    found = doubts()
    assert found.winner is not None
    assert "looks costliest partly by luck" in notes_of(found)
    ahead = replace(found.winner, corrected=euros(217_000, 108_000, 325_000))
    assert "leads by so much" in notes_of(replace(found, winner=ahead))
    assert "costliest" not in notes_of(replace(found, winner=None))


def test_prices_are_in_percent_and_small_ones_are_called_so() -> None:
    price = Placebo("app", "later incidents and prices", replace(points(0.012, 0.01, 0.014), unit="log price"), 0.001)
    rows = build_doubt_sections(replace(doubts(), placebos=(replace(price, q_value=0.0004, small=True),)))[1].rows
    assert rows[0][1:] == ("earlier price changes, %", "+1.20 (1.00-1.40)", "", "<0.001", "yes, but small")


def test_without_a_run_of_impact_there_is_a_reason() -> None:
    (section,) = build_doubt_sections(NotEstimable("it was not looked at", "a run of every stage"))
    assert section.notes == ("Cannot be told: it was not looked at. Needs: a run of every stage.",)
