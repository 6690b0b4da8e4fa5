"""What became of each file: rows and money add up exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlink.errors import DataError
from cxlink.handoff import LedgerEntry, QuarantinedRow
from cxlink.load.convert import Converted, Money
from cxlink.load.raw import RawTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_REASONS = 3
HALF_WORD = 32


class RefusedData(DataError):
    """Too much of a source had to be held back.

    Parameters
    ----------
    code, place, message, remedy : str
        As for every error.
    ledger : tuple of LedgerEntry
        Of all files that were read, for the user to see why.
    """

    def __init__(self, code: str, place: str, message: str, remedy: str, ledger: tuple[LedgerEntry, ...] = ()) -> None:
        super().__init__(code, place, message, remedy)
        self.ledger = ledger


def build_entry(source: str, part: Converted) -> LedgerEntry:
    """Account for one typed file.

    Parameters
    ----------
    source : str
        Label of the source.
    part : Converted
        With all its faults.

    Returns
    -------
    LedgerEntry
        One quarantined row a record; where it has several faults the first gives column and code.
    """
    accepted = part.accepted()
    entry = raw_entry(source, part.raw)
    held = _held_back(part)
    return LedgerEntry(
        source,
        part.raw.file,
        entry.rows_read,
        int(accepted.sum()),
        entry.rows_excluded,
        entry.rows_quarantined + len(held),
        sum_money(part.money, accepted),
        sum_money(part.money, ~accepted),
        entry.encoding,
        entry.delimiter,
        part.date_format,
        part.decimal,
        int((part.money.is_rounded & accepted).sum()) if part.money is not None else 0,
        tuple(sorted((*entry.quarantine, *held), key=lambda row: row.line)),
    )


def raw_entry(source: str, raw: RawTable) -> LedgerEntry:
    """Account for a file whose rows are not typed: an input of a query.

    Parameters
    ----------
    source : str
        Label of the source and the input.
    raw : RawTable
        The file.

    Returns
    -------
    LedgerEntry
        Without money.
    """
    quarantine = tuple(QuarantinedRow(raw.file, r.line, "", r.code, r.reason, r.raw) for r in raw.rejected)
    return LedgerEntry(
        source,
        raw.file,
        raw.n_rows + len(raw.rejected) + raw.n_excluded,
        raw.n_rows,
        raw.n_excluded,
        len(raw.rejected),
        {},
        {},
        raw.encoding,
        raw.delimiter,
        "",
        "",
        0,
        quarantine,
    )


def _held_back(part: Converted) -> list[QuarantinedRow]:
    rows = sorted(part.faults)
    if not rows:
        return []
    texts = part.raw.raw_of(rows)
    return [_row(part, row, text) for row, text in zip(rows, texts, strict=True)]


def _row(part: Converted, row: int, text: str) -> QuarantinedRow:
    faults = part.faults[row]
    column, code, _ = faults[0]
    reason = "; ".join(dict.fromkeys(f"{name} {reason}" for name, _, reason in faults))
    return QuarantinedRow(part.raw.file, int(part.raw.lines[row]), column, code, reason, text)


def sum_money(money: Money | None, rows: NDArray[np.bool_]) -> dict[str, int]:
    """Add up amounts exactly.

    Parameters
    ----------
    money : Money or None
        None gives no sums.
    rows : ndarray of bool, shape (n_rows,)
        Which rows to add.

    Returns
    -------
    dict of str to int
        Minor units by currency, in alphabetical order.
    """
    if money is None:
        return {}
    rows = rows & money.is_readable
    codes, names = pd.factorize(money.currency[rows])
    units = money.units[rows]
    return {
        str(name): _exact_sum(units[codes == code]) for name, code in sorted(zip(names, range(len(names)), strict=True))
    }


def _exact_sum(units: NDArray[np.int64]) -> int:
    """Sum beyond 64 bits: the halves of each number are added separately."""
    high, low = units >> HALF_WORD, units & (2**HALF_WORD - 1)
    return (int(high.sum()) << HALF_WORD) + int(low.sum())


@dataclass(frozen=True, slots=True)
class Magnitude:
    """Absolute amounts of one currency: minor units accepted and held back, and rows of both."""

    kept: int
    held: int
    n_rows: int


def check_limit(
    entries: Sequence[LedgerEntry], magnitudes: Sequence[Mapping[str, Magnitude]], max_quarantined: float
) -> str:
    """Tell whether too much of a source was held back.

    Parameters
    ----------
    entries : sequence of LedgerEntry
        Of the source's files.
    magnitudes : sequence of mapping of str to Magnitude
        Per file, by currency.
    max_quarantined : float
        Share 0..1 that may be held back, of rows and of each currency's money. A currency of fewer rows than that share
        is not looked at: it cannot be weighed against the others.

    Returns
    -------
    str
        What is too much, and the most frequent reasons; "" where all is well.
    """
    limit = Fraction(str(max_quarantined))
    n_rows = sum(entry.rows_read - entry.rows_excluded for entry in entries)
    n_held = sum(entry.rows_quarantined for entry in entries)
    if n_held > limit * n_rows:
        return f"{n_held} of {n_rows} rows cannot be used ({_reasons(entries)})."
    for currency in sorted({name for sums in magnitudes for name in sums}):
        own = [sums[currency] for sums in magnitudes if currency in sums]
        held, total = sum(m.held for m in own), sum(m.kept + m.held for m in own)
        if held > limit * total and sum(m.n_rows for m in own) > limit * n_rows:
            share = round(100 * held / total)
            return f"{n_held} of {n_rows} rows cannot be used, with {share}% of the {currency} ({_reasons(entries)})."
    return ""


def magnitudes_of(part: Converted) -> dict[str, Magnitude]:
    """Sum absolute amounts accepted and held back.

    Parameters
    ----------
    part : Converted
        One file.

    Returns
    -------
    dict of str to Magnitude
        By currency.
    """
    if part.money is None:
        return {}
    size = replace(part.money, units=np.abs(part.money.units))
    accepted = part.accepted()
    kept, held = sum_money(size, accepted), sum_money(size, ~accepted)
    rows = Counter(size.currency[size.is_readable])
    return {name: Magnitude(kept.get(name, 0), held.get(name, 0), rows[name]) for name in {**kept, **held}}


def _reasons(entries: Sequence[LedgerEntry]) -> str:
    counts = Counter((row.code, row.reason.split("; ")[0]) for entry in entries for row in entry.quarantine)
    return "; ".join(f"{code} {reason}: {count} rows" for (code, reason), count in counts.most_common(N_REASONS))
