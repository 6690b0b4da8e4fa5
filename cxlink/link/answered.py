"""Who answered and who did not, and how those without a customer answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import AnswerBias, Loaded, Message, ResponseRate, ScoreGap

LEAST_ANSWERS = 10
Z = 1.959963984540054
NOTABLE, LARGE = 0.1, 0.25
ANSWERED_WITHIN_DAYS = 31
_UNITS = {"nps": "NPS points", "csat": "points", "ces": "points"}
_PROMOTER, _DETRACTOR = 9, 6


def compare_scores(responses: pd.DataFrame) -> tuple[ScoreGap, ...]:
    """Set the scores of answers without a customer beside those with one.

    Parameters
    ----------
    responses : DataFrame
        As :class:`cxlink.handoff.Linked` describes.

    Returns
    -------
    tuple of ScoreGap
        One a KPI that both sides answered; the difference (without less with) has Welch's interval.
    """
    known = (responses["customer"] >= 0).to_numpy()
    found = []
    for kpi, unit in _UNITS.items():
        scores = responses[kpi].to_numpy(dtype=float)
        if kpi == "nps":
            scores = np.where(np.isnan(scores), np.nan, 100.0 * (scores >= _PROMOTER) - 100.0 * (scores <= _DETRACTOR))
        there = ~np.isnan(scores)
        matched, unmatched = scores[there & known], scores[there & ~known]
        if len(matched) and len(unmatched):
            gap = _difference(matched, unmatched, unit)
            found.append(
                ScoreGap(kpi, len(matched), float(matched.mean()), len(unmatched), float(unmatched.mean()), gap)
            )
    return tuple(found)


def _difference(matched: np.ndarray, unmatched: np.ndarray, unit: str) -> Answer:
    if min(len(matched), len(unmatched)) < LEAST_ANSWERS:
        return NotEstimable(f"fewer than {LEAST_ANSWERS} answers on one side", "more answers")
    variance = matched.var(ddof=1) / len(matched) + unmatched.var(ddof=1) / len(unmatched)
    if variance == 0:
        return NotEstimable("all answers of a side are the same", "more answers")
    point, half = float(unmatched.mean() - matched.mean()), Z * float(np.sqrt(variance))
    n = len(matched) + len(unmatched)
    return Estimate(point, point - half, point + half, 0.95, unit, n, len(unmatched), "difference of means, Welch")


def compare_answerers(loaded: Loaded, customers: pd.DataFrame, responses: pd.DataFrame) -> tuple[AnswerBias, ...]:
    """Compare the customers who answered with those who did not.

    Parameters
    ----------
    loaded : Loaded
        ``matched_tickets``, ``matched_invitations`` and ``linked_incidents`` must stand on its engine.
    customers, responses : DataFrame
        As :class:`cxlink.handoff.Linked` describes.

    Returns
    -------
    tuple of AnswerBias
        Over the customers invited, or all at risk where no invitations are given; empty where all or none answered.
    """
    asked = customers["at_risk"].to_numpy(dtype=bool).copy()
    if "invitations" in loaded.columns:
        invited = loaded.engine.frame(
            "select distinct customer from matched_invitations where customer is not null"
            " and cast(invited_at as date) <= $observed_to",
            {"observed_to": loaded.observed_to},
        )["customer"].to_numpy(dtype=np.int64)
        asked &= np.isin(np.arange(len(customers)), invited)
    answered = np.zeros(len(customers), dtype=bool)
    known = responses.loc[responses["customer"] >= 0, "customer"].to_numpy()
    answered[known] = True
    yes, no = asked & answered, asked & ~answered
    if not yes.any() or not no.any():
        return ()
    n = len(customers)
    traits = (
        ("tenure", "days", customers["stop"].to_numpy(dtype=float)),
        ("monthly price", "currency", customers["monthly_price"].to_numpy(dtype=float)),
        (
            "tickets",
            "a customer",
            _counts(loaded, "matched_tickets", "cast(opened_at as date)", n),
        ),
        ("incidents", "a customer", _counts(loaded, "linked_incidents", "happened_on", n)),
        ("has left", "share", (customers["event"] > 0).to_numpy(dtype=float)),
    )
    found = (_bias(trait, unit, values[yes], values[no]) for trait, unit, values in traits)
    return tuple(bias for bias in found if bias is not None)


def _counts(loaded: Loaded, table: str, day: str, n_customers: int) -> np.ndarray:
    rows = loaded.engine.frame(
        f"select customer, count(*) as n from {table} where customer is not null"
        f" and {day} between $observed_from and $observed_to group by customer",
        {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to},
    )
    counts = np.zeros(n_customers)
    counts[rows["customer"].to_numpy(dtype=np.int64)] = rows["n"].to_numpy()
    return counts


def _bias(trait: str, unit: str, answered: np.ndarray, silent: np.ndarray) -> AnswerBias | None:
    answered, silent = answered[~np.isnan(answered)], silent[~np.isnan(silent)]
    if not len(answered) or not len(silent):
        return None
    spread = float(np.sqrt((answered.var() + silent.var()) / 2))
    means = float(answered.mean()), float(silent.mean())
    difference = (means[0] - means[1]) / spread if spread > 0 else None
    return AnswerBias(trait, unit, len(answered), means[0], len(silent), means[1], difference)


def measure_response_rate(loaded: Loaded) -> ResponseRate | None:
    """Measure the share of invitations that was answered.

    Parameters
    ----------
    loaded : Loaded
        ``matched_invitations`` and ``matched_feedback`` must stand on its engine.

    Returns
    -------
    ResponseRate or None
        By the column ``responded``; without it, by an answer of the same customer within 31 days. None where no
        invitations are given. The interval is Wilson's.
    """
    if "invitations" not in loaded.columns:
        return None
    told = "responded" in loaded.columns["invitations"]
    counts = loaded.engine.frame(
        "select count(*) as n, count(case when coalesce(responded, false) then 1 end) as answered from invitations"
        if told
        else "select (select count(*) from invitations) as n, count(*) as answered from (select distinct i.file, i.line"
        " from matched_invitations as i join matched_feedback as f on f.customer = i.customer"
        " and f.responded_at >= i.invited_at"
        f" and date_diff('day', i.invited_at, f.responded_at) <= {ANSWERED_WITHIN_DAYS}) as pairs"
    )
    n, answered = int(counts["n"].iloc[0]), int(counts["answered"].iloc[0])
    return ResponseRate(n, answered, _wilson(answered, n))


def _wilson(answered: int, n: int) -> Answer:
    if n == 0:
        return NotEstimable("there are no invitations", "an invitations export with rows")
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(answered, n, alpha=0.05, method="wilson")
    return Estimate(answered / n, float(low), float(high), 0.95, "share of invitations", n, answered, "Wilson interval")


def answer_messages(biases: tuple[AnswerBias, ...]) -> tuple[Message, ...]:
    """Warn where those who answered are other customers than those who did not.

    Parameters
    ----------
    biases : tuple of AnswerBias
        What was compared.

    Returns
    -------
    tuple of Message
        One where any standardised difference is large.
    """
    large = [bias for bias in biases if bias.difference is not None and abs(bias.difference) > LARGE]
    if not large:
        return ()
    told = ", ".join(f"{bias.trait} ({bias.difference:+.2f})" for bias in large)
    return (
        Message(
            "CX240",
            "info",
            "link",
            f"customers who answered differ from those who did not in {told}; differences in standard deviations.",
            "What is said of scores holds for those who answer; `cxlink check` compares both.",
        ),
    )
