"""What moved the score: the customers behind each term."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from cxlink.bridge.periods import Period
from cxlink.bridge.segments import build_cells
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked
from cxlink.handoff.bridge import Against, Bridge, BridgeTerm
from cxlink.stats import EstimationError
from cxlink.stats.nps_scale import nps_values
from cxlink.stats.score_bridge import SCORE_TERMS, bridge_scores

Kpi = Literal["nps", "csat", "ces"]
LEAST_ANSWERED = 30
"""Customers in each period: of fewer, draws over customers say little of how sure a mean is."""

LEAST_IN_TERM = 10
"""Customers: fewer who left, joined or answered in both periods are not told apart."""

LEVEL = 0.95
METHOD = "each customer once; customer bootstrap"


def bridge_score(linked: Linked, kpi: Kpi, pair: tuple[Against, Period, Period], *, weights: np.ndarray) -> Bridge:
    """Split the move of a score between two periods.

    Parameters
    ----------
    linked : Linked
        Customers and their answers.
    kpi : {"nps", "csat", "ces"}
        Which score.
    pair : tuple
        What the pair is, the earlier period and the later one.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.

    Returns
    -------
    Bridge
        With a refusal where fewer than 30 known customers answered in a period.
    """
    against, *periods = pair
    earlier, later = periods
    empty = Bridge(kpi, against, earlier.name, later.name)
    told = [_mean_scores(linked, kpi, period) for period in periods]
    scores = np.column_stack([means for means, _ in told])
    answered = ~np.isnan(scores)
    fewest = int(answered.sum(axis=0).min())
    if fewest < LEAST_ANSWERED:
        needs = f"{LEAST_ANSWERED} known customers who answered in each period"
        return _refuse(empty, f"{fewest} known customers answered in one of the periods", needs)
    acquired, last, gone = _lives(linked, later)
    joined = acquired > earlier.last_day
    base = (acquired <= earlier.last_day) & ~gone & (last >= later.last_day)
    twice = answered.all(axis=1)
    counts = {
        "within": int(twice.sum()),
        "leavers": int((answered[:, 0] & ~twice & gone).sum()),
        "joiners": int((answered[:, 1] & ~twice & joined).sum()),
    }
    told_apart = {name: count >= LEAST_IN_TERM for name, count in counts.items()}
    gone, joined = gone & told_apart["leavers"], joined & told_apart["joiners"]
    once = answered & ~(twice & told_apart["within"])[:, None] & ~(np.column_stack([gone, joined]) & ~twice[:, None])
    cells, names = build_cells(linked, (earlier, later), once)
    try:
        found = bridge_scores(
            scores[:, 0],
            scores[:, 1],
            left=gone,
            joined=joined,
            cells=cells,
            base=base,
            weights=weights,
            paired=told_apart["within"],
        )
    except EstimationError as fault:
        return _refuse(empty, str(fault), "answers of the same customers, or of such who stayed")
    unit = f"{kpi.upper()} points"

    def estimate(point: float, draws: np.ndarray, n: int) -> Estimate:
        low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) if len(draws) else (point, point)
        return Estimate(point, float(low), float(high), LEVEL, unit, n, int(answered.sum()), METHOD)

    n_once = int(once.any(axis=1).sum())
    terms = tuple(
        BridgeTerm(
            name,
            estimate(float(found.terms[k]), found.term_draws[:, k], counts.get(name, n_once)),
            counts.get(name, n_once),
        )
        for k, name in enumerate(SCORE_TERMS)
        # a group that is too small is not told apart: it is among who answered once
        if told_apart.get(name, True)
    )
    levels = [estimate(float(found.levels[t]), found.level_draws[:, t], int(answered[:, t].sum())) for t in (0, 1)]
    total = found.level_draws[:, 1] - found.level_draws[:, 0]
    move = estimate(float(found.levels[1] - found.levels[0]), total, int(answered.any(axis=1).sum()))
    unknown = sum(count for _, count in told)
    return Bridge(kpi, against, earlier.name, later.name, levels[0], levels[1], move, terms, (), names, unknown)


def _refuse(empty: Bridge, reason: str, needs: str) -> Bridge:
    return Bridge(empty.kpi, empty.against, empty.period_from, empty.period_to, refusal=NotEstimable(reason, needs))


def _mean_scores(linked: Linked, kpi: Kpi, period: Period) -> tuple[np.ndarray, int]:
    """Each customer's mean score in a period, NaN without an answer; and answers without a known customer."""
    rows: pd.DataFrame = linked.responses
    day, score = rows["responded_day"].to_numpy(), rows[kpi].to_numpy(dtype=float)
    used = (day >= period.first_day) & (day <= period.last_day) & ~np.isnan(score)
    customer = rows["customer"].to_numpy()[used]
    value = nps_values(score[used]) if kpi == "nps" else score[used]
    known = customer >= 0
    n = len(linked.customers)
    # sorted first: sums of floats must not depend on the order of rows
    order = np.lexsort((value[known], customer[known]))
    who, told = customer[known][order], value[known][order]
    count = np.bincount(who, minlength=n).astype(float)
    total = np.bincount(who, told, minlength=n)
    return np.divide(total, count, out=np.full(n, np.nan), where=count > 0), int((~known).sum())


def _lives(linked: Linked, later: Period) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    customers = linked.customers
    acquired = customers["acquired_day"].to_numpy()
    at_risk = customers["at_risk"].to_numpy(dtype=bool)
    last = np.where(at_risk, acquired + customers["stop"].to_numpy() - 1, linked.from_day - 1)
    gone = (customers["event"].to_numpy() > 0) & at_risk & (last <= later.last_day)
    if linked.churn_refusal is not None:
        last, gone = np.full(len(acquired), linked.to_day), np.zeros(len(acquired), dtype=bool)
    return acquired, last, gone
