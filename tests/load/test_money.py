"""Numbers and amounts: strict, exact, and their style settled on whole columns."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.currencies import exponent_of, strip_mark
from cxlink.load.money import to_minor
from cxlink.load.numerals import Mark, possible_marks, read_numeral, settle_marks, weigh_marks


def minor(text: str, mark: Mark = ".", exponent: int = 2) -> int | None:
    numeral = read_numeral(strip_mark(text)[0], mark)
    found = to_minor(numeral, exponent) if numeral else None
    return found.units if found else None


@pytest.mark.parametrize(
    ("text", "mark", "units"),
    [
        ("0", ".", 0),
        ("12", ".", 1200),
        ("12.5", ".", 1250),
        ("1,234.56", ".", 123456),
        ("1,234,567.89", ".", 123456789),
        ("12,34,567.00", ".", 123456700),
        ("1.234,56", ",", 123456),
        ("1 234,50", ",", 123450),
        ("1\u00a0234,50", ",", 123450),
        ("1\u202f234\u202f567,50", ",", 123456750),
        ("1'234.50", ".", 123450),
        ("-12.50", ".", -1250),
        ("12.50-", ".", -1250),
        ("(12.50)", ".", -1250),
        ("€ 12.50", ".", 1250),
        ("-€1,234.00", ".", -123400),
        ("12,50 €", ",", 1250),
        ("EUR 12.50", ".", 1250),
        ("($12.50)", ".", -1250),
        ("$(12.50)", ".", -1250),
        ("R$ 1.234,00", ",", 123400),
        (".5", ".", 50),
        ("5.", ".", 500),
        ("0012.50", ".", 1250),
    ],
)
def test_amounts_people_write(text: str, mark: Mark, units: int) -> None:
    assert minor(text, mark) == units


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-",
            ".",
            "NaN",
            "nan",
            "inf",
            "-Infinity",
            "1e5",
            "1E+10",
            "0x10",
            "1_000",
            "１２",
            "١٢",
            "1 2",
            "1,23.4",
        ),
        *("1.2.3", "12abc", "--5", "(-5)", "USD 5 EUR", "½", "5%", "1,2345.00", "9" * 60),
    ],
)
def test_anything_else_is_not_a_number(text: str) -> None:
    assert minor(text, ".") is None


@pytest.mark.parametrize(
    ("text", "exponent", "units", "is_rounded"),
    [
        ("0.125", 2, 13, True),
        ("-0.125", 2, -13, True),
        ("0.124999", 2, 12, True),
        ("0.120", 2, 12, False),
        ("1500", 0, 1500, False),
        ("1500.5", 0, 1501, True),
        ("1.2345", 3, 1235, True),
        ("90071992547409.93", 2, 9007199254740993, False),
    ],
)
def test_rounding_half_up_away_from_zero(text: str, exponent: int, units: int, is_rounded: bool) -> None:
    numeral = read_numeral(text, ".")
    assert numeral is not None
    found = to_minor(numeral, exponent)
    assert found is not None
    assert (found.units, found.is_rounded) == (units, is_rounded)


def test_amounts_beyond_64_bits_are_not_read() -> None:
    assert minor("92233720368547758.07") == 2**63 - 1
    assert minor("92233720368547758.08") is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=5))
def test_rounding_agrees_with_decimal(value: Decimal) -> None:
    expected = int((value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert minor(f"{value:f}") == expected


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1", "20", "300"], (".",)),
        (["1.50", "1,234.56"], (".",)),
        (["1,50", "1.234,56"], (",",)),
        (["1,234", "12.50"], (".",)),
        (["1.234", "12,50"], (",",)),
        (["1,234", "5,678"], (".", ",")),
        (["1.234"], (".", ",")),
        (["100", "1,234"], (".", ",")),
        (["1.50", "1,50"], ()),
        (["0.125", "0.250"], (".",)),
        (["x"], (".",)),
    ],
)
def test_the_whole_column_settles_the_decimal_mark(cells: list[str], marks: tuple[Mark, ...]) -> None:
    assert possible_marks(weigh_marks((cell, 1) for cell in cells)) == marks


def test_a_file_that_settles_the_mark_speaks_for_the_others() -> None:
    assert settle_marks([(".", ","), (",",)]) == [",", ","]
    assert settle_marks([(".", ",")]) == [None]
    assert settle_marks([(".", ","), (",",), (".",)]) == [None, ",", "."]
    assert settle_marks([()]) == [None]


def test_currencies() -> None:
    assert [exponent_of(code) for code in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert strip_mark("$5")[1] >= {"USD", "CAD"}
    assert strip_mark("CHF 5") == ("5", frozenset({"CHF"}))
