"""How many passives and detractors will leave, and what they would have paid: a prediction, not what a cause costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.churn.answer_rows import AnswerRows, Split, tenure_columns
from cxlink.churn.design import LEVEL
from cxlink.churn.gates import check_size
from cxlink.churn.leaving_model import STEPS_A_MONTH, LeavingFit, fit_leaving, hazards_of, incidence_of_leaving
from cxlink.churn.rows import YEAR_DAYS
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import LeavingPrediction, Linked, ScoredAnswers
from cxlink.stats import EstimationError

STEP_DAYS = 91
METHOD = "Cox model on days like the cut-off, every 91 days; draws by weighted customers, and of who leaves"
NO_PRICE = NotEstimable("no price is known of those counted", "recurring charges in revenue")


@dataclass(frozen=True, slots=True)
class Standing:
    """Customers who are still there after a day and whose latest answer up to it is a passive's or a detractor's.

    Parameters
    ----------
    rows : AnswerRows
        What came of them after that day; their tenure is that of the day.
    age : ndarray
        (n,) days since the answer.
    """

    rows: AnswerRows
    age: np.ndarray


def predict_leaving(
    linked: Linked,
    answers: ScoredAnswers,
    reason_score: np.ndarray,
    split: Split,
    *,
    gross_margin: float | None,
    currency: str,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> LeavingPrediction | NotEstimable:
    """Predict who of the passives and detractors leaves, from tenure, attributes and the reasons that they gave.

    The model is learnt on days like the cut-off: on each of them the same kind of customers is found, and followed.
    Who answered again in between is another kind, and would be counted wrongly by time since the answer.

    Parameters
    ----------
    linked : Linked
        Timelines.
    answers : ScoredAnswers
        Of any score.
    reason_score : ndarray
        (n_answers,) by weights learnt on all of them.
    split : Split
        Whose months are looked ahead.
    gross_margin : float or None
        Share of revenue; None: revenue is told.
    currency : str
        Of the prices.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        Randomness of who leaves.

    Returns
    -------
    LeavingPrediction or NotEstimable
        Why nothing can be predicted.

    References
    ----------
    .. [1] Van Houwelingen (2007), Scandinavian Journal of Statistics 34:70-85, for models on stacked days.
    """
    now = find_standing(linked, answers, linked.to_day)
    if not len(now.age):
        return NotEstimable(f"no active customer's latest answer of {YEAR_DAYS} days is a passive's", "newer answers")
    days = range(linked.to_day - STEP_DAYS, int(answers.day.min()) + STEP_DAYS, -STEP_DAYS)
    if not days:
        return NotEstimable(f"answers reach back less than {2 * STEP_DAYS} days", "older answers")
    past = _stack([find_standing(linked, answers, day) for day in days])
    columns, leavers = _columns(past, reason_score), past.rows.leavers(split.horizon)
    refusal = check_size(leavers, columns.shape[1])
    if refusal is not None:
        return refusal
    try:
        fit = fit_leaving(past.rows, columns, horizon=split.horizon)
        steps = _follow(fit, _columns(now, reason_score), STEPS_A_MONTH * split.months, weights, rng)
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers of customers who left")
    price = linked.customers["monthly_price"].to_numpy(dtype=float)[now.rows.customer]
    paid = np.nan_to_num(price) * (1.0 if gross_margin is None else gross_margin)
    return LeavingPrediction(
        months=split.months,
        answered_within_days=YEAR_DAYS,
        customers=len(price),
        without_price=int(np.isnan(price).sum()),
        leavers=_add_up(steps, np.ones(len(price)), np.ones(steps.n_steps), "customers", leavers),
        money=linked.money_refusal or _money(steps, paid, split.months, currency, leavers),
        is_margin=gross_margin is not None,
        largest_part=float(paid.max() / paid.sum()) if paid.any() else 0.0,
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """Chance of leaving in each step, shape (n, n_steps), and, by draw, the step of each; `n_steps`: none of them."""

    chance: np.ndarray
    drawn: list[np.ndarray]

    @property
    def n_steps(self) -> int:
        return int(self.chance.shape[1])


def _follow(
    fit: LeavingFit, columns: np.ndarray, n_steps: int, weights: np.ndarray, rng: np.random.Generator
) -> _Steps:
    incidence = incidence_of_leaving(hazards_of(fit), columns, n_steps=n_steps)
    drawn = []
    for draw in weights:
        risks = incidence_of_leaving(hazards_of(fit, draw), columns, n_steps=n_steps)
        drawn.append((risks < rng.random((len(columns), 1))).sum(axis=1))
    return _Steps(np.diff(incidence, axis=1, prepend=0.0), drawn)


def _money(steps: _Steps, paid: np.ndarray, months: int, currency: str, leavers: int) -> Answer:
    if not paid.any():
        return NO_PRICE
    # months from leaving, in the middle of each step, to the end
    unpaid = months * (1.0 - (np.arange(steps.n_steps) + 0.5) / steps.n_steps)
    return _add_up(steps, paid, unpaid, currency, leavers)


def _add_up(steps: _Steps, each: np.ndarray, by_step: np.ndarray, unit: str, leavers: int) -> Estimate:
    """Add up what each leaver counts for: its own part times that of the step in which it leaves."""
    point = float(each @ (steps.chance @ by_step))
    worth = np.append(by_step, 0.0)
    draws = np.array([each @ worth[step] for step in steps.drawn])
    low, high = np.quantile(draws, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    return Estimate(point, float(min(low, point)), float(max(high, point)), LEVEL, unit, len(each), leavers, METHOD)


def find_standing(linked: Linked, answers: ScoredAnswers, day: int) -> Standing:
    """Find the passives and detractors of a day.

    Parameters
    ----------
    linked : Linked
        Timelines.
    answers : ScoredAnswers
        Of any score, by day.
    day : int
        The last day known, since 1970-01-01.

    Returns
    -------
    Standing
        By their latest answer of the last 365 days. Without those in which it announces that the customer leaves: that
        is no prediction.
    """
    known = np.flatnonzero((answers.day <= day) & (answers.day > day - YEAR_DAYS))
    customers, latest = np.unique(answers.customer[known][::-1], return_index=True)
    place = known[::-1][latest]
    spells = linked.customers.iloc[customers]
    acquired = spells["acquired_day"].to_numpy()
    ends = acquired + spells["stop"].to_numpy() - 1
    there = spells["at_risk"].to_numpy() & (acquired <= answers.day[place])
    # of the cut-off nothing later is known: who gave no notice is still there
    there &= spells["active"].to_numpy() if day == linked.to_day else ends > day
    there &= ~answers.promotes[place] & ~answers.announces[place]
    place, customers = place[there], customers[there]
    columns = np.column_stack([tenure_columns(day - acquired[there] + 1), linked.covariates[customers]])
    cause = spells["event"].to_numpy()[there]
    return Standing(AnswerRows(place, customers, columns, ends[there] - day, cause), day - answers.day[place])


def _stack(found: list[Standing]) -> Standing:
    rows = [one.rows for one in found]
    return Standing(
        AnswerRows(
            *(
                np.concatenate([getattr(part, name) for part in rows])
                for name in ("place", "customer", "columns", "days", "cause")
            )
        ),
        np.concatenate([one.age for one in found]),
    )


def _columns(standing: Standing, reason_score: np.ndarray) -> np.ndarray:
    """Baseline, age of the answer, and its reasons: what they tell may fade."""
    score, old = reason_score[standing.rows.place], standing.age > STEP_DAYS
    return np.column_stack([standing.rows.columns, old, score * ~old, score * old])
