"""Rules read, and refused with a mark under the place."""

from __future__ import annotations

import pytest

from cxlink.errors import ExitCode, Faults
from cxlink.gates import check_rules, read_rules
from cxlink.report.results import results_schema


@pytest.mark.parametrize(
    ("text", "operand"),
    [
        ("linkage.feedback_matched >= 0.6", 0.6),
        ("linkage.feedback_matched>=60%", 0.6),
        ("components.billing.net_benefit.low <= 50k", 50_000.0),
        ("components.billing.net_benefit.low <= 1.5 M", 1_500_000.0),
        ("components.billing.net_benefit.low > -3", -3.0),
        ("fresh.revenue <= 5 days", 5.0),
        ('claims["+1 NPS = +0.5% revenue"].verdict == supported', "supported"),
        ("claims.\"a b\".verdict != 'no_effect_shown'", "no_effect_shown"),
        ("kpis.nps.leaving.adds == true", True),
    ],
)
def test_operands(text: str, operand: object) -> None:
    (rule,) = read_rules([text])
    assert rule.operand == operand


def test_quoted_names_are_one_step() -> None:
    (rule,) = read_rules(['changes["second courier"].npv.low > 0'])
    assert [step.name for step in rule.path] == ["changes", "second courier", "npv", "low"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("", 0),
        ("linkage.feedback_matched => 0.6", 25),
        ("linkage.feedback_matched >=", 27),
        ("linkage. >= 1", 8),
        ("joint.net_benefit <= 50,000", 23),
        ("joint.net_benefit <= 5 apples", 23),
        ("no diff.restated == 0", 17),
        ("claims[abc].verdict == x", 7),
        ("joint.net_benefit < supported", 20),
        ("a" * 600, 500),
    ],
)
def test_faults_point_at_the_place(text: str, marked: int) -> None:
    with pytest.raises(Faults) as caught:
        read_rules([text])
    (fault,) = caught.value.faults
    assert fault.code == "CX640"
    assert fault.exit_code is ExitCode.CONFIG_WRONG
    assert "expected" in fault.message
    assert fault.below[1].index("^") - 2 == marked - max(0, marked - 50)


def check(text: str) -> None:
    known = {"changes": ("second courier",), "fresh": ("revenue", "feedback")}
    check_rules(read_rules([text]), results_schema(), known, {"CX204"})


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("linkage.feedback_match >= 0.6", "CX641", "feedback_matched"),
        ("component.billing.net_benefit > 0", "CX641", "components"),
        ("components.billing.net_benefitt > 0", "CX641", "net_benefit"),
        ('changes["secnd courier"].npv > 0', "CX641", "second courier"),
        ("fresh.tickets <= 5 days", "CX641", "revenue"),
        ("components.billing > 0", "CX642", ""),
        ("components > 0", "CX642", "no components"),
        ("no linkage.feedback_matched", "CX642", "== 0"),
        ("no diagnostics.warnin", "CX641", "warning"),
        ("no diagnostics.CX999", "CX641", "code"),
    ],
)
def test_unknown_names_are_told_before_anything_is_loaded(text: str, code: str, hint: str) -> None:
    with pytest.raises(Faults) as caught:
        check(text)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert hint in fault.remedy


@pytest.mark.parametrize(
    "text",
    [
        "linkage.feedback_matched >= 0.6",
        "components.billing.net_benefit.low <= 50000",
        "components.anything.hazard_ratio < 2",
        "causes.delivery.late.share.high < 0.1",
        'changes["second courier"].npv.low > 0',
        "joint.net_benefit < 1M",
        "churn.validation.whatever > 0.5",
        "fresh.revenue <= 5 days",
        "no monitor.signal",
        "no diff.restated",
        "no diagnostics.error",
        "no diagnostics.CX204",
        "kpis.nps.leaving.gain > 0",
        "bridge.nps.quarter.total.value.low > -5",
        "no monitor.reach.signal",
    ],
)
def test_names_of_the_schema_and_of_the_data_pass(text: str) -> None:
    check(text)
