"""Answers as cells of a section: a figure or a dash, and what the dashes mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from cxlink.estimate import Answer, NotEstimable
from cxlink.report.numbers import round_estimate


def figure_or_dash(answer: Answer, *, times: int = 1, signed: bool = False) -> str:
    """Show a point with its interval, or a dash.

    Parameters
    ----------
    answer : Answer
        Of any kind.
    times : int, default 1
        Such as 100 for percent.
    signed : bool, default False
        Whether a positive point gets a plus.

    Returns
    -------
    str
        On one line.
    """
    if isinstance(answer, NotEstimable):
        return "-"
    return round_estimate(answer, divisor=1 / Decimal(times), signed=signed).text


def explain_dashes(answers: Iterable[Answer]) -> Iterator[str]:
    """Say once for each reason why there are dashes.

    Parameters
    ----------
    answers : iterable of Answer
        Of the table.

    Yields
    ------
    str
        A line.
    """
    for answer in answers:
        if isinstance(answer, NotEstimable):
            needs = f" Needs: {answer.needs}." if answer.needs else ""
            yield f"-: {answer.reason}.{needs}"
