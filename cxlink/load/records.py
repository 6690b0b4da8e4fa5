"""Text to records, with every physical line accounted for.

A record whose quotes are broken costs its first physical line only: reading resumes on the next line, so that a quote
which is never closed cannot swallow the rows after it. The same goes for a record over several lines that has a wrong
number of fields, where one of its lines could be a record of its own; else it is given up as a whole, so that no piece
of a comment is taken for a record. A record whose quotes are right and which has a line that looks like a record is
held back line by line: it may be a comment, and it may be rows that a forgotten quote has swallowed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cxlink.errors import DataError
from cxlink.load.decode import has_undecodable, show_bytes

DELIMITERS = (",", ";", "\t", "|")
HEADER_LINES = 40
HEADER_LETTERS = 4 << 20
MAX_RECORD = 64 << 20
MAX_LINES = 1000
"""Of one record: a comment is shorter, a quote that was left open may reach to the end of the file."""
MAX_READ_AGAIN = 2_000_000
BATCH = 50_000
_DAY = re.compile(r"\s*[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_SPACED = re.compile(r'[ \t]"')


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
    text: str,
    *,
    wanted: frozenset[str],
    required: frozenset[str],
    delimiters: Sequence[str] = DELIMITERS,
    n_rows: int = 1,
) -> Header:
    """Find the line that names the columns, and with it the delimiter.

    Parameters
    ----------
    text : str
        The start of the file.
    wanted : frozenset of str
        Names that a header may hold.
    required : frozenset of str
        Names that it must hold.
    delimiters : sequence of str
        Those to try.
    n_rows : int, default 1
        Rows that the names are spread over.

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
        if (header := _header_at(lines, start, delimiter, n_rows)) is not None
    ]
    if not candidates:
        return Header((), delimiters[0], 1, 1)

    def score(header: Header) -> tuple[bool, int, int, int]:
        names = set(header.names)
        return required <= names, len(names & wanted), -header.first_line, len(header.names)

    return max(candidates, key=score)


def _header_at(lines: list[str], start: int, delimiter: str, n_rows: int) -> Header | None:
    reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
    try:
        rows = [next(reader) for _ in range(n_rows)]
    except (csv.Error, StopIteration):
        return None
    return Header(join_names(rows), delimiter, start + 1, start + reader.line_num)


