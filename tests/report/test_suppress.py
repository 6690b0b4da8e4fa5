"""What the public must not see is in no file of the run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, ClaimAudit, ClaimPower, Drivers, RatingDrivers, Rung, RunResult
from cxlink.report.document import build_document
from cxlink.report.results import build_results
from cxlink.report.suppress import show_count
from cxlink.report.suppress_claims import suppress_claims
from cxlink.report.write import write_outputs
from tests.report.conftest import customer_groups, drivers, employees, points, promise_gaps


@pytest.fixture
def published(result: RunResult) -> RunResult:
    """Billing reaches seven customers; one customer makes up most of delivery; a cause has three customers."""
    billing, delivery, *others = result.impact.components
    small = replace(billing, customers_reached=7, incidents=8)
    customers = pd.DataFrame(
        {
            "customer": range(12),
            "customer_id": "C",
            "monthly_price": [100.0] + [5.0] * 11,
            "acquired_day": 0,
            "event": 0,
        }
    )
    incidents = pd.DataFrame(
        [(c, name) for name, whom in (("delivery", range(12)), ("website", range(1, 12))) for c in whom],
        columns=["customer", "component"],
    )
    causes = (replace(result.causes[0], customers=3), result.causes[1])
    return replace(
        result,
        audience="published",
        impact=replace(result.impact, components=(small, delivery, *others)),
        linked=replace(result.linked, customers=customers, incidents=incidents),
        causes=causes,
    )


def test_a_component_of_few_customers_shows_nothing(published: RunResult) -> None:
    results = build_results(published)
    billing = results["components"][0]
    assert "not_estimable" in billing["customers_reached"]
    for key in ("customers_kept", "experience", "margin_kept", "hazard_ratio", "seen_after"):
        assert billing[key]["not_estimable"] == "suppressed: fewer than 10 customers"
    assert all("not_estimable" in value for value in billing["tenth"].values())


def test_money_of_one_big_customer_is_suppressed_and_the_rest_is_not(published: RunResult) -> None:
    results = build_results(published)
    delivery, website = results["components"][1], results["components"][3]
    assert delivery["margin_kept"]["not_estimable"] == "suppressed: one customer makes up more than half"
    assert "point" in delivery["experience"]
    assert "point" in website["margin_kept"]


def test_no_suppressed_cell_follows_from_the_others(published: RunResult) -> None:
    results = build_results(published)
    shares = [value for component in results["components"] for value in component["joint_share"].values()]
    assert all("not_estimable" in value for value in shares)
    overlap = [row for row in build_document(published).table.rows if row.kind == "overlap"]
    assert not overlap or not any(cell.figure for cell in overlap[0].cells)


def test_the_joint_figure_goes_where_one_component_alone_is_hidden_in_it(published: RunResult) -> None:
    joint = build_results(published)["joint"]
    assert joint["experience"]["not_estimable"] == "suppressed: another component's figure would follow from it"
    assert "not_estimable" in joint["customers_kept"]
    assert "point" in joint["margin_kept"]


def test_a_figure_that_rests_on_few_is_suppressed(published: RunResult) -> None:
    level = replace(points(31.2, 29.0, 33.4), n=9)
    effects = [replace(effect, seen_after=level) for effect in published.impact.components]
    results = build_results(replace(published, impact=replace(published.impact, components=tuple(effects))))
    assert all("not_estimable" in component["seen_after"] for component in results["components"])


def test_small_counts_are_shown_as_such(published: RunResult) -> None:
    document = build_document(published)
    assert {row.name: row.reached for row in document.table.rows}["billing"] == "<10"
    assert document.causes[0].customers == "<10"
    assert document.causes[0].share == "-"
    assert show_count(9, published=True) == "<10"
    assert show_count(9, published=False) == "9"


def test_small_counts_hide_in_reasons_too(published: RunResult) -> None:
    text = json.dumps(build_results(published))
    assert "6 exposed churners" not in text
    assert "fewer than 10 exposed churners" in text


def test_no_words_and_no_rows_are_written(published: RunResult, tmp_path: Path) -> None:
    write_outputs(published, tmp_path / "out")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")}
    assert not {name for name in names if "quarantine" in name or "customers" in name or "timeline" in name}
    assert all(not cause.examples for cause in build_document(published).causes)
    assert all(not cause["examples"] for cause in build_results(published)["causes"])


def test_single_leavers_cannot_be_read_off_the_curve(published: RunResult) -> None:
    curve = build_results(published)["churn"]["curve"]
    days = [point["day"] // 30 for point in curve]
    assert len(days) == len(set(days))
    assert all(point["at_risk"] >= 10 for point in curve)


def test_it_says_that_it_hides_something(published: RunResult) -> None:
    codes = [message["code"] for message in build_results(published)["diagnostics"]]
    assert codes.count("CX802") == 1


def test_nothing_is_hidden_inside_the_house(result: RunResult) -> None:
    assert not any(
        isinstance(value, NotEstimable) and value.reason.startswith("suppressed")
        for effect in result.impact.components
        for value in effect.joint_share.values()
    )
    assert "CX802" not in [message["code"] for message in build_results(result)["diagnostics"]]


def test_small_counts_of_what_is_not_explained_are_hidden(published: RunResult) -> None:
    by_name = {one["what"]: one for one in build_results(published)["unexplained"]}
    assert "point" in by_name["low scores"]["share"]
    assert by_name["leavers"]["records"] == {"not_estimable": "suppressed: fewer than 10", "needs": "a larger group"}
    assert by_name["leavers"]["share"]["not_estimable"] == "suppressed: fewer than 10 customers"


def with_sizes(result: RunResult, *sizes: int, cohorts: tuple[int, int] = (500, 500)) -> dict[str, Any]:
    groups = customer_groups()
    groups = replace(
        groups,
        bands=tuple(replace(group, customers=size) for group, size in zip(groups.bands, sizes, strict=True)),
        cohorts=tuple(replace(group, customers=size) for group, size in zip(groups.cohorts, cohorts, strict=True)),
    )
    shown = replace(result, audience="published", impact=replace(result.impact, groups=groups))
    found: dict[str, Any] = build_results(shown)["customer_groups"]
    return found


def test_a_small_group_takes_the_next_one_and_all_years_with_it(result: RunResult) -> None:
    found = with_sizes(result, 7, 500, 40)
    small, large, next_one = found["by_tenure"]
    assert small["leaving"]["not_estimable"] == "suppressed: fewer than 10 customers"
    for group in (next_one, *found["by_acquisition"]):
        assert "would follow from it" in group["customers"]["not_estimable"]
        assert "would follow from it" in group["hours_to_close"]["not_estimable"]
    assert large["customers"] == 500
    assert "point" in large["margin"]


def test_a_small_year_hides_the_years_alone(result: RunResult) -> None:
    found = with_sizes(result, 30, 500, 40, cohorts=(567, 3))
    assert all("point" in group["leaving"] for group in found["by_tenure"])
    assert all("not_estimable" in group["customers"] for group in found["by_acquisition"])


def test_groups_of_many_are_shown(result: RunResult) -> None:
    found = with_sizes(result, 30, 500, 40)
    assert [group["customers"] for group in found["by_tenure"]] == [30, 500, 40]
    assert all("point" in group["price"] for group in found["by_acquisition"])


def test_the_price_of_one_big_customer_in_a_group_is_hidden(result: RunResult) -> None:
    groups = customer_groups()
    big = replace(groups, bands=(replace(groups.bands[0], largest_part=0.6), *groups.bands[1:]))
    shown = replace(result, audience="published", impact=replace(result.impact, groups=big))
    first = build_results(shown)["customer_groups"]["by_tenure"][0]
    assert first["price"]["not_estimable"] == first["margin"]["not_estimable"]
    assert "one customer" in first["price"]["not_estimable"]
    assert "point" in first["leaving"]


def test_a_promise_to_few_customers_shows_nothing(result: RunResult) -> None:
    (one,) = promise_gaps()
    few = replace(one, customers=6, touchpoints=40)
    seldom = replace(one, share_late=Estimate(0.0003, 0.0001, 0.0006, 0.95, "share", 2_100, 14_703, "Wilson"))
    shown = replace(result, audience="published", impact=replace(result.impact, promises=(few, seldom)))
    first, second = build_results(shown)["promises"]
    assert "not_estimable" in first["customers"]
    for key in ("mean_gap", "share_late", "within_customers", "between_customers"):
        assert first[key]["not_estimable"] == "suppressed: fewer than 10 customers"
    assert first["score"]["late"]["not_estimable"] == first["hazard_ratio"]["late"]["not_estimable"]
    # four of 14,703 touchpoints were late
    assert "not_estimable" in second["share_late"]
    assert "point" in second["mean_gap"]
    assert second["hazard_ratio"]["early"]["not_estimable"].startswith("fewer than 10 leavers")


def test_answers_of_few_teams_and_digits_of_refusals_are_hidden(result: RunResult) -> None:
    told = employees()
    first = told.outcomes[0]
    assert isinstance(first.lead, Estimate)
    few = replace(told, outcomes=(replace(first, lead=replace(first.lead, n=8)), *told.outcomes[1:]))
    shown = replace(result, audience="published", impact=replace(result.impact, employees=few))
    outcome = build_results(shown)["employees"]["outcomes"][0]
    assert "not_estimable" in outcome["lead"]
    assert "point" in outcome["total"]
    refused = replace(result.impact, employees=NotEstimable("4 teams with engagement and tickets", "more"))
    text = build_results(replace(result, audience="published", impact=refused))["employees"]["not_estimable"]
    assert text == "fewer than 10 teams with engagement and tickets"


def test_a_placebo_that_fails_is_said(result: RunResult) -> None:
    section = next(one for one in build_document(result).sections if one.name == "employees")
    assert [note for note in section.notes if "month after" in note] == [
        "ticket csat: engagement of the month after goes with it as well, so it is not an effect (D)."
    ]


def published_drivers(result: RunResult, told: Drivers) -> Any:
    return build_results(replace(result, audience="published", drivers=told))["drivers"]


def test_drivers_that_few_customers_are_behind_are_hidden(result: RunResult) -> None:
    told = drivers()
    (one,) = told.kpis
    few = replace(one.components[0], answers=9, customers=8)
    hidden, shown = published_drivers(result, replace(told, kpis=(replace(one, components=(few, one.components[1])),)))[
        0
    ]["components"]
    assert "not_estimable" in hidden["customers_after"]
    assert {way["effect"]["not_estimable"] for way in hidden["contrasts"]} == {
        "suppressed: fewer than 10 customers",
    }
    assert "not_estimable" in hidden["proportional_odds"]
    assert all("point" in way["effect"] for way in shown["contrasts"])
    # inside the house everything is shown
    inside = build_results(replace(result, drivers=told))["drivers"][0]["components"][0]
    assert any("7 customers answered both" in way["effect"].get("not_estimable", "") for way in inside["contrasts"])


def test_ratings_of_few_customers_are_hidden(result: RunResult) -> None:
    told = drivers()
    (one,) = told.kpis
    assert isinstance(one.ratings, RatingDrivers)
    first, *others = one.ratings.touchpoints
    ratings = replace(one.ratings, unrated=4, touchpoints=(replace(first, customers=9), *others))
    found = published_drivers(result, replace(told, kpis=(replace(one, ratings=ratings),)))[0]["ratings"]
    small, second, _ = found["touchpoints"]
    assert small["kind"] == "undetermined"
    assert small["rank"] is None
    assert all("not_estimable" in small[key] for key in ("mean", "share_of_variance", "low_rating", "balance"))
    assert "point" in second["share_of_variance"]
    assert "not_estimable" in found["answers_without_ratings"]
    assert found["left_out"][0]["not_estimable"].startswith("fewer than 10 customers rated it")


def test_no_file_of_the_public_tells_a_small_count_of_drivers(result: RunResult, tmp_path: Path) -> None:
    write_outputs(replace(result, audience="published"), tmp_path / "out")
    for name in ("results.json", "report.md", "report.html", "tables/drivers.csv"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "7 customers answered both" not in text
        assert "8 customers rated it" not in text
    assert "fewer than 10 customers answered both" in (tmp_path / "out" / "tables" / "drivers.csv").read_text()


def audited(hidden_name: str) -> ClaimAudit:
    told = Estimate(0.2, 0.1, 0.3, 0.9, "% of revenue by NPS point", 500, 80, "test")
    few = replace(told, n=7)
    refusal = NotEstimable("9 customers answered three times, needs 30", "more answers")
    return ClaimAudit(
        (
            AuditedClaim(
                text="+1 NPS = 1% revenue",
                source="",
                among="",
                reading="A point.",
                verdict="overstated",
                claimed=1.0,
                unit=told.unit,
                naive=few,
                estimate=told,
                decided_by="through components",
                inflation=replace(told, point=5.0, low=3.3, high=10.0, level=0.95),
                inflation_set="3.3 to 10 times",
                rungs=(
                    Rung("between customers", few, ""),
                    Rung("within", refusal, ""),
                    Rung("through components", told, ""),
                ),
                levers=(Rung(hidden_name, told, "through this component alone"),),
                power=ClaimPower(0.17, 0.99, 0.0, 1.0),
                sentence="Overstated about 5 times (95%: 3.3 to 10): claimed 1, here 0.2.",
                why="There is an effect.",
                settle="",
                reasons=("There is an effect.",),
            ),
        )
    )


def test_claims_tell_nothing_of_hidden_components(published: RunResult) -> None:
    shown = build_results(replace(published, claims=audited("billing")))["claims"][0]
    assert shown["levers"] == []
    assert "suppressed" in shown["rungs"][0]["answer"]["not_estimable"]
    assert "9" not in shown["rungs"][1]["answer"]["not_estimable"]


def test_a_claim_gives_no_single_hidden_component_away() -> None:
    (one,) = suppress_claims(audited("billing"), hidden=1).claims
    assert isinstance(one.estimate, NotEstimable)
    assert isinstance(one.inflation, NotEstimable)
    assert isinstance(one.rungs[-1].answer, NotEstimable)
    assert (one.sentence, one.inflation_set, one.power) == ("Overstated.", "", None)
    (open_one,) = suppress_claims(audited("billing"), hidden=0).claims
    assert open_one.levers
    assert open_one.estimate == audited("billing").claims[0].estimate


def test_a_claim_about_some_customers_is_withheld() -> None:
    (one,) = audited("billing").claims
    audit = ClaimAudit((replace(one, among="city = 'Riga'", reading="Among customers with city = 'Riga'. A point."),))
    (shown,) = suppress_claims(audit, hidden=0).claims
    assert "Riga" not in str(shown)
    assert all(isinstance(answer, NotEstimable) for answer in (shown.naive, shown.estimate, shown.inflation))
    assert (shown.rungs, shown.levers, shown.power) == ((), (), None)
    assert shown.name == "+1 NPS = 1% revenue, among some customers"
