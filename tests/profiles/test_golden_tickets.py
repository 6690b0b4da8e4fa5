"""Exports of help desks."""

from __future__ import annotations

from collections.abc import Callable

from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
COMPANIONS = ("companions/revenue.csv", "companions/feedback.csv")
TICKETS = "ticket_id, customer_id, opened_at, closed_at, agent_team, csat, email"


def test_zendesk(start_from: StartFrom) -> None:
    start = start_from("zendesk", *COMPANIONS)
    assert start.profile("tickets.csv") == "zendesk"
    assert start.source("tickets").column("handle_minutes") is None
    start.load()
    assert start.rows("tickets", TICKETS) == [
        ("501", "cus_1", "2025-01-05 10:00:00", "2025-01-06 09:30:00", "Logistics", 1.0, "ada@example.com"),
        ("502", None, "2025-02-07 18:00:00", None, "Billing", None, "bob@example.com"),
        ("503", "cus_2", "2025-02-08 18:00:00", "2025-02-09 18:00:00", "Billing", 0.0, "bob@example.com"),
    ]
    assert start.rows("tickets", "subject, tags")[1] == ("Charged twice, again", "billing")


def test_zendesk_explore(start_from: StartFrom) -> None:
    start = start_from("zendesk-explore", *COMPANIONS)
    assert start.profile("explore.csv") == "zendesk-explore"
    start.load()
    assert start.rows("tickets", TICKETS) == [
        ("501", None, "2025-01-05 10:00:00", "2025-01-06 09:30:00", "Logistics", 1.0, "ada@example.com"),
        ("502", None, "2025-02-07 18:00:00", None, "Billing", None, "bob@example.com"),
    ]


def test_intercom(start_from: StartFrom) -> None:
    start = start_from("intercom", *COMPANIONS)
    assert start.profile("messages.csv") == "intercom"
    start.load()
    assert start.rows("tickets", "ticket_id, customer_id, opened_at, closed_at, tags, email") == [
        ("77", "cus_1", "2025-03-14 21:45:08", "2025-03-15 08:00:00", "billing", "ada@example.com"),
        ("78", None, "2025-03-16 10:00:00", None, None, "guest@example.com"),
    ]
    # one ticket a conversation; what the teammate wrote of a late parcel is no complaint
    (body,), _ = start.rows("tickets", "body")
    assert " ".join(str(body).split()) == "My invoice is wrong It happened again"
