"""A file in the making: its records, how they are written, and what must become of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Fate = Literal["accept", "hold", "either", "exclude", "drop", "above", "skip"]
"""What must become of a record.

``accept`` in the table with its true values; ``hold`` in quarantine; ``either`` of these two; ``exclude`` counted as
excluded; ``drop`` anything but accepted; ``above`` not read, with a warning; ``skip`` no record at all.
"""
LINE_END = re.compile("\r\n|\r|\n")
Quoting = Literal["minimal", "all", "none", "text"]


@dataclass(frozen=True)
class Record:
    """One record: its cells as written, its true values, and its fate.

    ``raw`` stands in the file instead of the cells. ``readable`` tells of a record that is held back whether its money
    counts in the ledger: None where either will do.
    """

    cells: Mapping[str, str]
    truth: Mapping[str, object]
    fate: Fate = "accept"
    raw: str | None = None
    readable: bool | None = None


def line(text: str, fate: Fate, **money: int) -> Record:
    """A line that is no record of the truth, with the money that may be read in it, by currency."""
    truth = {
        key: value for code, cents in money.items() for key, value in (("currency", code), ("amount_minor", cents))
    }
    return Record({}, truth, fate, text)


@dataclass(frozen=True)
class Draft:
    """A text file."""

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    above: tuple[Record, ...] = ()
    header: str | None = None
    delimiter: str = ","
    quoting: Quoting = "minimal"
    ends: tuple[str, ...] = ("\n",)
    last_end: str | None = None
    encoding: str = "utf-8"
    mark: bytes = b""
    pack: tuple[Callable[[bytes], bytes], ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    bake: Callable[[Draft], Written] | None = None

    def at(self, row: int, **changes: object) -> Draft:
        """Change one record."""
        return self.every(lambda n, record: replace(record, **changes) if n == row else record)  # type: ignore[arg-type]  # keywords come from a mapping

    def every(self, change: Callable[[int, Record], Record]) -> Draft:
        """Change all records that have cells."""
        changed = (change(n, record) if record.cells else record for n, record in enumerate(self.records))
        return replace(self, records=tuple(changed))

    def cell(self, row: int, column: str, text: str, **changes: object) -> Draft:
        """Write another text into a cell."""
        cells = {**self.records[row].cells, column: text}
        return self.at(row, cells=cells, **changes)

    def true_cell(self, row: int, column: str, text: str, truth: Mapping[str, object]) -> Draft:
        """Write another text into a cell, and with it another truth."""
        return self.cell(row, column, text, truth={**self.records[row].truth, **truth})

    def insert(self, at: int, *more: Record) -> Draft:
        """Put records in; a negative place counts from the end, -1 is behind the last."""
        place = at if at >= 0 else len(self.records) + 1 + at
        return replace(self, records=(*self.records[:place], *more, *self.records[place:]))

    def text_of(self, record: Record) -> str:
        """A record as it stands in the file, without its line's end."""
        if record.raw is not None:
            return record.raw
        return self.delimiter.join(self.quoted(record.cells.get(column, ""), column) for column in self.columns)

    def quoted(self, text: str, column: str = "") -> str:
        """A cell as the file's quoting has it."""
        needs = any(sign in text for sign in (self.delimiter, '"', "\n", "\r"))
        if self.quoting == "none" or not (self.quoting == "all" or needs or (self.quoting == "text" and column)):
            return text
        return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True)
class Placed:
    """A record and the physical lines it takes, from 1."""

    record: Record
    first: int
    last: int


@dataclass(frozen=True)
class Written:
    """A file's bytes and where its records stand."""

    name: str
    data: bytes
    placed: tuple[Placed, ...]


def write(draft: Draft) -> Written:
    """Write a draft out."""
    if draft.bake is not None:
        return draft.bake(draft)
    header = draft.header
    if header is None:
        header = draft.delimiter.join(draft.quoted(draft.titles.get(name, name)) for name in draft.columns)
    entries = [*draft.above, line(header, "skip"), *draft.records]
    text, at, placed = "", 1, []
    for number, entry in enumerate(entries):
        is_last = number == len(entries) - 1
        end = draft.last_end if is_last and draft.last_end is not None else draft.ends[number % len(draft.ends)]
        piece = draft.text_of(entry)
        n_lines = len(LINE_END.findall(piece + end))
        placed.append(Placed(entry, at, at + max(n_lines - 1, 0)))
        text, at = text + piece + end, at + n_lines
    data = draft.mark + text.encode(draft.encoding, "surrogateescape" if draft.encoding == "utf-8" else "strict")
    for pack in draft.pack:
        data = pack(data)
    return Written(draft.name, data, tuple(placed))
