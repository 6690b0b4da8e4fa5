"""Exports of billing, shops and sales: exact cents, exact days, and nothing that is no money."""

from __future__ import annotations

from collections.abc import Callable

from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
FEEDBACK = "companions/feedback.csv"
MONEY = "customer_id, charged_on, amount_minor, currency, invoice_id"


def test_stripe_payments_with_european_decimals(start_from: StartFrom) -> None:
    start = start_from("stripe-payments", FEEDBACK)
    assert start.profile("payments_2024.csv") == "stripe-payments"
    assert 'currency = "EUR"' in start.config
    start.load()
    first = start.rows("revenue", MONEY, "charged_on < '2025-03-04' and kind is distinct from 'chargeback'")
    own = [row for row in first if row[0] != "cus_1" or row[2] != 1000]
    assert ("cus_1", "2025-01-31", 123450, "EUR", "ch_1") in own
    assert ("cus_2", "2025-02-28", 2000, "EUR", "ch_2") in own
    assert (None, "2025-03-02", 999, "EUR", "ch_4") in own
    # the failed charge of 20.00 is not there, the part that was refunded is a row of its own
    refunds = start.rows("revenue", "customer_id, charged_on, amount_minor", "kind = 'refund'")
    assert sorted(refunds, key=str) == [("cus_1", "2025-12-31", -1500), ("cus_2", "2025-02-28", -25)]
    lost = start.rows("revenue", "customer_id, charged_on, amount_minor", "kind = 'chargeback'")
    assert lost == [("cus_1", "2025-03-20", -1500)]
    (entry,) = [entry for entry in start.ledger("payments_2024.csv") if entry.source == "revenue"]
    assert (entry.rows_read, entry.rows_excluded, entry.rows_quarantined) == (18, 1, 0)
    total = 123450 + 2000 + 999 + 1500 + 1500 + 12 * 1000 - 25 - 1500 - 1500
    assert sum(int(str(row[0])) for row in start.rows("revenue", "amount_minor")) == total


def test_stripe_payments_new(start_from: StartFrom) -> None:
    start = start_from("stripe-payments-new")
    start.write("feedback.csv", "response_id,customer_id,responded_at,nps\nf1,cus_1,2026-06-06 10:00:00,9\n")
    start.target = start.target.parent / "again"
    start.init()
    assert start.profile("unified_payments.csv") == "stripe-payments"
    start.load()
    assert start.rows("revenue", MONEY, "kind is distinct from 'refund'") == [
        ("cus_1", "2026-06-05", 1999, "USD", "ch_1"),
        ("cus_2", "2026-06-06", 100000, "USD", "ch_2"),
    ]
    assert start.rows("revenue", "customer_id, charged_on, amount_minor", "kind = 'refund'") == [
        ("cus_2", "2026-06-06", -25050)
    ]
    (entry,) = [entry for entry in start.ledger("unified_payments.csv") if entry.source == "revenue"]
    # a failed charge and a test
    assert entry.rows_excluded == 2


def test_disputes_that_were_won_are_no_loss(start: Start) -> None:
    start.add("stripe-payments", FEEDBACK)
    text = (start.exports / "payments_2024.csv").read_text(encoding="utf-8").replace(",lost,", ",won,")
    start.write("payments_2024.csv", text)
    start.init()
    assert start.source("revenue").column("chargeback_amount") is None
    assert '# columns.chargeback_amount = "Disputed Amount"' in start.config


def test_stripe_invoices(start_from: StartFrom) -> None:
    start = start_from("stripe-invoices", FEEDBACK)
    assert start.profile("invoices.csv") == "stripe-invoices"
    assert 'currency = "???"' in start.config
    (start.target / "cxlink.toml").write_text(start.config.replace('"???"', '"USD"'), encoding="utf-8")
    start.load()
    assert start.rows("revenue", f"{MONEY}, period_start, period_end, email") == [
        ("ada@example.com", "2025-01-01", 1999, "USD", "in_1", "2025-01-01", "2025-01-31", "ada@example.com"),
        ("ada@example.com", "2025-02-01", 0, "USD", "in_2", "2025-02-01", "2025-02-28", "ada@example.com"),
    ]


