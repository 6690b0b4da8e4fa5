"""Formats and words of a source: what was settled, and what a person must choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxlink.load.tables import DATE_KINDS, TABLES
from cxlink.profiles.drafts import Line, distinct_cells
from cxlink.profiles.file_cells import FileCells
from cxlink.profiles.formats import Finding
from cxlink.profiles.model import Feed
from cxlink.profiles.toml_text import plain_line

N_WORDS = 8


def format_lines(findings: Mapping[str, Finding], feed: Feed, mapped: Mapping[str, str]) -> list[Line]:
    """Write the formats between which a person must choose.

    Parameters
    ----------
    findings : mapping of str to Finding
        What was found, by canonical column.
    feed : Feed
        Of the file's profile.
    mapped : mapping of str to str
        The export's header by canonical column.

    Returns
    -------
    list of Line
        Off: keys ``dates`` and ``decimal``.
    """
    lines: list[Line] = []
    for ours, finding in findings.items():
        column = TABLES[feed.table].column(ours)
        is_day = feed.query or (column is not None and column.kind in DATE_KINDS)
        key = "dates" if is_day else "decimal"
        if finding.choices and not any(line.key == (key,) for line in lines):
            rivals = " or ".join(finding.choices[1:])
            comment = f"{mapped[ours]}: {finding.words}; uncomment the right one (or {rivals})"
            lines.append(Line((key,), finding.choices[0], comment, is_on=False))
    return lines


def settled_dates(findings: Mapping[str, Finding], name: str, settled_by: str, *, is_query: bool) -> list[Line]:
    """Write the format of dates where one column settles it for others, or the export for what a query gives of it.

    Parameters
    ----------
    findings : mapping of str to Finding
        What was found.
    name : str
        The format that one column settles for others; "" for none.
    settled_by : str
        That column.
    is_query : bool
        Whether the loader will only see what a query gives.

    Returns
    -------
    list of Line
        At most one, with the key ``dates``.
    """
    if name:
        return [Line(("dates",), name, f"as {settled_by} settles it; not every column of dates would by itself")]
    names = {finding.reading.format.name for finding in findings.values() if finding.reading is not None}
    if is_query and len(names) == 1 and names != {"%Y-%m-%d"}:
        return [Line(("dates",), names.pop(), "as the whole export settles it")]
    return []


def value_lines(feed: Feed, mapped: Mapping[str, str], raw: FileCells, rows: Sequence[int]) -> list[Line]:
    """Write the export's words and ours, and say which words are not among them.

    Parameters
    ----------
    feed : Feed
        Of the file's profile.
    mapped : mapping of str to str
        The export's header by canonical column.
    raw : FileCells
        The file.
    rows : sequence of int
        Rows that are data.

    Returns
    -------
    list of Line
        Keys ``values``.
    """
    lines: list[Line] = []
    for ours, words in feed.values.items():
        if ours not in mapped:
            continue
        known = {word.casefold() for word in words}
        column = TABLES[feed.table].column(ours)
        rest = [text for text, _ in distinct_cells(raw, mapped[ours], rows) if text.casefold() not in known]
        plain = [text for text in rest if column is not None and text.casefold() not in column.choices]
        comment = "; words not named here: " + ", ".join(plain_line(t, 30) for t in plain[:N_WORDS]) if plain else ""
        lines.append(Line(("values", ours), dict(words), comment.removeprefix("; ")))
    return lines


def say_formats(table: str, lines: Sequence[Line], findings: Mapping[str, Finding]) -> None:
    """Add to each column what its dates and amounts were settled as.

    Parameters
    ----------
    table : str
        The canonical table.
    lines : sequence of Line
        Their comments are changed where they stand.
    findings : mapping of str to Finding
        What was found.
    """
    for line in lines:
        finding = findings.get(line.key[1]) if line.key[0] == "columns" and line.is_on else None
        column = TABLES[table].column(line.key[1])
        is_told = column is not None and (column.kind in DATE_KINDS or column.kind == "amount")
        if finding is None or not finding.words or finding.choices or not is_told:
            continue
        if finding.words not in line.comment:
            line.comment = f"{line.comment}; {finding.words}" if line.comment else finding.words
