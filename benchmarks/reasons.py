"""How often reasons behind the score are found to tell who leaves, and whether as many leave as predicted.

Over made-up companies (`tests/churn/answer_companies.py`): in some, reasons go with plan and tenure and have no effect
of their own; in the others the hazard rises with the score of the reasons of the last answer.

    python -m benchmarks.reasons                      # 200 companies of each kind, about 15 minutes
    python -m benchmarks.reasons --repetitions 20
"""

from __future__ import annotations

import argparse

import numpy as np

from cxlink.churn.answer_rows import Split, choose_split
from cxlink.churn.leaving_money import find_standing, predict_leaving
from cxlink.churn.reasons import judge_reasons
from cxlink.estimate import Estimate
from cxlink.handoff import JudgedReasons, LeavingPrediction
from cxlink.link.score_reasons import score_answers, weigh_reasons
from tests.churn.answer_companies import WEIGHTS, build

MONTHS, HORIZON, MARGIN, DRAWS = 6, 183, 0.7, 200
TO_JUDGE, TO_PREDICT = 700, 1500
EFFECT = 0.5


def judge(seed: int, effect: float) -> tuple[bool, list[bool]] | None:
    """Whether money would be told, and whether each weight's interval holds the planted one."""
    timelines, answers = build(seed, customers=TO_JUDGE, effect=effect, plan_effect=0.7 if effect else 1.0)
    split = choose_split(timelines, answers, horizon_months=MONTHS)  # type: ignore[arg-type]  # timelines of a test
    if not isinstance(split, Split):
        return None
    weights, _ = weigh_reasons(answers.where(answers.day <= split.day))
    judged = judge_reasons(
        split,
        answers.score,
        score_answers(answers, weights),
        n_customers=TO_JUDGE,
        n_replicates=DRAWS,
        rng=np.random.default_rng(seed),
        n_ratio_draws=2,
    )
    if not isinstance(judged, JudgedReasons):
        return None
    gain = judged.models[2].gain
    held = [
        one.low <= truth <= one.high for one, truth in zip(weights, WEIGHTS, strict=True) if isinstance(one, Estimate)
    ]
    return isinstance(gain, Estimate) and gain.low > 0, held


def predict(seed: int, effect: float) -> tuple[float, bool, float, bool] | None:
    """What came over what was predicted, and whether the interval holds it: leavers, then margin."""
    timelines, answers = build(seed, customers=TO_PREDICT, effect=effect)
    weights, _ = weigh_reasons(answers)
    draws = np.random.default_rng(seed).standard_exponential((DRAWS, TO_PREDICT))
    found = predict_leaving(
        timelines,  # type: ignore[arg-type]  # timelines of a test
        answers,
        score_answers(answers, weights),
        choose_split(timelines, answers, horizon_months=MONTHS),  # type: ignore[arg-type]  # timelines of a test
        gross_margin=MARGIN,
        currency="EUR",
        weights=draws / draws.mean(axis=1, keepdims=True),
        rng=np.random.default_rng(1),
    )
    if not isinstance(found, LeavingPrediction):
        return None
    leavers, money = found.leavers, found.money
    if not (isinstance(leavers, Estimate) and isinstance(money, Estimate)):
        return None
    who = find_standing(timelines, answers, timelines.to_day).rows.customer  # type: ignore[arg-type]  # timelines of a test
    later = timelines.left_later[who]
    left = float((later > 0).sum())
    unpaid = np.where(later > 0, (HORIZON - later) / (HORIZON / MONTHS), 0.0)
    lost = float(MARGIN * timelines.customers["monthly_price"].to_numpy()[who] @ unpaid)
    return (
        left / leavers.point,
        leavers.low <= left <= leavers.high,
        lost / money.point,
        money.low <= lost <= money.high,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200)
    repetitions = parser.parse_args().repetitions
    for effect, label in ((0.0, "no effect"), (EFFECT, "effect")):
        judged = [one for one in (judge(2000 + k, effect) for k in range(repetitions)) if one is not None]
        held = np.concatenate([one[1] for one in judged])
        print(f"{label}: told in {sum(one[0] for one in judged)} of {len(judged)}, weights held {held.mean():.1%}")
        found = np.array([one for one in (predict(1000 + k, effect) for k in range(repetitions)) if one is not None])
        means = found.astype(float).mean(axis=0)
        print(f"  leavers {means[0]:.3f} of those predicted, held {means[1]:.1%}")
        print(f"  margin {means[2]:.3f} of that predicted, held {means[3]:.1%}")


if __name__ == "__main__":
    main()
