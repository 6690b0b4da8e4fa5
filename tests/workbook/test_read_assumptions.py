"""Edited assumptions take the place of settings; every fault is told with its cell, all together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cxlink.errors import ConfigError, Faults, InputMissingError
from cxlink.report.workbook.assumptions import HEADS
from cxlink.report.workbook.read_assumptions import read_assumptions
from cxlink.settings import Settings

Row = tuple[object, str, str]
"""Value, change, setting."""

BASE: tuple[Row, ...] = (
    (0.7, "all", "finance.gross_margin"),
    (0.08, "all", "finance.discount_rate"),
    (12, "all", "model.horizon_months"),
    (0.3, "second courier", "changes.reduce.likely"),
    (0.2, "second courier", "changes.reduce.low"),
    (0.4, "second courier", "changes.reduce.high"),
    (1500, "second courier", "changes.cost.one_off"),
    (100, "second courier", "changes.cost.per_month"),
    (0, "second courier", "changes.saving.one_off"),
    (0, "second courier", "changes.saving.per_month"),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    source = [{"path": "a.csv"}]
    return Settings.model_validate(
        {
            "project": {"name": "Acme", "currency": "EUR"},
            "sources": {"revenue": source, "feedback": source},
            "finance": {"gross_margin": 0.7, "discount_rate": 0.08},
            "changes": [
                {
                    "name": "second courier",
                    "component": "delivery",
                    "reduce": {"low": 0.2, "likely": 0.3, "high": 0.4},
                    "cost": {"one_off": 1500, "per_month": 100},
                }
            ],
            "folder": tmp_path,
        }
    )


def book(path: Path, rows: Sequence[Row], *, sheet: str = "Assumptions", heads: Sequence[str] = HEADS) -> Path:
    from xlsxwriter import Workbook

    with Workbook(path) as workbook:
        written = workbook.add_worksheet(sheet)
        written.write_row(0, 0, heads)
        for number, (value, of, setting) in enumerate(rows, start=1):
            for column, cell in ((0, "label"), (1, of), (2, value), (7, setting)):
                if isinstance(cell, str):
                    written.write_string(number, column, cell)
                elif cell is not None:
                    written.write(number, column, cell)
        written.write_string(len(rows) + 2, 0, "a note below the table")
    return path


def edited(**values: object) -> list[Row]:
    """Rows of the base, with values by setting (dots as two underscores)."""
    new = {key.replace("__", "."): value for key, value in values.items()}
    return [(new.get(setting, value), of, setting) for value, of, setting in BASE]


def test_what_was_not_edited_overrides_nothing(tmp_path: Path, settings: Settings) -> None:
    found = read_assumptions(book(tmp_path / "w.xlsx", BASE), settings)
    assert (found.overrides, found.messages, found.settings) == ((), (), settings)


def test_edited_cells_take_the_place_of_settings(tmp_path: Path, settings: Settings) -> None:
    rows = edited(finance__gross_margin="65%", model__horizon_months=6, changes__reduce__likely="0,25",
                  changes__cost__one_off=900)  # fmt: skip
    found = read_assumptions(book(tmp_path / "w.xlsx", rows), settings)
    assert found.settings.finance.gross_margin == 0.65
    assert found.settings.finance.discount_rate == 0.08
    assert found.settings.model.horizon_months == 6
    change = found.settings.changes[0]
    assert change.reduce is not None
    assert (change.reduce.low, change.reduce.likely, change.cost.one_off, change.cost.per_month) == (
        0.2,
        0.25,
        900,
        100,
    )
    assert [one.setting for one in found.overrides] == [
        "finance.gross_margin", "model.horizon_months", "changes.1.reduce.likely", "changes.1.cost.one_off",
    ]  # fmt: skip
    assert found.overrides[0].words == "assumption: finance.gross_margin: 0.7 -> 0.65 (w.xlsx Assumptions!C2)"
    assert found.overrides[3].words.endswith(
        "changes.1.cost.one_off (second courier): 1500 -> 900 (w.xlsx Assumptions!C8)"
    )


def test_rows_in_another_order_say_the_same(tmp_path: Path, settings: Settings) -> None:
    rows = edited(finance__gross_margin=0.5)
    one = read_assumptions(book(tmp_path / "w.xlsx", rows), settings)
    other = read_assumptions(book(tmp_path / "v.xlsx", rows[::-1]), settings)
    assert one.settings == other.settings


def test_all_faults_are_told_together_with_their_cells(tmp_path: Path, settings: Settings) -> None:
    rows = edited(finance__gross_margin=1.2, finance__discount_rate="a lot", model__horizon_months=7.5,
                  changes__reduce__low=None, changes__cost__one_off="1,500", changes__cost__per_month=-1)  # fmt: skip
    rows.append((0.1, "all", "finance.gross_margin"))
    with pytest.raises(Faults) as raised:
        read_assumptions(book(tmp_path / "w.xlsx", rows), settings)
    told = {(fault.code, fault.place) for fault in raised.value.faults}
    place = "w.xlsx Assumptions!C{}".format
    assert told == {
        ("CX672", place(2)), ("CX673", place(3)), ("CX672", place(4)), ("CX678", place(6)), ("CX674", place(8)),
        ("CX672", place(9)), ("CX677", place(12)),
    }  # fmt: skip
    assert "CX672 w.xlsx Assumptions!C2: gross margin must be between 0 and 1" in str(raised.value)


def test_a_range_out_of_order_names_its_cells(tmp_path: Path, settings: Settings) -> None:
    rows = edited(changes__reduce__likely=0.5, finance__gross_margin=2)
    with pytest.raises(Faults) as raised:
        read_assumptions(book(tmp_path / "w.xlsx", rows), settings)
    assert [fault.code for fault in raised.value.faults] == ["CX672", "CX679"]
    assert "CX679 w.xlsx Assumptions!C5: second courier: low, likely and high must be in this order" in str(
        raised.value
    )


def test_unknown_and_deleted_rows_are_told(tmp_path: Path, settings: Settings) -> None:
    rows = [row for row in BASE if row[2] != "finance.discount_rate"]
    rows += [(3.0, "all", "finance.budget"), (0.5, "another \x1b change", "changes.reduce.low")]
    found = read_assumptions(book(tmp_path / "w.xlsx", rows), settings)
    assert [one.code for one in found.messages] == ["CX675", "CX675", "CX676"]
    assert "discount rate" in found.messages[2].message
    assert not any("\x1b" in one.message for one in found.messages)
    assert found.settings == settings


def test_a_margin_may_be_given_where_there_was_none(tmp_path: Path, settings: Settings) -> None:
    bare = settings.model_copy(update={"finance": settings.finance.model_copy(update={"gross_margin": None})})
    empty = read_assumptions(book(tmp_path / "w.xlsx", edited(finance__gross_margin=None)), bare)
    assert empty.settings.finance.gross_margin is None
    found = read_assumptions(book(tmp_path / "v.xlsx", edited(finance__gross_margin=0.4)), bare)
    assert found.settings.finance.gross_margin == 0.4
    assert found.overrides[0].words.startswith("assumption: finance.gross_margin: nothing -> 0.4")


def test_what_is_no_workbook_of_a_run_is_refused(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(InputMissingError, match="CX001"):
        read_assumptions(tmp_path / "none.xlsx", settings)
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    for path in (tmp_path / "text.xlsx", book(tmp_path / "w.xlsx", BASE, sheet="Other")):
        with pytest.raises(ConfigError, match="CX670"):
            read_assumptions(path, settings)
    with pytest.raises(ConfigError, match="CX671"):
        read_assumptions(book(tmp_path / "v.xlsx", BASE, heads=[*HEADS[:7], "Key"]), settings)
