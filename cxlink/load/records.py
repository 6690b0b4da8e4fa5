"""Text to records, with every physical line accounted for.

A record whose quotes are broken costs its first physical line only: reading resumes on the next line, so that a quote
which is never closed cannot swallow the rows after it. The same goes for a record over several lines that has a wrong
number of fields, where one of its lines could be a record of its own; else it is given up as a whole, so that no piece
of a comment is taken for a record.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from cxlink.errors import DataError
from cxlink.load.decode import has_undecodable, show_bytes

DELIMITERS = (",", ";", "\t", "|")
HEADER_LINES = 40
HEADER_LETTERS = 4 << 20
MAX_RECORD = 64 << 20
BATCH = 50_000
_DAY = re.compile(r"\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a file's columns are named.

    Parameters
    ----------
    names : tuple of str
        Trimmed, as in the file.
    delimiter : str
        One character.
    first_line, last_line : int
        Physical lines of the header, from 1.
    """

    names: tuple[str, ...]
    delimiter: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is malformed: only its first physical line is given up."""

    line: int
    code: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole records.

    Parameters
    ----------
    rows : list of list of str
        Fields, as many as the header has.
    lines, spans : list of int
        Physical line where the record starts, and how many it takes.
    """

    rows: list[list[str]]
    lines: list[int]
    spans: list[int]


def find_header(
    text: str, *, wanted: frozenset[str], required: frozenset[str], delimiters: Sequence[str] = DELIMITERS
) -> Header:
    """Find the line that names the columns, and with it the delimiter.

    Parameters
    ----------
    text : str
        The file.
    wanted : frozenset of str
        Names that a header may hold.
    required : frozenset of str
        Names that it must hold.
    delimiters : sequence of str
        Those to try.

    Returns
    -------
    Header
        Among the first lines, the one that holds all required and most wanted names; without any such name the first
        line that is not blank, cut by the delimiter that gives most fields.
    """
    stream = io.StringIO(text[:HEADER_LETTERS], newline="")
    lines = [line for _, line in zip(range(2 * HEADER_LINES), stream, strict=False)]
    candidates = [
        header
        for start in range(min(len(lines), HEADER_LINES))
        if lines[start].strip()
        for delimiter in delimiters
        if (header := _header_at(lines, start, delimiter)) is not None
    ]
    if not candidates:
        return Header((), delimiters[0], 1, 1)

    def score(header: Header) -> tuple[bool, int, int, int]:
        names = set(header.names)
        return required <= names, len(names & wanted), -header.first_line, len(header.names)

    return max(candidates, key=score)


def _header_at(lines: list[str], start: int, delimiter: str) -> Header | None:
    reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
    try:
        names = next(reader)
    except (csv.Error, StopIteration):
        return None
    return Header(tuple(name.strip() for name in names), delimiter, start + 1, start + reader.line_num)


