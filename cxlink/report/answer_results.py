"""Answers and counts in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.estimate import Answer, NotEstimable
from cxlink.report.answer_models import AnswerResult, CountResult, EstimateResult, NotEstimableResult
from cxlink.report.hiding import is_suppressed
from cxlink.report.numbers import SMALL_COUNT, round_exact


def answer_result(answer: Answer) -> AnswerResult:
    """Put an answer into the shape of ``results.json``.

    Parameters
    ----------
    answer : Answer
        Of any kind.

    Returns
    -------
    AnswerResult
        Numbers of nine significant digits.
    """
    if isinstance(answer, NotEstimable):
        return refusal_result(answer)
    return EstimateResult(
        point=round_exact(answer.point),
        low=round_exact(answer.low),
        high=round_exact(answer.high),
        level=round_exact(answer.level),
        unit=answer.unit,
        n=int(answer.n),
        events=int(answer.events),
        method=answer.method,
    )


def refusal_result(refusal: NotEstimable) -> NotEstimableResult:
    """Put a refusal into the shape of ``results.json``.

    Parameters
    ----------
    refusal : NotEstimable
        Why there is no number.

    Returns
    -------
    NotEstimableResult
        Its reason and its need.
    """
    return NotEstimableResult(not_estimable=refusal.reason, needs=refusal.needs)


def count_result(count: int, *, published: bool) -> CountResult:
    """Put a count into the shape of ``results.json``.

    Parameters
    ----------
    count : int
        Of customers or of their records.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    CountResult
        A reason below ten for the public.
    """
    if is_suppressed(count, published=published):
        return NotEstimableResult(not_estimable=f"suppressed: fewer than {SMALL_COUNT}", needs="a larger group")
    return int(count)
