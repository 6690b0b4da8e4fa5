"""Formats of dates are settled on whole columns, or asked for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from cxlink.load.dates import describe, judge_dates, read_cell, settle_dates
from cxlink.load.formats import compile_format

RIGA = ZoneInfo("Europe/Riga")


def judge(*cells: str, configured: str | None = None, months: bool = False) -> tuple[list[str], str]:
    verdict = judge_dates([(cell, 1) for cell in cells], RIGA, configured, months=months)
    return [reading.format.name for reading in verdict.readings], verdict.fault


def read(*cells: str, configured: str | None = None) -> list[str | None]:
    (reading,) = judge_dates([(cell, 1) for cell in cells], RIGA, configured).readings
    return [None if (moment := read_cell(cell, reading, RIGA)) is None else moment.isoformat() for cell in cells]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-02-29", "2024-02-29T00:00:00"),
        ("2024-02-29T23:59:59.123456789", "2024-02-29T23:59:59.123456"),
        ("2024-02-29 23:59", "2024-02-29T23:59:00"),
        ("2024-01-01T00:30:00Z", "2024-01-01T02:30:00"),
        ("2024-07-01 00:30:00+00", "2024-07-01T03:30:00"),
        ("2024-01-01T00:30:00-05:00", "2024-01-01T07:30:00"),
        ("2024/3/1", "2024-03-01T00:00:00"),
        ("20240301", "2024-03-01T00:00:00"),
        ("31.12.2024 7:05", "2024-12-31T07:05:00"),
        ("12/31/2024 12:05 AM", "2024-12-31T00:05:00"),
        ("12/31/24 12:05 p.m.", "2024-12-31T12:05:00"),
        ("3-Mar-2024", "2024-03-03T00:00:00"),
        ("Sept 5, 2024, 10:00", "2024-09-05T10:00:00"),
        ("december 31 2024", "2024-12-31T00:00:00"),
    ],
)
def test_known_formats(cell: str, moment: str) -> None:
    assert read(cell) == [moment]


def test_a_day_above_twelve_settles_the_column() -> None:
    assert judge("01/02/2024", "13/04/2024") == (["%d/%m/%Y"], "")
    assert judge("01/02/2024", "04/13/2024") == (["%m/%d/%Y"], "")


@pytest.mark.parametrize("separator", ["/", "-", "."])
def test_day_first_and_month_first_that_differ_are_both_named(separator: str) -> None:
    names, fault = judge(f"01{separator}02{separator}2024", f"03{separator}04{separator}2024")
    assert names == [f"%d{separator}%m{separator}%Y", f"%m{separator}%d{separator}%Y"]
    assert fault == ""


def test_two_digit_years_can_be_read_in_three_ways() -> None:
    assert len(judge("01-02-03")[0]) == 3


def test_readings_that_agree_are_one() -> None:
    assert judge("01/01/2024", "02/02/2024") == (["%d/%m/%Y"], "")


def test_a_column_that_mixes_day_first_and_month_first_is_not_read_cell_by_cell() -> None:
    assert judge("01/02/2024", "13/04/2024", "04/13/2024") == ([], "mixed")


def test_one_stray_cell_among_hundreds_is_held_back() -> None:
    cells = [f"{day:02d}/01/2024" for day in range(13, 32)] * 20 + ["01/13/2024"]
    verdict = judge_dates([(cell, 1) for cell in cells], RIGA, None)
    assert [reading.format.name for reading in verdict.readings] == ["%d/%m/%Y"]


@pytest.mark.parametrize("cells", [("45292", "45293"), ("1704067200",), ("45292.5", "45293", "2024-01-01")])
def test_bare_serial_numbers_are_refused(cells: tuple[str, ...]) -> None:
    assert judge(*cells) == ([], "serial")


@pytest.mark.parametrize(
    "cell", ["yesterday", "٢٠٢٤-٠١-٠١", "２０２４-01-01", "1899-12-31", "2100-01-01", "9999-12-31", "x" * 10**6]
)
def test_no_known_format(cell: str) -> None:
    assert judge(cell) == ([], "unknown")


def test_impossible_days_are_held_back_alone() -> None:
    day = "2024-02-28T00:00:00"
    assert read("2024-02-28", "2024-02-28 0:00", "2024-02-30", "2024-01-01T25:00") == [day, day, None, None]


def test_a_time_without_am_or_pm_among_those_with_is_held_back() -> None:
    assert read("1/25/2024 3:04 PM", "1/25/2024 3:04", "1/26/2024", "1/26/2024 4:00 AM") == [
        "2024-01-25T15:04:00",
        None,
        "2024-01-26T00:00:00",
        "2024-01-26T04:00:00",
    ]


def test_a_time_with_am_or_pm_among_those_without_is_held_back() -> None:
    assert read("1/25/2024 13:04", "1/25/2024 3:04 PM", "1/26/2024", "1/26/2024 14:00") == [
        "2024-01-25T13:04:00",
        None,
        "2024-01-26T00:00:00",
        "2024-01-26T14:00:00",
    ]


def test_months_will_do_only_where_asked() -> None:
    assert judge("2024-01") == ([], "unknown")
    assert judge("2024-01", months=True) == (["%Y-%m"], "")


def test_the_setting_is_taken_as_it_is() -> None:
    assert read("01/02/2024", "13/02/2024", configured="%m/%d/%Y") == ["2024-01-02T00:00:00", None]
    assert read("02.01.2024 klo 13:05", configured="%d.%m.%Y klo %H:%M") == ["2024-01-02T13:05:00"]


@pytest.mark.parametrize("name", ["%d/%m", "%Y-%m-%d %Q", "%Y-%Y-%m", "nonsense", "%Y-%b-%m %b"])
def test_a_setting_that_cannot_work_is_told(name: str) -> None:
    with pytest.raises(ValueError, match=r"needs|cannot|repeats"):
        compile_format(name, with_time=False)


def test_files_that_settle_the_format_speak_for_the_others() -> None:
    clear = judge_dates([("13/01/2024", 1)], RIGA, None)
    open_ = judge_dates([("01/02/2024", 1)], RIGA, None)
    settled = settle_dates([open_, clear])
    assert [reading.format.name for reading in settled if reading] == ["%d/%m/%Y", "%d/%m/%Y"]
    assert settle_dates([open_]) == [None]


def test_an_empty_column_needs_no_format() -> None:
    assert judge() == (["%Y-%m-%d"], "")


def test_words_for_formats() -> None:
    assert [describe(name) for name in ("%d/%m/%Y", "%b %d, %Y", "%y-%m-%d")] == [
        "day first",
        "month first",
        "year first",
    ]
