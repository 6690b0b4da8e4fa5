"""What people said of records, beside what the tagger did; and what neither explains. Counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Linked, Loaded, Unexplained
from cxlink.link import link, measure_unexplained
from tests.canonical import build_loaded, build_settings, tags_of

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)


def company(*, labels: bool) -> tuple[Loaded, Linked]:
    """Six customers; c0 to c2 are labelled, and of c2's two tickets people name another component than the tagger."""
    day = pd.Timestamp
    tickets = pd.DataFrame(
        [
            ("t0", "c0", day("2025-03-10"), 10.0, 0.0),
            ("t1", "c1", day("2025-03-10"), 20.0, 0.0),
            ("t2", "c2", day("2025-03-10"), 30.0, 5.0),
            ("t3", "c2", day("2025-09-10"), 30.0, 0.0),
            ("t4", "c3", day("2025-03-10"), 40.0, 0.0),
            ("t5", "c4", day("2025-03-10"), 50.0, 0.0),
        ],
        columns=["ticket_id", "customer_id", "opened_at", "handle_minutes", "credit_amount"],
    ).assign(body="words", component=None)
    people = pd.DataFrame({"customer_id": [f"c{k}" for k in range(6)], "acquired_on": day("2023-01-01")})
    ended = [None, None, None, day("2025-04-01"), day("2025-12-01"), day("2025-04-01")]
    people = people.assign(ended_on=pd.to_datetime(pd.Series(ended)), end_reason="voluntary")
    months = pd.date_range("2025-01-01", "2025-12-01", freq="MS")
    charges = pd.DataFrame({"customer_id": "c2", "charged_on": months, "amount": 10.0, "kind": "recurring"})
    answers = pd.DataFrame(
        [
            ("f0", "c0", day("2025-04-01"), 3, "bad"),
            ("f1", "c5", day("2025-03-01"), 2, "bad"),
            ("f2", "c5", day("2025-03-02"), 4, "the app crashes"),
            ("f3", "c5", day("2025-03-03"), 9, "fine"),
            ("f4", None, day("2025-03-04"), 0, "bad"),
        ],
        columns=["response_id", "customer_id", "responded_at", "nps", "comment"],
    )
    frames = {"customers": people, "revenue": charges, "tickets": tickets, "feedback": answers}
    if labels:
        said = [("t0", "billing"), ("t1", "none"), ("t2", "delivery"), ("t3", "delivery"), ("f0", "none")]
        frames["labels"] = pd.DataFrame(said, columns=["record_id", "component"]).assign(
            table=lambda rows: rows["record_id"].str[0].map({"t": "tickets", "f": "feedback"}),
            cause=None,
            labelled_by="ann",
            probability=0.5,
        )
    loaded = build_loaded(frames, first=FIRST, last=LAST)
    tags = [("t0", "billing"), ("t1", "billing"), ("t2", "billing"), ("t4", "billing")]
    tagged = tags_of([(record, "tickets", name, None) for record, name in tags] + [("f2", "feedback", "app", "crash")])
    settings = build_settings(finance={"cost_per_handle_minute": 1.0})
    return loaded, link(loaded, tagged, settings, divisor=100)


@pytest.fixture(scope="module")
def linked() -> tuple[Loaded, Linked]:
    return company(labels=True)


def test_labelled_customers_and_their_chance(linked: tuple[Loaded, Linked]) -> None:
    labelled = linked[1].labelled
    assert labelled is not None
    # who has no words needs no reading; c3 to c5 have some that nobody read
    assert labelled.probability.tolist() == [0.5, 0.5, 0.5, 0.0, 0.0, 0.0]


def test_incidents_and_tickets_by_people(linked: tuple[Loaded, Linked]) -> None:
    labelled = linked[1].labelled
    assert labelled is not None
    incidents = labelled.incidents
    assert list(zip(incidents["customer"], incidents["component"], strict=True)) == [
        (0, "billing"),
        (2, "delivery"),
        (2, "delivery"),
    ]
    tickets = labelled.tickets.sort_values(["customer", "opened_day"])
    told = tickets[["customer", "component", "handling", "credit"]]
    assert told.to_numpy().tolist() == [
        [0, "billing", 10.0, 0.0],
        [2, "delivery", 30.0, 5.0],
        [2, "delivery", 30.0, 0.0],
    ]
    # the tagger's stand where they stood
    assert sorted(linked[1].tickets["customer"]) == [0, 1, 2, 3]
    assert set(linked[1].incidents["component"]) == {"billing", "app"}


def test_price_changes_around_an_incident_that_people_alone_saw_stand_alone(linked: tuple[Loaded, Linked]) -> None:
    changes = linked[1].price_changes
    spring = changes.loc[changes["before_day"] < changes["after_day"]]
    months = pd.to_datetime(spring["after_day"], unit="D").dt.month.tolist()
    # t2 in March, which the tagger saw too, and t3 in September
    assert months == [4, 10]
    _, plain = company(labels=False)
    alone = plain.price_changes.loc[plain.price_changes["before_day"] < plain.price_changes["after_day"]]
    assert pd.to_datetime(alone["after_day"], unit="D").dt.month.tolist() == [4]


def by_name(found: tuple[Unexplained, ...]) -> dict[str, tuple[int, int]]:
    return {one.what: (one.records, one.of) for one in found}


def test_what_nothing_stands_behind(linked: tuple[Loaded, Linked]) -> None:
    loaded, timelines = linked
    found = measure_unexplained(loaded, timelines, exposure_days=90)
    assert by_name(found) == {
        # f0 comes three weeks after a ticket, f2 names a cause; f1 and f4 do neither
        "low scores": (2, 4),
        # t3 and t5
        "tickets": (2, 6),
        # c3 left three weeks after a ticket; c4's bore no tag; c5 had complained of the app a month before
        "leavers": (1, 3),
    }
    share = found[1].share
    assert isinstance(share, Estimate)
    assert share.point == pytest.approx(2 / 6)
    assert share.n == 5


def test_without_scores_or_tickets_there_is_no_share() -> None:
    people = pd.DataFrame({"customer_id": ["c0"], "acquired_on": [pd.Timestamp("2024-01-01")]})
    charge = pd.DataFrame(
        {"customer_id": ["c0"], "charged_on": [pd.Timestamp("2024-01-01")], "amount": [1.0], "kind": ["recurring"]}
    )
    loaded = build_loaded({"customers": people, "revenue": charge}, first=FIRST, last=LAST)
    timelines = link(loaded, tags_of([]), build_settings(), divisor=100)
    found = measure_unexplained(loaded, timelines, exposure_days=90)
    assert [isinstance(one.share, NotEstimable) for one in found] == [True, True, True]
    assert by_name(found) == {"low scores": (0, 0), "tickets": (0, 0), "leavers": (0, 0)}
