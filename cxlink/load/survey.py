"""Whether a text is so regular that the engine's own reader can be trusted with it, and where its records stand.

Regular means: UTF-8 throughout; every quote opens a field at its start, closes it at its end, or is doubled within; no
line within a quoted field could be a record of its own. What is not regular is read by `RecordReader`, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from cxlink.load.look import CR, LF
from cxlink.load.records import Header
from cxlink.load.staging import QUOTE, SCAN, StagedText

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Survey:
    """Records of a regular text.

    Parameters
    ----------
    n_records : int
        After the header, blank lines included.
    starts : ndarray of int64, shape (n_records,), or None
        Physical line where each starts, from 1; None where each takes one line.
    """

    n_records: int
    starts: NDArray[np.int64] | None


def survey_text(text: StagedText, header: Header) -> Survey | None:
    """Look at every byte of a text once.

    Parameters
    ----------
    text : StagedText
        The file.
    header : Header
        Its header.

    Returns
    -------
    Survey or None
        None where it is not regular.
    """
    if text.is_lossy or text.look.has_lone_returns or len(header.names) < 2 or not header.delimiter.isascii():
        return None
    with text.path.open("rb") as file:
        file.seek(text.mark)
        for _ in range(header.last_line):
            file.readline()
        begin = file.tell()
        n_lines = text.look.n_line_feeds - header.last_line + _is_last_line_open(file)
        if not text.look.has_quotes:
            return Survey(n_lines, None)
        file.seek(begin)
        return _survey_quotes(file, ord(header.delimiter), len(header.names), header.last_line)


def _is_last_line_open(file: IO[bytes]) -> bool:
    file.seek(-1, 2)
    return file.read(1) != b"\n"


def _survey_quotes(file: IO[bytes], delimiter: int, width: int, last_line: int) -> Survey | None:
    is_quoted, is_open, line, starts = False, False, last_line, [np.array([last_line + 1], dtype=np.int64)]
    while chunk := file.read(SCAN):
        chunk += file.readline()
        letters = np.frombuffer(chunk, np.uint8)
        quotes = np.flatnonzero(letters == QUOTE)
        if not _are_legal(letters, quotes, delimiter, opened=is_quoted):
            return None
        feeds = np.flatnonzero(letters == LF)
        inside = (np.searchsorted(quotes, feeds) + is_quoted) % 2 == 1
        if _has_blank_line(letters, feeds[~inside], opened=is_quoted):
            return None
        if (inside.any() or is_quoted) and _may_swallow(letters, feeds, inside, delimiter, width, opened=is_quoted):
            return None
        starts.append(np.flatnonzero(~inside) + line + 2)
        line += len(feeds)
        is_quoted = bool((len(quotes) + is_quoted) % 2)
        is_open = letters[-1] != LF
    if is_quoted:
        return None
    every = np.concatenate(starts)
    if not is_open:
        every = every[:-1]
    takes_one_line = line + is_open - last_line == len(every)
    return Survey(len(every), None if takes_one_line else every)


def _has_blank_line(letters: NDArray[np.uint8], ends: NDArray[np.intp], *, opened: bool) -> bool:
    """Whether a line outside quotes holds nothing, given the ends of records."""
    starts = ends + 1 if opened else np.concatenate([[0], ends + 1])
    first = letters[starts[starts < len(letters)]]
    return bool(((first == LF) | (first == CR)).any())


def _are_legal(letters: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int, *, opened: bool) -> bool:
    """Whether each quote opens after a delimiter or line end, closes before one, or is doubled."""
    within = (np.arange(len(quotes)) + opened) % 2 == 1
    before = np.where(quotes > 0, letters[quotes - 1], LF)
    after = np.where(quotes + 1 < len(letters), letters[np.minimum(quotes + 1, len(letters) - 1)], LF)
    opening, closing = ~within, within
    follows_quote = np.zeros(len(quotes), dtype=bool)
    follows_quote[1:] = np.diff(quotes) == 1
    opens_well = (before == delimiter) | (before == LF) | follows_quote
    closes_well = (after == delimiter) | (after == LF) | (after == CR) | (after == QUOTE)
    return bool((opens_well[opening]).all() and (closes_well[closing]).all())


def _may_swallow(
    letters: NDArray[np.uint8],
    feeds: NDArray[np.intp],
    inside: NDArray[np.bool_],
    delimiter: int,
    width: int,
    *,
    opened: bool,
) -> bool:
    """Whether a line within a quoted field has as many delimiters as a record."""
    cuts = np.flatnonzero(letters == delimiter)
    bounds = np.concatenate([[-1], feeds, [len(letters)]])
    n_cuts = np.diff(np.searchsorted(cuts, bounds))
    continues = np.concatenate([[opened], inside])[: len(n_cuts)]
    return bool((continues & (n_cuts >= width - 1)).any())
