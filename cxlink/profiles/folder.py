"""A folder of exports, from its files to the sources of a configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from cxlink.profiles.catalogue import read_profiles
from cxlink.profiles.drafting import draft_source
from cxlink.profiles.drafts import FileDraft, FolderDraft, Sheet, SourceDraft, count_rows
from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.generic import likely_header, match_canonical, match_guessed, nearest_columns, nearest_table
from cxlink.profiles.heads import Head, Unreadable, list_files, read_heads
from cxlink.profiles.identity import settle_identity
from cxlink.profiles.model import HeaderTest, Profile
from cxlink.profiles.names import find_name
from cxlink.profiles.recognise import Match, recognise
from cxlink.profiles.whole import read_whole

IMPORT_ID = '{"ImportId"'
N_UNDER = 3
TABLE_ORDER = ("customers", "revenue", "feedback")
UNKNOWN = Profile(id="unknown", name="", vendor="", export="", header=HeaderTest(), feeds=())


def read_folder(folder: Path) -> FolderDraft:
    """Recognise the exports of a folder, and write a source for each.

    Parameters
    ----------
    folder : Path
        The exports.

    Returns
    -------
    FolderDraft
        Files, sources, and what else to export.

    Raises
    ------
    InputMissingError
        If there is nothing to read (CX171, CX172).
    """
    paths, unused = list_files(folder)
    files: list[FileDraft] = []
    for path in paths:
        heads = read_heads(path)
        if isinstance(heads, Unreadable):
            unused.append(heads)
            continue
        for head in heads:
            draft = read_export(head)
            if isinstance(draft, Unreadable):
                unused.append(draft)
            else:
                files.append(draft)
    return finish_folder(files, unused, choose_ids=True)


def finish_folder(files: Sequence[FileDraft], unused: Sequence[Unreadable], *, choose_ids: bool) -> FolderDraft:
    """Settle what only all files together can tell.

    Parameters
    ----------
    files : sequence of FileDraft
        Each by itself; files that are written alike share a source afterwards.
    unused : sequence of Unreadable
        Files that are not read.
    choose_ids : bool
        Whether the column that tells the customer may still be chosen.

    Returns
    -------
    FolderDraft
        Ready to be written.
    """
    sources = merge_sources(files)
    _switch_off(sources)
    if choose_ids:
        settle_identity(sources)
    _name_queries(sources)
    seen = {file.sheet.profile.id for file in files}
    currency, remark = _currency(sources)
    return FolderDraft(
        tuple(files),
        tuple(unused),
        tuple(sorted(sources, key=lambda source: _place(source.table))),
        currency,
        remark,
        _business(sources),
        tuple(_unlocks(seen)),
    )


def read_export(head: Head) -> FileDraft | Unreadable:
    """Understand one table of one file.

    Parameters
    ----------
    head : Head
        Its first rows.

    Returns
    -------
    FileDraft or Unreadable
        A file that is not recognised has its headers' nearest columns instead of sources.
    """
    match = match_canonical(head) or recognise(head) or match_guessed(head)
    if match is None:
        return _unknown(head)
    rows = match.profile.header.rows
    found = _read(head, match.names, _anchors(match), match.delimiter, rows)
    if isinstance(found, Unreadable):
        return found
    raw, is_utf8 = found
    questions, zone = _under_header(head, match)
    sheet = Sheet(head, match.profile, raw, questions, zone, is_utf8)
    sources = [draft_source(feed, sheet) for feed in match.profile.feeds]
    sources[0].traps = match.profile.traps
    missing = [f"{source.table}: {source.off}" for source in sources if source.off]
    is_sure = not match.profile.id.startswith("guessed")
    return FileDraft(sheet, sources, missing, is_sure=is_sure)


def _unknown(head: Head) -> FileDraft | Unreadable:
    delimiter, names = likely_header(head)
    found = _read(head, names, names, delimiter, 1)
    if isinstance(found, Unreadable):
        return found
    raw, is_utf8 = found
    sheet = Sheet(head, UNKNOWN, raw, is_utf8=is_utf8)
    like = nearest_table(raw.header)
    return FileDraft(sheet, missing=[like] if like else [], nearest=nearest_columns(raw.header), is_sure=False)


def _read(
    head: Head, names: Sequence[str], required: Sequence[str], delimiter: str, header_rows: int
) -> tuple[FileCells, bool] | Unreadable:
    settings: dict[str, object] = {"header_rows": header_rows}
    if delimiter:
        settings["delimiter"] = delimiter
    return read_whole(head, names, required, settings)


def _anchors(match: Match) -> list[str]:
    """Names that tell the header from other lines, as they stand in the file."""
    wanted = [*match.profile.header.must, *(name for group in match.profile.header.any_of for name in group)]
    found = [find_name([name], match.names, parts=match.profile.header.rows > 1) for name in wanted]
    return [name for name in found if name is not None]


def _under_header(head: Head, match: Match) -> tuple[Mapping[str, str], str]:
    """Texts of the questions and the time zone, where rows under the header tell them."""
    rows = next(rows for delimiter, rows in head.cuts if delimiter == match.delimiter)
    below = rows[match.at + 1 : match.at + 1 + N_UNDER]
    at = next((n for n, row in enumerate(below) if any(cell.startswith(IMPORT_ID) for cell in row)), None)
    if at is None:
        return {}, ""
    texts = dict(zip(match.names, below[0], strict=False)) if at > 0 else {}
    return texts, next((zone for cell in below[at] if (zone := _zone(cell))), "")


def _zone(cell: str) -> str:
    try:
        found = json.loads(cell)
    except ValueError:
        return ""
    zone = found.get("timeZone", "") if isinstance(found, dict) else ""
    return zone if isinstance(zone, str) and _is_zone(zone) else ""


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except Exception:  # noqa: BLE001 - whatever is wrong with the name, it is no zone
        return False
    return True


def merge_sources(files: Sequence[FileDraft]) -> list[SourceDraft]:
    """Put files that are written alike into one source.

    Parameters
    ----------
    files : sequence of FileDraft
        Their sources are replaced by the shared ones.

    Returns
    -------
    list of SourceDraft
        Counts are added up; the first file's comments stand.
    """
    found: dict[str, SourceDraft] = {}
    for file in files:
        for place, source in enumerate(file.sources):
            settings = [(line.key, line.value) for line in source.lines if line.is_on]
            sql = source.query.sql if source.query is not None else ""
            first = found.setdefault(repr((source.profile, source.table, settings, sql, bool(source.off))), source)
            if first is not source:
                _add(first, source)
                file.sources[place] = first
    return list(found.values())


def _add(first: SourceDraft, other: SourceDraft) -> None:
    first.heads += other.heads
    first.n_rows += other.n_rows
    first.n_excluded += other.n_excluded
    for header, texts in other.ids.items():
        first.ids[header] = first.ids.get(header, frozenset()) | texts
    for code, count in other.currencies.items():
        first.currencies[code] = first.currencies.get(code, 0) + count
    first.lines += [line for line in other.lines if not line.is_on and first.line(*line.key) is None]


def _switch_off(sources: list[SourceDraft]) -> None:
    """Leave out what would count the same money twice, or is not needed beside another export."""
    profiles = {profile.id: profile for profile in read_profiles()}
    there = {source.profile for source in sources if not source.off}
    with_email = {source.table for source in sources if not source.off and _has_email(source)}
    for source in sources:
        profile = profiles.get(source.profile)
        if profile is None or source.off:
            continue
        rivals = [profiles[name].name for name in profile.yields_to if name in there]
        if rivals and source.table in ("revenue", "identities"):
            source.off = f"the same money is in {rivals[0]}; take one of them"
        feed = next(feed for feed in profile.feeds if feed.table == source.table)
        if set(feed.only_without) & with_email:
            source.off = f"not needed beside the e-mails of {', '.join(feed.only_without)}"


def _has_email(source: SourceDraft) -> bool:
    return source.column("email") is not None or any(remark.startswith("email: ") for remark in source.remarks)


def _name_queries(sources: Sequence[SourceDraft]) -> None:
    """Give each query a file of its own."""
    taken: set[str] = set()
    for source in sources:
        if source.query is None:
            continue
        stem, number, name = source.query.file.removesuffix(".sql"), 2, source.query.file
        while name in taken:
            name, number = f"{stem}_{number}.sql", number + 1
        taken.add(name)
        source.query.file = name


def _place(table: str) -> int:
    return TABLE_ORDER.index(table) if table in TABLE_ORDER else len(TABLE_ORDER)


def _currency(sources: Sequence[SourceDraft]) -> tuple[str, str]:
    counts: dict[str, int] = {}
    for source in sources:
        if not source.off:
            for code, count in source.currencies.items():
                counts[code] = counts.get(code, 0) + count
    said = ", ".join(
        f"{code} in {count_rows(count)}" for code, count in sorted(counts.items(), key=lambda pair: -pair[1])
    )
    if len(counts) == 1 and next(iter(counts)).isascii() and len(next(iter(counts))) == 3:
        return next(iter(counts)), f"seen: {said}"
    if not counts:
        return "", "no export says it; put its code of ISO 4217 here, such as EUR"
    return "", f"seen: {said}; put the one to report in here, and give rates in a source fx"


def _business(sources: Sequence[SourceDraft]) -> str:
    kinds = {profile.id: profile.business for profile in read_profiles()}
    found = {kinds.get(source.profile, "") for source in sources if source.table == "revenue" and not source.off}
    return found.pop() if len(found) == 1 else ""


def _unlocks(seen: set[str]) -> list[tuple[str, str]]:
    profiles: list[Profile] = [profile for profile in read_profiles() if profile.id in seen]
    found = {u.export: u.gives for p in profiles for u in p.unlocks if u.profile not in seen}
    return list(found.items())