class RecordReader:
    """Records of a text after its header.

    Parameters
    ----------
    text : str
        The file.
    header : Header
        From `find_header`.
    day_index : int or None
        Place of a column of days: a record over several lines is doubted when a line within it looks like a record of
        its own, with a day in that place.
    place : str
        Name of the file for the user.

    Attributes
    ----------
    rejected : list of Rejected
        Malformed records met so far.
    n_repeated_headers : int
        Records that repeat the header.
    """

    def __init__(self, text: str, header: Header, *, day_index: int | None, place: str) -> None:
        self.rejected: list[Rejected] = []
        self.n_repeated_headers = 0
        self._header = header
        self._names = list(header.names)
        self._day_index = day_index
        self._place = place
        self._lines = list(io.StringIO(text, newline=""))
        self._is_lossy = has_undecodable(text)

    def batches(self, size: int = BATCH) -> Iterator[Batch]:
        """Read the records.

        Parameters
        ----------
        size : int
            Records a batch.

        Yields
        ------
        Batch
            In the order of the file.

        Raises
        ------
        DataError
            If one line is larger than 64 MB (CX117).
        """
        csv.field_size_limit(max(MAX_RECORD, csv.field_size_limit()))
        at = self._header.last_line
        while at < len(self._lines):
            batch, at = self._read_plain(at, size) or self._read_carefully(at, size)
            if batch.rows:
                yield batch

    def _read_plain(self, at: int, size: int) -> tuple[Batch, int] | None:
        """Read records of one line each; None where any among the next lines is not plainly one."""
        lines = self._lines[at : at + size]
        try:
            rows = list(csv.reader(lines, delimiter=self._header.delimiter, strict=True))
        except csv.Error:
            return None
        is_plain = len(rows) == len(lines) and set(map(len, rows)) == {len(self._names)}
        if self._is_lossy or not is_plain or any(row[0] == self._names[0] or not any(row) for row in rows):
            return None
        return Batch(rows, list(range(at + 1, at + 1 + len(rows))), [1] * len(rows)), at + len(rows)

    def _read_carefully(self, at: int, size: int) -> tuple[Batch, int]:
        batch = Batch([], [], [])
        for fields, start, span in self._records(at):
            batch.rows.append(fields)
            batch.lines.append(start + 1)
            batch.spans.append(span)
            if len(batch.rows) == size:
                return batch, start + span
        return batch, len(self._lines)

    def _records(self, at: int) -> Iterator[tuple[list[str], int, int]]:
        """Fields, index of the first line and number of lines of each whole record."""
        resume: int | None = at
        while resume is not None:
            resume = yield from self._run(resume)

    def _run(self, at: int) -> Generator[tuple[list[str], int, int], None, int | None]:
        """Read on from a line; return the line after a malformed record's first one, or None at the end."""
        lines, width, first_name = self._lines, len(self._names), self._names[0]
        reader = csv.reader(
            map(lines.__getitem__, range(at, len(lines))), delimiter=self._header.delimiter, strict=True
        )
        start = at
        try:
            for fields in reader:
                end = at + reader.line_num
                if len(fields) == width and end == start + 1 and fields[0] != first_name and not self._is_lossy:
                    yield fields, start, 1
                elif not self._is_skipped(fields, start, end):
                    fault = self._fault(fields, start, end)
                    if fault is not None:
                        return self._reject(start, *fault, span=self._span_to_give_up(start, end))
                    yield fields, start, end - start
                start = end
        except csv.Error:
            return self._reject(
                start, "CX168", "its quotes are broken: one is not closed, or stands in the wrong place"
            )
        return None

    def _is_skipped(self, fields: list[str], start: int, end: int) -> bool:
        """Whether a record is blank, or repeats the header."""
        if end - start == 1 and not self._lines[start].strip(" \t\r\n"):
            return True
        if [field.strip() for field in fields] == self._names:
            self.n_repeated_headers += 1
            return True
        return False

    def _fault(self, fields: list[str], start: int, end: int) -> tuple[str, str] | None:
        if len(fields) != len(self._names):
            return "CX167", f"it has {len(fields)} fields where the header has {len(self._names)}"
        if end - start > 1 and self._swallows(start, end):
            return "CX168", "a quote is not closed: a line within it is a record of its own"
        if self._is_lossy and any(has_undecodable(field) for field in fields):
            return "CX169", "bytes in it are not of the file's encoding"
        return None

    def _span_to_give_up(self, start: int, end: int) -> int:
        """All lines of a malformed record, unless one within it may be a record that a quote has swallowed."""
        return 1 if any(self._stands_alone(number) for number in range(start + 1, end)) else end - start

    def _swallows(self, start: int, end: int) -> bool:
        if self._day_index is None or len(self._cut(start)) != len(self._names):
            return False
        return any(self._stands_alone(number) for number in range(start + 1, end))

    def _stands_alone(self, number: int) -> bool:
        fields = self._cut(number)
        if len(fields) != len(self._names) or self._lines[number].count('"') % 2:
            return False
        return self._day_index is None or _DAY.match(fields[self._day_index].strip('"')) is not None

    def _cut(self, number: int) -> list[str]:
        return self._lines[number].rstrip("\r\n").split(self._header.delimiter)

    def _reject(self, start: int, code: str, reason: str, *, span: int = 1) -> int:
        line = self._lines[start]
        if len(line) > MAX_RECORD:
            raise DataError(
                "CX117",
                f"{self._place} line {start + 1}",
                "one record is larger than 64 MB.",
                "Check where the file comes from.",
            )
        raw = "".join(self._lines[start : start + span]).rstrip("\r\n")
        self.rejected.append(Rejected(start + 1, code, reason, show_bytes(raw)))
        return start + span


def raw_records(text: str, wanted: Sequence[tuple[int, int]]) -> list[str]:
    """Cut records out of a text as they stand there.

    Parameters
    ----------
    text : str
        The file.
    wanted : sequence of (int, int)
        Physical line where each starts, ascending, and how many lines it takes.

    Returns
    -------
    list of str
        Without the last line's end.
    """
    stream, at, found = io.StringIO(text, newline=""), 1, []
    for line, span in wanted:
        while at < line:
            next(stream)
            at += 1
        found.append(show_bytes("".join(next(stream) for _ in range(span)).rstrip("\r\n")))
        at += span
    return found