def join_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join the names of a header that is spread over several rows.

    Parameters
    ----------
    rows : sequence of sequence of str
        From the top; they may be of different lengths.

    Returns
    -------
    tuple of str
        Trimmed, joined by " - "; a blank cell above a name has the name to its left.
    """
    width = max(map(len, rows))
    filled = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for upper, lower in pairwise(filled):
        for place in range(1, width):
            if not upper[place] and lower[place]:
                upper[place] = upper[place - 1]
    return tuple(" - ".join(part for part in parts if part) for parts in zip(*filled, strict=True))


class RecordReader:
    """Records of a text after its header.

    Parameters
    ----------
    lines : sequence of str
        All physical lines of the file, with their ends.
    header : Header
        From `find_header`.
    day_index : int or None
        Place of a column of days: a record over several lines is doubted when a line within it looks like a record of
        its own, with a day in that place.
    place : str
        Name of the file for the user.
    is_lossy : bool, default False
        Whether lines may hold bytes that could not be decoded.

    Attributes
    ----------
    rejected : list of Rejected
        Malformed records met so far.
    n_repeated_headers : int
        Records that repeat the header.
    """

    def __init__(
        self, lines: Sequence[str], header: Header, *, day_index: int | None, place: str, is_lossy: bool = False
    ) -> None:
        self.rejected: list[Rejected] = []
        self.n_repeated_headers = 0
        self._header = header
        self._names = list(header.names)
        self._set_of_names = set(header.names)
        self._day_index = day_index
        self._place = place
        self._start, self._n_read_again = 0, 0
        self._lines = lines
        self._is_lossy = is_lossy

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
        if self._is_lossy or not is_plain or any(row[0].strip() in self._set_of_names or not any(row) for row in rows):
            return None
        if any('"' in line and _SPACED.search(line) for line in lines):
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
        lines, width = self._lines, len(self._names)
        reader = csv.reader(self._feed(at), delimiter=self._header.delimiter, strict=True)
        self._start = start = at
        try:
            for fields in reader:
                self._start = end = at + reader.line_num
                if self._is_plain_record(fields, start, end, width):
                    yield fields, start, 1
                elif not self._is_skipped(fields, start, end):
                    fault = self._fault(fields, start, end)
                    if fault is not None:
                        return self._reject(start, *fault, span=self._span_to_give_up(start, end))
                    if end - start > 1 and self._swallows(start, end):
                        self._reject_lines(start, end)
                    else:
                        yield fields, start, end - start
                start = end
        except csv.Error:
            self._n_read_again += reader.line_num - (start - at)
            if self._n_read_again > max(MAX_READ_AGAIN, len(lines)):
                raise self._hopeless(start) from None
            return self._reject(
                start, "CX168", "its quotes are broken: one is not closed, or stands in the wrong place"
            )
        return None

    def _hopeless(self, start: int) -> DataError:
        return DataError(
            "CX120",
            f"{self._place} line {start + 1}",
            f"quotes are not closed in {len(self.rejected) + 1} records so far.",
            "Check the delimiter and the quotes of the export.",
        )

    def _feed(self, at: int) -> Iterator[str]:
        """Lines from one on, as long as the record that they belong to is not given up as too long."""
        for number in range(at, len(self._lines)):
            if number - self._start >= MAX_LINES:
                raise csv.Error("no end of the record")
            yield self._lines[number]

    def _is_plain_record(self, fields: list[str], start: int, end: int, width: int) -> bool:
        if len(fields) != width or end != start + 1 or fields[0].strip() in self._set_of_names or self._is_lossy:
            return False
        return not self._has_spaced_quotes(start)

    def _has_spaced_quotes(self, start: int) -> bool:
        """Whether quotes follow a space behind a delimiter: they would be taken for letters of the cell."""
        line = self._lines[start]
        return '"' in line and _SPACED.search(line) is not None and _is_spaced(line, self._header.delimiter)

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
        if {field.strip() for field in fields} == self._set_of_names and len(self._set_of_names) == len(fields):
            raise DataError(
                "CX110",
                f"{self._place} line {start + 1}",
                "the header stands there again with its columns in another order.",
                "These are two exports in one file: cut it there into two files.",
            )
        if end - start == 1 and self._has_spaced_quotes(start):
            return "CX168", "a quote stands in the wrong place: behind a space"
        if self._is_lossy and any(has_undecodable(field) for field in fields):
            return "CX169", "bytes in it are not of the file's encoding"
        return None

    def _span_to_give_up(self, start: int, end: int) -> int:
        """All lines of a malformed record, unless one within it may be a record that a quote has swallowed."""
        return 1 if any(self._stands_alone(number) for number in range(start + 1, end)) else end - start

    def _swallows(self, start: int, end: int) -> bool:
        """Whether a line within a record looks like a record: nobody can tell a comment from a quote left open."""
        return self._day_index is not None and any(self._looks_like_one(number) for number in range(start + 1, end))

    def _looks_like_one(self, number: int) -> bool:
        """Whether a line has enough fields, and a day in its place before the quotes close."""
        if self._day_index is None or len(self._cut(number)) < len(self._names):
            return False
        quoted = self._lines[number].replace('""', "").split('"', 1)[0]
        fields = quoted.split(self._header.delimiter)
        return len(fields) > self._day_index and _DAY.match(fields[self._day_index]) is not None

    def _reject_lines(self, start: int, end: int) -> None:
        reason = "a quote is not closed, or a line within quotes looks like a record"
        for number in range(start, end):
            self._reject(number, "CX168", reason)

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


def _is_spaced(line: str, delimiter: str) -> bool:
    """Whether a field begins with spaces and a quote; quotes and spaces within quoted fields do not count."""
    fields = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}]*')
    at = 0
    while at < len(line):
        field = fields.match(line, at)
        text = field.group() if field is not None else ""
        if text[:1] in (" ", "\t") and text.lstrip(" \t")[:1] == '"':
            return True
        at += len(text) + 1
    return False


def raw_records(lines: Sequence[str], wanted: Sequence[tuple[int, int]]) -> list[str]:
    """Cut records out of a text as they stand there.

    Parameters
    ----------
    lines : sequence of str
        All physical lines of the file, with their ends.
    wanted : sequence of (int, int)
        Physical line where each starts, from 1, and how many lines it takes.

    Returns
    -------
    list of str
        Without the last line's end.
    """
    return [
        show_bytes("".join(lines[first - 1 + number] for number in range(span)).rstrip("\r\n"))
        for first, span in wanted
    ]
