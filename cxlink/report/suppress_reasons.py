"""What ``audience = "published"`` leaves out of the reasons behind the score."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import LeavingPrediction, ReasonShares, ScoreReasons
from cxlink.report.suppress import DOMINATED, FEW, clean_answer, is_suppressed


def suppress_reasons(told: ScoreReasons) -> ScoreReasons:
    """Leave out what fewer than ten customers said, and money that one customer makes up.

    Parameters
    ----------
    told : ScoreReasons
        Of the internal audience.

    Returns
    -------
    ScoreReasons
        Counts stay as they are: what shows them asks :func:`cxlink.report.suppress.is_suppressed`.
    """
    described = told.described
    judged = told.judged if not isinstance(told.judged, NotEstimable) else _clean_refusal(told.judged)
    return replace(
        told,
        described=replace(
            described,
            rows=tuple(_clean_row(row) for row in described.rows),
            no_reason=_clean_row(described.no_reason),
            no_words=_clean_row(described.no_words),
        ),
        judged=judged,
        prediction=_clean_prediction(told.prediction),
    )


def _clean_row(row: ReasonShares) -> ReasonShares:
    return replace(
        row,
        detractors=_clean_share(row.detractors),
        passives=_clean_share(row.passives),
        promoters=_clean_share(row.promoters),
        weight=clean_answer(row.weight),
    )


def _clean_share(share: Answer) -> Answer:
    if isinstance(share, Estimate) and is_suppressed(min(share.events, share.n), published=True):
        return FEW
    return clean_answer(share)


def _clean_prediction(prediction: LeavingPrediction | NotEstimable) -> LeavingPrediction | NotEstimable:
    if isinstance(prediction, NotEstimable):
        return _clean_refusal(prediction)
    if is_suppressed(prediction.customers, published=True):
        return FEW
    money = DOMINATED if prediction.largest_part > 0.5 else clean_answer(prediction.money)
    return replace(prediction, money=money)


def _clean_refusal(refusal: NotEstimable) -> NotEstimable:
    cleaned = clean_answer(refusal)
    return cleaned if isinstance(cleaned, NotEstimable) else refusal
