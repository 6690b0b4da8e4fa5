"""Do scores and reasons tell who leaves? Learnt on earlier answers, judged on later ones."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from cxlink.churn.answer_rows import AnswerRows, Split
from cxlink.churn.design import LEVEL, Z
from cxlink.churn.leaving_model import STEPS_A_MONTH, LeavingFit, fit_leaving, hazards_of, incidence_of_leaving
from cxlink.churn.validate import EPOCH
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import JudgedModel, JudgedReasons
from cxlink.stats import (
    BootstrapInterval,
    EstimationError,
    auc_at_horizon,
    bootstrap_clusters,
    log_scores,
    observed_over_expected,
)

MODELS = ("baseline", "score", "reasons", "both")
GAINS = ((1, 0), (2, 0), (3, 0), (3, 1))
"""Which model's log likelihood less which other's."""

RATIO_DRAWS = 100
SMALLEST_RISK = 1e-9
METHOD = "learnt up to {split}, judged after; {what}"
PAIRED = "paired percentile bootstrap of customers, the fits held fixed"
DRAWN = "fit and follow-up drawn together"


def design(rows: AnswerRows, score: np.ndarray, reason_score: np.ndarray, model: str) -> np.ndarray:
    """Put the columns of a model side by side.

    Parameters
    ----------
    rows : AnswerRows
        Whose baseline columns are in every model.
    score, reason_score : ndarray
        (n_answers,) of all answers that the rows were taken from.
    model : str
        One of `MODELS`.

    Returns
    -------
    ndarray
        (n_rows, n_columns).
    """
    added = []
    if model in ("score", "both"):
        added.append(score[rows.place])
    if model in ("reasons", "both"):
        added.append(reason_score[rows.place])
    return np.column_stack([rows.columns, *added])


def judge_reasons(
    split: Split,
    score: np.ndarray,
    reason_score: np.ndarray,
    *,
    n_customers: int,
    n_replicates: int,
    rng: np.random.Generator,
    n_ratio_draws: int = RATIO_DRAWS,
) -> JudgedReasons | NotEstimable:
    """Learn four models on the answers up to a day, and judge them on those after it.

    Parameters
    ----------
    split : Split
        The day, and the answers on both sides.
    score, reason_score : ndarray
        (n_answers,) the 0-10 score, and that of the reasons by weights learnt up to the same day.
    n_customers : int
        Of all timelines.
    n_replicates : int
        Bootstrap draws behind each interval but those of observed over expected.
    rng : Generator
        Randomness.
    n_ratio_draws : int, default 100
        Draws behind those, each with fits of its own.

    Returns
    -------
    JudgedReasons or NotEstimable
        Why no model could be fitted or judged.
    """
    if np.ptp(reason_score[split.learn.place]) == 0 or np.ptp(reason_score[split.judge.place]) == 0:
        return NotEstimable("no reason has a weight, or all answers have the same", "more answers with words")
    try:
        fits = [
            fit_leaving(split.learn, design(split.learn, score, reason_score, model), horizon=split.horizon)
            for model in MODELS
        ]
        designs = [design(split.judge, score, reason_score, model) for model in MODELS]
        risks = _risks(split, fits, designs, None)
        drawn = bootstrap_clusters(
            lambda weights: _measure(split, risks, weights),
            split.judge.customer,
            rng,
            n_replicates=n_replicates,
            level=LEVEL,
        )
        ratios = _ratios(split, fits, designs, risks, rng.standard_exponential((n_ratio_draws, n_customers)))
    except EstimationError as error:
        return NotEstimable(error.reason, "more answers of customers who left")
    gains = [_answer(split, drawn, k, "log likelihood an answer") for k in range(len(GAINS))]
    areas = [_answer(split, drawn, len(GAINS) + k, "probability") for k in range(len(MODELS))]
    return JudgedReasons(
        months=split.months,
        split=EPOCH + timedelta(days=split.day),
        learnt=len(split.learn.place),
        learnt_leavers=split.learn.leavers(split.horizon),
        judged=len(split.judge.place),
        judged_leavers=split.judge.leavers(split.horizon),
        models=tuple(
            JudgedModel(model, gains[k - 1] if k else None, areas[k], ratios[k]) for k, model in enumerate(MODELS)
        ),
        beyond_score=gains[-1],
        why_shorter=split.why_shorter,
    )


def _stop(split: Split) -> np.ndarray:
    """Days followed; who is still there on the last day is so beyond it."""
    rows = split.judge
    days: np.ndarray = rows.days + 0.5 * ((rows.cause == 0) & (rows.days >= split.horizon))
    return days


def _risks(split: Split, fits: list[LeavingFit], designs: list[np.ndarray], weights: np.ndarray | None) -> np.ndarray:
    """Risks of the judged answers, shape (n, n_models)."""
    found = [
        incidence_of_leaving(hazards_of(fit, weights), columns, n_steps=STEPS_A_MONTH * split.months)
        for fit, columns in zip(fits, designs, strict=True)
    ]
    last = np.column_stack([part[:, -1] for part in found])
    risks: np.ndarray = np.clip(last, SMALLEST_RISK, 1.0 - SMALLEST_RISK)
    return risks


def _measure(split: Split, risks: np.ndarray, weights: np.ndarray) -> np.ndarray:
    stop, cause, horizon = _stop(split), split.judge.cause, float(split.horizon)
    scores = log_scores(risks, stop, cause, horizon, weights)
    gains = [scores[one] - scores[other] for one, other in GAINS]
    areas = [auc_at_horizon(risk, stop, cause, horizon, weights) for risk in risks.T]
    return np.array([*gains, *areas])


def _ratios(
    split: Split,
    fits: list[LeavingFit],
    designs: list[np.ndarray],
    risks: np.ndarray,
    draws: np.ndarray,
) -> list[Answer]:
    """Observed over expected of each model; each draw weighs the customers of the fit and of the follow-up alike."""
    stop, cause, horizon = _stop(split), split.judge.cause, float(split.horizon)

    def ratios(table: np.ndarray, weights: np.ndarray | None) -> list[float]:
        return [observed_over_expected(risk, stop, cause, horizon, weights).ratio for risk in table.T]

    point = ratios(risks, None)
    drawn = [
        ratios(_risks(split, fits, designs, weights), weights[split.judge.customer])
        for weights in draws / draws.mean(axis=1, keepdims=True)
    ]
    half = Z * np.log(drawn).std(axis=0, ddof=1)
    method = METHOD.format(split=EPOCH + timedelta(days=split.day), what=DRAWN)
    return [
        Estimate(
            ratio,
            float(ratio * np.exp(-reach)),
            float(ratio * np.exp(reach)),
            LEVEL,
            "ratio",
            len(stop),
            split.judge.leavers(split.horizon),
            method,
        )
        for ratio, reach in zip(point, half, strict=True)
    ]


def _answer(split: Split, drawn: BootstrapInterval, k: int, unit: str) -> Estimate:
    point = float(drawn.point[k])
    return Estimate(
        point,
        float(min(drawn.low[k], point)),
        float(max(drawn.high[k], point)),
        LEVEL,
        unit,
        len(split.judge.place),
        split.judge.leavers(split.horizon),
        METHOD.format(split=EPOCH + timedelta(days=split.day), what=PAIRED),
    )
