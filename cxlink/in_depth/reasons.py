"""The reasons behind the score, and what they tell of leaving."""

from __future__ import annotations

from cxlink.churn.answer_rows import choose_split
from cxlink.churn.leaving_money import predict_leaving
from cxlink.churn.reasons import judge_reasons
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import JudgedReasons, LeavingPrediction, ScoredAnswers, ScoreReasons
from cxlink.link.score_reasons import describe_scores, score_answers, weigh_reasons
from cxlink.link.scored_answers import read_scored_answers
from cxlink.pipeline import LinkedData, start_draws
from cxlink.settings import Settings

REPLICATES = 500


def explain_scores(settings: Settings, data: LinkedData, seed: int | None) -> ScoreReasons | NotEstimable:
    """Tell the reasons behind the score, and whether they tell who leaves.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`; its engine must be open.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    ScoreReasons or NotEstimable
        Why there is nothing to describe.
    """
    answers = read_scored_answers(data.loaded, data.tagged)
    if not len(answers.score):
        return NotEstimable(
            "no known customer answered the 0-10 question", "nps in feedback, and a customer of each answer"
        )
    judged, prediction = _look_ahead(settings, data, answers, seed)
    return ScoreReasons(
        described=describe_scores(answers),
        judged=judged,
        prediction=prediction,
        adjusted_for=settings.model.adjust_for,
        currency=settings.project.currency,
        until=data.loaded.observed_to,
    )


def _look_ahead(
    settings: Settings, data: LinkedData, answers: ScoredAnswers, seed: int | None
) -> tuple[JudgedReasons | NotEstimable, LeavingPrediction | NotEstimable]:
    linked = data.linked
    if linked.churn_refusal is not None:
        return linked.churn_refusal, linked.churn_refusal
    split = choose_split(linked, answers, horizon_months=settings.model.horizon_months)
    if isinstance(split, NotEstimable):
        return split, split
    draws = start_draws(settings, seed, len(linked.customers))
    # what comes after the split must not tell what a reason weighs
    known, _ = weigh_reasons(answers.where(answers.day <= split.day))
    judged = judge_reasons(
        split,
        answers.score,
        score_answers(answers, known),
        n_customers=len(linked.customers),
        n_replicates=REPLICATES,
        rng=draws.for_validation,
    )
    if isinstance(judged, NotEstimable):
        return judged, judged
    refusal = refuse_money(judged)
    if refusal is not None:
        return judged, refusal
    weights, _ = weigh_reasons(answers)
    prediction = predict_leaving(
        linked,
        answers,
        score_answers(answers, weights),
        split,
        gross_margin=settings.finance.gross_margin,
        currency=settings.project.currency,
        weights=draws.weights,
        rng=draws.for_futures,
    )
    return judged, prediction


def refuse_money(judged: JudgedReasons) -> NotEstimable | None:
    """Refuse money where reasons add nothing to tenure and attributes that shows.

    Parameters
    ----------
    judged : JudgedReasons
        Out of time.

    Returns
    -------
    NotEstimable or None
        None where the whole interval of the reasons' gain is above zero.
    """
    gain = next(model.gain for model in judged.models if model.name == "reasons")
    if not isinstance(gain, Estimate):
        return NotEstimable("the gain of the reasons is not known", "more answers of customers who left")
    if gain.low > 0:
        return None
    per = 1000
    told = f"{per * gain.point:+.1f} ({per * gain.low:+.1f} to {per * gain.high:+.1f}) per {per:,} answers"
    return NotEstimable(
        f"it does not show that reasons tell more of who leaves than tenure and attributes do: gain {told}",
        "a gain whose whole interval is above zero",
    )
