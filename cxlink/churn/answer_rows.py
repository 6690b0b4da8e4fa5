"""What came of the customers who answered as passives or detractors, from the day of the answer on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.future import MONTH_DAYS
from cxlink.churn.gates import check_size
from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked, ScoredAnswers

LEAST_LEAVERS = 20
SHORTER = (6, 3)
KNOTS = (3, 12)
"""Months of tenure at which the hazard may turn."""


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """Answers of customers who were there on the day after, one entry an answer.

    Parameters
    ----------
    place : ndarray
        (n,) position among the answers that they were taken from.
    customer : ndarray
        (n,) keys.
    columns : ndarray
        (n, n_columns) of the baseline: tenure on the day of the answer, and attributes.
    days : ndarray
        (n,) followed for so many days after the answer, at least one.
    cause : ndarray
        (n,) 0 still there when last seen, 1 left, 2 ended otherwise.
    """

    place: np.ndarray
    customer: np.ndarray
    columns: np.ndarray
    days: np.ndarray
    cause: np.ndarray

    def leavers(self, horizon: int) -> int:
        """Count the answers whose customer left soon after.

        Parameters
        ----------
        horizon : int
            Days.

        Returns
        -------
        int
            Of their own will.
        """
        return int(((self.cause == 1) & (self.days <= horizon)).sum())


@dataclass(frozen=True, slots=True)
class Split:
    """The last day that the models know, how far they look, and the answers on both sides of it; days and months.

    ``why_shorter`` says why the months are fewer than wanted.
    """

    day: int
    months: int
    horizon: int
    learn: AnswerRows
    judge: AnswerRows
    why_shorter: str = ""


def follow_answers(linked: Linked, answers: ScoredAnswers, *, known_day: int, after: int | None = None) -> AnswerRows:
    """Follow passives and detractors from their answers on.

    One row an answer: to take the last of several would take those first who left before they could answer again.
    Answers that announce a departure are left out, because they are the decision itself.

    Parameters
    ----------
    linked : Linked
        Timelines.
    answers : ScoredAnswers
        Of any score.
    known_day : int
        Nothing later is known; answers of that day and later are left out.
    after : int, optional
        Answers up to this day are left out.

    Returns
    -------
    AnswerRows
        Without answers given on the last day of a customer, or after it.
    """
    place = np.flatnonzero(~answers.promotes & ~answers.announces)
    if after is not None:
        place = place[answers.day[place] > after]
    customer, day = answers.customer[place], answers.day[place]
    spells = linked.customers.iloc[customer]
    acquired = spells["acquired_day"].to_numpy()
    ends = acquired + spells["stop"].to_numpy() - 1
    last = np.minimum(ends, known_day)
    days = last - day
    there = spells["at_risk"].to_numpy() & (acquired <= day) & (days >= 1)
    cause = np.where(ends <= known_day, spells["event"].to_numpy(), 0)
    columns = np.column_stack([tenure_columns(day - acquired + 1), linked.covariates[customer]])
    return AnswerRows(place[there], customer[there], columns[there], days[there], cause[there])


def tenure_columns(tenure: np.ndarray) -> np.ndarray:
    """Put tenure into columns: a line in its logarithm that may turn twice.

    Parameters
    ----------
    tenure : ndarray
        (n,) days.

    Returns
    -------
    ndarray
        (n, 3).
    """
    log = np.log1p(np.maximum(tenure, 0) / MONTH_DAYS)
    return np.column_stack([log, *(np.maximum(log - np.log1p(knot), 0.0) for knot in KNOTS)])


def choose_split(linked: Linked, answers: ScoredAnswers, *, horizon_months: int) -> Split | NotEstimable:
    """Choose how many months to look ahead, and the day that parts learning from judging.

    Parameters
    ----------
    linked : Linked
        Timelines whose churn is not refused.
    answers : ScoredAnswers
        Of any score.
    horizon_months : int
        Wanted; six or three are taken where the exports do not reach back four times as far, or too few left.

    Returns
    -------
    Split or NotEstimable
        Two horizons before the cut-off, so that about half of the answers that are judged are followed to the end.
    """
    found, why = _split(linked, answers, horizon_months), ""
    for months in SHORTER:
        if isinstance(found, NotEstimable) and months < horizon_months:
            why = why or found.reason
            found = _split(linked, answers, months)
    return replace(found, why_shorter=why) if isinstance(found, Split) else found


def _split(linked: Linked, answers: ScoredAnswers, months: int) -> Split | NotEstimable:
    horizon = round(months * MONTH_DAYS)
    day = linked.to_day - 2 * horizon
    if not len(answers.day) or day - int(answers.day.min()) < 2 * horizon:
        return NotEstimable(f"answers do not reach back {4 * months} months", "older answers")
    learn = follow_answers(linked, answers, known_day=day)
    judge = follow_answers(linked, answers, known_day=linked.to_day, after=day)
    told = f"left within {months} months after a passive's or a detractor's answer"
    for rows, when in ((learn, "up to"), (judge, "after")):
        if rows.leavers(horizon) < LEAST_LEAVERS:
            reason = f"{rows.leavers(horizon)} {told} {when} the split, needs {LEAST_LEAVERS}"
            return NotEstimable(reason, "more answers")
    refusal = check_size(learn.leavers(horizon), learn.columns.shape[1] + 2)
    return refusal or Split(day, months, horizon, learn, judge)
