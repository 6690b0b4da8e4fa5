"""Rows that an export carries beside the data: previews, failed charges, line items, lines of totals."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from cxlink.engine.interface import quote
from cxlink.errors import DataError
from cxlink.load.columns import ColumnPlan
from cxlink.load.plain import plain_text
from cxlink.load.raw import RawTable, new_name
from cxlink.load.sources import Source
from cxlink.load.tables import DATE_KINDS
from cxlink.load.typed import Faults

LAST_ROWS = 3
_WORDS = 'grand[ -]?totals?|sub-?totals?|totals?|sum|summe|gesamt|suma|soma|kopā|kopsumma|итого|סה"כ|المجموع'
_TOTAL = re.compile(rf'(^|[,;\t|"])\s*({_WORDS})\b', re.IGNORECASE)
_TOTAL_CELL = re.compile(rf'(^|[,;\t|])[\s"]*({_WORDS})[\s":]*($|[,;\t|])', re.IGNORECASE)


def filter_columns(source: Source) -> list[str]:
    """Name the columns of the export that tell which rows are data.

    Parameters
    ----------
    source : Source
        With its settings ``keep``, ``exclude`` and ``fold_by``.

    Returns
    -------
    list of str
        As in the header, each once.
    """
    settings = source.settings
    fold = [settings.fold_by] if settings.fold_by is not None else []
    return list(dict.fromkeys([*settings.keep, *settings.exclude, *fold]))


def check_filters(source: Source, header: Sequence[str], *, place: str) -> None:
    """Refuse a filter on a column that is not there.

    Parameters
    ----------
    source : Source
        With its settings.
    header : sequence of str
        Names as in the file.
    place : str
        The file, for the user.

    Raises
    ------
    DataError
        CX109.
    """
    missing = [name for name in filter_columns(source) if name not in header]
    if missing:
        raise DataError(
            "CX109",
            place,
            f'no column "{missing[0]}", which {source.key} keep, exclude or fold_by names.',
            "Correct its name there.",
        )


def leave_out(raw: RawTable, source: Source, plan: ColumnPlan) -> Faults:
    """Exclude the rows that the source's settings name.

    Parameters
    ----------
    raw : RawTable
        The file, its rows stored.
    source : Source
        With its settings.
    plan : ColumnPlan
        Its columns.

    Returns
    -------
    dict of int to list of (column, code, reason)
        Rows of which the settings do not say what they are.
    """
    if source.settings.fold_by is not None:
        _fold(raw, source.settings.fold_by, plan)
    faults: Faults = {}
    for header in dict.fromkeys([*source.settings.keep, *source.settings.exclude]):
        _filter(raw, source, header, faults)
    return faults


def _filter(raw: RawTable, source: Source, header: str, faults: Faults) -> None:
    keep, exclude = source.settings.keep.get(header), source.settings.exclude.get(header)
    kept = {word.strip().casefold() for word in keep or ()}
    excluded = {word.strip().casefold() for word in exclude or ()}
    texts = raw.distinct(header).texts
    out = [text for text in texts if text.strip().casefold() in excluded]
    others = [text for text in texts if text.strip().casefold() not in kept | excluded]
    cell = quote(raw.cells[header])
    if keep is not None and exclude is None:
        out, others = others, []
    raw.exclude(f"{cell} IN (SELECT text FROM {_texts(raw, out)})")
    if keep is not None and others:
        frame = raw.engine.frame(
            f"SELECT row FROM {quote(raw.relation)} WHERE {cell} IN (SELECT text FROM {_texts(raw, others)})"
        )
        for row in frame["row"]:
            faults.setdefault(int(row), []).append((header, "CX170", "is neither kept nor excluded"))


def _texts(raw: RawTable, texts: Sequence[str]) -> str:
    name = new_name()
    raw.engine.create_table(name, {"text": "VARCHAR"})
    if texts:
        raw.engine.append(name, pd.DataFrame({"text": pd.Series(list(texts), dtype=object)}))
    return name


def _fold(raw: RawTable, header: str, plan: ColumnPlan) -> None:
    """Exclude the items of a record: rows right below it, of the same value, that lack what every record has."""
    cell = quote(raw.cells[header])
    filled = [raw.cells[name] for column, name in plan.columns if column.filled and name != header]
    blank = " OR ".join([f"({plain_text(quote(name))}) IS NULL" for name in filled] or ["true"])
    raw.exclude(
        f"row IN (SELECT row FROM (SELECT row, {cell} AS text, lag({cell}) OVER (ORDER BY row) AS above, {blank} AS"
        f" is_blank FROM {quote(raw.relation)}) AS pairs WHERE is_blank AND text <> '' AND text = above)"
    )


def ends_with_total(lines: Sequence[str]) -> bool:
    """Tell whether any of a file's last lines names itself a total.

    Parameters
    ----------
    lines : sequence of str
        The last ones.

    Returns
    -------
    bool
        Then the file deserves a closer look.
    """
    return any(_TOTAL.search(line) for line in lines[-LAST_ROWS:])


def leave_out_totals(raw: RawTable, plan: ColumnPlan, faults: Faults) -> int:
    """Leave out lines of totals at the end: without a day, and naming themselves so.

    Parameters
    ----------
    raw : RawTable
        The file, its rows stored.
    plan : ColumnPlan
        Its columns.
    faults : dict of int to list of (column, code, reason)
        Lines that have a day all the same are added to it.

    Returns
    -------
    int
        How many.
    """
    days = [header for column, header in plan.columns if column.filled and column.kind in DATE_KINDS]
    if not days:
        return 0
    last = raw.engine.frame(
        f"SELECT row, {quote(raw.cells[days[0]])} AS day FROM {quote(raw.relation)} ORDER BY row DESC LIMIT {LAST_ROWS}"
    )
    by_row = sorted(zip(map(int, last["row"]), (day.strip() for day in last["day"]), strict=True))
    texts = raw.raw_of([row for row, _ in by_row]) if by_row else []
    totals = [row for (row, day), text in zip(by_row, texts, strict=True) if not day and _TOTAL.search(text)]
    for (row, day), text in zip(by_row, texts, strict=True):
        if day and _TOTAL_CELL.search(text):
            faults.setdefault(row, []).append(("", "CX135", "names itself a total"))
    return raw.exclude(f"row IN ({', '.join(map(str, totals))})") if totals else 0
