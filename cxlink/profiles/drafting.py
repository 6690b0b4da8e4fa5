"""One feed of a profile, put on one file: every line of its source, with what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxlink.load.dates import read_cell
from cxlink.load.tables import DATE_KINDS, NUMBER_KINDS, TABLES
from cxlink.profiles.catalogue import read_query
from cxlink.profiles.drafts import Line, Query, Sheet, SourceDraft, count_rows, distinct_cells
from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.format_lines import format_lines, say_formats, settled_dates, value_lines
from cxlink.profiles.formats import UTC_ZONE, Finding, judge_amount_column, judge_day_column, resolve_days
from cxlink.profiles.generic import synonyms_of
from cxlink.profiles.model import ColumnChoice, Feed
from cxlink.profiles.names import find_name, fold_name, split_name
from cxlink.profiles.preview import show_row
from cxlink.profiles.question_lines import question_lines
from cxlink.profiles.recognise import known_names
from cxlink.profiles.row_lines import data_rows, row_list_lines, setting_lines
from cxlink.profiles.sql_text import fill_template
from cxlink.profiles.toml_text import plain_line

N_SHOWN = 2
N_WORDS = 8
IDENTITY = ("customer_id", "email")


def draft_source(feed: Feed, sheet: Sheet) -> SourceDraft:
    """Write the source that a feed makes of a file.

    Parameters
    ----------
    feed : Feed
        Of the file's profile.
    sheet : Sheet
        The file.

    Returns
    -------
    SourceDraft
        Off, with the reason, where a column that must be there is not.
    """
    draft = SourceDraft(feed.table, sheet.profile.name, sheet.profile.id, [sheet.head], remarks=list(feed.remarks))
    lines = _column_lines(feed, sheet)
    rows = data_rows(feed, sheet, lines)
    draft.n_rows, draft.n_excluded = sheet.raw.n_rows + len(sheet.raw.rejected), sheet.raw.n_rows - len(rows)
    if feed.questions:
        lines += question_lines(
            _open_columns(feed, sheet, lines), sheet.raw, rows, sheet.questions, {line.key[1] for line in lines}
        )
    if not feed.query:
        _stand_in_for_id(draft.table, lines)
    mapped = {line.key[1]: str(line.value) for line in lines if line.is_on and line.key[0] == "columns"}
    findings = {ours: _judge(feed, ours, header, sheet.raw, rows) for ours, header in mapped.items()}
    findings, shared, settled_by = resolve_days(findings)
    _remember(draft, feed, sheet, mapped, rows)
    say_formats(feed.table, lines, findings)
    settings = [*setting_lines(feed, sheet), *row_list_lines(feed, sheet), *format_lines(findings, feed, mapped)]
    settings += settled_dates(findings, shared, settled_by, is_query=bool(feed.query))
    draft.first_rows = [show_row(mapped, findings, feed, sheet.raw, row) for row in rows[:N_SHOWN]]
    if feed.query:
        draft.query = _query(feed, mapped, findings, sheet.raw)
        draft.lines = [line for line in settings if line.key[0] not in ("keep", "exclude", "fold_by")]
        draft.remarks += [f"{ours}: {header}" for ours, header in mapped.items()]
    else:
        draft.lines = [*settings, *lines, *value_lines(feed, mapped, sheet.raw, rows)]
        draft.off = _why_off(feed.table, mapped, findings)
    return draft


def _column_lines(feed: Feed, sheet: Sheet) -> list[Line]:
    lines = []
    for ours, choice in feed.columns.items():
        header = _pick(choice, sheet)
        if header is None:
            continue
        blocked = _forbidden(choice, sheet)
        same_name = header == ours and not choice.why
        if blocked:
            lines.append(Line(("columns", ours), header, f"off: {blocked}", is_on=False))
        elif not same_name:
            lines.append(Line(("columns", ours), header, choice.why))
        else:
            lines.append(Line(("columns", ours), header))
    return lines


def _pick(choice: ColumnChoice, sheet: Sheet) -> str | None:
    """The preferred column that has anything in it, else the preferred one that is there."""
    there = [name for wanted in choice.names if (name := sheet.find(wanted)) and name in sheet.raw.columns]
    return next(
        (name for name in there if any(str(cell).strip() for cell in sheet.raw.columns[name])), next(iter(there), None)
    )


def _forbidden(choice: ColumnChoice, sheet: Sheet) -> str:
    for column, words in choice.not_with.items():
        header = sheet.find(column)
        if header is None or header not in sheet.raw.columns:
            continue
        seen = [(text, count) for text, count in distinct_cells(sheet.raw, header) if text.casefold() in words]
        if seen:
            listed = ", ".join(f'"{plain_line(text, 30)}" in {count_rows(count)}' for text, count in seen)
            return f"{header} has {listed}. {choice.why_not}".strip()
    return ""


def _open_columns(feed: Feed, sheet: Sheet, lines: list[Line]) -> list[str]:
    """Columns that may be questions; those that tell the customer are mapped on the way."""
    known = known_names(sheet.profile, with_must=False)
    taken = {str(line.value) for line in lines}
    is_joined = sheet.profile.header.rows > 1
    free = [
        name
        for name in sheet.raw.columns
        if name not in taken
        and not any(fold_name(part) in known for part in (split_name(name) if is_joined else [name]))
    ]
    for ours in IDENTITY:
        if any(line.key == ("columns", ours) for line in lines):
            continue
        found = find_name(synonyms_of(feed.table)[ours], free)
        if found is not None and any(str(cell).strip() for cell in sheet.raw.columns[found]):
            lines.append(Line(("columns", ours), found, "by its name; please check"))
            free.remove(found)
    return free


def _stand_in_for_id(table: str, lines: list[Line]) -> None:
    """Where a table must have an id and the export has none, the e-mail is the id."""
    ours = {line.key[1]: line for line in lines if line.is_on and line.key[0] == "columns"}
    if "customer_id" in TABLES[table].required and "customer_id" not in ours and "email" in ours:
        comment = "the export has no customer id; whoever pays under two addresses counts as two"
        lines.insert(0, Line(("columns", "customer_id"), ours["email"].value, comment))


def _judge(feed: Feed, ours: str, header: str, raw: FileCells, rows: Sequence[int]) -> Finding:
    column = TABLES[feed.table].column(ours)
    words = {word.casefold() for word in feed.values.get(ours, {})}
    cells = tuple(cell for cell in distinct_cells(raw, header, rows) if cell[0].casefold() not in words)
    if header in raw.native:
        return Finding("typed in the file")
    if feed.query and ours.endswith(("_at", "_on")):
        return judge_day_column(cells, months=False)
    if column is not None and column.kind in DATE_KINDS:
        return judge_day_column(cells, months=column.kind == "month")
    if column is not None and column.kind in NUMBER_KINDS:
        return judge_amount_column(cells)
    return Finding()


def _remember(draft: SourceDraft, feed: Feed, sheet: Sheet, mapped: Mapping[str, str], rows: Sequence[int]) -> None:
    ids = [sheet.find(name) for name in feed.columns["customer_id"].names] if "customer_id" in feed.columns else []
    draft.id_choices = tuple(dict.fromkeys(name for name in [*ids, mapped.get("customer_id")] if name))
    for header in {*draft.id_choices, *(mapped[name] for name in ("email", "alias") if name in mapped)}:
        draft.ids[header] = frozenset(text for text, _ in distinct_cells(sheet.raw, header, rows))
    if feed.table == "revenue" and "currency" in mapped:
        for text, count in distinct_cells(sheet.raw, mapped["currency"], rows):
            draft.currencies[text.upper()] = draft.currencies.get(text.upper(), 0) + count


def _query(feed: Feed, mapped: Mapping[str, str], findings: Mapping[str, Finding], raw: FileCells) -> Query:
    days = [
        moment.date().isoformat()
        for ours, header in mapped.items()
        if (reading := findings[ours].reading) is not None
        for text, _ in distinct_cells(raw, header)
        if (moment := read_cell(text, reading, UTC_ZONE)) is not None
    ]
    literals = {"last_day": f"DATE '{max(days)}'" if days else "CURRENT_DATE", "view": feed.input}
    return Query(feed.query, feed.input, fill_template(read_query(feed.query), mapped, findings, literals))


def _why_off(table: str, mapped: Mapping[str, str], findings: Mapping[str, Finding]) -> str:
    missing = [name for name in TABLES[table].required if name not in mapped]
    if missing:
        return f"no column for {', '.join(missing)}"
    serial = [
        f"{mapped[ours]}: {finding.fault}"
        for ours, finding in findings.items()
        if finding.fault and not finding.choices
    ]
    return "; ".join(serial)
