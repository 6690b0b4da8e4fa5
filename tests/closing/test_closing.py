"""What is open, who waits, and what followed answers."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import AfterAnswers, LowAnswers
from tests.closing.companies import closed_loop, draw, small

TAGS: list[tuple[str, str, str, str | None]] = [
    ("t1", "tickets", "app", "crash"),
    ("t1", "tickets", "billing", "overcharge"),
    ("t4", "tickets", "billing", "overcharge"),
    ("t5", "tickets", "billing", "overcharge"),
]


def test_open_tickets_by_age_and_component() -> None:
    found = closed_loop(small(), TAGS)
    told = {one.component: one.ages for one in found.open}
    # t6 is closed after the cut-off, so it is open and six days old
    assert told == {"all": (1, 2, 1, 1), "billing": (1, 0, 0, 1), "app": (1, 0, 0, 0)}
    assert found.open[0].total == 5
    billing = next(one for one in found.causes if one.component == "billing")
    assert (billing.customers, billing.tickets, billing.open) == (2, 3, 2)


def test_without_closing_times_nothing_is_called_open() -> None:
    frames = small()
    frames["tickets"] = frames["tickets"].drop(columns="closed_at")
    found = closed_loop(frames)
    assert (found.open, found.causes) == ((), ())
    assert isinstance(found.open_refusal, NotEstimable)
    assert "CX626" in {one.code for one in found.messages}


def test_a_ticket_stands_for_an_answer_where_none_is_exported() -> None:
    found = closed_loop(small())
    assert isinstance(found.low, LowAnswers)
    # of a: opened two days after; of b: opened four days after; of nobody known: left out
    assert (found.low.given, found.low.in_time, found.low.waiting, found.low.by_proxy) == (2, 1, 0, True)
    assert isinstance(found.low.share, NotEstimable)
    assert "CX625" in {one.code for one in found.messages}


def test_exported_answers_count_and_tickets_do_not() -> None:
    frames = small()
    answered = pd.to_datetime(["2025-12-20", "NaT", "NaT", "2025-12-21"])
    frames["feedback"] = frames["feedback"].assign(answered_at=answered)
    found = closed_loop(frames)
    assert isinstance(found.low, LowAnswers)
    assert (found.low.given, found.low.in_time, found.low.waiting, found.low.by_proxy) == (2, 0, 1, False)
    assert "CX625" not in {one.code for one in found.messages}


def test_no_source_of_answers_is_refused() -> None:
    frames = small()
    del frames["tickets"]
    found = closed_loop(frames)
    assert isinstance(found.low, NotEstimable)
    assert isinstance(found.after, NotEstimable)


def test_a_ticket_closed_before_it_was_opened_is_told() -> None:
    frames = small()
    frames["tickets"].loc[4, "closed_at"] = pd.Timestamp("2025-11-01")
    assert "CX627" in {one.code for one in closed_loop(frames).messages}


@pytest.mark.parametrize("effect", [0.0, 1.5])
@pytest.mark.parametrize("by_score", [False, True])
def test_what_answers_add_is_found_whoever_is_answered_by_score(effect: float, by_score: bool) -> None:
    found = closed_loop(draw(1, effect=effect, by_score=by_score))
    assert isinstance(found.after, AfterAnswers)
    score = found.after.score
    assert isinstance(score, Estimate)
    assert (score.low > 0) == (effect > 0)
    leaving = found.after.leaving
    assert isinstance(leaving, Estimate)
    # answers change nothing about leaving: within three standard errors, which one company in 400 misses
    assert abs(leaving.point) < 3 * (leaving.high - leaving.low) / 3.92


def test_few_are_refused() -> None:
    found = closed_loop(draw(1, 40))
    assert isinstance(found.after, AfterAnswers)
    assert isinstance(found.after.score, NotEstimable)


def test_the_order_of_rows_does_not_matter() -> None:
    frames = draw(2, 300, effect=1.0)
    shuffled = {name: frame.sample(frac=1.0, random_state=3) for name, frame in frames.items() if name == "feedback"}
    assert closed_loop({**frames, **shuffled}) == closed_loop(frames)
