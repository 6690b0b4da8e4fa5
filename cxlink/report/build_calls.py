"""Active customers at risk, with what happened to them: a list to call, for the internal audience alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from cxlink.closing.answers import add_proxy, is_answer_known, read_scores
from cxlink.closing.tickets import read_tickets
from cxlink.estimate import Estimate
from cxlink.handoff import CustomerScores, Linked, RunResult
from cxlink.report.numbers import round_estimate, round_exact
from cxlink.report.sheet_rows import CallLine, CallList

MOST_CALLS = 1_000
LOOK_BACK_DAYS = 90
"""An unanswered low score is told when it was given in so many days before the cut-off."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Happened:
    """What happened to customers, by key: incidents, answers, low scores that wait, and open tickets."""

    incidents: Mapping[int, tuple[int, str, str]]
    scores: Mapping[int, tuple[int, float]]
    waiting: Mapping[int, int]
    opened: Mapping[int, int]
    has_tickets: bool
    has_answers: bool


def build_calls(result: RunResult) -> CallList | None:
    """Choose the customers with most recurring revenue at risk.

    Parameters
    ----------
    result : RunResult
        Its engine must be open.

    Returns
    -------
    CallList or None
        None for the public, and where nobody is scored or has a price.
    """
    scores = result.churn.scores
    if result.audience != "internal" or scores is None or not len(scores.customer):
        return None
    place = _horizon(scores, result.horizon_months)
    months = scores.horizons[place]
    price = result.linked.customers["monthly_price"].to_numpy(dtype=float)[scores.customer]
    worth = np.where(np.isnan(price), 0.0, price)
    # nine digits before sorting: what comes after may differ with the order in which threads add up
    at_risk = np.array([round_exact(float(one)) for one in scores.risk[:, place] * worth * months])
    order = np.lexsort((scores.customer, -at_risk))
    chosen = [int(one) for one in order[: min(MOST_CALLS, int((at_risk > 0).sum()))]]
    if not chosen:
        return None
    happened = _what_happened(result, {int(scores.customer[one]) for one in chosen})
    ids = result.linked.customers["customer_id"].astype(str).to_numpy()
    lines = tuple(_line(one, scores, place, price, at_risk, str(ids[scores.customer[one]]), happened) for one in chosen)
    return CallList(
        months=months,
        currency=result.currency,
        kpi=result.impact.kpi.upper(),
        lines=lines,
        of=len(scores.customer),
        without_price=int((worth == 0).sum()),
        has_tickets=happened.has_tickets,
        has_answers=happened.has_answers,
        doubts=_doubts(result, months),
    )


def _horizon(scores: CustomerScores, months: int) -> int:
    """The longest horizon of the scores that is not beyond the run's."""
    within = [place for place, one in enumerate(scores.horizons) if one <= months]
    return max(within, default=0)


def _line(
    at: int,
    scores: CustomerScores,
    place: int,
    price: np.ndarray,
    at_risk: np.ndarray,
    customer_id: str,
    happened: _Happened,
) -> CallLine:
    customer = int(scores.customer[at])
    incident = happened.incidents.get(customer)
    score = happened.scores.get(customer)
    waiting = happened.waiting.get(customer)
    return CallLine(
        customer_id=customer_id,
        monthly_price=round_exact(float(price[at])),
        risk=round_exact(float(scores.risk[at, place])),
        low=round_exact(float(scores.low[at, place])),
        high=round_exact(float(scores.high[at, place])),
        at_risk=float(at_risk[at]),
        behind=_behind(scores, at),
        incident_day=_day(incident[0]) if incident else "",
        component=incident[1] if incident else "",
        cause=incident[2] if incident else "",
        score_day=_day(score[0]) if score else "",
        score=score[1] if score else None,
        waiting_since="" if waiting is None else _day(waiting),
        open_tickets=happened.opened.get(customer, 0),
    )


def _behind(scores: CustomerScores, at: int) -> str:
    """The component whose recent incidents add most to the risk, where they add at least a point in a hundred."""
    added = np.nan_to_num(scores.behind[at], nan=0.0)
    if not len(added):
        return ""
    most = int(np.argmax(added))
    return scores.components[most] if added[most] >= 0.01 else ""


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=int(number))).isoformat()


def _what_happened(result: RunResult, wanted: set[int]) -> _Happened:
    linked, loaded = result.linked, result.loaded
    has_tickets = "tickets" in loaded.columns
    closes = has_tickets and "closed_at" in loaded.columns["tickets"]
    knows = is_answer_known(loaded) or has_tickets
    tickets = read_tickets(loaded) if has_tickets else None
    opened: dict[int, int] = {}
    waiting: dict[int, int] = {}
    if tickets is not None and closes:
        rows = tickets.loc[tickets["closed_day"].isna() & tickets["customer"].isin(wanted)]
        opened = dict(Counter(int(one) for one in rows["customer"]))
    if knows:
        given = read_scores(loaded, linked, result.impact.kpi)
        if not is_answer_known(loaded) and tickets is not None:
            given = add_proxy(given, tickets)
        since = linked.to_day - LOOK_BACK_DAYS
        rows = given.loc[given["is_low"] & given["answered_day"].isna() & (given["day"] > since)]
        longest = rows.groupby("customer", as_index=False)["day"].min()
        waiting = {int(one): int(day) for one, day in zip(longest["customer"], longest["day"], strict=True)}
    return _Happened(_last_incidents(linked, wanted), _last_scores(result, wanted), waiting, opened, closes, knows)


def _last_incidents(linked: Linked, wanted: set[int]) -> dict[int, tuple[int, str, str]]:
    rows = linked.incidents.loc[linked.incidents["customer"].isin(wanted)]
    rows = rows.sort_values(["incident_day", "component", "record_id"], kind="stable")
    last = rows.drop_duplicates("customer", keep="last")
    names = zip(last["customer"], last["incident_day"], last["component"], last["cause"], strict=True)
    return {int(c): (int(day), str(of), "" if pd.isna(cause) else str(cause)) for c, day, of, cause in names}


def _last_scores(result: RunResult, wanted: set[int]) -> dict[int, tuple[int, float]]:
    kpi = result.impact.kpi
    rows = result.linked.responses
    rows = rows.loc[rows["customer"].isin(wanted) & rows[kpi].notna()]
    last = rows.sort_values(["responded_day", kpi], kind="stable").drop_duplicates("customer", keep="last")
    values = zip(last["customer"], last["responded_day"], last[kpi], strict=True)
    return {int(c): (int(day), float(score)) for c, day, score in values}


def _doubts(result: RunResult, months: int) -> tuple[str, ...]:
    """What validation out of time said of such scores."""
    held = [one for one in result.churn.validation if one.months == months] or list(result.churn.validation)
    if not held:
        return ("Whether such risks come true was not checked on this data: it could not be held back in time.",)
    one = held[-1]
    told = [
        f"{name} {round_estimate(answer).text}"
        for key, name in (("auc", "AUC"), ("observed_over_expected", "observed over expected leavers"))
        if isinstance(answer := one.measures.get(key), Estimate)
    ]
    if not told:
        return (f"Whether risks over {one.months} months come true could not be measured on this data.",)
    said = f"Held against what came after {one.landmark.isoformat()}, over {one.months} months: {'; '.join(told)}."
    return (
        said,
        "AUC: 0.5 is chance, 1 sorts leavers from stayers without a fault. Observed over expected: 1 is right.",
    )
