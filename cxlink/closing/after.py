"""What followed low scores that were answered, beside those that were not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.closing.answers import PROXY_DAYS
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.handoff.loop import AfterAnswers
from cxlink.stats import EstimationError, fit_clustered_ols

LANDMARK_DAYS = PROXY_DAYS
"""Answered or not is settled on this day after the score, and what counts comes later: an answer that came because the
customer was still there must not look as if it had kept them."""

LEAVING_DAYS = 90
LEAST_A_SIDE = 30
LEVEL = 0.95
Z = 1.959963984540054


def compare_after(linked: Linked, scores: pd.DataFrame, *, unit: str) -> AfterAnswers:
    """Set what followed answered low scores beside what followed the others.

    Parameters
    ----------
    linked : Linked
        When customers left.
    scores : DataFrame
        As of :func:`cxlink.closing.answers.read_scores`, with the days of answers.
    unit : str
        Of the score.

    Returns
    -------
    AfterAnswers
        Refusals where either side has fewer than 30 customers.
    """
    following = scores.groupby("customer", sort=False)[["score", "day"]].shift(-1)
    rows = scores.assign(next_score=following["score"], next_day=following["day"])
    rows = rows.loc[rows["is_low"]]
    marked = rows["day"].to_numpy() + LANDMARK_DAYS
    customers = linked.customers
    last = (customers["acquired_day"] + customers["stop"] - 1).to_numpy()[rows["customer"]]
    there = customers["at_risk"].to_numpy(dtype=bool)[rows["customer"]] & (last > marked) & (marked < linked.to_day)
    rows, marked, last = rows.loc[there], marked[there], last[there]
    answered = (rows["answered_day"].to_numpy() <= marked).astype(float)
    customer = rows["customer"].to_numpy()
    again = (rows["next_day"].to_numpy() > marked) & rows["next_score"].notna().to_numpy()
    change = (rows["next_score"] - rows["score"]).to_numpy()
    raw = rows["raw"].to_numpy()
    score = _difference(
        answered[again],
        change[again],
        customer[again],
        raw[again],
        unit=unit,
        events=int(again.sum()),
        what="low scores that another score followed",
        method="change to the next score at equal low scores, answered less not, clustered by customer",
    )
    full = marked + LEAVING_DAYS <= linked.to_day
    event = customers["event"].to_numpy()[customer] == 1
    left = (event & (last <= marked + LEAVING_DAYS)).astype(float)
    leaving: Answer
    if linked.churn_refusal is not None:
        leaving = linked.churn_refusal
    else:
        leaving = _difference(
            answered[full],
            left[full],
            customer[full],
            raw[full],
            unit="share of low scores",
            events=int(left[full].sum()),
            what="low scores that were followed for 90 days",
            method="left within 90 days at equal low scores, answered less not, clustered by customer",
        )
    return AfterAnswers(int(answered.sum()), int((1 - answered).sum()), score, leaving)


def _difference(
    answered: np.ndarray,
    outcome: np.ndarray,
    customer: np.ndarray,
    raw: np.ndarray,
    *,
    unit: str,
    events: int,
    what: str,
    method: str,
) -> Answer:
    sides = [len(np.unique(customer[answered == side])) for side in (0, 1)]
    if min(sides) < LEAST_A_SIDE:
        name = "answered" if sides[1] < sides[0] else "not answered"
        few = f"{min(sides)} customers with {what} were {name}, needs {LEAST_A_SIDE} on each side"
        return NotEstimable(few, "more low scores, or a longer window")
    # each low score its own level: how far a score can still fall, or will come back by chance, hangs on it
    levels = np.unique(raw)
    design = np.column_stack([answered, *(raw == level for level in levels)]).astype(float)
    try:
        fit = fit_clustered_ols(design, outcome, customer)
    except EstimationError as fault:
        return NotEstimable(str(fault), "answered and other low scores of the same height")
    # CR1, as few customers answer often
    error = np.sqrt(fit.covariance[0, 0] * fit.n_clusters / (fit.n_clusters - 1))
    point = float(fit.beta[0])
    half = Z * float(error)
    return Estimate(point, point - half, point + half, LEVEL, unit, fit.n_clusters, events, method)
