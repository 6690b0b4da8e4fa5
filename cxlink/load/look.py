"""One look at every byte of a text: whether it is UTF-8, and what of it decides how it can be read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cxlink.load.decode import Bytes

LF, CR, SPACE = 10, 13, 32
BLOCK = 256 << 10
"""Bytes that fit a processor's cache."""


@dataclass(slots=True)
class Look:
    """What the bytes of a text are.

    Parameters
    ----------
    bad_line : int
        Line with the first byte that is not UTF-8, from 1; 0 where all are.
    nul_line : int
        Line of the first NUL, from 1; 0 where there is none.
    n_line_feeds : int
        All of them.
    has_quotes, has_lone_returns : bool
        Whether it holds ``"``, and carriage returns that are not followed by a line feed.
    has_blanks : bool
        Whether it may hold spaces, other than the ends of lines: False only where all is ASCII and none is below "!".
    """

    bad_line: int = 0
    nul_line: int = 0
    n_line_feeds: int = 0
    has_quotes: bool = False
    has_lone_returns: bool = False
    has_blanks: bool = False


def look_at(stream: Bytes) -> Look:
    """Look at every byte of a stream.

    Parameters
    ----------
    stream : Bytes
        From its start.

    Returns
    -------
    Look
        Of the whole stream.
    """
    look, decoder, last = Look(), codecs.getincrementaldecoder("utf-8")(), LF
    while chunk := stream.read(BLOCK):
        if not look.bad_line:
            look.bad_line = _bad_line(decoder, chunk, look.n_line_feeds)
        if not look.nul_line and b"\0" in chunk:
            look.nul_line = look.n_line_feeds + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
        look.has_quotes = look.has_quotes or b'"' in chunk
        look.has_lone_returns = look.has_lone_returns or _has_lone_return(chunk, last)
        letters = np.frombuffer(chunk, np.uint8)
        n_line_feeds = int(np.count_nonzero(letters == LF))
        look.has_blanks = look.has_blanks or _has_blank(chunk, letters, n_line_feeds)
        look.n_line_feeds += n_line_feeds
        last = chunk[-1]
    look.has_lone_returns = look.has_lone_returns or last == CR
    if not look.bad_line and decoder.getstate()[0]:
        look.bad_line = look.n_line_feeds + 1
    return look


def _bad_line(decoder: codecs.IncrementalDecoder, chunk: bytes, lines_before: int) -> int:
    pending = decoder.getstate()[0]
    if not pending and chunk.isascii():
        return 0
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return lines_before + (pending + chunk).count(b"\n", 0, error.start) + 1
    return 0


def _has_blank(chunk: bytes, letters: NDArray[np.uint8], n_line_feeds: int) -> bool:
    if not chunk.isascii():
        return True
    n_returns = int(np.count_nonzero(letters == CR)) if b"\r" in chunk else 0
    return int(np.count_nonzero(letters <= SPACE)) > n_line_feeds + n_returns


def _has_lone_return(chunk: bytes, last: int) -> bool:
    """Whether a carriage return before the chunk's last byte stands alone."""
    if last == CR and chunk[0] != LF:
        return True
    if b"\r" not in chunk:
        return False
    letters = np.frombuffer(chunk, np.uint8)
    return bool((letters[1:][letters[:-1] == CR] != LF).any())
