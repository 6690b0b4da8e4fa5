"""What the systems of a made-up company would have exported on the last day of an earlier month."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

OPENED = {
    "customers": "acquired_on",
    "revenue": "charged_on",
    "feedback": "responded_at",
    "invitations": "invited_at",
    "tickets": "opened_at",
    "events": "occurred_at",
}
"""Of each table the column of the day on which a record comes to be."""

LATER = {"customers": ("ended_on", "end_reason"), "tickets": ("closed_at",)}
"""Of each table what is not known before the day in the first of these columns."""

Record = list[str]


def write_exports_of(full: Path, last_day: date, out: Path) -> None:
    """Write exports as they stood on a day, and the configuration without a cut-off.

    Parameters
    ----------
    full : Path
        Folder that ``cxlink simulate`` wrote, not compressed. Rows whose day cannot be read are in every export.
    last_day : date
        Nothing later is known.
    out : Path
        Folder of the exports; files of an earlier day are replaced.
    """
    out.mkdir(parents=True, exist_ok=True)
    day = last_day.isoformat()
    answers: dict[str, str] = {}
    for table, opened in OPENED.items():
        header, *records = _read(full / f"{table}.csv")
        known = [_as_of(day, header, row, table) for row in records if _is_known(day, header, row, opened)]
        if table == "feedback":
            answers = {row[header.index("customer_id")]: row[header.index("responded_at")][:10] for row in known}
        if table == "invitations":
            known = [_not_yet_answered(header, row, answers) for row in known]
        _write(out / f"{table}.csv", [header, *known])
    lines = (full / "cxlink.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("observed_to"))
    (out / "cxlink.toml").write_text(kept, encoding="utf-8")


def _is_known(day: str, header: Record, row: Record, column: str) -> bool:
    return len(row) != len(header) or row[header.index(column)][:10] <= day or not _is_day(row[header.index(column)])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _as_of(day: str, header: Record, row: Record, table: str) -> Record:
    unknown = LATER.get(table, ())
    if len(row) != len(header) or not unknown or row[header.index(unknown[0])][:10] <= day:
        return row
    return ["" if name in unknown else value for name, value in zip(header, row, strict=True)]


def _not_yet_answered(header: Record, row: Record, answers: dict[str, str]) -> Record:
    """An invitation whose answer came later has not been answered yet."""
    customer, invited = row[header.index("customer_id")], row[header.index("invited_at")]
    if answers.get(customer, "") >= invited[:10]:
        return row
    return ["false" if name == "responded" else value for name, value in zip(header, row, strict=True)]


def _read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, records: Iterable[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(records)
