"""Doubts in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import ComponentDoubt, CorrectedWinner, Doubts, ExposureSpread, Placebo, ScoreDoubt
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.doubt_models import (
    ComponentDoubtResult,
    CostliestResult,
    DoubtsResult,
    ExposureSpreadResult,
    PlaceboResult,
    ScoreDoubtResult,
)
from cxlink.report.numbers import round_exact

NO_COSTLIEST = NotEstimable("fewer than two components have a net benefit to compare", "more components with one")


def build_doubts_result(doubts: Doubts | NotEstimable, *, published: bool) -> DoubtsResult | NotEstimableResult:
    """Put doubts into the shape of ``results.json``.

    Parameters
    ----------
    doubts : Doubts or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    DoubtsResult or NotEstimableResult
        Numbers of nine significant digits.
    """
    if isinstance(doubts, NotEstimable):
        return refusal_result(doubts)
    return DoubtsResult(
        components=[_component(one, published=published) for one in doubts.components],
        placebos=[_placebo(one) for one in doubts.placebos],
        p_value_scores=_exact(doubts.joint_scores),
        p_value_prices=_exact(doubts.joint_prices),
        costliest=refusal_result(NO_COSTLIEST) if doubts.winner is None else _costliest(doubts.winner),
        measured_late=list(doubts.measured_late),
    )


def _component(one: ComponentDoubt, *, published: bool) -> ComponentDoubtResult:
    return ComponentDoubtResult(
        component=one.component,
        grade=one.grade,
        reasons=list(one.reasons),
        q_hazard_ratio=_exact(one.q_hazard_ratio),
        q_experience=_exact(one.q_experience),
        q_net_benefit=_exact(one.q_net_benefit),
        calibrated_hazard_ratio=answer_result(one.calibrated),
        score=None if one.score is None else _score(one.score),
        exposure=None if one.spread is None else _spread(one.spread, published=published),
    )


def _placebo(one: Placebo) -> PlaceboResult:
    return PlaceboResult(
        component=one.component,
        placebo=one.kind,
        effect=answer_result(one.answer),
        p_value=_exact(one.p_value),
        q_value=_exact(one.q_value),
        detectable=_exact(one.detectable),
        failed=one.failed,
    )


def _score(one: ScoreDoubt) -> ScoreDoubtResult:
    return ScoreDoubtResult(
        points=answer_result(one.points),
        partial_r2=round_exact(one.partial_r2),
        robustness=round_exact(one.robustness),
        robustness_of_limit=round_exact(one.robustness_of_limit),
        e_value=round_exact(one.e_value),
        e_value_of_limit=round_exact(one.e_value_of_limit),
        attribute=one.attribute,
        attribute_exposure=round_exact(one.attribute_exposure),
        attribute_score=round_exact(one.attribute_score),
        times_to_explain=_exact(one.times_to_explain),
    )


def _spread(one: ExposureSpread, *, published: bool) -> ExposureSpreadResult:
    return ExposureSpreadResult(
        customers=count_result(one.customers, published=published),
        customers_apart=round_exact(one.customers_apart),
        days_apart=round_exact(one.days_apart),
        groups=list(one.groups),
    )


def _costliest(one: CorrectedWinner) -> CostliestResult:
    return CostliestResult(
        component=one.component,
        net_benefit=answer_result(one.observed),
        corrected=answer_result(one.corrected),
        shrunken=answer_result(one.shrunken),
    )


def _exact(value: float | None) -> float | None:
    return None if value is None else round_exact(value)
