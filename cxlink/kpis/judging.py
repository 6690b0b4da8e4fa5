"""Base and KPIs learnt on earlier waves and judged on later ones, for some of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff.kpis import Outcome
from cxlink.kpis.candidates import Candidate
from cxlink.kpis.landmarks import Landmarks
from cxlink.stats import (
    ClusteredFit,
    ForwardGain,
    amount_losses,
    fit_log_mean,
    fit_logit,
    ipcw_weights,
    leaving_losses,
    predict_forward,
    share_gained,
)

MIN_LEAVERS = 20
MIN_CUSTOMERS = 100
MIN_WAVES = 2
EVENTS_PER_COLUMN = 5
"""Leavers behind each column of the first fit (Vittinghoff and McCulloch 2007)."""

SMALLEST_RISK = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to be compared: indices, the first wave that is judged, and how often somebody left after a judged one."""

    rows: np.ndarray
    first: int
    leavers: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Losses of the judged rows.

    Parameters
    ----------
    part : Part
        Where they come from.
    customer : ndarray
        (n_judged,) keys.
    base, null : ndarray
        (n_judged,) losses of the base, and of one prediction for all.
    losses : ndarray
        (n_judged, n_candidates).
    signal : ndarray
        (n_judged, n_candidates) what the base left over, times what the KPI said of it.
    informed : ndarray
        (n_candidates,) bool: whether the KPI had a coefficient at all.
    """

    part: Part
    customer: np.ndarray
    base: np.ndarray
    null: np.ndarray
    losses: np.ndarray
    signal: np.ndarray
    informed: np.ndarray

    def gains(self, weights: np.ndarray) -> ForwardGain:
        """Compare every candidate with the base.

        Parameters
        ----------
        weights : ndarray
            (n_draws, n_customers) customer weights with mean one.

        Returns
        -------
        ForwardGain
            In the order of the candidates.
        """
        return share_gained(self.losses, self.base, self.null, self.customer, weights, self.signal)

    def difference(self, one: int, other: int, weights: np.ndarray) -> ForwardGain:
        """Compare one candidate with another.

        Parameters
        ----------
        one, other : int
            Their places.
        weights : ndarray
            (n_draws, n_customers) customer weights with mean one.

        Returns
        -------
        ForwardGain
            Gain of the first less that of the second.
        """
        return share_gained(self.losses[:, [one]], self.losses[:, other], self.null, self.customer, weights)


def choose_part(marks: Landmarks, outcome: Outcome, known: np.ndarray) -> Part | NotEstimable:
    """Choose the first wave that can be judged by a fit on those before it.

    Parameters
    ----------
    marks : Landmarks
        All waves.
    outcome : {"leaving", "revenue"}
        For revenue, rows without a price are left out.
    known : ndarray
        (n,) bool: whose KPIs are known.

    Returns
    -------
    Part or NotEstimable
        Refused where less than two waves, twenty leavers or a hundred customers are left to judge.
    """
    rows = np.flatnonzero(known & (marks.price > 0) if outcome == "revenue" else known)
    wave, left = marks.wave[rows], marks.left[rows]
    events = left if outcome == "leaving" else np.ones(len(rows), dtype=bool)
    needed = max(MIN_LEAVERS, EVENTS_PER_COLUMN * (marks.base.shape[1] + 2))
    waves = np.unique(wave)
    enough = [int(number) for number in waves if events[wave < number].sum() >= needed]
    what = "who left" if outcome == "leaving" else "with a price"
    if not enough:
        return NotEstimable(
            f"{int(events.sum())} answered before {len(waves)} days of judging, {what}: too few to learn from",
            f"{needed} {what} before the first day that is judged: more answers, or a longer window",
        )
    judged = wave >= enough[0]
    n_left, n_customers = int(left[judged].sum()), len(np.unique(marks.customer[rows[judged]]))
    if len(np.unique(wave[judged])) < MIN_WAVES:
        return NotEstimable(f"one day can be judged, needs {MIN_WAVES}", "a longer window")
    if outcome == "leaving" and n_left < MIN_LEAVERS:
        return NotEstimable(f"{n_left} customers left after a day that is judged, needs {MIN_LEAVERS}", "more answers")
    if n_customers < MIN_CUSTOMERS:
        return NotEstimable(f"{n_customers} customers can be judged, needs {MIN_CUSTOMERS}", "more answers")
    return Part(rows, enough[0], n_left)


def judge(marks: Landmarks, outcome: Outcome, part: Part, candidates: Sequence[Candidate]) -> Judged:
    """Learn base and candidates wave by wave, and judge them on the next.

    Parameters
    ----------
    marks : Landmarks
        All waves.
    outcome : {"leaving", "revenue"}
        What is predicted.
    part : Part
        Whose scores are known for every candidate.
    candidates : sequence of Candidate
        KPIs in their forms.

    Returns
    -------
    Judged
        Losses in the order of the candidates.

    Raises
    ------
    EstimationError
        If the base cannot be fitted.
    """
    rows = part.rows
    wave, customer, base = marks.wave[rows], marks.customer[rows], marks.base[rows]
    later = wave >= part.first
    designs = [base]
    designs += [np.column_stack([base, one.columns(marks.scores[one.kpi][rows])]) for one in candidates]
    offset = np.zeros(len(rows))
    if outcome == "revenue":
        offset = np.log(marks.price[rows] * marks.months)

    def fit(part_columns: np.ndarray, places: np.ndarray) -> ClusteredFit:
        if outcome == "leaving":
            return fit_logit(part_columns, marks.left[rows][places], customer[places])
        earlier = marks.revenue[rows][places]
        return fit_log_mean(part_columns, earlier, customer[places], offset=offset[places], power=1.0)

    predicted, informed = [], []
    for design in designs:
        predictor, has = predict_forward(fit, design, wave, first=part.first)
        predicted.append(predictor + offset[later])
        informed.append(bool(has[base.shape[1] :].any()))
    table = np.column_stack(predicted)
    if outcome == "leaving":
        risks = np.clip(1.0 / (1.0 + np.exp(-table)), SMALLEST_RISK, 1.0 - SMALLEST_RISK)
        stop, cause = marks.stop[rows][later], marks.cause[rows][later]
        losses, null = leaving_losses(risks, stop, cause, 1.0)
        rest = ipcw_weights(stop, cause, 1.0) * (marks.left[rows][later] - risks[:, 0])
    else:
        losses, null = amount_losses(np.exp(table), marks.revenue[rows][later], np.exp(offset[later]))
        rest = marks.revenue[rows][later] - np.exp(table[:, 0])
    return Judged(
        part=part,
        customer=customer[later],
        base=losses[:, 0],
        null=null,
        losses=losses[:, 1:],
        signal=rest[:, None] * (table[:, 1:] - table[:, [0]]),
        informed=np.array(informed[1:], dtype=bool),
    )
