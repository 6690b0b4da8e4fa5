"""The mapping as rows of a sheet: one for each column of each export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cxlink.profiles.drafts import FileDraft, FolderDraft, SourceDraft, distinct_cells
from cxlink.profiles.masking import show_examples
from cxlink.profiles.toml_text import plain_line

HEADINGS = ("File", "Table", "No.", "Export's column", "Question", "Examples", "Our column", "Values", "Note")
NOTE_LIMIT = 200
_PLAIN = re.compile(r'[^"=;\r\n]+')
_TOKEN = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^"=;\r\n]*?))\s*(?=[=;\r\n]|$)')


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the mapping sheet.

    Parameters
    ----------
    file : str
        Label of the file, on one line.
    table : str
        Canonical table; "" where the file is not recognised.
    number : int
        Place of the column in its file, from 1.
    header : str
        The export's name for it, on one line.
    question : str
        Text of the question, where there is one.
    examples : str
        Shapes, without personal data.
    ours : str
        Canonical column; "" where it is not mapped.
    values : str
        The export's words and ours.
    note : str
        Why.
    """

    file: str
    table: str
    number: int
    header: str
    question: str = ""
    examples: str = ""
    ours: str = ""
    values: str = ""
    note: str = ""


def mapping_rows(draft: FolderDraft) -> list[MappingRow]:
    """List all columns of all files.

    Parameters
    ----------
    draft : FolderDraft
        The exports as they were understood.

    Returns
    -------
    list of MappingRow
        A file's first table has all columns of the file, further ones only those that are mapped.
    """
    return [row for file in draft.files for row in _rows_of(file)]


def _rows_of(file: FileDraft) -> list[MappingRow]:
    if not file.sources:
        return [_row(file, None, number, header) for number, header in _columns(file)]
    rows: list[MappingRow] = []
    for place, source in enumerate(file.sources):
        lines = [line for line in source.lines if line.key[0] == "columns" and line.is_on]
        for number, header in _columns(file):
            used = [line.key[1] for line in lines if line.value == header]
            if place and not used:
                continue
            rows += [_row(file, source, number, header, ours) for ours in used or [""]]
    return rows


def _columns(file: FileDraft) -> list[tuple[int, str]]:
    return [(number, header) for number, header in enumerate(file.sheet.raw.header, start=1) if header]


def _row(file: FileDraft, source: SourceDraft | None, number: int, header: str, ours: str = "") -> MappingRow:
    sheet = file.sheet
    values = source.line("values", ours) if source is not None and ours else None
    return MappingRow(
        plain_line(sheet.head.label),
        source.table if source is not None else "",
        number,
        plain_line(header),
        plain_line(sheet.questions.get(header, "")),
        show_examples(header, distinct_cells(sheet.raw, header)),
        ours,
        write_values(values.value) if values is not None and isinstance(values.value, Mapping) else "",
        _note(file, source, header, ours),
    )


def _note(file: FileDraft, source: SourceDraft | None, header: str, ours: str) -> str:
    if source is None:
        near = dict(file.nearest).get(header, "")
        return f"nearest: {near}" if near else ""
    if source.query is not None:
        return f"read by {source.query.file}; fill in Our column to map the file without it"
    lines = [
        line
        for line in source.lines
        if line.key[0] == "columns" and line.value == header and (line.key[1] == ours or (not ours and not line.is_on))
    ]
    said = [line.comment if line.is_on else f"perhaps {line.key[1]}: {line.comment}" for line in lines if line.comment]
    return plain_line("; ".join(said), NOTE_LIMIT)


def write_values(words: Mapping[str, str]) -> str:
    """Write pairs of words for a cell.

    Parameters
    ----------
    words : mapping of str to str
        The export's word to ours.

    Returns
    -------
    str
        Such as ``Good = 1; Bad = 0``.
    """
    return "; ".join(f"{_quoted(theirs)} = {_quoted(ours) if ours else ''}".rstrip() for theirs, ours in words.items())


def _quoted(word: str) -> str:
    if word and _PLAIN.fullmatch(word) and word == word.strip():
        return word
    return '"' + word.replace('"', '""') + '"'


def read_values(text: str) -> dict[str, str] | None:
    """Read pairs of words from a cell.

    Parameters
    ----------
    text : str
        Pairs with ``=``, one a line or separated by ``;``.

    Returns
    -------
    dict of str to str, or None
        None where it is no such list.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        if text[at] in ";\r\n \t":
            at += 1
            continue
        left = _TOKEN.match(text, at)
        if left is None or text[left.end() : left.end() + 1] != "=":
            return None
        right = _TOKEN.match(text, left.end() + 1)
        if right is None or text[right.end() : right.end() + 1] == "=":
            return None
        found[_word(left)] = _word(right)
        at = right.end()
    return found


def _word(match: re.Match[str]) -> str:
    return match.group(1).replace('""', '"') if match.group(1) is not None else match.group(2)
