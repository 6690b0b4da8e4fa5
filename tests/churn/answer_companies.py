"""Customers who answer and leave, with known weights of reasons and a known effect of them on leaving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import ScoredAnswers

WINDOW, LATER = 1096, 183
REASONS = ("billing.fee", "delivery.late", "product.missing", "support.rude", "support.slow")
LOG_ODDS_PROMOTERS = np.array([-3.0, -2.4, -2.2, -3.2, -2.6])
WEIGHTS = np.array([2.0, 1.6, 0.6, 2.4, 1.0])
EVERY = 110
BASE = 0.00045


@dataclass(frozen=True)
class AnswerTimelines:
    """What the models of leaving read, and who left in the half year after the cut-off."""

    customers: pd.DataFrame
    covariates: np.ndarray
    left_later: np.ndarray
    from_day: int = 0
    to_day: int = WINDOW
    money_refusal: None = None


def build(
    seed: int, *, customers: int = 2500, effect: float = 0.0, plan_effect: float = 0.7
) -> tuple[AnswerTimelines, ScoredAnswers]:
    """Answers every few months; until the next one, the hazard is multiplied by exp(effect * score of the reasons).

    Customers on the small plan score lower, so name more reasons, and leave more often; so do new ones: both are in
    the baseline, and reasons without an effect of their own say nothing beyond it.
    """
    rng = np.random.default_rng(seed)
    acquired = rng.integers(-700, WINDOW - 60, customers)
    small = rng.random(customers) < 0.4
    begin = np.maximum(acquired, 0) + 1
    gone = np.full(customers, WINDOW + LATER + 1)
    cause = np.zeros(customers, dtype=np.int64)
    told: list[tuple[np.ndarray, ...]] = []
    now, active = begin + rng.integers(0, EVERY, customers), np.zeros(customers)
    last = begin.copy()
    while (last <= WINDOW + LATER).any():
        _live(rng, last, now, acquired, small, active * effect, plan_effect, gone, cause)
        there = (now < gone) & (now <= WINDOW + LATER)
        score, named = _answer(rng, small)
        told.append((np.flatnonzero(there), now[there].copy(), score[there], named[there]))
        active = np.where(score <= 8, named @ WEIGHTS, 0.0)
        last, now = now, now + rng.integers(EVERY - 40, EVERY + 40, customers)
    return _timelines(rng, acquired, gone, cause, small), _answers(told)


def _live(
    rng: np.random.Generator,
    first: np.ndarray,
    until: np.ndarray,
    acquired: np.ndarray,
    small: np.ndarray,
    push: np.ndarray,
    plan_effect: float,
    gone: np.ndarray,
    cause: np.ndarray,
) -> None:
    """Let customers leave between two answers: the first is over, the next not yet given."""
    hazard = BASE * np.exp(plan_effect * small + push + 0.6 * (first - acquired < 180))
    leaves = first + np.ceil(rng.standard_exponential(len(first)) / hazard)
    ends = first + np.ceil(rng.standard_exponential(len(first)) / 0.0001)
    end = np.minimum(leaves, ends)
    now = (gone > WINDOW + LATER) & (end <= until)
    gone[now] = end[now]
    cause[now] = np.where(leaves <= ends, 1, 2)[now]


def _answer(rng: np.random.Generator, small: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mood = rng.random(len(small)) - 0.15 * small
    score = np.where(mood < 0.3, 5, np.where(mood < 0.65, 8, 9)).astype(float)
    push = np.where(score == 5, 1.0, np.where(score == 8, 0.6, 0.0))
    odds = np.exp(LOG_ODDS_PROMOTERS + push[:, None] * WEIGHTS)
    return score, rng.random((len(small), len(WEIGHTS))) < odds / (1.0 + odds)


def _timelines(
    rng: np.random.Generator, acquired: np.ndarray, gone: np.ndarray, cause: np.ndarray, small: np.ndarray
) -> AnswerTimelines:
    last = np.minimum(gone, WINDOW)
    active = gone > WINDOW
    frame = pd.DataFrame(
        {
            "customer": np.arange(len(acquired)),
            "acquired_day": acquired,
            "start": np.maximum(-acquired, 0),
            "stop": last - acquired + 1,
            "event": np.where(active, 0, cause),
            "at_risk": True,
            "active": active,
            "tenure": WINDOW - acquired + 1,
            "monthly_price": np.where(small, 20.0, 50.0),
        }
    )
    later = np.where(active & (gone <= WINDOW + LATER) & (cause == 1), gone - WINDOW, 0)
    return AnswerTimelines(frame, small[:, None].astype(float), later)


def _answers(told: list[tuple[np.ndarray, ...]]) -> ScoredAnswers:
    customer, day, score = (np.concatenate([one[k] for one in told]) for k in range(3))
    named = np.vstack([one[3] for one in told])
    order = np.lexsort((customer, day))
    order = order[day[order] <= WINDOW]
    n = len(order)
    return ScoredAnswers(
        customer=customer[order],
        day=day[order].astype(np.int64),
        score=score[order],
        has_words=np.ones(n, dtype=bool),
        announces=np.zeros(n, dtype=bool),
        reasons=REASONS,
        named=named[order],
        n_unknown=0,
    )
