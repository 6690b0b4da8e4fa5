"""All sources of one canonical table: read, settled, converted and accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from cxlink.errors import CxlinkError, DataError, Faults
from cxlink.handoff import LedgerEntry, Message
from cxlink.load.attributes import read_attributes
from cxlink.load.columns import ColumnPlan, check_mapping, plan_columns, wanted_names
from cxlink.load.convert import Converted, Ways, convert
from cxlink.load.decide import PlannedFile, decide_columns
from cxlink.load.duplicates import hold_back_duplicates
from cxlink.load.files import Wanted, read_file
from cxlink.load.ledger import Magnitude, RefusedData, build_entry, check_limit, magnitudes_of
from cxlink.load.messages import equal_files, file_messages, repeated_messages, source_messages
from cxlink.load.query import QueryResult
from cxlink.load.raw import Distinct, RawTable
from cxlink.load.sources import Source, find_files
from cxlink.load.tables import DATE_KINDS, Table
from cxlink.settings import Settings

LAST_ROWS = 3
MUST_HAVE_ROWS = ("revenue", "feedback")
_TOTAL = re.compile(
    r'(^|[,;\t|"])\s*(grand[ -]?totals?|sub-?totals?|totals?|sum|summe|kopā|kopsumma|итого)\b', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table."""

    source: Source
    converted: Converted
    attributes: Mapping[str, Distinct]
    mark: str


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """One canonical table.

    Parameters
    ----------
    table : Table
        Which.
    parts : tuple of Part
        Its files, typed.
    entries : tuple of LedgerEntry
        What became of each file.
    columns : tuple of str
        Canonical columns that its sources gave.
    covered : tuple of date, or None
        First and last day of its accepted rows, for a record of time.
    messages : tuple of Message
        What the user should know.
    refusals : tuple of RefusedData
        Sources of which too much was held back.
    """

    table: Table
    parts: tuple[Part, ...]
    entries: tuple[LedgerEntry, ...]
    columns: tuple[str, ...]
    covered: tuple[date, date] | None
    messages: tuple[Message, ...]
    refusals: tuple[RefusedData, ...]

    def without_rows(self) -> LoadedTable:
        """Let go of the rows once they are stored.

        Returns
        -------
        LoadedTable
            The same without `parts`.
        """
        return replace(self, parts=())


@dataclass(frozen=True, slots=True)
class _Read:
    """A source's files before they are typed."""

    source: Source
    files: tuple[PlannedFile, ...]
    inputs: tuple[LedgerEntry, ...]
    messages: tuple[Message, ...]


def load_table(
    table: Table,
    sources: Sequence[Source],
    results: Mapping[str, QueryResult],
    settings: Settings,
    faults: list[CxlinkError],
) -> LoadedTable | None:
    """Read and type all sources of one table.

    Parameters
    ----------
    table : Table
        Which.
    sources : sequence of Source
        Its sources.
    results : mapping of str to QueryResult
        What the query sources gave, by label.
    settings : Settings
        The configuration.
    faults : list of CxlinkError
        Faults are added to it, so that those of all sources are shown together.

    Returns
    -------
    LoadedTable or None
        None where no source could be read.
    """
    parts: list[Part] = []
    inputs: list[LedgerEntry] = []
    messages: list[Message] = []
    for source in sources:
        try:
            read = _read(source, results.get(source.label), faults)
            if read is None:
                continue
            typed = _type(read, table, settings, faults)
        except (CxlinkError, Faults) as error:
            faults.extend(error.faults if isinstance(error, Faults) else (error,))
            continue
        parts += typed
        inputs += read.inputs
        messages += [*read.messages, *source_messages(source, [p.converted for p in typed], settings.project.currency)]
    if not parts:
        return None
    hold_back_duplicates([part.converted for part in parts], table)
    entries, refusals = _account(parts, inputs, settings.load.max_quarantined)
    given = {name for part in parts for name in part.converted.given}
    return LoadedTable(
        table, tuple(parts), entries, tuple(sorted(given)), _covered(parts, table), tuple(messages), refusals
    )


def _read(source: Source, result: QueryResult | None, faults: list[CxlinkError]) -> _Read | None:
    if source.settings.query is not None:
        return None if result is None else _read_result(source, result)
    check_mapping(source)
    names, required, day = wanted_names(source)
    found, repeated = find_files(source.settings.path or (), source.folder)
    files: list[PlannedFile] = []
    n_totals = 0
    for file in found:
        plans: list[ColumnPlan] = []

        def choose(header: tuple[str, ...], place: str = file.name, plans: list[ColumnPlan] = plans) -> list[str]:
            plans.append(plan_columns(source, header, place=place))
            return plans[0].names

        try:
            raw = read_file(file, source.settings, Wanted(names, required, day, choose))
        except (CxlinkError, Faults) as error:
            faults.extend(error.faults if isinstance(error, Faults) else (error,))
            continue
        n_totals += _leave_out_totals(raw, plans[0])
        files.append(PlannedFile(raw, plans[0]))
    if not files:
        return None
    _check_not_empty(source, files)
    raws = [file.raw for file in files]
    repeated += equal_files([(raw.digest, raw.file) for raw in raws if raw.n_rows])
    return _Read(
        source, tuple(files), (), (*repeated_messages(source, repeated), *file_messages(source, raws, n_totals))
    )


