"""mapping.xlsx: written, edited by hand, read back; every fault of it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from cxlink.errors import ConfigError, CxlinkError, Faults
from cxlink.profiles.config_text import is_untouched
from cxlink.profiles.drafts import FolderDraft
from cxlink.profiles.folder import read_folder
from cxlink.profiles.mapping_back import apply_mapping
from cxlink.profiles.mapping_book import mapping_book, read_mapping_book
from cxlink.profiles.mapping_rows import MappingRow, mapping_rows, read_values, write_values
from cxlink.profiles.writing import write_folder
from tests.profiles.conftest import Start

StartFrom = Callable[..., Start]
COMPANIONS = ("companions/revenue.csv", "companions/feedback.csv")


def edited(start: Start, edit: Callable[[MappingRow], MappingRow]) -> FolderDraft:
    """What init makes of the sheet after somebody has edited it."""
    rows = [row for _, row in read_mapping_book(start.target / "mapping.xlsx")]
    path = start.target / "edited.xlsx"
    path.write_bytes(mapping_book([edit(row) for row in rows]))
    return apply_mapping(read_folder(start.exports), read_mapping_book(path), path.name)


def test_round_trip_changes_nothing(start_from: StartFrom) -> None:
    start = start_from("zendesk", "typeform", "stripe-subscriptions", "companions/revenue.csv")
    before = tomllib.loads(start.config)
    draft = edited(start, lambda row: row)
    write_folder(draft, start.target, mapping=start.target / "edited.xlsx")
    assert tomllib.loads(start.config) == before
    assert "as in edited.xlsx" in start.config


def test_the_sheet_has_every_column_with_its_question(start_from: StartFrom) -> None:
    start = start_from("qualtrics", *COMPANIONS)
    rows = mapping_rows(read_folder(start.exports))
    questions = {row.header: row.question for row in rows if row.file == "responses.csv"}
    assert len(questions) == 21
    assert questions["Q1"] == "How likely are you to recommend us to a friend?"
    assert {row.header: row.ours for row in rows if row.file == "responses.csv"}["Q2"] == "comment"


def test_the_sheet_has_no_personal_data(start_from: StartFrom) -> None:
    start = start_from("qualtrics", "zendesk", "stripe-payments", "shopify-orders", "intercom")
    book = CalamineWorkbook.from_path(str(start.target / "mapping.xlsx"))
    text = "\n".join(
        str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    )
    for personal in ("ada@", "bob@", "Lovelace", "203.0.113", "parcel came", "Charged twice", "Ada L", "invoice is"):
        assert personal not in text, personal
    assert "Good, Offered, Bad" in text or "9" in text


def test_an_unknown_file_is_mapped_by_hand(start: Start) -> None:
    start.add("companions/feedback.csv")
    start.write("odd.csv", "Wer;Wann;Was\nc1;31.12.2025;1.234,50\nc2;30.11.2025;7,00\n")
    start.init()
    ours = {"Wer": "customer_id", "Wann": "charged_on", "Was": "amount"}
    draft = edited(
        start, lambda row: replace(row, table="revenue", ours=ours[row.header]) if row.file == "odd.csv" else row
    )
    write_folder(draft, start.target, mapping=start.target / "edited.xlsx")
    (start.target / "cxlink.toml").write_text(start.config.replace('"???"', '"EUR"'), encoding="utf-8")
    start.load()
    assert start.rows("revenue", "customer_id, charged_on, amount_minor") == [
        ("c1", "2025-12-31", 123450),
        ("c2", "2025-11-30", 700),
    ]


def test_values_and_columns_of_the_sheet_win(start_from: StartFrom) -> None:
    start = start_from("zendesk", *COMPANIONS)

    def edit(row: MappingRow) -> MappingRow:
        if row.header == "Satisfaction Score":
            return replace(row, values="Good = 5\nBad = 1; Offered =")
        if row.header == "Group":
            return replace(row, ours="component")
        return row

    write_folder(edited(start, edit), start.target, mapping=start.target / "edited.xlsx")
    document = tomllib.loads(start.config)["sources"]["tickets"][0]
    assert document["values"]["csat"] == {"Good": "5", "Bad": "1", "Offered": ""}
    assert document["columns"]["component"] == "Group"
    assert "agent_team" not in document["columns"]
    start.load()
    assert start.rows("tickets", "component, csat") == [("Logistics", 5.0), ("Billing", None), ("Billing", 1.0)]


def test_all_faults_of_the_sheet_come_together(start_from: StartFrom) -> None:
    start = start_from("zendesk", *COMPANIONS)
    changes: dict[str, dict[str, Any]] = {
        "Subject": {"ours": "subjekt"},
        "Tags": {"table": "tikets", "ours": "tags"},
        "Status": {"ours": "ticket_id"},
        "Satisfaction Score": {"values": "Good is 1"},
        "Group": {"header": "Grupp", "ours": "agent_team"},
        "Created at": {"ours": ""},
    }
    with pytest.raises(Faults) as caught:
        edited(start, lambda row: replace(row, **changes.get(row.header, {})) if row.file == "tickets.csv" else row)
    assert sorted(fault.code for fault in caught.value.faults) == [
        "CX174",
        "CX175",
        "CX176",
        "CX177",
        "CX178",
        "CX179",
    ]
    said = str(caught.value)
    assert 'Did you mean "subject"?' in said
    assert "opened_at" in said


def test_what_is_no_mapping_is_refused(start_from: StartFrom, tmp_path: Path) -> None:
    start = start_from(*COMPANIONS)
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    for path in (tmp_path / "text.xlsx", tmp_path / "none.xlsx"):
        with pytest.raises(ConfigError, match="CX173"):
            read_mapping_book(path)
    assert start.target.exists()


def test_an_edited_configuration_is_not_replaced(start_from: StartFrom) -> None:
    start = start_from(*COMPANIONS)
    assert is_untouched(start.config)
    (start.target / "cxlink.toml").write_text(start.config.replace("Your company", "Acme"), encoding="utf-8")
    draft = edited(start, lambda row: row)
    with pytest.raises(CxlinkError, match="CX015"):
        write_folder(draft, start.target, mapping=start.target / "edited.xlsx")
    assert "Acme" in start.config


@pytest.mark.parametrize(
    "words",
    [
        {"Good": "1", "Bad": "0", "Offered": ""},
        {'a "quoted" word': "x", "with = sign": "1", "with; semicolon": "2", " edges ": "3", "": "4"},
        {"מצוין": "1", "ممتاز": "1"},
        {},
    ],
)
def test_values_are_read_as_they_were_written(words: dict[str, str]) -> None:
    assert read_values(write_values(words)) == words


@pytest.mark.parametrize("text", ["Good is 1", "Good", "a = b = c", '"open = 1'])
def test_what_is_no_list_of_values(text: str) -> None:
    assert read_values(text) is None


def test_rows_are_sequences() -> None:
    rows: Sequence[MappingRow] = []
    assert mapping_book(rows)
