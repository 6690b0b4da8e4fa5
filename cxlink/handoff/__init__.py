"""What a stage hands to the next: frozen, documented, and the only place where stages meet.

``load`` hands over :class:`Loaded`, ``tag`` :class:`Tagged`, ``link`` :class:`Linked`, ``churn``
:class:`ChurnFit`, ``impact`` :class:`Impact`; ``report`` gets all of them as :class:`RunResult`.
"""

from cxlink.handoff.effects import ComponentEffect, Impact, JointEffect, Readiness, RunResult
from cxlink.handoff.hazards import (
    ChurnFit,
    CurvePoint,
    CustomerScores,
    ExposureForm,
    GapFit,
    HazardModel,
    LagProfile,
    OrderFit,
    PeriodRatio,
    PeriodRatios,
    Proportionality,
    RiskGroup,
    TestResult,
    Validation,
)
from cxlink.handoff.linkage import (
    AmbiguousNames,
    AnswerBias,
    ControlTotal,
    CurrencyMoney,
    KeyMatch,
    Linkage,
    MoneyAccounts,
    MoneyLine,
    Overlap,
    Repair,
    ResponseRate,
    ScoreGap,
    SourceCoverage,
    UnmatchedFile,
    UnmatchedMoney,
)
from cxlink.handoff.loading import LedgerEntry, Loaded, QuarantinedRow, Tagged
from cxlink.handoff.messages import Message, Severity
from cxlink.handoff.timelines import CauseCount, Linked

__all__ = [
    "AmbiguousNames",
    "AnswerBias",
    "CauseCount",
    "ChurnFit",
    "ComponentEffect",
    "ControlTotal",
    "CurrencyMoney",
    "CurvePoint",
    "CustomerScores",
    "ExposureForm",
    "GapFit",
    "HazardModel",
    "Impact",
    "JointEffect",
    "KeyMatch",
    "LagProfile",
    "LedgerEntry",
    "Linkage",
    "Linked",
    "Loaded",
    "Message",
    "MoneyAccounts",
    "MoneyLine",
    "OrderFit",
    "Overlap",
    "PeriodRatio",
    "PeriodRatios",
    "Proportionality",
    "QuarantinedRow",
    "Readiness",
    "Repair",
    "ResponseRate",
    "RiskGroup",
    "RunResult",
    "ScoreGap",
    "Severity",
    "SourceCoverage",
    "Tagged",
    "TestResult",
    "UnmatchedFile",
    "UnmatchedMoney",
    "Validation",
]
