"""What became of each file: rows and money add up exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from cxlink.errors import DataError
from cxlink.handoff import LedgerEntry, QuarantinedRow
from cxlink.load.raw import RawTable
from cxlink.load.typed import CurrencySum, TypedFile

N_REASONS = 3


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


def build_entry(source: str, file: TypedFile, sums: Mapping[str, CurrencySum]) -> LedgerEntry:
    """Account for one typed file.

    Parameters
    ----------
    source : str
        Label of the source.
    file : TypedFile
        With all its faults, held back.
    sums : mapping of str to CurrencySum
        Its money.

    Returns
    -------
    LedgerEntry
        One quarantined row a record; where it has several faults the first gives column and code.
    """
    entry = raw_entry(source, file.raw)
    held = _held_back(file)
    return LedgerEntry(
        source,
        file.raw.file,
        entry.rows_read,
        file.n_rows - len(held),
        entry.rows_excluded,
        entry.rows_quarantined + len(held),
        {name: money.kept for name, money in sums.items() if money.n_kept},
        {name: money.held for name, money in sums.items() if money.n_held},
        entry.encoding,
        entry.delimiter,
        file.date_format,
        file.decimal,
        file.count("is_rounded") if file.has_rounded else 0,
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


def _held_back(file: TypedFile) -> list[QuarantinedRow]:
    rows = sorted(file.faults)
    if not rows:
        return []
    lines = file.raw.engine.frame(
        f"SELECT {file.line} AS line FROM {file.relation} WHERE {file.row} IN (SELECT row FROM {file.held})"
        f" ORDER BY {file.row}"
    )["line"].tolist()
    texts = file.raw.raw_of(rows)
    return [_row(file, row, int(line), text) for row, line, text in zip(rows, lines, texts, strict=True)]


def _row(file: TypedFile, row: int, line: int, text: str) -> QuarantinedRow:
    faults = file.faults[row]
    column, code, _ = faults[0]
    reason = "; ".join(dict.fromkeys(f"{name} {reason}" for name, _, reason in faults))
    return QuarantinedRow(file.raw.file, line, column, code, reason, text)


def check_limit(
    entries: Sequence[LedgerEntry], sums: Sequence[Mapping[str, CurrencySum]], max_quarantined: float
) -> str:
    """Tell whether too much of a source was held back.

    Parameters
    ----------
    entries : sequence of LedgerEntry
        Of the source's files.
    sums : sequence of mapping of str to CurrencySum
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
    for currency in sorted({name for of_file in sums for name in of_file}):
        own = [of_file[currency] for of_file in sums if currency in of_file]
        held, total = sum(m.size_held for m in own), sum(m.size_kept + m.size_held for m in own)
        if held > limit * total and sum(m.n_kept + m.n_held for m in own) > limit * n_rows:
            share = round(100 * held / total)
            return f"{n_held} of {n_rows} rows cannot be used, with {share}% of the {currency} ({_reasons(entries)})."
    return ""


def _reasons(entries: Sequence[LedgerEntry]) -> str:
    counts = Counter((row.code, row.reason.split("; ")[0]) for entry in entries for row in entry.quarantine)
    return "; ".join(f"{code} {reason}: {count} rows" for (code, reason), count in counts.most_common(N_REASONS))
