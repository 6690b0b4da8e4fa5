"""The stage: leaving and revenue, each with the longest horizon that can be judged more than once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import KpiRace, Kpis, Linked, Message
from cxlink.handoff.kpis import Outcome
from cxlink.kpis.candidates import Candidate, list_candidates, read_scores
from cxlink.kpis.judging import Part
from cxlink.kpis.landmarks import MOST_RESPONDENTS, Landmarks, gather_landmarks
from cxlink.kpis.race import find_parts, run_race
from cxlink.settings import Settings

HORIZONS = (6, 3, 1)
"""Months. The one by which most scores can be judged is taken, of equals that by which most leavers are, and a month
only where no other can be."""

TOO_SHORT = NotEstimable("the window is too short to learn on one day and judge on a later one", "a longer window")
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
    if outcome == "revenue" and linked.money_refusal is not None:
        return _refused(outcome, linked.money_refusal)
    asked = [months for months in HORIZONS if months <= settings.model.horizon_months]
    waves = [marks for months in asked if len((marks := gather_landmarks(linked, scores, months)).day) > 1]
    if not waves:
        return _refused(outcome, TOO_SHORT)
    found = run_race(max(waves, key=lambda marks: _evidence(marks, outcome, candidates)), outcome, candidates, weights)
    return found if isinstance(found, KpiRace) else _refused(outcome, found)


def _evidence(marks: Landmarks, outcome: Outcome, candidates: tuple[Candidate, ...]) -> tuple[int, bool, int, int]:
    able = [part for part in find_parts(marks, outcome, candidates).values() if isinstance(part, Part)]
    return (len(able), marks.months > 1, sum(part.leavers for part in able), marks.months)


def _refused(outcome: Outcome, why: NotEstimable) -> KpiRace:
    return KpiRace(outcome, 0, (), False, 0, 0, 0, why, (), (), why)


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
