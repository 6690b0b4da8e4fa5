"""A raw table to a typed one: each distinct text is converted once, and every fault of every row is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from cxlink.currencies import exponent_of, strip_mark
from cxlink.load.dates import read_cell
from cxlink.load.decide import ReadColumn
from cxlink.load.money import to_minor
from cxlink.load.numerals import read_numeral
from cxlink.load.raw import Distinct, RawTable, object_array
from cxlink.load.tables import Table
from cxlink.load.values import MAX_LENGTH, BadValueError, read_choice, read_flag, read_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

REFUND_KINDS = ("refund", "credit", "chargeback")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
Faults = dict[int, list[tuple[str, str, str]]]


@dataclass(slots=True)
class Money:
    """The amounts that the ledger adds up, row by row.

    Parameters
    ----------
    units : ndarray of int64
        Minor units; 0 where not readable.
    is_readable, is_rounded : ndarray of bool
        Whether the amount could be read, and whether it had more decimals than the currency.
    currency : ndarray of object
        Code of each row; "" where not readable.
    """

    units: NDArray[np.int64]
    is_readable: NDArray[np.bool_]
    is_rounded: NDArray[np.bool_]
    currency: NDArray[np.object_]


@dataclass(slots=True)
class Converted:
    """One file, typed.

    Parameters
    ----------
    raw : RawTable
        Where it comes from.
    frame : pandas.DataFrame
        All rows, faulty ones included, by typed column names; NULLs are None, NaT, NA or NaN.
    faults : dict of int to list of (column, code, reason)
        By row; a row without faults is absent.
    money : Money or None
        For tables with money.
    date_format, decimal : str
        For the ledger.
    n_unsigned_refunds : int
        Refunds above zero, as written.
    """

    raw: RawTable
    frame: pd.DataFrame
    faults: Faults
    money: Money | None
    date_format: str
    decimal: str
    n_unsigned_refunds: int = 0
    given: tuple[str, ...] = field(default=())

    def accepted(self) -> NDArray[np.bool_]:
        """Tell which rows have no fault.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            In the order of the file.
        """
        mask = np.ones(self.raw.n_rows, dtype=bool)
        mask[list(self.faults)] = False
        return mask


@dataclass(frozen=True, slots=True)
class Ways:
    """What conversion needs to know beside the columns.

    Parameters
    ----------
    zone : ZoneInfo
        The project's time zone.
    currency : str
        The project's currency, for rows that name none.
    positive_refunds : bool
        Whether refunds are written without a minus.
    """

    zone: ZoneInfo
    currency: str
    positive_refunds: bool


def convert(raw: RawTable, columns: Sequence[ReadColumn], table: Table, ways: Ways) -> Converted:
    """Convert the canonical columns of one file.

    Parameters
    ----------
    raw : RawTable
        The file.
    columns : sequence of ReadColumn
        Its canonical columns.
    table : Table
        The canonical table.
    ways : Ways
        The project's zone and currency, and the source's way with refunds.

    Returns
    -------
    Converted
        Typed rows and their faults; attributes are not yet in it.
    """
    faults: Faults = {}
    by_name = {read.column.name: read for read in columns}
    currency = _currencies(raw, by_name.get("currency"), table, ways, faults)
    data: dict[str, Any] = {}
    moneys: dict[str, Money] = {}
    for read in columns:
        name = read.column.typed_name
        if read.column.name == "currency":
            data[name] = currency
        elif read.column.kind == "amount":
            moneys[read.column.name] = _amounts(read, currency, faults)
            data[name] = moneys[read.column.name]
        else:
            data[name] = _CONVERTERS[read.column.kind](read, ways, faults)
        _require(read, faults)
    unsigned = _sign_refunds(moneys, data.get("kind"), ways.positive_refunds) if table.name == "revenue" else 0
    if table.name == "revenue":
        data.setdefault("currency", currency)
    frame = pd.DataFrame({name: _nullable(value) for name, value in data.items()}, index=range(raw.n_rows))
    formats = {r.column.name: r.reading.format.name for r in columns if r.reading is not None and _is_used(r)}
    marks = {r.column.name: r.mark for r in columns if r.column.kind in ("amount", "number", "score", "rate")}
    return Converted(
        raw,
        frame,
        faults,
        moneys.get(table.money),
        _in_short(formats),
        _in_short(marks),
        unsigned,
        tuple(read.column.name for read in columns),
    )


def _currencies(
    raw: RawTable, read: ReadColumn | None, table: Table, ways: Ways, faults: Faults
) -> NDArray[np.object_]:
    if read is None:
        return object_array([ways.currency] * raw.n_rows)
    default = ways.currency if table.name == "revenue" else None
    codes = [text.upper() or default for text in read.distinct.texts]
    wrong = [code is not None and not _CURRENCY.fullmatch(code) for code in codes]
    _note(read, [("CX165", "is not a code of ISO 4217") if bad else None for bad in wrong], faults)
    return _take([code if not bad else "" for code, bad in zip(codes, wrong, strict=True)], read.distinct)


def _amounts(read: ReadColumn, currency: NDArray[np.object_], faults: Faults) -> Money:
    codes, n_rows = read.distinct.codes, len(currency)
    money = Money(np.zeros(n_rows, np.int64), np.zeros(n_rows, bool), np.zeros(n_rows, bool), currency)
    which, names = pd.factorize(currency, use_na_sentinel=False)
    for number, name in enumerate(names):
        rows = np.flatnonzero(which == number)
        results = [_amount(text, read, name or "") for text in read.distinct.texts]
        units = np.array([r[0] for r in results] or [0], dtype=np.int64)
        readable = np.array([r[1] for r in results] or [False])
        rounded = np.array([r[2] for r in results] or [False])
        money.units[rows], money.is_readable[rows] = units[codes[rows]], readable[codes[rows]]
        money.is_rounded[rows] = rounded[codes[rows]]
        _note(read, [r[3] for r in results], faults, rows)
    return money


def _amount(text: str, read: ReadColumn, currency: str) -> tuple[int, bool, bool, tuple[str, str] | None]:
    if not text or not currency:
        return 0, False, False, None
    bare, marked = strip_mark(text) if len(text) <= MAX_LENGTH else (text, frozenset())
    numeral = read_numeral(bare, read.mark) if len(text) <= MAX_LENGTH else None
    minor = to_minor(numeral, exponent_of(currency)) if numeral is not None else None
    if minor is None:
        return 0, False, False, ("CX162", "is not a plain amount")
    if marked and currency not in marked:
        return 0, False, False, ("CX162", f"bears the sign of another currency than {currency}")
    return minor.units, True, minor.is_rounded, None


def _sign_refunds(moneys: Mapping[str, Money], kinds: Any, positive: bool) -> int:
    if kinds is None or "amount" not in moneys:
        return 0
    refunds = pd.Series(kinds).isin(REFUND_KINDS).to_numpy()
    unsigned = refunds & (moneys["amount"].units > 0)
    if not positive:
        return int(unsigned.sum())
    for money in moneys.values():
        flipped = refunds & (money.units > 0)
        money.units[flipped] *= -1
    return 0


def _days(read: ReadColumn, ways: Ways, faults: Faults) -> NDArray[np.datetime64]:
    return _moments(read, ways, faults).astype("datetime64[D]").astype("datetime64[s]")


def _months(read: ReadColumn, ways: Ways, faults: Faults) -> NDArray[np.datetime64]:
    return _moments(read, ways, faults).astype("datetime64[M]").astype("datetime64[s]")


def _moments(read: ReadColumn, ways: Ways, faults: Faults) -> NDArray[np.datetime64]:
    if read.reading is None:
        raise ValueError("a column of dates needs its format")
    moments = [read_cell(text, read.reading, ways.zone) if text else None for text in read.distinct.texts]
    reason = f"is not a date from 1900 to 2099 in the column's format ({read.reading.format.name})"
    bad = [
        ("CX161", reason) if moment is None and text else None
        for text, moment in zip(read.distinct.texts, moments, strict=True)
    ]
    _note(read, bad, faults)
    stamps = np.array(
        [np.datetime64("NaT") if m is None else np.datetime64(m) for m in moments], dtype="datetime64[us]"
    )
    return stamps[read.distinct.codes] if len(stamps) else np.zeros(0, dtype="datetime64[us]")


def _texts(read: ReadColumn, _ways: Ways, _faults: Faults) -> NDArray[np.object_]:
    return _take([text if text.strip() else None for text in read.distinct.texts], read.distinct)


def _choices(read: ReadColumn, _ways: Ways, faults: Faults) -> NDArray[np.object_]:
    return _each(read, lambda text: read_choice(text, read.column), None, faults)


def _flags(read: ReadColumn, _ways: Ways, faults: Faults) -> pd.Series[bool]:
    return pd.Series(_each(read, read_flag, None, faults)).astype("boolean")


def _numbers(read: ReadColumn, _ways: Ways, faults: Faults) -> NDArray[np.float64]:
    values = _each(read, lambda text: read_number(text, read.column, read.mark), np.nan, faults)
    return values.astype(np.float64)


_CONVERTERS: Mapping[str, Callable[[ReadColumn, Ways, Faults], Any]] = {
    "id": _texts,
    "text": _texts,
    "choice": _choices,
    "flag": _flags,
    "day": _days,
    "month": _months,
    "moment": _moments,
    "number": _numbers,
    "score": _numbers,
    "rate": _numbers,
}


def _each(read: ReadColumn, parse: Callable[[str], Any], empty: Any, faults: Faults) -> NDArray[np.object_]:
    values: list[Any] = []
    bad: list[tuple[str, str] | None] = []
    for text in read.distinct.texts:
        try:
            values.append(parse(text) if text else empty)
            bad.append(None)
        except BadValueError as error:
            values.append(empty)
            bad.append((error.code, error.reason))
    _note(read, bad, faults)
    return _take(values, read.distinct)


def _require(read: ReadColumn, faults: Faults) -> None:
    if read.column.filled:
        empty = [("CX166", "is empty") if not text.strip() else None for text in read.distinct.texts]
        _note(read, empty, faults)


def _note(
    read: ReadColumn,
    bad: Sequence[tuple[str, str] | None],
    faults: Faults,
    rows: NDArray[np.intp] | None = None,
) -> None:
    wrong = [number for number, fault in enumerate(bad) if fault is not None]
    if not wrong:
        return
    codes = read.distinct.codes if rows is None else read.distinct.codes[rows]
    hit = np.flatnonzero(np.isin(codes, wrong))
    for at in hit:
        fault = bad[codes[at]]
        if fault is not None:
            row = int(at if rows is None else rows[at])
            faults.setdefault(row, []).append((read.column.name, *fault))


def _take(values: Sequence[Any], distinct: Distinct) -> NDArray[np.object_]:
    return object_array(values)[distinct.codes] if values else object_array([])


def _nullable(value: Any) -> Any:
    if not isinstance(value, Money):
        return value
    units = pd.array(value.units, dtype="Int64")
    units[~value.is_readable] = pd.NA
    return units


def _is_used(read: ReadColumn) -> bool:
    return any(read.distinct.texts)


def _in_short(by_column: Mapping[str, str]) -> str:
    """One setting for the whole file where all columns agree, else column by column."""
    if len(set(by_column.values())) <= 1:
        return next(iter(by_column.values()), "")
    return "; ".join(f"{name}: {value}" for name, value in by_column.items())
