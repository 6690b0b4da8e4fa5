"""Which encoding a text that is not UTF-8 may have: a suggestion for a person, never acted on."""

from __future__ import annotations

import codecs
from pathlib import Path

from cxlink.load.decode import CHUNK, open_bytes

MAX_BYTES = 200_000
ASCII = 127
LEAST_LETTERS = 8
"""Bytes beyond ASCII; one name with an umlaut fits many encodings."""


def guess_encoding(path: Path, *, place: str, member: str | None = None) -> str:
    """Guess from the lines that are more than ASCII.

    Parameters
    ----------
    path : Path
        An existing file, packed or not.
    place : str
        Its name for the user.
    member : str, optional
        The file that is meant within a zip file.

    Returns
    -------
    str
        Python's name of the encoding, such as ``cp1257``; "" where nothing is likely.
    """
    import chardet

    found, size, rest = [], 0, b""
    with open_bytes(path, place=place, member=member) as stream:
        while size < MAX_BYTES and (chunk := stream.read(CHUNK)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if not line.isascii():
                    found.append(line)
                    size += len(line)
    sample = b"\n".join([*found, rest])[:MAX_BYTES]
    if sum(byte > ASCII for byte in sample) < LEAST_LETTERS:
        return ""
    try:
        name = codecs.lookup(str(chardet.detect(sample)["encoding"])).name
        sample.decode(name)
    except (LookupError, UnicodeError):
        return ""
    return "" if name in ("ascii", "utf-8") else name
