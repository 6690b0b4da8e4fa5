"""The stage: open tickets, low scores that wait for an answer, and what followed answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxlink.closing.after import compare_after
from cxlink.closing.answers import Kpi, add_proxy, is_answer_known, read_scores
from cxlink.closing.tickets import count_causes, count_open, read_tickets
from cxlink.closing.waiting import find_waiting
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import CauseCount, Linked, Loaded, Message
from cxlink.handoff.loop import AfterAnswers, ClosedLoop, LowAnswers
from cxlink.settings import Settings
from cxlink.stats import EstimationError, censored_median
from cxlink.stats.ended_share import ended_share

LOOK_BACK_DAYS = 90
LEAST_CUSTOMERS = 30
LEVEL = 0.95
NO_TICKETS = NotEstimable("there are no tickets", "a tickets export with closed_at")
NO_CLOSING = NotEstimable("no source says when tickets are closed", "tickets.closed_at")
NO_ANSWERS = NotEstimable(
    "no source says when somebody came back to a customer", "feedback.answered_at, or a tickets export"
)
PROXY = Message(
    "CX625",
    "info",
    "closing",
    "when somebody came back to low scorers is not exported; a ticket of theirs within 14 days stands for it.",
    "Export answered_at with the feedback.",
)


def close_loop(
    loaded: Loaded,
    linked: Linked,
    causes: Sequence[CauseCount],
    settings: Settings,
    *,
    kpi: Kpi,
    weights: np.ndarray,
) -> ClosedLoop:
    """Look at what is open, who waits for an answer, and what followed answers.

    Parameters
    ----------
    loaded : Loaded
        The matched tables and ``tag_rows`` must stand on its engine.
    linked : Linked
        Timelines.
    causes : sequence of CauseCount
        Of the run.
    settings : Settings
        The time within which low scorers are promised an answer.
    kpi : {"nps", "csat", "ces"}
        The run's score.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared by all parts of the run.

    Returns
    -------
    ClosedLoop
        With refusals where the exports do not tell.
    """
    has_tickets = "tickets" in loaded.columns
    tickets = read_tickets(loaded) if has_tickets else None
    closes = tickets is not None and "closed_at" in loaded.columns["tickets"]
    refusal = None if closes else NO_CLOSING if has_tickets else NO_TICKETS
    messages = [Message("CX626", "info", "closing", f"{refusal.reason}.", f"Needs {refusal.needs}.")] if refusal else []
    opened = () if tickets is None or not closes else count_open(loaded, tickets, linked.to_day)
    of_causes = () if tickets is None or not closes else count_causes(loaded, tickets, causes, linked.from_day)
    low: LowAnswers | NotEstimable = NO_ANSWERS
    after: AfterAnswers | NotEstimable = NO_ANSWERS
    known = is_answer_known(loaded)
    if known or tickets is not None:
        scores = read_scores(loaded, linked, kpi)
        if not known and tickets is not None:
            scores = add_proxy(scores, tickets)
            messages.append(PROXY)
        days = settings.loop.answer_within_days
        low = _low_answers(linked, scores, kpi, days, weights, by_proxy=not known)
        after = compare_after(linked, scores, unit=f"{kpi.upper()} points")
    if closes and tickets is not None:
        messages += _reversed(tickets)
    return ClosedLoop(opened, refusal, low, after, of_causes, tuple(messages))


def _low_answers(
    linked: Linked, scores: pd.DataFrame, kpi: Kpi, days: int, weights: np.ndarray, *, by_proxy: bool
) -> LowAnswers:
    rows = scores.loc[scores["is_low"] & (scores["day"] > linked.to_day - LOOK_BACK_DAYS)]
    wait = rows["answered_day"].to_numpy() - rows["day"].to_numpy()
    done = ~np.isnan(wait)
    waited = np.where(done, wait, linked.to_day - rows["day"].to_numpy())
    customer = rows["customer"].to_numpy()
    n = len(np.unique(customer))
    share: Answer
    median: Answer
    few = NotEstimable(f"{n} customers scored low in {LOOK_BACK_DAYS} days, needs {LEAST_CUSTOMERS}", "more answers")
    try:
        found = ended_share(waited, done, customer, weights, within=days)
        share = few if n < LEAST_CUSTOMERS else _estimate(found.point, found.draws, "share", n, int(done.sum()))
    except EstimationError as fault:
        share = few if n < LEAST_CUSTOMERS else NotEstimable(str(fault), "a later cut-off")
    try:
        middle = censored_median(waited, done, customer, weights)
        if n < LEAST_CUSTOMERS:
            median = few
        elif np.isinf(middle.draws).mean() > (1 - LEVEL) / 2:
            median = NotEstimable("it is not sure that half are ever answered", "more answers")
        else:
            median = _estimate(middle.point, middle.draws, "days", n, int(done.sum()))
    except EstimationError as fault:
        median = few if n < LEAST_CUSTOMERS else NotEstimable(str(fault), "answers to more low scores")
    in_time = int((done & (waited <= days)).sum())
    waiting = find_waiting(linked, rows.loc[~done])
    return LowAnswers(
        kpi,
        LOOK_BACK_DAYS,
        days,
        by_proxy,
        len(rows),
        in_time,
        int((~done).sum()),
        share,
        median,
        waiting_customers=waiting.customers,
        waiting_monthly=waiting.monthly,
        by_value=waiting.by_value,
    )


def _estimate(point: float, draws: np.ndarray, unit: str, n: int, events: int) -> Estimate:
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="nearest") if len(draws) else (point,) * 2
    return Estimate(point, float(low), float(high), LEVEL, unit, n, events, "Kaplan-Meier; customer bootstrap")


def _reversed(tickets: pd.DataFrame) -> list[Message]:
    wrong = int((tickets["closed_day"] < tickets["opened_day"]).sum())
    if not wrong:
        return []
    said = f"{wrong} tickets are closed before they were opened; they count as closed."
    return [Message("CX627", "warning", "closing", said, "Check opened_at and closed_at in the tickets export.")]
