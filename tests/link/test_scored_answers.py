"""Which answers count, what is a reason, and who names it: small tables whose result is counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ScoredAnswers, Tagged
from cxlink.link import link
from cxlink.link.score_reasons import describe_scores, score_answers, weigh_reasons
from cxlink.link.scored_answers import read_scored_answers
from tests.canonical import build_loaded, build_settings

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
Row = tuple[str, str, str, float | None, str]
TAG_COLUMNS = ["record_id", "table", "component", "cause", "intent", "evidence"]


def read(rows: Sequence[Row], tags: Sequence[tuple[str, str, str, str, str, str]]) -> ScoredAnswers:
    people = pd.DataFrame({"customer_id": ["ann", "bob"], "acquired_on": pd.Timestamp(FIRST)})
    people = people.assign(ended_on=pd.Series(pd.NaT, people.index), end_reason="")
    charge = {
        "customer_id": ["ann"],
        "charged_on": [pd.Timestamp("2025-03-01")],
        "amount": [1.0],
        "kind": ["recurring"],
    }
    answers = pd.DataFrame(rows, columns=["response_id", "customer_id", "responded_at", "nps", "comment"])
    answers = answers.assign(responded_at=pd.to_datetime(answers["responded_at"]))
    loaded = build_loaded(
        {"customers": people, "revenue": pd.DataFrame(charge), "feedback": answers}, first=FIRST, last=LAST
    )
    tagged = Tagged(pd.DataFrame(tags, columns=TAG_COLUMNS), "test", "0", ())
    link(loaded, tagged, build_settings(), divisor=100)
    found = read_scored_answers(loaded, tagged)
    loaded.engine.close()
    return found


def test_only_complaints_in_words_of_known_customers_are_reasons() -> None:
    found = read(
        [
            ("r1", "ann", "2025-02-01", 3, "late again, and rude"),
            ("r2", "bob", "2025-03-01", 10, ""),
            ("r3", "ann", "2025-04-01", 6, "late, so I leave"),
            ("r4", "nobody", "2025-05-01", 0, "late"),
            ("r5", "bob", "2024-12-31", 1, "before the window"),
            ("r6", "bob", "2025-06-01", None, "no score"),
            ("r7", "bob", "2025-07-01", 8, "about delivery"),
        ],
        [
            ("r1", "feedback", "delivery", "late", "", "late"),
            ("r1", "feedback", "support", "", "", "rude"),
            ("r3", "feedback", "delivery", "late", "", "late"),
            ("r3", "feedback", "leaving", "wish", "cancel", "I leave"),
            ("r4", "feedback", "delivery", "late", "", "late"),
            ("r7", "feedback", "delivery", "", "", ""),
            ("r1", "tickets", "app", "crash", "", "crash"),
        ],
    )
    assert found.score.tolist() == [3, 10, 6, 8]
    assert found.reasons == ("delivery.late", "support.unspecified")
    assert found.named.tolist() == [[True, True], [False, False], [True, False], [False, False]]
    assert found.announces.tolist() == [False, False, True, False]
    assert found.has_words.tolist() == [True, False, True, True]
    assert found.n_unknown == 1


def test_without_a_score_there_is_no_answer() -> None:
    assert not len(read([("r1", "ann", "2025-02-01", None, "late")], []).score)


def answers_of(score: np.ndarray, named: np.ndarray, reasons: tuple[str, ...], customer: np.ndarray) -> ScoredAnswers:
    n = len(score)
    return ScoredAnswers(
        customer=customer,
        day=np.arange(n),
        score=score.astype(float),
        has_words=named.any(axis=1) | (np.arange(n) % 2 == 0),
        announces=np.zeros(n, dtype=bool),
        reasons=reasons,
        named=named,
        n_unknown=0,
    )


@pytest.fixture
def counted() -> ScoredAnswers:
    """40 detractors of whom 12 name lateness, 30 passives of whom 6 do, 50 promoters of whom 2 do; rare: 4 and 0."""
    score = np.repeat([4, 8, 10], [40, 30, 50])
    late = np.concatenate([np.arange(40) < 12, np.arange(30) < 6, np.arange(50) < 2])
    rare = np.concatenate([(np.arange(40) >= 12) & (np.arange(40) < 16), np.zeros(80, dtype=bool)])
    return answers_of(score, np.column_stack([late, rare]), ("delivery.late", "support.rude"), np.arange(120))


def test_shares_and_weight_by_hand(counted: ScoredAnswers) -> None:
    found = describe_scores(counted)
    late, rare = found.rows
    shares = [one.point for one in (late.detractors, late.passives, late.promoters) if isinstance(one, Estimate)]
    assert shares == pytest.approx([12 / 40, 6 / 30, 2 / 50])
    assert isinstance(late.weight, Estimate)
    # one reason alone: pulled towards zero by a prior of standard deviation 2
    raw = np.log((12.5 / 28.5) / (2.5 / 48.5))
    variance = 1 / 12.5 + 1 / 28.5 + 1 / 2.5 + 1 / 48.5
    assert late.weight.point == pytest.approx(raw * 4 / (4 + variance))
    assert late.weight.high - late.weight.point == pytest.approx(
        1.959963984540054 * np.sqrt(variance * 4 / (4 + variance))
    )
    assert isinstance(rare.weight, NotEstimable)
    assert rare.weight.reason == "named by 4 detractors and promoters, needs 10"
    assert isinstance(found.no_reason.detractors, Estimate)
    assert found.no_reason.detractors.point == pytest.approx(24 / 40)
    assert isinstance(found.no_words.detractors, Estimate)
    assert found.no_words.detractors.point == pytest.approx(12 / 40)
    assert found.group_customers == (40, 30, 50)


def test_the_score_of_an_answer_is_the_sum_of_its_known_weights(counted: ScoredAnswers) -> None:
    weights, _ = weigh_reasons(counted)
    scores = score_answers(counted, weights)
    assert isinstance(weights[0], Estimate)
    assert scores[:12] == pytest.approx(weights[0].point)
    assert (scores[12:40] == 0).all()


def test_few_promoters_give_no_weight(counted: ScoredAnswers) -> None:
    weights, prior = weigh_reasons(counted.where(counted.day < 95))
    assert prior == ""
    assert {one.reason for one in weights if isinstance(one, NotEstimable)} == {
        "40 detractors and 25 promoters, needs 30 of each"
    }


def test_passives_and_the_order_of_answers_do_not_move_a_weight(counted: ScoredAnswers) -> None:
    order = np.random.default_rng(1).permutation(120)
    shuffled = weigh_reasons(counted.where(order))[0]
    without = weigh_reasons(counted.where(counted.score != 8))[0]
    assert shuffled == without == weigh_reasons(counted)[0]


def test_who_answers_twice_alike_counts_like_one(counted: ScoredAnswers) -> None:
    doubled = counted.where(np.repeat(np.arange(120), 2))
    assert weigh_reasons(doubled)[0] == weigh_reasons(counted)[0]
    once, twice = describe_scores(counted), describe_scores(doubled)
    assert [replace(row.passives, method="") for row in twice.rows if isinstance(row.passives, Estimate)] == [
        replace(row.passives, method="") for row in once.rows if isinstance(row.passives, Estimate)
    ]
