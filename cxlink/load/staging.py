"""Files of text, each as UTF-8 on disk, unpacked: what every later pass reads."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from cxlink.errors import DataError
from cxlink.load.decode import CHUNK, is_packed, judge_encoding, open_bytes, recode
from cxlink.load.guess import guess_encoding
from cxlink.load.look import CR, LF, Look, look_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUOTE = 34
SCAN = 1 << 20
TAIL = 64 << 10


@dataclass(frozen=True, slots=True)
class StagedText:
    """A file's text.

    Parameters
    ----------
    path : Path
        UTF-8, unpacked: the file itself where it is that already.
    mark : int
        Bytes of a byte-order mark at its start.
    place : str
        The file's name for the user.
    encoding : str
        Of the file.
    is_lossy : bool
        Whether single lines hold bytes that are not UTF-8.
    look : Look
        What its bytes are.
    """

    path: Path
    mark: int
    place: str
    encoding: str
    is_lossy: bool
    look: Look

    def head(self, size: int) -> str:
        """Text from the start.

        Parameters
        ----------
        size : int
            Bytes, at most.

        Returns
        -------
        str
            Cut at the end of a line where there is more.
        """
        with self.path.open("rb") as file:
            file.seek(self.mark)
            head = file.read(size)
            if file.read(1):
                head = head[: head.rfind(b"\n") + 1] or head
        return head.decode("utf-8", "surrogateescape")

    def tail(self) -> list[str]:
        """Last lines, as far as they are found in the last 64 kB.

        Returns
        -------
        list of str
            Without line ends.
        """
        with self.path.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - TAIL, 0))
            return file.read().decode("utf-8", "replace").splitlines()

    def lines(self) -> Lines:
        """Open the text as lines.

        Returns
        -------
        Lines
            By number, from 0.
        """
        return Lines(self.path, self.mark)


def stage_text(path: Path, folder: Path, *, place: str, encoding: str | None, member: str | None = None) -> StagedText:
    """Bring a text file to UTF-8, unpacked.

    Parameters
    ----------
    path : Path
        An existing file.
    folder : Path
        For the copy where one is needed.
    place : str
        The file's name for the user.
    encoding : str or None
        The source's setting, which counts where the bytes are not UTF-8.
    member : str, optional
        The file that is meant within a zip file.

    Returns
    -------
    StagedText
        Line ends as in the file.

    Raises
    ------
    DataError
        If the file is empty (CX104), its archive broken (CX112) or unclear (CX113), too large or packed too tightly
        (CX116), or its text is not decodable (CX111) or holds NUL (CX114).
    """
    try:
        judged = judge_encoding(path, place=place, encoding=encoding, member=member)
    except DataError as error:
        if error.code == "CX111" and encoding is None:
            raise _with_guess(error, path, place, member) from None
        raise
    staged, mark = path, judged.mark
    if is_packed(path) or not judged.is_utf8:
        staged, mark = new_file(folder), 0
        with open_bytes(path, place=place, member=member) as stream, staged.open("wb") as target:
            recode(stream, target, judged, place=place)
    look = judged.look or _look_at(staged)
    if look.nul_line:
        raise _nul(place, look.nul_line)
    return StagedText(staged, mark, place, judged.name, judged.is_lossy, look)


def _with_guess(error: DataError, path: Path, place: str, member: str | None) -> DataError:
    guess = guess_encoding(path, place=place, member=member)
    if not guess:
        return error
    remedy = f'It may be {guess}: say encoding = "{guess}" in cxlink.toml, and check that its words then read right.'
    return DataError(error.code, error.place, error.message, remedy)


def new_file(folder: Path) -> Path:
    """Make an empty private file.

    Parameters
    ----------
    folder : Path
        An existing one.

    Returns
    -------
    Path
        With a name of its own.
    """
    handle, name = tempfile.mkstemp(prefix="input-", suffix=".txt", dir=folder)
    os.close(handle)
    return Path(name)


def reachable(path: Path, folder: Path) -> Path:
    """Give a file a second name in the engine's folder, the only one that it may read.

    Parameters
    ----------
    path : Path
        An existing file.
    folder : Path
        The engine's.

    Returns
    -------
    Path
        The file itself where it is there already, else a link to it, or a copy where the file system has no links.
    """
    if path.parent == folder:
        return path
    name = new_file(folder)
    name.unlink()
    try:
        os.link(path.resolve(), name)
    except OSError:
        shutil.copyfile(path, name)
    return name


def digest_of(path: Path) -> str:
    """Fingerprint a file as it stands, packed or not.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    str
        SHA-256, in hexadecimal.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look_at(path: Path) -> Look:
    with path.open("rb") as file:
        return look_at(file)


def _nul(place: str, line: int) -> DataError:
    return DataError(
        "CX114",
        f"{place} line {line}",
        "the text holds NUL bytes.",
        'It is damaged, or in UTF-16 without a mark: then say encoding = "utf-16-le" in cxlink.toml.',
    )


class Lines(Sequence[str]):
    """Physical lines of a text on disk, with their ends, decoded when they are asked for.

    Parameters
    ----------
    path : Path
        UTF-8; bytes that are not become lone surrogates.
    mark : int, default 0
        Bytes to skip at its start.

    Notes
    -----
    A line ends with a line feed, a carriage return or both, as in the universal newlines of :class:`io.StringIO`.
    """

    def __init__(self, path: Path, mark: int = 0) -> None:
        self._starts = _line_starts(path, mark)
        size = path.stat().st_size
        with path.open("rb") as file:
            self._bytes: mmap | bytes = mmap(file.fileno(), 0, access=ACCESS_READ) if size else b""

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """Decode one line, or those of a range without steps."""
        if isinstance(at, slice):
            return self._range(*at.indices(len(self))[:2])
        begin, end = self._starts[at], self._starts[at + 1]
        return self._bytes[begin:end].decode("utf-8", "surrogateescape")

    def _range(self, first: int, last: int) -> list[str]:
        starts = self._starts[first : last + 1].tolist()
        if len(starts) < 2:
            return []
        block = self._bytes[starts[0] : starts[-1]]
        base = starts[0]
        if block.isascii():
            text = block.decode("ascii")
            return [text[a - base : b - base] for a, b in pairwise(starts)]
        return [block[a - base : b - base].decode("utf-8", "surrogateescape") for a, b in pairwise(starts)]

    def __iter__(self) -> Iterator[str]:
        """Decode all lines, in order."""
        for first in range(0, len(self), CHUNK // 32):
            yield from self._range(first, first + CHUNK // 32)


def _line_starts(path: Path, mark: int) -> NDArray[np.int64]:
    """Offset of each line, and of the end."""
    found = [np.array([mark], dtype=np.int64)]
    base, after_return = 0, False
    with path.open("rb") as file:
        while chunk := file.read(SCAN):
            letters = np.frombuffer(chunk, np.uint8)
            ends = letters == LF
            returns = letters == CR
            if returns.any() or after_return:
                ends[:-1] |= returns[:-1] & (letters[1:] != LF)
                if after_return and letters[0] != LF:
                    found.append(np.array([base], dtype=np.int64))
                after_return = bool(returns[-1])
            found.append(np.flatnonzero(ends) + (base + 1))
            base += len(chunk)
    if after_return:
        found.append(np.array([base], dtype=np.int64))
    starts = np.concatenate(found)
    return starts if starts[-1] == base else np.append(starts, base)
