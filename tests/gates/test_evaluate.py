"""What becomes of rules: held, broken or skipped, never passed in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cxlink.gates import judge_rules, read_rules

TODAY = date(2026, 1, 5)


def estimate(point: float, low: float, high: float) -> dict[str, Any]:
    return {"point": point, "low": low, "high": high, "level": 0.95, "unit": "EUR", "n": 9, "events": 9, "method": "m"}


def results() -> dict[str, Any]:
    return {
        "linkage": {"feedback_matched": 0.62, "response": None},
        "components": [
            {"component": "billing", "incidents": 5, "net_benefit": estimate(70_000, 61_204, 80_000)},
            {"component": "app", "incidents": 0, "net_benefit": {"not_estimable": "too few", "needs": "more"}},
        ],
        "causes": [
            {"component": "delivery", "cause": "late", "share": estimate(0.05, 0.02, 0.09)},
            {"component": "delivery", "cause": "lost", "share": estimate(0.5, 0.2, 0.9)},
        ],
        "claims": [{"text": "+1 NPS = +0.5% revenue", "verdict": "overstated"}],
        "monitor": [
            {"series": "share", "component": "app", "cause": "", "month": "2025-11", "signal": True},
            {"series": "share", "component": "app", "cause": "", "month": "2025-12", "signal": False},
        ],
        "diagnostics": [{"code": "CX204", "severity": "warning", "stage": "link", "message": "10%.", "remedy": "Do."}],
        "diff": {"against": {"to": "2025-11-30"}, "reason": "", "restated": [], "changed": [], "moved": []},
        "fresh": {"revenue": "2025-12-31", "feedback": "2099-01-01"},
    }


def judge(text: str, found: dict[str, Any] | None = None, *, looking_back: bool = False) -> tuple[str, str]:
    (one,) = judge_rules(read_rules([text]), found or results(), today=TODAY, looking_back=looking_back)
    return one.status, one.reason


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("linkage.feedback_matched >= 62%", "held"),
        ("linkage.feedback_matched > 62%", "broken"),
        ("components.billing.net_benefit == 70k", "held"),
        ("components.billing.net_benefit.low <= 50k", "broken"),
        ("causes.delivery.late.share.high < 0.1", "held"),
        ("causes.delivery.lost.share.high < 0.1", "broken"),
        ('claims["+1 NPS = +0.5% revenue"].verdict == overstated', "held"),
        ('claims["+1 NPS = +0.5% revenue"].verdict != overstated', "broken"),
        ("no diagnostics.error", "held"),
        ("no diagnostics.warning", "broken"),
        ("no diagnostics.CX204", "broken"),
        ("no monitor.signal", "held"),
        ("no diff.restated", "held"),
        ("fresh.revenue <= 5 days", "held"),
        ("fresh.revenue < 5 days", "broken"),
    ],
)
def test_rules_hold_or_break(text: str, status: str) -> None:
    assert judge(text)[0] == status


def test_a_broken_rule_tells_its_value() -> None:
    assert judge("components.billing.net_benefit.low <= 50000") == ("broken", "it is 61,204")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("components.app.net_benefit <= 1", "too few"),
        ("components.app.net_benefit.low <= 1", "too few"),
        ("components.ap.incidents <= 1", 'Did you mean "app"'),
        ("causes.delivery.share > 0", 'there is no cause "share"'),
        ("linkage.response > 0", "no value"),
        ("linkage.feedback_matched == high", "not of the kind"),
        ('claims["+1 NPS = +0.5% revenue"].verdict < 3', "not of the kind"),
        ("linkage.feedback_matched <= 5 days", "not counted in days"),
        ("fresh.tickets <= 5 days", 'there is no "tickets"'),
        ("fresh.feedback <= 5 days", "lies after"),
    ],
)
def test_what_cannot_be_told_is_broken(text: str, why: str) -> None:
    status, reason = judge(text)
    assert status == "broken"
    assert why in reason


def test_data_beyond_a_day_that_was_asked_for_is_fresh() -> None:
    assert judge("fresh.feedback <= 5 days", looking_back=True)[0] == "held"


def test_only_the_latest_month_counts_in_the_monitor() -> None:
    found = results()
    found["monitor"][1]["signal"] = True
    assert judge("no monitor.signal", found)[0] == "broken"
    assert judge("no monitor.signal", {**found, "monitor": []})[0] == "skipped"


def test_the_first_month_skips_what_needs_an_earlier_one() -> None:
    found = results() | {"diff": {"against": None, "reason": "there is none", "restated": []}}
    assert judge("no diff.restated", found) == ("skipped", "there is none")


def test_restated_data_breaks_its_rule_and_so_does_not_knowing() -> None:
    found = results()
    found["diff"]["restated"] = [{"table": "revenue", "month": "2025-10", "what": "EUR", "earlier": 5, "now": 6}]
    assert judge("no diff.restated", found) == ("broken", "there is 1: revenue 2025-10 EUR")
    found["diff"]["restated"] = {"not_estimable": "no months", "needs": "x"}
    assert judge("no diff.restated", found)[0] == "broken"


def test_a_word_that_calls_nothing_never_holds() -> None:
    assert judge("no monitor.share.signal") == ("held", "")
    assert judge("no monitor.signl")[0] == "broken"
    assert "signl" in judge("no monitor.signl")[1]
