"""The refused rows, one CSV file a source: each as it stood in the file, with the place and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cxlink.handoff import LedgerEntry, QuarantinedRow
from cxlink.report.files import file_name, write_csv

COLUMNS = ("file", "line", "column", "code", "reason", "raw")


def write_quarantine(ledger: Sequence[LedgerEntry], folder: Path) -> None:
    """Write ``quarantine/<source>.csv`` for each source with refused rows.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file; files of the same source share an output.
    folder : Path
        The output folder.
    """
    by_source: dict[str, list[QuarantinedRow]] = {}
    for entry in ledger:
        by_source.setdefault(file_name(entry.source), []).extend(entry.quarantine)
    for name, rows in by_source.items():
        if rows:
            (folder / "quarantine").mkdir(mode=0o700, exist_ok=True)
            values = ((row.file, row.line, row.column, row.code, row.reason, row.raw) for row in rows)
            write_csv(folder / "quarantine" / f"{name}.csv", COLUMNS, values)
