"""Linkage and money in the shape of ``results.json``."""

from __future__ import annotations

from dataclasses import asdict

from cxlink.estimate import Answer, Estimate
from cxlink.handoff import AnswerBias, Linkage, MoneyAccounts, ResponseRate, ScoreGap, SourceCoverage
from cxlink.report.linkage_models import (
    AmbiguousNamesResult,
    AnswerBiasResult,
    ControlTotalResult,
    CurrencyResult,
    KeyMatchResult,
    LinkageResult,
    MoneyLineResult,
    MoneyResult,
    OverlapResult,
    RepairResult,
    ResponseRateResult,
    ScoreGapResult,
    SourceCoverageResult,
    UnmatchedFileResult,
    UnmatchedMoneyResult,
)
from cxlink.report.numbers import round_exact

_NO_DETAILS = Linkage(0, None, None, None, None, None)


def build_linkage_result(linkage: Linkage, *, published: bool = False) -> LinkageResult:
    """Put what was linked into the shape of ``results.json``.

    Parameters
    ----------
    linkage : Linkage
        What found its customer.
    published : bool
        Whether to leave out the details, whose cells may be small.

    Returns
    -------
    LinkageResult
        Floats of nine significant digits.
    """
    shown = _NO_DETAILS if published else linkage
    return LinkageResult(
        customers=linkage.customers,
        feedback_matched=_share(linkage.feedback_matched),
        tickets_matched=_share(linkage.tickets_matched),
        revenue_matched_by_amount=_share(linkage.revenue_matched_by_amount),
        customers_with_revenue=_share(linkage.customers_with_revenue),
        events_matched=_share(linkage.events_matched),
        revenue_matched=_share(linkage.revenue_matched),
        keys=[KeyMatchResult(**asdict(key)) for key in shown.keys],
        unmatched_money=[
            UnmatchedMoneyResult(**{**asdict(money), "share": round_exact(money.share)})
            for money in shown.unmatched_money
        ],
        unmatched_files=[UnmatchedFileResult(**asdict(file)) for file in shown.unmatched_files],
        unmatched_scores=[_gap(gap) for gap in shown.score_gaps],
        repairs=[RepairResult(**asdict(repair)) for repair in shown.repairs],
        ambiguous_names=[AmbiguousNamesResult(**asdict(names)) for names in shown.ambiguous_names],
        coverage=[_coverage(source) for source in shown.coverage],
        answer_bias=[_bias(bias) for bias in shown.answer_bias],
        response_rate=None if shown.response_rate is None else _rate(shown.response_rate),
    )


def build_money_result(money: MoneyAccounts, *, published: bool = False) -> MoneyResult:
    """Put the accounts of revenue into the shape of ``results.json``.

    Parameters
    ----------
    money : MoneyAccounts
        Where the accepted revenue went.
    published : bool
        Whether to leave out all of it.

    Returns
    -------
    MoneyResult
        Whole minor units.
    """
    shown = MoneyAccounts() if published else money
    return MoneyResult(
        currencies=[CurrencyResult(**asdict(currency)) for currency in shown.currencies],
        lines=[MoneyLineResult(**asdict(line)) for line in shown.lines],
        control_totals=[ControlTotalResult(**asdict(t), difference=t.difference) for t in shown.control_totals],
        overlaps=[OverlapResult(**{**asdict(o), "share": round_exact(o.share)}) for o in shown.overlaps],
    )


def _share(share: float | None) -> float | None:
    return None if share is None else round_exact(share)


def _interval(answer: Answer) -> tuple[float | None, float | None, float | None]:
    if isinstance(answer, Estimate):
        return round_exact(answer.point), round_exact(answer.low), round_exact(answer.high)
    return None, None, None


def _gap(gap: ScoreGap) -> ScoreGapResult:
    point, low, high = _interval(gap.difference)
    return ScoreGapResult(
        kpi=gap.kpi,
        n_matched=gap.n_matched,
        matched=round_exact(gap.matched),
        n_unmatched=gap.n_unmatched,
        unmatched=round_exact(gap.unmatched),
        difference=point,
        low=low,
        high=high,
    )


def _coverage(source: SourceCoverage) -> SourceCoverageResult:
    return SourceCoverageResult(
        source=source.source,
        rows=source.rows,
        first=source.first.isoformat(),
        last=source.last.isoformat(),
        days_behind=source.days_behind,
        days_before_cut_off=source.days_before_cut_off,
        months_without=list(source.months_without),
    )


def _bias(bias: AnswerBias) -> AnswerBiasResult:
    return AnswerBiasResult(
        trait=bias.trait,
        unit=bias.unit,
        n_answered=bias.n_answered,
        answered=round_exact(bias.answered),
        n_silent=bias.n_silent,
        silent=round_exact(bias.silent),
        difference=_share(bias.difference),
    )


def _rate(rate: ResponseRate) -> ResponseRateResult:
    point, low, high = _interval(rate.share)
    return ResponseRateResult(invitations=rate.invitations, answered=rate.answered, share=point, low=low, high=high)
