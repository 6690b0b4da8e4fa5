"""Changes in words, tables and results.json, and what of them the public does not see."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Allowance, Asked, BudgetChoice, ChangeEffect, Changes, Message, Payoff, RunResult
from cxlink.report.change_results import changes_json, changes_table
from cxlink.report.change_sections import build_change_sections
from cxlink.report.change_words import money, say_asked, say_change
from cxlink.report.document import build_document
from cxlink.report.markdown import render_markdown
from cxlink.report.results import build_results
from cxlink.report.terminal import render_terminal

NO_MARGIN = NotEstimable("no gross margin is given", "[finance] gross_margin")


def asked(**keys: object) -> Asked:
    base: dict[str, object] = {
        "name": "second courier",
        "component": "delivery",
        "cause": "",
        "kind": "fewer",
        "low": 0.2,
        "likely": 0.3,
        "high": 0.4,
        "one_off": 1500.0,
        "per_month": 0.0,
        "saving_one_off": 0.0,
        "saving_per_month": 0.0,
        "ramp_months": 3,
        "adoption": 1.0,
        "displaced_to": "",
        "displaced_share": 0.0,
        "voucher": 0.0,
    }
    return Asked(**{**base, **keys})  # type: ignore[arg-type]  # keywords come from a mapping


def payoff(**keys: object) -> Payoff:
    base: dict[str, object] = {
        "quantiles": (-100.0, 500.0, 1000.0, 1500.0, 2100.0),
        "spent": 1500.0,
        "roi": 2 / 3,
        "payback_months": 8.0,
        "payback_low": 6.0,
        "payback_high": 11.0,
        "never": 0.07,
        "probability": 0.93,
        "allowing_for_doubt": 0.81,
        "allowance": Allowance("strongest attribute", "plan=pro", 0.0, 0.2),
        "break_even": 0.18,
        "break_even_words": "",
        "break_even_ratio": 1.2,
        "break_even_ratio_words": "",
        "sources": (("effect on leaving", 0.7), ("size of the change", 0.3)),
        "information": 12.0,
    }
    return Payoff(**{**base, **keys})  # type: ignore[arg-type]  # keywords come from a mapping


def euros(point: float, low: float, high: float) -> Estimate:
    return Estimate(point, low, high, 0.95, "EUR", 900, 120, "test")


def change(component: str = "delivery", name: str = "second courier") -> ChangeEffect:
    return ChangeEffect(
        asked=asked(name=name, component=component),
        incidents=Estimate(250.0, 160.0, 340.0, 0.95, "incidents", 900, 120, "test"),
        experience=Estimate(1.7, 1.2, 2.2, 0.95, "NPS points", 900, 120, "test"),
        customers_kept=Estimate(4.9, 3.0, 7.0, 0.95, "customers", 900, 120, "test"),
        revenue_kept=euros(2700, 1900, 3600),
        margin_kept=euros(1900, 1300, 2500),
        cost_saved=euros(600, 400, 900),
        npv=euros(1000, -300, 2300),
        payoff=payoff(),
    )


def choice() -> BudgetChoice:
    return BudgetChoice(
        2000.0, "mean", ("second courier", "other"), ("second courier",), 1500.0, euros(1000, -300, 2300), 1000.0,
        1000.0, (("second courier", 0.93), ("other", 0.0)),
    )  # fmt: skip


@pytest.fixture
def with_changes(result: RunResult) -> RunResult:
    changes = Changes((change(), change("billing", "check of invoices")), choice())
    told = Message("CX582", "warning", "changes", "check of invoices: in 61% of draws it does not pay back.", "Wait.")
    return replace(result, impact=replace(result.impact, changes=changes), messages=(*result.messages, told))


def test_each_number_has_its_sentence() -> None:
    said = " ".join(say_change(change(), currency="EUR", months=12))
    for words in (
        "30% (20-40%) fewer delivery incidents; in full after 3 months; it costs EUR 1,500 once",
        "about 250 fewer delivery incidents in 12 months",
        "NPV: EUR 1,000 (-300 to 2,300)",
        "nine times in ten between EUR -100 and EUR 2,100",
        "It is 93% likely to pay, counting chance in the data and the stated range; 81% where hidden causes as strong"
        " as the strongest attribute (plan=pro) are allowed for",
        "within 8 months (half of the draws between 6 and 11; in 7% of draws not within 12 months)",
        "Return: +67% on EUR 1,500",
        "breaks even at 18% fewer; as stated, at a hazard ratio of 1.20",
        "effect on leaving 70%, size of the change 30%",
        "worth EUR 12 at most",
    ):
        assert words in said


def test_counting_draws_never_makes_certain() -> None:
    sure = replace(change(), payoff=payoff(probability=1.0, allowing_for_doubt=0.0))
    said = " ".join(say_change(sure, currency="EUR", months=12))
    assert "It is >99% likely to pay" in said
    assert "; <1% where" in said


def test_what_cannot_be_told_is_said_and_no_number_stands_for_it() -> None:
    without = replace(change(), margin_kept=NO_MARGIN, npv=NO_MARGIN, payoff=NO_MARGIN)
    said = " ".join(say_change(without, currency="EUR", months=12))
    assert "Its NPV cannot be told: no gross margin is given. It needs [finance] gross_margin." in said
    assert "NPV: EUR" not in said
    told = json.loads(changes_json(Changes((without,)), currency="EUR", months=12))["changes"][0]
    assert told["npv"] == {"not_estimable": "no gross margin is given", "needs": "[finance] gross_margin"}
    assert told["probability_npv_positive"] is None
    table = changes_table(Changes((without,)), currency="EUR", months=12)
    assert bool(table["npv_point"].isna()[0])
    assert table.loc[0, "cost_saved_point"] == 600


def test_more_incidents_and_vouchers_are_asked_in_their_own_words() -> None:
    more = say_asked(asked(kind="more", low=-0.3, likely=-0.2, high=-0.1, saving_per_month=50.5, one_off=0.0), "EUR")
    assert "20% (10-30%) more delivery incidents" in more
    assert "it saves EUR 50.5 a month" in more
    sorry = say_asked(asked(kind="recovery", voucher=5.0, likely=0.3, adoption=0.5, one_off=0.0), "EUR")
    assert "a voucher of EUR 5 after delivery incidents, which takes away 30% (20-40%) of their harm" in sorry
    assert "for 50% of customers" in sorry
    assert money(1234.5, "EUR") == "EUR 1,230"
    assert money(1_234_567.0, "EUR") == "EUR 1,230,000"


def test_every_report_tells_changes(with_changes: RunResult) -> None:
    document = build_document(with_changes)
    shown = render_terminal(document, width=80).plain
    assert max(len(line) for line in shown.splitlines()) <= 80
    assert "second courier: NPV EUR 1,000 (-300 to 2,300) in 12 months; 93% likely to pay" in " ".join(shown.split())
    assert "within EUR 2,000: take second courier" in shown
    text = render_markdown(document)
    assert "before they are made" in text
    assert "What to take within the budget" in text
    results = build_results(with_changes)
    assert [one["name"] for one in results["changes"]] == ["second courier", "check of invoices"]
    assert results["budget"]["taken"] == ["second courier"]


def test_without_a_change_nothing_is_shown(result: RunResult) -> None:
    assert build_change_sections(Changes(), currency="EUR", months=12) == ()
    assert build_document(result).changes == ()
    assert build_results(result)["budget"] is None


def test_the_public_sees_no_change_of_a_hidden_component(with_changes: RunResult) -> None:
    effects = tuple(
        replace(one, customers_reached=7) if one.component == "billing" else one
        for one in with_changes.impact.components
    )
    shown = replace(with_changes, audience="published", impact=replace(with_changes.impact, components=effects))
    results = build_results(shown)
    hidden = next(one for one in results["changes"] if one["name"] == "check of invoices")
    for key in ("incidents_fewer", "experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "npv"):
        assert "suppressed" in hidden[key]["not_estimable"], key
    assert hidden["npv_quantiles"] == []
    assert "not_estimable" in results["budget"]
    assert not [one for one in results["diagnostics"] if one["code"] == "CX582"]
