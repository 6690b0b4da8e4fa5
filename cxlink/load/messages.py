"""What the user is told about sources that were read: never a customer's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from cxlink.handoff import Message
from cxlink.load.raw import RawTable
from cxlink.load.sources import Source
from cxlink.load.staging import digest_of
from cxlink.load.typed import CurrencySum, TypedFile

STAGE = "load"


def late_rows_message(table: str, count: int, observed_to: date) -> Message:
    """Warn of rows after the cut-off.

    Parameters
    ----------
    table : str
        Canonical table.
    count : int
        Rows after the cut-off.
    observed_to : date
        The cut-off.

    Returns
    -------
    Message
        CX151.
    """
    return Message(
        "CX151",
        "warning",
        STAGE,
        f"{table}: {count} rows are after the cut-off {observed_to} and are not used.",
        "Export all sources up to the same day, or set observed_to in [project].",
    )


def source_messages(
    source: Source, files: Sequence[TypedFile], sums: Sequence[Mapping[str, CurrencySum]], currency: str
) -> list[Message]:
    """Tell what is noteworthy about a source's rows.

    Parameters
    ----------
    source : Source
        The source.
    files : sequence of TypedFile
        Its files.
    sums : sequence of mapping of str to CurrencySum
        Their money.
    currency : str
        The project's.

    Returns
    -------
    list of Message
        Other currencies (CX152), ids with spaces around them (CX158), refunds without a minus (CX157), no rows (CX105).
    """
    found = []
    others = sorted({name for of_file in sums for name in of_file} - {currency})
    if others:
        found.append(
            Message(
                "CX152",
                "warning",
                STAGE,
                f"{source.label}: amounts in {', '.join(others)} are not used without rates to {currency}.",
                "Give them in a source of fx, or export the amounts in the project's currency.",
            )
        )
    trimmed = sum(file.n_trimmed for file in files)
    if trimmed:
        text = f"{source.label}: {trimmed} ids have spaces around them, which are taken off."
        found.append(Message("CX158", "warning", STAGE, text, "Check that the other exports have the same ids."))
    unsigned = sum(file.n_unsigned_refunds() for file in files) if source.table == "revenue" else 0
    if unsigned:
        found.append(
            Message(
                "CX157",
                "warning",
                STAGE,
                f"{source.label}: {unsigned} refunds, credits or chargebacks are above zero and would add to revenue.",
                f'If they are written without a minus, set refund_sign = "positive" in {source.key}.',
            )
        )
    if not any(file.n_rows or file.raw.rejected for file in files):
        found.append(
            Message("CX105", "info", STAGE, f"{source.label}: it holds no rows.", "Nothing, if that is right.")
        )
    return found


def file_messages(source: Source, raws: Sequence[RawTable], n_totals: int) -> list[Message]:
    """Tell what is noteworthy about how a source's files were read.

    Parameters
    ----------
    source : Source
        The source.
    raws : sequence of RawTable
        Its files.
    n_totals : int
        Total lines that were left out.

    Returns
    -------
    list of Message
        Lines above the header (CX154), headers that repeat (CX155) and total lines (CX153).
    """
    found = [
        Message(
            "CX154",
            "warning",
            STAGE,
            f"{raw.file}: {raw.n_before_header} lines above the header are not read.",
            "Check that they are not data.",
        )
        for raw in raws
        if raw.n_before_header
    ]
    found += [
        Message(
            "CX155",
            "warning",
            STAGE,
            f"{raw.file}: the header stands there again {raw.n_repeated_headers} times; all rows below count.",
            "If several exports were put together, check that they share no rows.",
        )
        for raw in raws
        if raw.n_repeated_headers
    ]
    if n_totals:
        text = f"{source.label}: {n_totals} lines of totals are left out."
        found.append(Message("CX153", "info", STAGE, text, "Nothing, if that is right."))
    return found


def repeated_messages(source: Source, names: Sequence[str]) -> list[Message]:
    """Warn of files that are there twice.

    Parameters
    ----------
    source : Source
        The source.
    names : sequence of str
        Files that were met again, under the same or another name.

    Returns
    -------
    list of Message
        CX133.
    """
    return [
        Message(
            "CX133",
            "warning",
            STAGE,
            f"{source.label}: {name} repeats a file that is already read.",
            "Name each export once; rows without an id of their own are counted as often as they are given.",
        )
        for name in names
    ]


def equal_files(files: Sequence[tuple[Path, str]]) -> list[str]:
    """Find files whose content another file already has.

    Parameters
    ----------
    files : sequence of (Path, str)
        Path and name.

    Returns
    -------
    list of str
        Names of the later ones.
    """
    by_size: dict[int, list[tuple[Path, str]]] = {}
    for path, name in files:
        by_size.setdefault(path.stat().st_size, []).append((path, name))
    again = []
    for alike in by_size.values():
        seen: set[str] = set()
        for path, name in alike if len(alike) > 1 else ():
            digest = digest_of(path)
            if digest in seen:
                again.append(name)
            seen.add(digest)
    return again
