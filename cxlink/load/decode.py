"""Bytes of a file to UTF-8 text: archives, byte-order marks, encodings; as a stream, so that size does not matter."""

from __future__ import annotations

import codecs
import errno
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from cxlink.errors import DataError
from cxlink.load.look import Look, look_at

MAX_BYTES = 64 << 30
MAX_RATIO = 200
RATIO_FROM = 1 << 20
CHUNK = 1 << 20
FEW_BAD_LINES = 3
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_STATEFUL = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
ENCODING_REMEDY = 'Say which encoding it is in cxlink.toml, such as encoding = "cp1252".'
_ARCHIVE_FAULTS = (
    gzip.BadGzipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class Bytes(Protocol):
    """A stream of a file's bytes, unpacked."""

    def read(self, size: int, /) -> bytes:
        """Read on.

        Parameters
        ----------
        size : int
            At most so many bytes.

        Returns
        -------
        bytes
            Empty at the end.
        """
        ...


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file are to be read.

    Parameters
    ----------
    name : str
        Python's name.
    mark : int
        Bytes of its byte-order mark.
    is_lossy : bool
        UTF-8 but for a few lines, which are held back later.
    look : Look or None
        Of all bytes, where they are used as they are.
    """

    name: str
    mark: int = 0
    is_lossy: bool = False
    look: Look | None = None

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes can be used as they are."""
        return self.name == "utf-8"


class _Unpacked:
    """A stream that tells damage and bombs apart from data."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, packed: int, place: str) -> None:
        self._stream, self._packed, self._place, self._size = stream, packed, place, 0

    def read(self, size: int, /) -> bytes:
        try:
            chunk = self._stream.read(size)
        except _ARCHIVE_FAULTS as error:
            raise _broken(self._place, error) from None
        except OSError as error:
            if error.errno == errno.EINVAL:  # an offset within the archive that leads nowhere
                raise _broken(self._place, error) from None
            raise
        self._size += len(chunk)
        if self._size > MAX_BYTES or (self._size > RATIO_FROM and self._size > MAX_RATIO * self._packed):
            raise DataError(
                "CX116",
                self._place,
                f"unpacks to more than {MAX_RATIO} times its size or {MAX_BYTES >> 30} GB.",
                "Check where it comes from; unpack it yourself if it is right.",
            )
        return chunk


def is_packed(path: Path) -> bool:
    """Tell whether a file is an archive, by its first bytes.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    bool
        True for gzip and zip.
    """
    with path.open("rb") as file:
        magic = file.read(len(ZIP_MAGIC))
    return magic.startswith(GZIP_MAGIC) or magic == ZIP_MAGIC


@contextmanager
def open_bytes(path: Path, *, place: str, member: str | None = None) -> Iterator[Bytes]:
    """Open a file's bytes, unpacked.

    Parameters
    ----------
    path : Path
        An existing file.
    place : str
        Its name for the user.
    member : str, optional
        The file that is meant within a zip file.

    Yields
    ------
    Bytes
        All members of a gzip file, or one file within a zip file.

    Raises
    ------
    DataError
        If the archive is broken (CX112), it is not clear which file within is meant (CX113), or it is a bomb (CX116).
    """
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        packed = max(path.stat().st_size, 1)
        if magic.startswith(GZIP_MAGIC):
            with gzip.GzipFile(fileobj=file) as stream:
                yield _Unpacked(stream, packed, place)
        elif magic == ZIP_MAGIC:
            with _open_member(file, place, member) as inner:
                yield _Unpacked(inner, packed, place)
        elif path.suffix.lower() in (".gz", ".zip") and magic:
            raise _broken(place, ValueError("it is not an archive of that kind"))
        else:
            yield _Unpacked(file, MAX_BYTES, place)


@contextmanager
def _open_member(file: IO[bytes], place: str, member: str | None) -> Iterator[IO[bytes]]:
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_member(archive, place, member)) as stream:
            yield stream
    except _ARCHIVE_FAULTS as error:
        raise _broken(place, error) from None
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise _broken(place, error) from None
        raise


def _member(archive: zipfile.ZipFile, place: str, member: str | None) -> zipfile.ZipInfo:
    files = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    meant = files if member is None else [m for m in files if member in (m.filename, Path(m.filename).name)]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(f'"{m.filename}"' for m in files[:5]) + (", ..." if len(files) > 5 else "")
    what = f"the archive holds {len(files)} files ({listed})" if member is None else f'it holds no one file "{member}"'
    raise DataError("CX113", place, f"{what}.", 'Say which is meant, such as member = "Subscriptions.csv".')


def _broken(place: str, error: Exception) -> DataError:
    words = "its end is missing" if isinstance(error, EOFError) else str(error).rstrip(".").splitlines()[0]
    return DataError(
        "CX112", place, f"the archive cannot be unpacked whole ({words}).", "Copy or export it again; it is damaged."
    )


def judge_encoding(path: Path, *, place: str, encoding: str | None, member: str | None = None) -> Encoding:
    """Tell how the bytes of a file are to be read: a mark wins, then UTF-8 wherever it fits, then the setting.

    Parameters
    ----------
    path : Path
        An existing file.
    place : str
        Its name for the user.
    encoding : str or None
        The source's setting.
    member : str, optional
        The file that is meant within a zip file.

    Returns
    -------
    Encoding
        Of the unpacked bytes.

    Raises
    ------
    DataError
        If the file is empty (CX104), neither UTF-8 nor of a configured encoding (CX111), or its archive is broken.
    """
    codec = None if encoding is None else _codec(encoding, place)
    with open_bytes(path, place=place, member=member) as stream:
        first = stream.read(CHUNK)
        marked = next(((mark, name) for mark, name in _MARKS if first.startswith(mark)), None)
        if not _has_text(first, stream):
            raise DataError("CX104", place, "the file is empty.", "Export it again.")
    if marked is not None and marked[1] != "utf-8":
        return Encoding(marked[1], len(marked[0]))
    if marked is None and codec is not None and codec.startswith(_STATEFUL):
        return Encoding(codec)
    with open_bytes(path, place=place, member=member) as stream:
        look = look_at(stream)
    if not look.bad_line:
        return Encoding("utf-8", 0 if marked is None else len(marked[0]), look=look)
    if marked is not None:
        raise DataError(
            "CX111", f"{place} line {look.bad_line}", "the text is marked as UTF-8 and is not.", "Export it again."
        )
    if codec not in (None, "utf-8"):
        return Encoding(str(codec))
    with open_bytes(path, place=place, member=member) as stream:
        if _is_nearly_utf8(stream):
            return Encoding("utf-8", is_lossy=True, look=look)
    raise DataError("CX111", f"{place} line {look.bad_line}", "the text is not UTF-8.", ENCODING_REMEDY)


def _has_text(first: bytes, stream: Bytes) -> bool:
    chunk = first
    while chunk:
        if chunk.strip():
            return True
        chunk = stream.read(CHUNK)
    return False


def _codec(encoding: str, place: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, TypeError):
        raise DataError(
            "CX111", place, f'"{encoding}" is not an encoding.', 'Use a name such as encoding = "cp1252".'
        ) from None
    return name.removesuffix("-sig")


def _is_nearly_utf8(stream: Bytes) -> bool:
    """Whether all but a few lines are UTF-8, and some of those are more than ASCII."""
    n_bad, n_good, rest = 0, 0, b""
    while chunk := stream.read(CHUNK):
        *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            good, bad = _judge_line(line)
            n_good, n_bad = n_good + good, n_bad + bad
        if n_bad > FEW_BAD_LINES:
            return False
    good, bad = _judge_line(rest)
    return n_bad + bad <= FEW_BAD_LINES and n_good + good > 0


def _judge_line(line: bytes) -> tuple[int, int]:
    if line.isascii():
        return 0, 0
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return 0, 1
    return int(any("\x80" <= letter <= "\ud7ff" for letter in text)), 0


def recode(stream: Bytes, target: IO[bytes], encoding: Encoding, *, place: str) -> None:
    """Write a stream as UTF-8, strictly.

    Parameters
    ----------
    stream : Bytes
        From its start.
    target : binary file
        Where the text goes, without byte-order mark.
    encoding : Encoding
        Of the stream.
    place : str
        The file's name for the user.

    Raises
    ------
    DataError
        If bytes are not of that encoding (CX111), or the text holds half characters.
    """
    _skip(stream, encoding.mark)
    if encoding.is_utf8:
        while chunk := stream.read(CHUNK):
            target.write(chunk)
        return
    decoder, line = codecs.getincrementaldecoder(encoding.name)(), 1
    while True:
        chunk = stream.read(CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
            target.write(text.encode("utf-8"))
        except UnicodeError as error:
            at = getattr(error, "start", 0)
            line += chunk.count(b"\n", 0, at)
            raise DataError(
                "CX111", f"{place} line {line}", f"the text is not {encoding.name}.", ENCODING_REMEDY
            ) from None
        if not chunk:
            return
        line += text.count("\n")


def _skip(stream: Bytes, size: int) -> None:
    while size and (skipped := stream.read(size)):
        size -= len(skipped)


def has_undecodable(text: str) -> bool:
    """Tell whether bytes of a text could not be decoded.

    Parameters
    ----------
    text : str
        Decoded with ``surrogateescape``.

    Returns
    -------
    bool
        True where it holds lone surrogates.
    """
    return not text.isascii() and _UNDECODABLE.search(text) is not None


def show_bytes(text: str) -> str:
    r"""Write undecodable bytes as ``\xNN``, so that a text can be stored.

    Parameters
    ----------
    text : str
        Decoded with ``surrogateescape``.

    Returns
    -------
    str
        Encodable as UTF-8.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
