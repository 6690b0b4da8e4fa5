"""Folders as people have them: several vendors, files that nobody knows, broken ones, hostile names."""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cxlink.errors import CannotCreateError, InputMissingError
from cxlink.profiles.folder import read_folder
from cxlink.profiles.writing import write_folder
from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
COMPANIONS = ("companions/revenue.csv", "companions/feedback.csv")


def test_two_vendors_are_linked_by_what_they_share(start_from: StartFrom) -> None:
    start = start_from("zendesk", "stripe-subscriptions", "companions/revenue.csv", "qualtrics")
    assert [source.table for source in start.draft.sources] == ["customers", "revenue", "feedback", "tickets"]  # type: ignore[union-attr]  # the folder has a draft
    assert "2 of its 2 values are customers of the other exports" in start.config
    gives = dict(start.draft.unlocks)  # type: ignore[union-attr]  # it was drafted above
    assert "Stripe > Payments > Export" in gives
    assert "Zendesk > JSON export, or the comments of tickets" in gives


def test_an_id_that_nobody_knows_does_not_stop_the_email(start: Start) -> None:
    start.add("stripe-subscriptions", "companions/revenue.csv", "zendesk")
    text = (start.exports / "tickets.csv").read_text(encoding="utf-8").replace("cus_1", "55").replace("cus_2", "56")
    start.write("tickets.csv", text)
    start.init()
    line = start.source("tickets").line("columns", "customer_id")
    assert line is not None
    assert not line.is_on
    assert "the e-mail finds 2 of 2" in line.comment
    assert '# columns.customer_id = "Requester external id"' in start.config


def test_emails_of_payments_link_where_no_customers_are_exported(start_from: StartFrom) -> None:
    start = start_from("stripe-payments", "companions/feedback.csv")
    assert [s.table for s in start.draft.sources if not s.off] == ["revenue", "feedback", "identities"]  # type: ignore[union-attr]  # the folder has a draft
    start.add("stripe-subscriptions")
    start.target = start.target.parent / "again"
    start.init()
    assert [s.table for s in start.draft.sources if s.off] == ["identities"]  # type: ignore[union-attr]  # the folder has a draft


def test_files_of_one_kind_share_a_source(start: Start) -> None:
    start.add("companions/feedback.csv")
    for year in ("2024", "2025"):
        start.write(f"rev-{year}.csv", f"customer_id,charged_on,amount\nc1,{year}-03-01,5.00\n")
    start.init()
    document = tomllib.loads(start.config)
    assert document["sources"]["revenue"] == [
        {
            "path": ["../exports/rev-2024.csv", "../exports/rev-2025.csv"],
            "columns": {"customer_id": "customer_id", "charged_on": "charged_on", "amount": "amount"},
        }
    ]


def test_guessed_by_names_and_said(start_from: StartFrom) -> None:
    start = start_from("generic")
    money, survey = start.source("revenue"), start.source("feedback")
    assert money.mapping == {
        "customer_id": "CustomerID",
        "charged_on": "Invoice Date",
        "amount": "Net Amount",
        "invoice_id": "Invoice No",
        "currency": "Currency",
    }
    assert survey.column("nps") == "score"
    assert start.config.count("please check") >= 5
    start.load()
    assert start.rows("revenue", "customer_id, charged_on, amount_minor") == [
        ("c1", "2025-01-31", 123456),
        ("c2", "2025-02-28", 700),
    ]
    assert start.rows("feedback", "response_id, customer_id, nps") == [("a1", "c1", 9.0), ("a2", "c2", 2.0)]


def test_what_cannot_be_settled_is_left_to_a_person(start: Start) -> None:
    start.add("companions/feedback.csv")
    start.write("money.csv", 'customer_id,charged_on,amount\nc1,03/04/2025,"1,234"\nc2,05/06/2025,"2,345"\n')
    start.init()
    assert '# dates = "%d/%m/%Y"' in start.config
    assert "or %m/%d/%Y" in start.config
    assert '# decimal = "."' in start.config


