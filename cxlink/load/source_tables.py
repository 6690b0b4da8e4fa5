"""All sources of one canonical table: read, settled, converted and accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cxlink.engine.interface import Engine
from cxlink.errors import CxlinkError, DataError, Faults
from cxlink.handoff import LedgerEntry, Message
from cxlink.load.at_once import PLAIN_FORMAT, type_at_once
from cxlink.load.columns import ColumnPlan, check_mapping, plan_columns, wanted_names
from cxlink.load.convert import Ways, convert
from cxlink.load.decide import PlannedFile, decide_columns
from cxlink.load.duplicates import hold_back_duplicates
from cxlink.load.files import Wanted, read_file
from cxlink.load.filters import check_filters, filter_columns, leave_out, leave_out_totals
from cxlink.load.ledger import RefusedData, build_entry, check_limit
from cxlink.load.messages import equal_files, file_messages, repeated_messages, source_messages
from cxlink.load.query import QueryResult
from cxlink.load.raw import RawTable
from cxlink.load.sources import Source, SourceFile, find_files
from cxlink.load.tables import Table
from cxlink.load.typed import CurrencySum, TypedFile
from cxlink.load.typed import Faults as RowFaults
from cxlink.settings import Settings

MUST_HAVE_ROWS = ("revenue", "feedback")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table."""

    source: Source
    file: TypedFile
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
    messages : tuple of Message
        What the user should know.
    refusals : tuple of RefusedData
        Sources of which too much was held back.
    """

    table: Table
    parts: tuple[Part, ...]
    entries: tuple[LedgerEntry, ...]
    columns: tuple[str, ...]
    messages: tuple[Message, ...]
    refusals: tuple[RefusedData, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A source's files before those that are not plain are typed."""

    source: Source
    files: tuple[_File, ...]
    inputs: tuple[LedgerEntry, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file: typed already where it is plain."""

    planned: PlannedFile
    typed: TypedFile | None
    faults: RowFaults


def load_table(
    engine: Engine,
    table: Table,
    sources: Sequence[Source],
    results: Mapping[str, QueryResult],
    settings: Settings,
    faults: list[CxlinkError],
) -> LoadedTable | None:
    """Read and type all sources of one table.

    Parameters
    ----------
    engine : Engine
        Where the rows are put.
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
            read = _read(engine, source, results.get(source.label), table, settings, faults)
            if read is None:
                continue
            typed = _type(read, table, settings, faults)
        except (CxlinkError, Faults) as error:
            faults.extend(error.faults if isinstance(error, Faults) else (error,))
            continue
        parts += typed
        inputs += read.inputs
        messages += read.messages
    if not parts:
        return None
    hold_back_duplicates([part.file for part in parts], table)
    for part in parts:
        part.file.hold_back()
    sums = [part.file.sums() for part in parts]
    for label in dict.fromkeys(part.source.label for part in parts):
        own = [n for n, part in enumerate(parts) if part.source.label == label]
        files, of_files = [parts[n].file for n in own], [sums[n] for n in own]
        messages += source_messages(parts[own[0]].source, files, of_files, settings.project.currency)
    entries, refusals = _account(parts, sums, inputs, settings.load.max_quarantined)
    given = {name for part in parts for name in part.file.given}
    return LoadedTable(table, tuple(parts), entries, tuple(sorted(given)), tuple(messages), refusals)


def _read(
    engine: Engine,
    source: Source,
    result: QueryResult | None,
    table: Table,
    settings: Settings,
    faults: list[CxlinkError],
) -> _Read | None:
    if source.settings.query is not None:
        return None if result is None else _read_result(source, result)
    check_mapping(source)
    found, repeated = find_files(source.settings.path or (), source.folder)
    files: list[_File] = []
    n_totals = 0
    for file in found:
        try:
            one, n = _read_one(engine, source, file, table, settings.project.currency)
        except (CxlinkError, Faults) as error:
            faults.extend(error.faults if isinstance(error, Faults) else (error,))
            continue
        n_totals += n
        files.append(one)
    if not files:
        return None
    raws = [file.planned.raw for file in files]
    _check_not_empty(source, raws)
    repeated += equal_files([(raw.path, raw.file) for raw in raws if raw.n_rows and raw.path is not None])
    return _Read(
        source, tuple(files), (), (*repeated_messages(source, repeated), *file_messages(source, raws, n_totals))
    )


def _read_one(engine: Engine, source: Source, file: SourceFile, table: Table, currency: str) -> tuple[_File, int]:
    """Read one file; the second value is the number of lines of totals."""
    names, required, day = wanted_names(source)
    plans: list[ColumnPlan] = []

    def choose(header: tuple[str, ...]) -> list[str]:
        plans.append(plan_columns(source, header, place=file.name))
        check_filters(source, header, place=file.name)
        return list(dict.fromkeys([*plans[0].names, *filter_columns(source)]))

    raw = read_file(engine, file, source.settings, Wanted(names, required, day, choose))
    _check_exact(raw, plans[0])
    typed = type_at_once(raw, plans[0], source, table, currency)
    if typed is not None:
        return _File(PlannedFile(raw, plans[0]), typed, {}), 0
    if raw.stored is not None:
        raw = raw.stored()
    unclear = leave_out(raw, source, plans[0])
    n_totals = leave_out_totals(raw, plans[0], unclear)
    return _File(PlannedFile(raw, plans[0]), None, unclear), n_totals


def _read_result(source: Source, result: QueryResult) -> _Read:
    plan = plan_columns(source, result.raw.header, place=result.raw.file)
    check_filters(source, result.raw.header, place=result.raw.file)
    _check_exact(result.raw, plan)
    result.raw.cells = {name: result.raw.cells[name] for name in dict.fromkeys([*plan.names, *filter_columns(source)])}
    unclear = leave_out(result.raw, source, plan)
    repeated = [*result.repeated, *equal_files(list(dict.fromkeys(result.paths)))]
    files = (_File(PlannedFile(result.raw, plan), None, unclear),)
    return _Read(source, files, result.entries, tuple(repeated_messages(source, repeated)))


def _check_exact(raw: RawTable, plan: ColumnPlan) -> None:
    for column, header in plan.columns:
        if column.kind == "amount" and header in raw.single:
            raise DataError(
                "CX126",
                raw.file,
                f'"{header}" is a binary floating-point number, which cannot hold cents exactly.',
                f"Write it as decimals where it comes from: CAST({header} AS DECIMAL(18, 2)).",
            )


def _check_not_empty(source: Source, raws: Sequence[RawTable]) -> None:
    if source.table in MUST_HAVE_ROWS and not any(raw.n_rows or raw.rejected for raw in raws):
        names = ", ".join(raw.file for raw in raws)
        raise DataError("CX103", names, "the file holds no rows, only a header.", "Export it again, with rows.")


def _type(read: _Read, table: Table, settings: Settings, faults: list[CxlinkError]) -> list[Part]:
    source, zone = read.source, ZoneInfo(settings.project.timezone)
    open_files = [file.planned for file in read.files if file.typed is None]
    settled = [PLAIN_FORMAT] if len(open_files) < len(read.files) else []
    columns, undecided = decide_columns(open_files, source, zone, settled=settled)
    if undecided:
        faults.extend(undecided)
        return []
    in_minor = source.settings.amount_unit == "minor"
    positive = source.settings.refund_sign == "positive"
    ways = Ways(zone, source.zone, settings.project.currency, positive, in_minor)
    mark, decided, parts = source.settings.decimal or ".", iter(columns), []
    for file in read.files:
        typed = file.typed
        if typed is None:
            typed = convert(file.planned.raw, file.planned.plan, next(decided), table, ways)
            for row, unclear in file.faults.items():
                typed.faults.setdefault(row, []).extend(unclear)
        parts.append(Part(source, typed, mark))
    return parts


def _account(
    parts: Sequence[Part],
    sums: Sequence[Mapping[str, CurrencySum]],
    inputs: Sequence[LedgerEntry],
    limit: float,
) -> tuple[tuple[LedgerEntry, ...], tuple[RefusedData, ...]]:
    entries: list[LedgerEntry] = []
    refusals: list[RefusedData] = []
    for label in dict.fromkeys(part.source.label for part in parts):
        own = [(part, of_file) for part, of_file in zip(parts, sums, strict=True) if part.source.label == label]
        source = own[0][0].source
        results = [build_entry(label, part.file, of_file) for part, of_file in own]
        refusals += _refusals(label, source, results, [of_file for _, of_file in own], limit)
        mine = [entry for entry in inputs if entry.source.startswith(f"{label}/")]
        for name in dict.fromkeys(entry.source for entry in mine):
            refusals += _refusals(name, source, [entry for entry in mine if entry.source == name], [], limit)
        entries += [*results, *mine]
    return tuple(entries), tuple(refusals)


def _refusals(
    label: str,
    source: Source,
    entries: Sequence[LedgerEntry],
    sums: Sequence[Mapping[str, CurrencySum]],
    limit: float,
) -> list[RefusedData]:
    wrong = check_limit(entries, sums, limit)
    if not wrong:
        return []
    remedy = (
        f"See the quarantine of {label}; mend the export or its mapping in {source.key}, "
        "or allow more with [load] max_quarantined."
    )
    return [RefusedData("CX141", label, wrong, remedy)]
