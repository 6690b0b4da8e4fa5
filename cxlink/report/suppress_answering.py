"""What of those who did not answer the public is not shown."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import Answering
from cxlink.report.hiding import FEW, clean_answer, is_suppressed


def suppress_answering(answering: Answering | NotEstimable) -> Answering | NotEstimable:
    """Hide answers that fewer than ten customers are behind, all of them where so few answered or were silent.

    Parameters
    ----------
    answering : Answering or NotEstimable
        Of the internal audience.

    Returns
    -------
    Answering or NotEstimable
        Counts stay as they are: what shows them asks whether they are too small.
    """
    if isinstance(answering, NotEstimable):
        found = clean_answer(answering)
        return found if isinstance(found, NotEstimable) else FEW
    silent = answering.asked - answering.answered
    if is_suppressed(answering.answered, published=True) or is_suppressed(silent, published=True):
        return FEW
    return replace(
        answering,
        shares={said: clean_answer(share) for said, share in answering.shares.items()},
        among_answers=clean_answer(answering.among_answers),
        weighted=clean_answer(answering.weighted),
        of_all=clean_answer(answering.of_all),
        bounds=clean_answer(answering.bounds),
        effect_among_answers={name: clean_answer(one) for name, one in answering.effect_among_answers.items()},
        effect_of_all={name: clean_answer(one) for name, one in answering.effect_of_all.items()},
    )
