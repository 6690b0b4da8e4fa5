"""Those who were asked and did not answer, in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import NotEstimable
from cxlink.handoff import Answering
from cxlink.report.answer_models import NotEstimableResult
from cxlink.report.answer_results import answer_result, count_result, refusal_result
from cxlink.report.answering_models import AnsweringEffectResult, AnsweringResult, AnsweringShareResult
from cxlink.report.numbers import round_exact


def build_answering_result(
    answering: Answering | NotEstimable, *, published: bool
) -> AnsweringResult | NotEstimableResult:
    """Put it into the shape of ``results.json``.

    Parameters
    ----------
    answering : Answering or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    AnsweringResult or NotEstimableResult
        The same answers.
    """
    if isinstance(answering, NotEstimable):
        return refusal_result(answering)
    return AnsweringResult(
        known_from=answering.known_from,
        every_days=None if answering.every_days is None else round_exact(answering.every_days),
        asked=count_result(answering.asked, published=published),
        answered=count_result(answering.answered, published=published),
        shares=[AnsweringShareResult(said=said, share=answer_result(one)) for said, one in answering.shares.items()],
        among_answers=answer_result(answering.among_answers),
        weighted=answer_result(answering.weighted),
        of_all=answer_result(answering.of_all),
        bounds=answer_result(answering.bounds),
        effects=[
            AnsweringEffectResult(component=name, among_answers=answer_result(one), of_all=answer_result(of_all))
            for (name, one), of_all in zip(
                answering.effect_among_answers.items(), answering.effect_of_all.values(), strict=True
            )
        ],
    )
