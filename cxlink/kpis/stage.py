"""The stage: leaving and revenue, each with the longest horizon that can be judged more than once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import KpiRace, Kpis, Linked, Message
from cxlink.handoff.kpis import Outcome
from cxlink.kpis.candidates import Candidate, list_candidates, read_scores
from cxlink.kpis.landmarks import MOST_RESPONDENTS, Landmarks, gather_landmarks
from cxlink.kpis.race import run_race
from cxlink.settings import Settings

HORIZONS = (6, 3, 1)
"""Months; the longest is tried first."""

OUTCOMES: tuple[Outcome, ...] = ("leaving", "revenue")


def compare_kpis(linked: Linked, settings: Settings, *, weights: np.ndarray) -> Kpis | NotEstimable:
    """Compare what NPS, CSAT, CES and ratings tell of leaving and of revenue, beyond tenure and attributes.

    Parameters
    ----------
    linked : Linked
        Timelines.
    settings : Settings
        The horizon, and the attributes of the base.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all parts of the run.

    Returns
    -------
    Kpis or NotEstimable
        Refused where no known customer gave a score, or nobody is seen to leave.
    """
    scores = read_scores(linked, MOST_RESPONDENTS)
    candidates = list_candidates(scores)
    if not candidates:
        return NotEstimable("no known customer gave a score", "nps, csat or ces in feedback, and a customer_id")
    if linked.churn_refusal is not None:
        return linked.churn_refusal
    races = tuple(_compare(linked, settings, scores, candidates, outcome, weights) for outcome in OUTCOMES)
    return Kpis(settings.model.adjust_for, races, _messages(races))


def _compare(
    linked: Linked,
    settings: Settings,
    scores: pd.DataFrame,
    candidates: tuple[Candidate, ...],
    outcome: Outcome,
    weights: np.ndarray,
) -> KpiRace:
    refusal = linked.money_refusal if outcome == "revenue" else None
    found: KpiRace | NotEstimable | None = refusal
    if refusal is None:
        for months in HORIZONS:
            # a month is short enough for any horizon that can be asked for
            if months > settings.model.horizon_months:
                continue
            marks = gather_landmarks(linked, scores, months)
            found = _race(marks, outcome, candidates, weights)
            if isinstance(found, KpiRace):
                return found
    if not isinstance(found, NotEstimable):
        raise ValueError("no horizon was tried")
    none = NotEstimable(found.reason, found.needs)
    return KpiRace(outcome, 0, (), False, 0, 0, 0, none, (), (), none)


def _race(
    marks: Landmarks, outcome: Outcome, candidates: tuple[Candidate, ...], weights: np.ndarray
) -> KpiRace | NotEstimable:
    if len(marks.day) < 2 or not len(marks.customer):
        return NotEstimable("the window is too short to learn on one day and judge on a later one", "a longer window")
    return run_race(marks, outcome, candidates, weights)


def _messages(races: tuple[KpiRace, ...]) -> tuple[Message, ...]:
    return tuple(
        Message(
            "CX510",
            "info",
            "kpis",
            f"which score tells of {race.outcome} cannot be judged: {race.refusal.reason}.",
            f"Needs {race.refusal.needs}.",
        )
        for race in races
        if race.refusal is not None
    )
