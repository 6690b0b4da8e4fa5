"""Invitations that nobody answered."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cxlink.link import link
from tests.canonical import build_loaded, build_settings, tags_of

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)


def silent_of(
    invited: list[tuple[str, str]], answered: list[tuple[str, str]], told: list[bool] | None = None
) -> set[tuple[str, str]]:
    ids = ["a", "b", "c"]
    frames = {
        "customers": pd.DataFrame({"customer_id": ids, "acquired_on": pd.Timestamp("2023-06-01"), "ended_on": pd.NaT}),
        "revenue": pd.DataFrame(
            {"customer_id": ids, "charged_on": pd.Timestamp("2024-01-05"), "amount": 10.0, "kind": "recurring"}
        ),
        "feedback": pd.DataFrame(
            {
                "response_id": [f"r{k}" for k in range(len(answered))],
                "customer_id": [who for who, _ in answered],
                "responded_at": [pd.Timestamp(day) for _, day in answered],
                "nps": 7.0,
            }
        ),
        "invitations": pd.DataFrame(
            {"customer_id": [who for who, _ in invited], "invited_at": [pd.Timestamp(day) for _, day in invited]}
        ),
    }
    if told is not None:
        frames["invitations"]["responded"] = told
    linked = link(build_loaded(frames, first=FIRST, last=LAST), tags_of([]), build_settings(), divisor=100)
    assert linked.silent is not None
    names = linked.customers["customer_id"].to_numpy()
    days = pd.to_datetime(linked.silent["asked_day"], unit="D").dt.strftime("%m-%d")
    return {(str(names[who]), day) for who, day in zip(linked.silent["customer"], days, strict=True)}


def test_an_invitation_is_silent_where_no_answer_follows_within_a_month() -> None:
    invited = [("a", "2024-03-01"), ("b", "2024-03-01"), ("c", "2024-03-01")]
    answered = [("a", "2024-03-20 09:00"), ("b", "2024-05-01"), ("c", "2024-02-28")]
    assert silent_of(invited, answered) == {("b", "03-01"), ("c", "03-01")}


def test_a_reminder_is_part_of_its_invitation() -> None:
    invited = [("a", "2024-03-01"), ("a", "2024-03-08"), ("b", "2024-03-01"), ("b", "2024-03-08"), ("a", "2024-09-01")]
    answered = [("b", "2024-03-09")]
    assert silent_of(invited, answered) == {("a", "03-01"), ("a", "09-01")}


def test_what_is_told_to_be_answered_is_not_silent() -> None:
    invited = [("a", "2024-03-01"), ("b", "2024-03-01"), ("c", "2024-12-30")]
    # without an answer in the feedback: it may bear another score, or no customer
    assert silent_of(invited, [("c", "2024-01-02")], [True, False, False]) == {("b", "03-01"), ("c", "12-30")}


def test_what_may_yet_be_answered_and_what_lies_outside_the_window_is_left_out() -> None:
    invited = [("a", "2023-11-01"), ("b", "2024-12-30"), ("c", "2024-03-01"), ("nobody", "2024-03-01")]
    assert silent_of(invited, [("a", "2024-06-01")]) == {("c", "03-01")}
