"""A run of the reports' tests in which everything that the first screen tells is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Answering, AuditedClaim, ClaimAudit, ClosedLoop, LowAnswers, OpenTickets, RunResult
from cxlink.handoff.claims import Rung
from cxlink.handoff.hazards import RiskGroup, TestResult, Validation
from cxlink.handoff.loop import WaitingCustomer
from cxlink.report.document import build_document
from cxlink.report.parts import Document

RTL_COMMENT = "וההזמנה הגיעה באיחור של שבוע, ואף אחד לא ענה לי."
NOT_SEEN = NotEstimable("nobody was asked again", "another wave")


def points(point: float, low: float, high: float, level: float = 0.95) -> Estimate:
    return Estimate(point, low, high, level, "NPS points", 900, 900, "test")


def claims() -> ClaimAudit:
    found = Estimate(0.158, 0.134, 0.183, 0.9, "% of revenue by NPS point", 900, 300, "test")
    rungs = (
        Rung("between customers", replace(found, point=0.7, low=0.5, high=0.9), "customers beside others"),
        Rung("within customers", NOT_SEEN, "the same customers later"),
        Rung("through components", found, "what components do to both"),
    )
    one = AuditedClaim(
        text="+1 NPS = +0.5% revenue",
        source="",
        among="",
        reading="revenue of the next 12 months",
        verdict="overstated",
        claimed=0.5,
        unit="% of revenue by NPS point",
        naive=rungs[0].answer,
        estimate=found,
        decided_by="through components",
        inflation=NOT_SEEN,
        inflation_set="",
        rungs=rungs,
        levers=(),
        power=None,
        sentence="Overstated about 3 times.",
        why="Its whole interval falls short of the claim.",
        settle="",
        reasons=(),
    )
    other = replace(one, text="NPS predicts churn", verdict="imprecise", claimed=None, estimate=NOT_SEEN, rungs=())
    return ClaimAudit((one, other))


def loop() -> ClosedLoop:
    share = Estimate(0.42, 0.32, 0.52, 0.95, "share", 90, 40, "test")
    largest = (
        WaitingCustomer("C-100", 20_400, 3.0, 412.5),
        WaitingCustomer("=cmd|'/c calc'!A0", 20_410, 0.0, 310.0),
        WaitingCustomer("C-102", 20_420, 6.0, 99.99),
        WaitingCustomer("C-103", 20_421, 6.0, 9.99),
    )
    low = LowAnswers(
        "nps", 90, 2, True, 96, 40, 30, share, NOT_SEEN, waiting_customers=28, waiting_monthly=1376.4, by_value=largest
    )
    return ClosedLoop((OpenTickets("all", (100, 50, 33, 31)),), None, low, NOT_SEEN, (), ())


def answering() -> Answering:
    share = Estimate(0.3, 0.27, 0.33, 0.95, "share of asked", 900, 900, "test")
    return Answering(
        known_from="invitations",
        every_days=None,
        asked=5594,
        answered=1917,
        shares={"detractors": share, "passives": share, "promoters": replace(share, point=0.445, low=0.42, high=0.47)},
        among_answers=points(21.0, 16.4, 25.5),
        weighted=points(16.3, 12.2, 20.5),
        of_all=points(7.8, 3.5, 12.1),
        bounds=points(7.2, -60.7, 74.4),
        effect_among_answers={},
        effect_of_all={},
    )


def validation() -> Validation:
    shares = ((0.02, 0.018), (0.05, 0.061), (0.11, 0.1), (0.24, 0.27))
    names = ("auc", "observed_over_expected", "calibration_slope", "ici", "brier", "scaled_brier", "concordance")
    measures = dict.fromkeys(names, Estimate(0.7, 0.65, 0.75, 0.95, "share", 1000, 112, "test"))
    groups = tuple(RiskGroup(250, predicted, observed, 0.01) for predicted, observed in shares)
    return Validation(12, date(2024, 12, 31), 1000, 112, measures, TestResult(3.1, 4, 0.5), groups)


def full_result(result: RunResult) -> RunResult:
    """Add claims, low scores that wait, who answers, a validation, shares that add up, and a comment in Hebrew."""
    impact = result.impact
    causes = (replace(result.causes[0], texts=(RTL_COMMENT,)), *result.causes[1:])
    return replace(
        result,
        causes=causes,
        claims=claims(),
        loop=loop(),
        impact=replace(impact, answering=answering()),
        churn=replace(result.churn, validation=(validation(),)),
    )


def full_document(result: RunResult) -> Document:
    return build_document(full_result(result))
