"""An edited mapping put on the exports: every fault of the sheet is found before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxlink.errors import ConfigError, CxlinkError, Faults
from cxlink.load.tables import ATTRIBUTE_TABLE, TABLES
from cxlink.profiles.drafting import draft_source
from cxlink.profiles.drafts import FileDraft, FolderDraft, SourceDraft
from cxlink.profiles.folder import finish_folder
from cxlink.profiles.mapping_rows import MappingRow, read_values
from cxlink.profiles.model import ColumnChoice, Feed, Profile
from cxlink.profiles.toml_text import plain_line

FROM_SHEET = "mapping sheet"
NumberedRow = tuple[int, MappingRow]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the sheet that maps a column."""

    number: int
    file: FileDraft
    table: str
    header: str
    ours: str
    values: dict[str, str]


def apply_mapping(draft: FolderDraft, rows: Sequence[NumberedRow], place: str) -> FolderDraft:
    """Put an edited mapping on the exports.

    Parameters
    ----------
    draft : FolderDraft
        The exports as they were understood.
    rows : sequence of (int, MappingRow)
        The sheet.
    place : str
        Name of the sheet's file, for errors.

    Returns
    -------
    FolderDraft
        With the columns and values of the sheet; formats and rows that do not count as they were.

    Raises
    ------
    CxlinkError
        The one fault of the sheet.
    Faults
        All of them, where there are several (CX174 to CX179).
    """
    faults: list[CxlinkError] = []
    labels = {plain_line(file.sheet.head.label): file for file in draft.files}
    entries = [
        entry for number, row in rows if row.ours and (entry := _entry(number, row, labels, place, faults)) is not None
    ]
    named = {row.file for _, row in rows}
    files = [
        _apply(file, [e for e in entries if e.file is file], label in named, place, faults)
        for label, file in labels.items()
    ]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
    return finish_folder(files, draft.unused, choose_ids=False)


def _entry(
    number: int, row: MappingRow, labels: dict[str, FileDraft], place: str, faults: list[CxlinkError]
) -> _Entry | None:
    where = f"{place} row {number}"
    n_before = len(faults)
    file = labels.get(row.file)
    header = _header(file, row) if file is not None else None
    if file is None:
        faults.append(_missing(where, f'no export is named "{row.file}".'))
    elif header is None:
        faults.append(_missing(where, f'{row.file} has no column "{row.header}".'))
    if row.table not in TABLES:
        remedy = "Choose one of " + ", ".join(TABLES) + "."
        faults.append(ConfigError("CX174", where, f'"{plain_line(row.table, 60)}" is not a table.', remedy))
    elif row.table != ATTRIBUTE_TABLE and TABLES[row.table].column(row.ours) is None:
        faults.append(_unknown(where, row))
    values = read_values(row.values)
    if values is None:
        faults.append(ConfigError("CX179", where, "the values are not pairs.", "Write them as: Good = 1; Bad = 0"))
    if file is None or header is None or values is None or len(faults) > n_before:
        return None
    return _Entry(number, file, row.table, header, row.ours, values)


def _missing(where: str, message: str) -> ConfigError:
    return ConfigError("CX176", where, message, "Use the exports from which the sheet was written.")


def _unknown(where: str, row: MappingRow) -> ConfigError:
    names = [column.name for column in TABLES[row.table].columns]
    close = difflib.get_close_matches(row.ours, names, n=1)
    remedy = f'Did you mean "{close[0]}"?' if close else "It has " + ", ".join(names) + "."
    return ConfigError("CX175", where, f'"{plain_line(row.ours, 60)}" is not a column of {row.table}.', remedy)


def _header(file: FileDraft, row: MappingRow) -> str | None:
    """The export's own name: by its number where that fits, else by its text."""
    header = file.sheet.raw.header
    if 0 < row.number <= len(header) and plain_line(header[row.number - 1]) == row.header:
        return header[row.number - 1]
    same = [name for name in header if plain_line(name) == row.header]
    return same[0] if len(same) == 1 else None


def _apply(
    file: FileDraft, entries: Sequence[_Entry], is_in_sheet: bool, place: str, faults: list[CxlinkError]
) -> FileDraft:
    if not is_in_sheet:
        return file
    sources: list[SourceDraft] = [
        source
        for source in file.sources
        if source.query is not None and not any(e.table == source.table for e in entries)
    ]
    for table in dict.fromkeys(entry.table for entry in entries):
        own = [entry for entry in entries if entry.table == table]
        faults += _repeated(own, place)
        source = _draft(file, table, own)
        faults += _lacking(own, source, place)
        sources.append(source)
    return replace(file, sources=sources, missing=[], nearest=[] if entries else file.nearest)


def _draft(file: FileDraft, table: str, entries: Sequence[_Entry]) -> SourceDraft:
    known = next((feed for feed in file.sheet.profile.feeds if feed.table == table and not feed.query), None)
    old = [line for source in file.sources if source.table == table for line in source.lines]
    why = {line.key[1]: line.comment for line in old if line.is_on and line.key[0] == "columns"}
    columns = {e.ours: ColumnChoice.of(e.header, why.get(e.ours, FROM_SHEET)) for e in entries}
    values = {entry.ours: entry.values for entry in entries if entry.values}
    changed = {"columns": columns, "values": values, "questions": False, "query": ""}
    feed = known.model_copy(update=changed) if known is not None else Feed(table=table, columns=columns, values=values)
    profile: Profile = file.sheet.profile
    if known is None:
        profile = profile.model_copy(
            update={"id": f"mapped-{table}", "name": profile.name or f"{table}, mapped by hand"}
        )
    return draft_source(feed, replace(file.sheet, profile=profile))


def _repeated(entries: Sequence[_Entry], place: str) -> list[CxlinkError]:
    found: list[CxlinkError] = []
    first: dict[str, int] = {}
    for entry in entries:
        if first.setdefault(entry.ours, entry.number) != entry.number:
            message = f"{entry.ours} of {entry.table} is mapped in row {first[entry.ours]} already."
            found.append(ConfigError("CX177", f"{place} row {entry.number}", message, "Leave one of them empty."))
    return found


def _lacking(entries: Sequence[_Entry], source: SourceDraft, place: str) -> list[CxlinkError]:
    missing = [name for name in TABLES[source.table].required if source.column(name) is None]
    if not missing:
        return []
    where = f"{place}, {plain_line(entries[0].file.sheet.head.label)}"
    message = f"{source.table} needs {', '.join(missing)}, and no row of this file is mapped to it."
    return [ConfigError("CX178", where, message, "Fill it in under Our column, or clear Our column for the file.")]
