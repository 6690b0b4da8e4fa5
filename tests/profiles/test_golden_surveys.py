"""Survey exports: recognised, mapped and loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
REVENUE = "companions/revenue.csv"
FEEDBACK = "response_id, customer_id, responded_at, nps, csat, email"


def test_qualtrics(start_from: StartFrom) -> None:
    start = start_from("qualtrics", REVENUE)
    assert start.profile("responses.csv") == "qualtrics"
    assert start.source("feedback").mapping == {
        "response_id": "ResponseId",
        "customer_id": "ExternalReference",
        "responded_at": "RecordedDate",
        "language": "UserLanguage",
        "email": "RecipientEmail",
        "nps": "Q1",
        "csat": "Q3",
        "comment": "Q2",
    }
    assert 'timezone = "America/Denver"' in start.config
    assert "promoters and detractors" in start.config
    start.load()
    assert start.rows("feedback", FEEDBACK) == [
        ("R_1", "cus_1", "2025-07-01 17:13:44", 9.0, 5.0, "ada@example.com"),
        ("R_2", "cus_2", "2026-01-01 06:30:00", 3.0, 2.0, "bob@example.com"),
        ("R_4", None, "2026-01-01 17:00:00", 0.0, 1.0, None),
    ]
    assert start.rows("feedback", "comment")[1] == ('The parcel came late. "Twice" in a month.\r\nNever again.',)
    # two rows of questions and one preview
    assert start.counts("responses.csv") == [("feedback", 6, 3, 3, 0)]


def test_qualtrics_legacy(start_from: StartFrom) -> None:
    start = start_from("qualtrics-legacy", REVENUE)
    assert start.profile("legacy.csv") == "qualtrics-legacy"
    assert start.source("feedback").column("response_id") == "V1 - ResponseID"
    assert "header_rows = 2" in start.config
    start.load()
    assert start.rows("feedback", FEEDBACK) == [
        ("R_1", "cus_1", "2025-03-01 10:05:00", 10.0, None, "ada@example.com"),
        ("R_2", "cus_2", "2025-03-02 10:05:00", 2.0, None, "bob@example.com"),
    ]
    assert start.counts("legacy.csv") == [("feedback", 3, 2, 1, 0)]


def test_surveymonkey(start_from: StartFrom) -> None:
    start = start_from("surveymonkey", REVENUE)
    assert start.profile("survey.csv") == "surveymonkey"
    feedback = start.source("feedback")
    assert feedback.column("customer_id") == "Custom Data 1"
    assert feedback.column("comment") == "What could we improve? - Open-Ended Response"
    # two ratings of satisfaction: a person must choose
    assert feedback.column("csat") is None
    assert '# columns.csat = "How satisfied are you with - Delivery"' in start.config
    assert '# columns.csat = "How satisfied are you with - Support"' in start.config
    start.load()
    assert start.rows("feedback", FEEDBACK) == [
        ("114001", "cus_1", "2025-04-21 15:52:01", 9.0, None, "ada@example.com"),
        ("114002", "cus_2", "2025-04-22 00:11:00", 0.0, None, "bob@example.com"),
        ("114003", None, "2025-05-01 11:11:00", 7.0, None, None),
    ]


def test_typeform(start_from: StartFrom) -> None:
    start = start_from("typeform", REVENUE)
    assert start.profile("form.csv") == "typeform"
    assert start.source("feedback").column(
        "nps",
    ) == ("On a scale of 0 to 10, how likely are you to recommend {{field:brand}}?")
    assert 'timezone = "UTC"' in start.config
    start.load()
    assert start.rows("feedback", "customer_id, responded_at, nps, comment") == [
        ("cus_1", "2025-04-03 09:05:14", 10.0, "It simply works, every single day."),
        ("cus_2", "2025-04-04 23:59:59", 4.0, "Billing was wrong, three months long."),
    ]


def test_delighted(start_from: StartFrom) -> None:
    start = start_from("delighted", REVENUE)
    assert start.profile("responses.csv") == "delighted"
    assert start.source("feedback").column("nps") == "Score"
    assert "please check every line" in start.config
    start.load()
    assert start.rows("feedback", FEEDBACK) == [
        ("5001", "cus_1", "2025-02-01 10:00:00", 9.0, None, "ada@example.com"),
        ("5002", None, "2025-02-03 12:00:00", 0.0, None, "bob@example.com"),
    ]


@pytest.fixture
def questionpro(tmp_path: Path) -> Path:
    from xlsxwriter import Workbook

    path = tmp_path / "QuestionPro-SR-RawData-1-11-22-2025.xlsx"
    book = Workbook(path)
    book.add_worksheet("Summary").write_row(0, 0, ["Response ID", "nothing"])
    sheet = book.add_worksheet("Raw Data")
    rows = [
        ["Response ID", "Timestamp (mm/dd/yyyy)", "External Reference", "How likely are you to recommend us?", "Why?"],
        ["71", "2025/03/04 10:11:12.500", "cus_1", 8, "Fast, and friendly people there."],
        ["72", "2025/03/31 23:00:00.000", "cus_2", 1, "The contract was changed without a word."],
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def test_questionpro(start: Start, questionpro: Path) -> None:
    start.add(REVENUE)
    start.write(questionpro.name, questionpro.read_bytes())
    start.init()
    label = f"{questionpro.name} > Raw Data"
    assert start.profile(label) == "questionpro"
    assert 'sheet = "Raw Data"' in start.config
    start.load()
    # the header says month first, the values say year first
    assert start.rows("feedback", "response_id, customer_id, responded_at, nps") == [
        ("71", "cus_1", "2025-03-04 10:11:12.500000", 8.0),
        ("72", "cus_2", "2025-03-31 23:00:00", 1.0),
    ]