def test_payments_and_invoices_are_not_counted_twice(start_from: StartFrom) -> None:
    start = start_from("stripe-payments", "stripe-invoices", FEEDBACK)
    on = [source.profile for source in start.draft.sources if source.table == "revenue" and not source.off]  # type: ignore[union-attr]  # the folder has a draft
    assert on == ["stripe-payments"]
    assert "the same money is in Stripe payments" in start.config
    start.load()
    assert start.ledger("invoices.csv") == []


def test_shopify_orders(start_from: StartFrom) -> None:
    start = start_from("shopify-orders", FEEDBACK)
    assert start.profile("orders_export.csv") == "shopify-orders"
    assert 'business = "orders"' in start.config
    start.load()
    assert start.rows("revenue", MONEY, "kind is distinct from 'refund'") == [
        ("ada@example.com", "2025-01-04", 3700, "USD", "#1001"),
        ("bob@example.com", "2025-02-03", 5000, "USD", "#1002"),
        (None, "2025-03-03", 800, "USD", "#1003"),
    ]
    assert start.rows("revenue", "customer_id, charged_on, amount_minor", "kind = 'refund'") == [
        ("bob@example.com", "2025-02-03", -1234)
    ]
    assert sorted(start.rows("identities", "customer_id, alias")) == [
        ("ada@example.com", "ada@example.com"),
        ("ada@example.com", "ada@example.com"),
        ("bob@example.com", "bob@example.com"),
        ("dan@example.com", "dan@example.com"),
    ]
    (entry,) = [entry for entry in start.ledger("orders_export.csv") if entry.source == "revenue"]
    # a line of an order, and an order that was voided
    assert (entry.rows_read, entry.rows_excluded, entry.rows_quarantined) == (5, 2, 0)


def test_salesforce_opportunities(start_from: StartFrom) -> None:
    start = start_from("salesforce-opportunities", FEEDBACK)
    assert start.profile("report.csv") == "salesforce-opportunities"
    start.load()
    assert start.rows("revenue", MONEY) == [
        ("001A", "2025-03-31", 123456700, "USD", "006A1"),
        ("001B", "2025-06-01", 1250050, "USD", "006A3"),
    ]
    assert start.counts("report.csv") == [("revenue", 4, 2, 2, 0)]


def test_baremetrics(start_from: StartFrom) -> None:
    start = start_from("baremetrics", FEEDBACK)
    assert start.profile("import.csv") == "baremetrics"
    assert 'currency = "USD"' in start.config
    start.load()
    assert start.rows("customers", "customer_id, acquired_on, ended_on, email") == [
        ("cus_1", "2025-01-31", None, "ada@example.com"),
        ("cus_2", "2025-02-10", None, "bob@example.com"),
    ]
    assert start.rows("revenue", "customer_id, charged_on, amount_minor, invoice_id, period_end") == [
        ("cus_1", "2025-01-31", 1999, "s1-1", "2025-02-27"),
        ("cus_1", "2025-02-28", 1999, "s1-2", "2025-03-30"),
        ("cus_1", "2025-03-31", 1999, "s1-3", "2025-04-29"),
        ("cus_1", "2025-05-01", 120000, "s3-1", "2026-04-30"),
        ("cus_2", "2025-02-10", 3998, "s2-1", "2025-03-09"),
        ("cus_2", "2025-03-10", 3998, "s2-2", "2025-04-09"),
        ("cus_2", "2025-04-10", 3998, "s2-3", "2025-05-09"),
    ]


def test_a_word_in_neither_list_is_said(start: Start) -> None:
    start.add("stripe-payments", FEEDBACK)
    text = (start.exports / "payments_2024.csv").read_text(encoding="utf-8").replace(",Refunded,", ",Odd,")
    start.write("payments_2024.csv", text)
    start.init()
    assert 'add them to one: "Odd" in 1 row' in start.config
    start.settings()
