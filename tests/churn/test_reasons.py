"""Reasons that tell who leaves are found; reasons that do not are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cxlink.churn.answer_rows import Split, choose_split, follow_answers
from cxlink.churn.reasons import judge_reasons
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import JudgedReasons, ScoredAnswers
from cxlink.in_depth.reasons import refuse_money
from cxlink.link.score_reasons import score_answers, weigh_reasons
from tests.churn.answer_companies import REASONS, WEIGHTS, WINDOW, AnswerTimelines, build

MONTHS, HORIZON = 6, 183


def judge(
    timelines: AnswerTimelines, answers: ScoredAnswers, *, n_replicates: int, n_ratio_draws: int
) -> JudgedReasons:
    split = choose_split(timelines, answers, horizon_months=MONTHS)  # type: ignore[arg-type]  # timelines of a test
    assert isinstance(split, Split)
    known, _ = weigh_reasons(answers.where(answers.day <= split.day))
    found = judge_reasons(
        split,
        answers.score,
        score_answers(answers, known),
        n_customers=len(timelines.customers),
        n_replicates=n_replicates,
        rng=np.random.default_rng(1),
        n_ratio_draws=n_ratio_draws,
    )
    assert isinstance(found, JudgedReasons)
    return found


def gain(judged: JudgedReasons, model: str) -> Estimate:
    found = next(one.gain for one in judged.models if one.name == model)
    assert isinstance(found, Estimate)
    return found


def test_reasons_that_tell_who_leaves_are_found_beyond_tenure_plan_and_score() -> None:
    for seed in range(3):
        timelines, answers = build(seed, customers=1500, effect=0.5)
        judged = judge(timelines, answers, n_replicates=200, n_ratio_draws=30)
        assert gain(judged, "reasons").low > 0
        assert gain(judged, "both").low > 0
        assert isinstance(judged.beyond_score, Estimate)
        assert judged.beyond_score.low > 0
        areas = {one.name: one.auc for one in judged.models}
        assert isinstance(areas["reasons"], Estimate)
        assert isinstance(areas["baseline"], Estimate)
        assert areas["reasons"].point > areas["baseline"].point
        ratio = judged.models[2].observed_over_expected
        assert isinstance(ratio, Estimate)
        # about 300 leavers: known to 8%, and as much again from the fit
        assert abs(np.log(ratio.point)) < 3 * np.log(ratio.high / ratio.low) / 3.92


def test_reasons_that_merely_go_with_plan_and_tenure_have_no_gain() -> None:
    """Small plans name more reasons and leave more often; beyond the plan a reason says nothing."""
    told = [
        gain(
            judge(*build(100 + number, customers=600, plan_effect=1.0), n_replicates=60, n_ratio_draws=2), "reasons"
        ).low
        > 0
        for number in range(40)
    ]
    # a lower end at 2.5%: four or more of 40 are above zero once in 50 suites, were the gain zero on average
    assert sum(told) <= 3


def test_money_is_refused_with_the_gain_unless_all_of_its_interval_is_above_zero() -> None:
    judged = judge(*build(100, customers=900), n_replicates=60, n_ratio_draws=2)
    baseline, score, reasons, both = judged.models
    for low, told in ((-0.0001, False), (0.0, False), (0.0001, True)):
        shown = replace(reasons, gain=replace(gain(judged, "reasons"), point=0.002, low=low, high=0.004))
        refusal = refuse_money(replace(judged, models=(baseline, score, shown, both)))
        assert (refusal is None) == told
        assert refusal is None or "gain +2.0 (" in refusal.reason


def test_planted_weights_come_back() -> None:
    _, answers = build(5, customers=1500)
    weights, prior = weigh_reasons(answers)
    for weight, truth in zip(weights, WEIGHTS, strict=True):
        assert isinstance(weight, Estimate)
        error = (weight.high - weight.low) / 3.92
        assert abs(weight.point - truth) < 3 * error
        assert error < 0.2
    assert "mean of 5 reasons" in prior


def test_answers_after_the_cut_off_or_of_the_gone_are_not_followed() -> None:
    timelines, answers = build(7, customers=400)
    rows = follow_answers(timelines, answers, known_day=500)  # type: ignore[arg-type]  # timelines of a test
    assert answers.day[rows.place].max() < 500
    assert (answers.score[rows.place] <= 8).all()
    assert (rows.days >= 1).all()
    assert (answers.day[rows.place] + rows.days <= 500).all()
    frame = timelines.customers.iloc[rows.customer]
    ends = (frame["acquired_day"] + frame["stop"] - 1).to_numpy()
    assert ((rows.cause > 0) == ((ends <= 500) & (frame["event"] > 0).to_numpy())).all()


def test_later_answers_and_ends_never_change_what_was_known() -> None:
    timelines, answers = build(8, customers=400)
    day = 600
    before = follow_answers(timelines, answers, known_day=day)  # type: ignore[arg-type]  # timelines of a test
    shortened = timelines.customers.copy()
    ends = shortened["acquired_day"] + shortened["stop"] - 1
    cut = ends > day
    # one day more is known of each: nothing of it may be seen
    shortened.loc[cut, "stop"] = (day + 1 - shortened["acquired_day"] + 1)[cut]
    shortened.loc[cut, "event"] = 1
    after = follow_answers(
        replace(timelines, customers=shortened),  # type: ignore[arg-type]  # timelines of a test
        answers.where(answers.day <= day),
        known_day=day,
    )
    assert (before.days == after.days).all()
    assert (before.cause == after.cause).all()
    assert (before.columns == after.columns).all()


def test_short_exports_and_few_leavers_are_refused_with_their_number() -> None:
    timelines, answers = build(11, customers=400)
    late = answers.where(answers.day > WINDOW - 200)
    refusal = choose_split(timelines, late, horizon_months=12)  # type: ignore[arg-type]  # timelines of a test
    assert isinstance(refusal, NotEstimable)
    assert "do not reach back 12 months" in refusal.reason
    few = answers.where(np.isin(answers.customer, np.arange(40)))
    refusal = choose_split(timelines, few, horizon_months=6)  # type: ignore[arg-type]  # timelines of a test
    assert isinstance(refusal, NotEstimable)
    assert "needs 20" in refusal.reason


def test_the_months_are_those_that_the_answers_allow() -> None:
    timelines, answers = build(12, customers=900)
    split = choose_split(timelines, answers, horizon_months=12)  # type: ignore[arg-type]  # timelines of a test
    assert isinstance(split, Split)
    assert split.months == 6
    assert split.why_shorter == "answers do not reach back 48 months"
    assert split.day == WINDOW - 2 * HORIZON


def test_without_weights_there_is_nothing_to_judge() -> None:
    timelines, answers = build(13, customers=900)
    split = choose_split(timelines, answers, horizon_months=MONTHS)  # type: ignore[arg-type]  # timelines of a test
    assert isinstance(split, Split)
    none = np.zeros(len(answers.score))
    found = judge_reasons(split, answers.score, none, n_customers=900, n_replicates=10, rng=np.random.default_rng(1))
    assert isinstance(found, NotEstimable)
    assert len(REASONS) == answers.named.shape[1]
