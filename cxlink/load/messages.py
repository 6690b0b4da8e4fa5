"""What the user is told about sources that were read: never a customer's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cxlink.handoff import Message
from cxlink.load.convert import Converted
from cxlink.load.raw import RawTable
from cxlink.load.sources import Source

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


def source_messages(source: Source, parts: Sequence[Converted], currency: str) -> list[Message]:
    """Tell what is noteworthy about a source's rows.

    Parameters
    ----------
    source : Source
        The source.
    parts : sequence of Converted
        Its files.
    currency : str
        The project's.

    Returns
    -------
    list of Message
        Other currencies (CX152), refunds without a minus (CX157), no rows (CX105).
    """
    found = []
    others = sorted({name for part in parts if part.money for name in set(part.money.currency) - {currency, "", None}})
    if others:
        found.append(
            Message(
                "CX152",
                "warning",
                STAGE,
                f"{source.label}: amounts in {', '.join(others)} are not used without rates to {currency}.",
                "This version applies no rates; export the amounts in the project's currency.",
            )
        )
    unsigned = sum(part.n_unsigned_refunds for part in parts)
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
    if not any(part.raw.n_rows or part.raw.rejected for part in parts):
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
        Lines above the header (CX154) and total lines (CX153).
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


def equal_files(digests: Sequence[tuple[str, str]]) -> list[str]:
    """Find files whose content another file already has.

    Parameters
    ----------
    digests : sequence of (str, str)
        Digest and name.

    Returns
    -------
    list of str
        Names of the later ones.
    """
    seen: set[str] = set()
    again = []
    for digest, name in digests:
        if digest and digest in seen:
            again.append(name)
        seen.add(digest)
    return again
