"""Answers to the 0-10 question with the reasons their words give, and what those tell of leaving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from cxlink.estimate import Answer, NotEstimable


@dataclass(frozen=True, slots=True)
class ScoredAnswers:
    """Answers to the 0-10 question by known customers, within the observed window, by day.

    Parameters
    ----------
    customer, day : ndarray
        (n,) keys, and days since 1970-01-01.
    score : ndarray
        (n,) 0 to 10.
    has_words : ndarray
        (n,) bool: the answer has a comment.
    announces : ndarray
        (n,) bool: its words say that the customer leaves, which is a decision and no reason.
    reasons : tuple of str
        Such as ``delivery.late``, in the order of the columns below.
    named : ndarray
        (n, n_reasons) bool.
    n_unknown : int
        Answers without a known customer; they are not among these.
    """

    customer: np.ndarray
    day: np.ndarray
    score: np.ndarray
    has_words: np.ndarray
    announces: np.ndarray
    reasons: tuple[str, ...]
    named: np.ndarray
    n_unknown: int

    @property
    def detracts(self) -> np.ndarray:
        """Scores of 0 to 6, shape (n,)."""
        flags: np.ndarray = self.score <= 6
        return flags

    @property
    def promotes(self) -> np.ndarray:
        """Scores of 9 and 10, shape (n,)."""
        flags: np.ndarray = self.score >= 9
        return flags

    def where(self, kept: np.ndarray) -> ScoredAnswers:
        """Take some of the answers.

        Parameters
        ----------
        kept : ndarray
            (n,) bool.

        Returns
        -------
        ScoredAnswers
            In the same order, with all columns.
        """
        return replace(
            self,
            customer=self.customer[kept],
            day=self.day[kept],
            score=self.score[kept],
            has_words=self.has_words[kept],
            announces=self.announces[kept],
            named=self.named[kept],
        )


@dataclass(frozen=True, slots=True)
class ReasonShares:
    """Shares of the detractors, passives and promoters whose answers name one reason, and its weight.

    ``weight`` is the shrunken log odds ratio of naming it, detractors to promoters; ``events`` of the answers are the
    customers who name it.
    """

    reason: str
    detractors: Answer
    passives: Answer
    promoters: Answer
    weight: Answer


@dataclass(frozen=True, slots=True)
class DescribedScores:
    """Who names which reason; ``rows`` by weight, ``no_reason`` and ``no_words`` in the same form, without weight.

    Parameters
    ----------
    answers, customers : int
        What it rests on.
    n_unknown, n_announcing : int
        Answers left out for want of a customer, and those whose words say that the customer leaves.
    group_customers : tuple of int
        Customers among detractors, passives and promoters; one may be in several.
    rows : tuple of ReasonShares
        One a reason.
    no_reason, no_words : ReasonShares
        Answers without any reason, and those of them without a word.
    prior : str
        Towards what the weights were pulled; empty where there is none.
    """

    answers: int
    customers: int
    n_unknown: int
    n_announcing: int
    group_customers: tuple[int, int, int]
    rows: tuple[ReasonShares, ...]
    no_reason: ReasonShares
    no_words: ReasonShares
    prior: str


@dataclass(frozen=True, slots=True)
class JudgedModel:
    """One model of leaving, judged out of time.

    ``gain`` is the log likelihood an answer gained over the model of tenure and attributes alone (None for that one).
    """

    name: str
    gain: Answer | None
    auc: Answer
    observed_over_expected: Answer


@dataclass(frozen=True, slots=True)
class JudgedReasons:
    """Whether scores and reasons told who left, beyond tenure and attributes.

    Parameters
    ----------
    months : int
        Within which leaving counts.
    split : date
        The last day that the models knew.
    learnt, learnt_leavers : int
        Passive and detractor answers up to it, and those of them whose customer left within the months and by then.
    judged, judged_leavers : int
        The same after it, up to the cut-off.
    models : tuple of JudgedModel
        The baseline, with the score, with the reasons, with both.
    beyond_score : Answer
        Gain of both over the score alone.
    why_shorter : str
        Why no longer time could be judged; empty where it is the one wanted.
    """

    months: int
    split: date
    learnt: int
    learnt_leavers: int
    judged: int
    judged_leavers: int
    models: tuple[JudgedModel, ...]
    beyond_score: Answer
    why_shorter: str = ""


@dataclass(frozen=True, slots=True)
class LeavingPrediction:
    """How many passives and detractors are expected to leave, and what they would have paid.

    Parameters
    ----------
    months : int
        From the cut-off on.
    answered_within_days : int
        How old the latest answer of those counted may be.
    customers : int
        Passives and detractors active at the cut-off.
    without_price : int
        Those of them whose price is not known; they add nothing to the money.
    leavers, money : Answer
        What is expected, with an interval for what will be seen.
    is_margin : bool
        Whether the money is margin; else revenue.
    largest_part : float
        Of the money, the part of one customer.
    """

    months: int
    answered_within_days: int
    customers: int
    without_price: int
    leavers: Answer
    money: Answer
    is_margin: bool
    largest_part: float


@dataclass(frozen=True, slots=True)
class ScoreReasons:
    """Reasons behind the score, whether they tell who leaves, and, only if they do, what that is worth.

    ``adjusted_for`` are the attributes of the baseline beside tenure; ``until`` is the cut-off.
    """

    described: DescribedScores
    judged: JudgedReasons | NotEstimable
    prediction: LeavingPrediction | NotEstimable
    adjusted_for: tuple[str, ...]
    currency: str
    until: date
