"""Numbers as people type them: read where they are clear, refused where they are not."""

from __future__ import annotations

import datetime as dt

import pytest

from cxlink.errors import ConfigError
from cxlink.report.workbook.typed_numbers import read_number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (0.65, 0.65), (12, 12.0), ("0.65", 0.65), ("0,65", 0.65), ("65%", 0.65), ("65 %", 0.65), ("6,5%", 0.065),
        (" 1500 ", 1500.0), ("1 500", 1500.0), ("1\u00a0500,50", 1500.5), ("1,500.50", 1500.5), ("1.500,50", 1500.5),
        ("1,500,000", 1_500_000.0), ("0,125", 0.125), ("0.125", 0.125), ("1500.250", 1500.25), ("-20%", -0.2),
        ("\u221220%", -0.2), ("12.500%", 0.125), ("", None), ("   ", None),
    ],
)  # fmt: skip
def test_what_is_clear_is_read(cell: object, number: float | None) -> None:
    found = read_number(cell, "A1", "it")
    assert found == number if number is None else found == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize("cell", ["1,500", "1.500", "-12,345", "100.000"])
def test_what_may_be_two_numbers_is_refused(cell: str) -> None:
    with pytest.raises(ConfigError, match="CX674 A1: gross margin may be"):
        read_number(cell, "A1", "gross margin")


@pytest.mark.parametrize(
    "cell",
    [
        True, dt.date(2025, 1, 1), "n/a", "EUR 5", "#DIV/0!", "1,50,00", "1.2,3.4", "5 apples", "٦٥", "1e5",
        "=1+1", float("nan"), float("inf"), None, "%",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(cell: object) -> None:
    with pytest.raises(ConfigError, match="CX673 A1"):
        read_number(cell, "A1", "gross margin")
