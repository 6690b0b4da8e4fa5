"""Exports of contracts: who became a customer when, and who left."""

from __future__ import annotations

from collections.abc import Callable

from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
COMPANIONS = ("companions/revenue.csv", "companions/feedback.csv")
CUSTOMERS = "customer_id, acquired_on, ended_on, notice_on, end_reason, email"


def test_stripe_subscriptions(start_from: StartFrom) -> None:
    start = start_from("stripe-subscriptions", *COMPANIONS)
    assert start.profile("subscriptions.csv") == "stripe-subscriptions"
    assert "never Canceled At" in start.config
    start.load()
    assert start.rows("customers", CUSTOMERS) == [
        # cancels at the end of the period: has given notice, is a customer still
        ("cus_1", "2024-05-01", None, "2025-11-20", None, "ada@example.com"),
        ("cus_2", "2024-06-01", "2025-06-01", "2025-05-10", "voluntary", "bob@example.com"),
        ("cus_3", "2024-07-01", "2025-09-01", "2025-09-01", "involuntary", "cai@example.com"),
        # one contract ended, the next runs
        ("cus_4", "2024-08-01", None, None, None, "dan@example.com"),
    ]
    assert start.rows("customers", "plan") == [("basic",), ("basic",), ("pro",), ("pro",)]


def test_dates_of_subscriptions_may_be_european(start: Start) -> None:
    start.add("stripe-subscriptions", *COMPANIONS)
    path = start.exports / "subscriptions.csv"
    import re

    text = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", path.read_text(encoding="utf-8"))
    start.write("subscriptions.csv", text)
    start.init()
    start.load()
    assert start.rows("customers", "customer_id, acquired_on, ended_on")[1:3] == [
        ("cus_2", "2024-06-01", "2025-06-01"),
        ("cus_3", "2024-07-01", "2025-09-01"),
    ]


def test_chargebee_archive(start: Start) -> None:
    start.add(*COMPANIONS)
    start.pack("chargebee.zip", "chargebee")
    start.init()
    assert start.profile("chargebee.zip > Subscriptions.csv") == "chargebee-subscriptions"
    assert start.profile("chargebee.zip > Customers.csv") == "chargebee-customers"
    assert not start.file("chargebee.zip > SubscriptionAddons.csv").is_known
    assert 'member = "Subscriptions.csv"' in start.config
    start.load()
    assert start.rows("customers", "customer_id, acquired_on, ended_on, email") == [
        ("cus_1", "2024-05-01", None, "ada@example.com"),
        # will not renew, and runs still
        ("cus_2", "2024-06-01", None, "bob@example.com"),
        ("cus_3", "2024-07-01", "2025-03-31", "cai@example.com"),
    ]
    assert start.rows("identities", "customer_id, alias") == [
        ("cus_1", "ada@example.com"),
        ("cus_2", "bob@example.com"),
    ]


def test_recurly_subscriptions(start_from: StartFrom) -> None:
    start = start_from("recurly-subscriptions", *COMPANIONS)
    assert start.profile("subscriptions.csv") == "recurly-subscriptions"
    start.load()
    assert start.rows("customers", CUSTOMERS) == [
        ("cus_1", "2024-01-10", None, None, None, "ada@example.com"),
        ("cus_2", "2024-02-10", None, "2025-12-01", None, "bob@example.com"),
        ("cus_3", "2024-03-10", "2025-03-10", "2025-03-01", None, "cai@example.com"),
    ]