def _read_result(source: Source, result: QueryResult) -> _Read:
    plan = plan_columns(source, result.raw.header, place=result.raw.file)
    _check_exact(result.raw, plan)
    repeated = [*result.repeated, *equal_files(list(dict.fromkeys(result.digests)))]
    return _Read(source, (PlannedFile(result.raw, plan),), result.entries, tuple(repeated_messages(source, repeated)))


def _check_exact(raw: RawTable, plan: ColumnPlan) -> None:
    for column, header in plan.columns:
        if column.kind == "amount" and header in raw.floating:
            raise DataError(
                "CX126",
                raw.file,
                f'"{header}" is a binary floating-point number, which cannot hold cents exactly.',
                f"Cast it: CAST({header} AS DECIMAL(18, 2)).",
            )


def _check_not_empty(source: Source, files: Sequence[PlannedFile]) -> None:
    if source.table in MUST_HAVE_ROWS and not any(f.raw.n_rows or f.raw.rejected for f in files):
        names = ", ".join(file.raw.file for file in files)
        raise DataError("CX103", names, "the file holds no rows, only a header.", "Export it again, with rows.")


def _leave_out_totals(raw: RawTable, plan: ColumnPlan) -> int:
    """Leave out lines of totals at the end: without a day, and naming themselves so."""
    days = [header for column, header in plan.columns if column.filled and column.kind in DATE_KINDS]
    last = range(max(raw.n_rows - LAST_ROWS, 0), raw.n_rows)
    rows = [row for row in last if days and not raw.columns[days[0]][row].strip()]
    totals = [row for row, text in zip(rows, raw.raw_of(rows) if rows else [], strict=True) if _TOTAL.search(text)]
    raw.drop(totals)
    return len(totals)


def _type(read: _Read, table: Table, settings: Settings, faults: list[CxlinkError]) -> list[Part]:
    source, zone = read.source, ZoneInfo(settings.project.timezone)
    columns, undecided = decide_columns(read.files, source, zone)
    if undecided:
        faults.extend(undecided)
        return []
    ways = Ways(zone, settings.project.currency, source.settings.refund_sign == "positive")
    mark = source.settings.decimal or "."
    return [
        Part(source, convert(file.raw, decided, table, ways), read_attributes(file.raw, file.plan), mark)
        for file, decided in zip(read.files, columns, strict=True)
    ]


def _account(
    parts: Sequence[Part], inputs: Sequence[LedgerEntry], limit: float
) -> tuple[tuple[LedgerEntry, ...], tuple[RefusedData, ...]]:
    entries: list[LedgerEntry] = []
    refusals: list[RefusedData] = []
    for label in dict.fromkeys(part.source.label for part in parts):
        own = [part for part in parts if part.source.label == label]
        results = [build_entry(label, part.converted) for part in own]
        refusals += _refusals(label, own[0].source, results, [magnitudes_of(part.converted) for part in own], limit)
        mine = [entry for entry in inputs if entry.source.startswith(f"{label}/")]
        for name in dict.fromkeys(entry.source for entry in mine):
            refusals += _refusals(name, own[0].source, [entry for entry in mine if entry.source == name], [], limit)
        entries += [*results, *mine]
    return tuple(entries), tuple(refusals)


def _refusals(
    label: str,
    source: Source,
    entries: Sequence[LedgerEntry],
    magnitudes: Sequence[Mapping[str, Magnitude]],
    limit: float,
) -> list[RefusedData]:
    wrong = check_limit(entries, magnitudes, limit)
    if not wrong:
        return []
    remedy = (
        f"See the quarantine of {label}; mend the export or its mapping in {source.key}, "
        "or allow more with [load] max_quarantined."
    )
    return [RefusedData("CX141", label, wrong, remedy)]


def _covered(parts: Sequence[Part], table: Table) -> tuple[date, date] | None:
    column = table.column(table.coverage)
    if column is None:
        return None
    days = [part.converted.frame.loc[part.converted.accepted(), column.typed_name] for part in parts]
    every = pd.concat(days).dropna()
    return (every.min().date(), every.max().date()) if len(every) else None
