"""Who was asked and did not answer: from invitations, or from how far apart one customer's answers lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cxlink.estimate import NotEstimable
from cxlink.handoff import Linked
from cxlink.impact.experience import Answers, look_up

SHORTEST_GAP = 0.05
"""Quantile of the days between a customer's answers that is taken for the distance between two times of asking."""

LEAST_GAPS = 30
GAP_RANGE = (30.0, 365.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """Times that a known customer was asked.

    Parameters
    ----------
    rows : Answers
        Those with an answer first; the value of the others is NaN.
    known_from : str
        ``invitations`` or ``spacing``.
    every_days : float or None
        Days between two times of asking, where that is all that is known.
    """

    rows: Answers
    known_from: Literal["invitations", "spacing"]
    every_days: float | None


def gather_asked(
    linked: Linked, answers: Answers, exposure_days: int, rng: np.random.Generator
) -> Asked | NotEstimable:
    """Put the silent beside the answers.

    Without invitations each customer is taken to have been asked at even distances while at risk: as often as answers
    of one customer follow one another at the closest. Of such a stretch with no answer in it, one day is drawn.

    Parameters
    ----------
    linked : Linked
        Invitations without an answer, or customers' time at risk.
    answers : Answers
        With a KPI.
    exposure_days : int
        How long an incident counts.
    rng : Generator
        For the days of stretches.

    Returns
    -------
    Asked or NotEstimable
        Refused where answers are about single events, or nothing tells how often people were asked.
    """
    if linked.responses["event_component"].notna().any():
        return NotEstimable("answers are about single events", "invitations to surveys about the relation as a whole")
    known = answers.cluster >= 0
    every = None
    if linked.silent is not None:
        silent = linked.silent
    else:
        gaps = _gaps(answers.cluster[known], answers.day[known])
        if len(gaps) < LEAST_GAPS:
            return NotEstimable(
                f"{len(gaps)} times a customer answered again, needs {LEAST_GAPS}", "an invitations export"
            )
        every = float(np.clip(np.quantile(gaps, SHORTEST_GAP), *GAP_RANGE))
        silent = _silent_stretches(linked, answers.cluster[known], answers.day[known], every, rng)
    if silent.empty:
        return NotEstimable("nobody is known to have been asked in vain", "an invitations export")
    customer, day = silent["customer"].to_numpy(dtype=np.int64), silent["asked_day"].to_numpy(dtype=np.int64)
    exposed, experienced = look_up(linked, customer, day, exposure_days)
    rows = Answers(
        value=np.concatenate([answers.value[known], np.full(len(silent), np.nan)]),
        cluster=np.concatenate([answers.cluster[known], customer]),
        day=np.concatenate([answers.day[known], day]),
        exposed=np.concatenate([answers.exposed[known], exposed]),
        experienced=np.concatenate([answers.experienced[known], experienced]),
    )
    return Asked(rows, "spacing" if linked.silent is None else "invitations", every)


def _gaps(customer: np.ndarray, day: np.ndarray) -> np.ndarray:
    order = np.lexsort((day, customer))
    same = np.diff(customer[order]) == 0
    gaps: np.ndarray = np.diff(day[order])[same]
    return gaps[gaps > 0]


def _silent_stretches(
    linked: Linked, customer: np.ndarray, day: np.ndarray, every: float, rng: np.random.Generator
) -> pd.DataFrame:
    spells = linked.customers.loc[linked.customers["at_risk"]]
    key = spells["customer"].to_numpy(dtype=np.int64)
    acquired = spells["acquired_day"].to_numpy(dtype=np.int64)
    begins = np.maximum(acquired + spells["start"].to_numpy(dtype=np.int64), linked.from_day)
    days = np.minimum(acquired + spells["stop"].to_numpy(dtype=np.int64), linked.to_day + 1) - begins
    # a part of a stretch is one with that probability: as many in all as time at risk holds
    stretches = np.floor(np.maximum(days, 0) / every + rng.random(len(key))).astype(np.int64)
    length = days / np.maximum(stretches, 1)
    place = np.repeat(np.arange(len(key)), stretches)
    number = np.arange(len(place)) - np.repeat(np.cumsum(stretches) - stretches, stretches)
    drawn = begins[place] + np.floor((number + rng.random(len(place))) * length[place]).astype(np.int64)
    position = np.full(int(linked.customers["customer"].max()) + 1, -1)
    position[key] = np.arange(len(key))
    whose = position[customer]
    there = (whose >= 0) & (stretches[whose] > 0)
    whose = whose[there]
    answered_in = np.clip(np.floor((day[there] - begins[whose]) / length[whose]), 0, stretches[whose] - 1)
    first = np.cumsum(stretches) - stretches
    taken = np.zeros(len(place), dtype=bool)
    taken[first[whose] + answered_in.astype(np.int64)] = True
    return pd.DataFrame({"customer": key[place][~taken], "asked_day": drawn[~taken]})