def test_text_that_is_not_utf8_says_so(start: Start) -> None:
    start.add("companions/feedback.csv")
    start.write("money.csv", "customer_id,charged_on,amount,kind\nMüller,2025-01-01,5,recurring\n".encode("cp1252"))
    start.init()
    assert '# encoding = "cp1252"' in start.config


def test_an_unknown_file_is_listed_with_its_nearest_columns(start: Start) -> None:
    start.write("things.csv", "custmer_id,weather,ticket_idd\n1,rain,2\n")
    start.init()
    file = start.file("things.csv")
    assert not file.is_known
    assert dict(file.nearest) == {
        "custmer_id": "customers.customer_id",
        "weather": "",
        "ticket_idd": "tickets.ticket_id",
    }
    assert "# [[sources.revenue]]" in start.config
    assert "# [[sources.feedback]]" in start.config
    assert tomllib.loads(start.config)["project"]["currency"] == "???"


def test_files_that_cannot_be_read_are_named(start: Start) -> None:
    start.write("whole.csv", "customer_id,charged_on,amount\nc1,2025-01-01,5\n")
    packed = gzip.compress(b"customer_id,charged_on,amount\n" * 50_000)
    start.write("half.csv.gz", packed[: len(packed) // 2])
    start.write("empty.csv", "")
    start.write("picture.png", b"\x89PNG")
    start.write("broken.xlsx", b"PK\x03\x04nonsense")
    start.write("broken.parquet", b"PAR1nonsense")
    draft = start.init()
    assert {unused.name for unused in draft.unused} == {
        "half.csv.gz",
        "empty.csv",
        "picture.png",
        "broken.xlsx",
        "broken.parquet",
    }
    assert [source.table for source in draft.sources] == ["revenue"]


def test_packed_and_typed_files_are_read(start: Start) -> None:
    from xlsxwriter import Workbook

    start.write("revenue.csv.gz", gzip.compress(b"customer_id,charged_on,amount,currency\nc1,2025-01-01,5.00,EUR\n"))
    book = Workbook(start.exports / "answers.xlsx")
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate([["response_id", "customer_id", "responded_at", "nps"], ["1", "c1", "2025-01-01", 9]]):
        sheet.write_row(number, 0, row)
    book.close()
    start.engine.write_parquet(
        "SELECT 't1' AS ticket_id, TIMESTAMP '2025-01-01 10:00:00' AS opened_at", start.exports / "tickets.parquet"
    )
    start.init()
    start.load()
    assert start.rows("tickets", "ticket_id, opened_at") == [("t1", "2025-01-01 10:00:00")]
    assert start.rows("feedback", "response_id, nps") == [("1", 9.0)]


def test_an_empty_folder_and_none(start: Start, tmp_path: Path) -> None:
    with pytest.raises(InputMissingError, match="CX172"):
        read_folder(start.exports)
    with pytest.raises(InputMissingError, match="CX171"):
        read_folder(tmp_path / "nowhere")


def test_nothing_is_overwritten(start_from: StartFrom) -> None:
    start = start_from("stripe-subscriptions", *COMPANIONS)
    before = {path.name: path.read_bytes() for path in start.target.iterdir()}
    assert set(before) == {"cxlink.toml", "mapping.xlsx", "stripe_customers.sql"}
    with pytest.raises(CannotCreateError, match="CX015"):
        start.init()
    for name in ("cxlink.toml", "mapping.xlsx"):
        (start.target / name).unlink()
    with pytest.raises(CannotCreateError, match="CX015"):
        start.init()
    assert (start.target / "stripe_customers.sql").read_bytes() == before["stripe_customers.sql"]
    assert not (start.target / "cxlink.toml").exists()


def test_the_same_exports_write_the_same_bytes(start_from: StartFrom) -> None:
    start = start_from("stripe-subscriptions", "qualtrics", *COMPANIONS)
    again = start.target.parent / "again"
    write_folder(read_folder(start.exports), again, mapping=None)
    for path in start.target.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


HOSTILE = (
    'quote".csv',
    "two\nlines.csv",
    "back\\slash.csv",
    "]] [[sources.fx]].csv",
    "tab\tand\x07bell.csv",
    "rtl\u202egnp.csv",
    "$(id);#comment.csv",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_files_give_valid_toml(name: str, start: Start) -> None:
    start.add("companions/feedback.csv")
    start.write(name, "customer_id,charged_on,amount,currency\nc1,2025-02-02,5.00,EUR\n")
    start.init()
    document = tomllib.loads(start.config)
    assert document["sources"]["revenue"][0]["path"] == f"../exports/{name}"
    assert set(document["sources"]) == {"revenue", "feedback"}
    assert all(letter.isprintable() for line in start.config.splitlines() for letter in line)
    start.load()
    assert start.rows("revenue", "amount_minor") == [(500,)]


@pytest.mark.parametrize(
    "header", ['recommend "us"?\n]] [[sources.fx]]\npath = 1', "recommend \\ us # = '''", "recommend\x1b[31m us \u202e"]
)
def test_hostile_headers_give_valid_toml(header: str, start: Start) -> None:
    start.add("companions/revenue.csv")
    quoted = '"' + header.replace('"', '""') + '"'
    body = "".join(f"r{k},c1,2025-01-0{k} 10:00:00,{k + 3}\n" for k in range(1, 8))
    start.write("form.csv", f"#,customer_id,Submit Date (UTC),{quoted},Network ID\n" + body.replace("\n", ",n\n"))
    start.init()
    document = tomllib.loads(start.config)
    assert set(document["sources"]) == {"revenue", "feedback"}
    assert document["sources"]["feedback"][0]["columns"]["nps"] == header.strip()
    assert all(letter.isprintable() for line in start.config.splitlines() for letter in line)
    start.load()
    assert len(start.rows("feedback", "nps")) == 7


def test_names_that_no_configuration_can_hold_are_said(start: Start) -> None:
    start.write("ok.csv", "customer_id,charged_on,amount\nc1,2025-01-01,5\n")
    start.write("a${HOME}.csv", "customer_id,charged_on,amount\nc1,2025-01-01,5\n")
    draft = start.init()
    assert [unused.name for unused in draft.unused] == ["a${HOME}.csv"]


def test_orders_that_a_spreadsheet_has_saved_are_refused(start: Start) -> None:
    import re

    start.add("shopify-orders", "companions/feedback.csv")
    text = (start.exports / "orders_export.csv").read_text(encoding="utf-8")
    start.write("orders_export.csv", re.sub(r"2025-\d\d-\d\d [\d:]+ -0400", "45384.34789", text))
    start.init()
    assert "bare numbers" in start.source("revenue").off
    assert "# Off: Created at: the dates are bare numbers" in start.config


def test_a_file_with_only_a_header(start: Start) -> None:
    start.write("payments.csv", "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email\n")
    start.init()
    assert start.profile("payments.csv") == "stripe-payments"
    tomllib.loads(start.config)


def test_payments_without_an_id_are_linked_by_their_email(start: Start) -> None:
    start.add("companions/feedback.csv")
    start.write(
        "payments.csv",
        "id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer Email\n"
        "ch_1,2025-03-01 10:00,5.00,0.00,eur,Paid,ada@example.com\n"
        "ch_2,2025-04-01 10:00,5.00,0.00,eur,Paid,ada@example.com\n",
    )
    start.init()
    assert start.source("revenue").column("customer_id") == "Customer Email"
    assert start.source("identities").mapping == {"customer_id": "Customer Email", "alias": "Customer Email"}
    start.load()
    assert start.rows("revenue", "customer_id, amount_minor") == [("ada@example.com", 500), ("ada@example.com", 500)]
    assert start.rows("identities", "alias") == [("ada@example.com",), ("ada@example.com",)]
