"""Bytes of a file to text: archives, byte-order marks, encodings."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from cxlink.errors import DataError

MAX_BYTES = 8 << 30
MAX_RATIO = 200
RATIO_FROM = 1 << 20
CHUNK = 1 << 20
FEW_BAD_LINES = 3
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_STATEFUL = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
ENCODING_REMEDY = 'Say which encoding it is in cxlink.toml, such as encoding = "cp1252".'


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and how it was come by.

    Parameters
    ----------
    text : str
        Line ends as in the file. Bytes of single lines that could not be decoded are lone surrogates.
    encoding : str
        Python's name of the encoding.
    digest : str
        Of the unpacked bytes.
    """

    text: str
    encoding: str
    digest: str = ""


def read_text(path: Path, *, place: str, encoding: str | None) -> Decoded:
    """Read a text file, packed or not.

    Parameters
    ----------
    path : Path
        An existing file.
    place : str
        Its name for the user.
    encoding : str or None
        The source's setting, which counts where the bytes are not UTF-8.

    Returns
    -------
    Decoded
        Text without byte-order mark.

    Raises
    ------
    DataError
        If the file is empty (CX104), its archive broken (CX112) or holding not one file (CX113), too large or packed
        too tightly (CX116), or its text is not decodable (CX111) or holds NUL (CX114).
    """
    raw = read_bytes(path, place=place)
    if not (raw[:CHUNK].strip() or raw.strip()):
        raise DataError("CX104", place, "the file is empty.", "Export it again.")
    decoded = replace(_decode(raw, place, encoding), digest=hashlib.sha256(raw).hexdigest())
    if "\0" in decoded.text:
        line = decoded.text.count("\n", 0, decoded.text.index("\0")) + 1
        raise DataError(
            "CX114",
            f"{place} line {line}",
            "the text holds NUL bytes.",
            'It is damaged, or in UTF-16 without a mark: then say encoding = "utf-16-le" in cxlink.toml.',
        )
    return decoded


def read_bytes(path: Path, *, place: str) -> bytes:
    """Read a file's bytes, unpacked.

    Parameters
    ----------
    path : Path
        An existing file.
    place : str
        Its name for the user.

    Returns
    -------
    bytes
        All members of a gzip file, or the one file within a zip file.

    Raises
    ------
    DataError
        If the archive is broken, holds several files, or is a bomb.
    """
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        packed = max(path.stat().st_size, 1)
        try:
            if magic.startswith(GZIP_MAGIC):
                with gzip.GzipFile(fileobj=file) as stream:
                    return _read_all(stream, packed, place)
            if magic == ZIP_MAGIC:
                return _read_zip(file, packed, place)
        except (gzip.BadGzipFile, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise _broken(place, error) from None
        if path.suffix.lower() in (".gz", ".zip") and magic:
            raise _broken(place, ValueError("it is not an archive of that kind"))
        return _read_all(file, MAX_BYTES, place)


def _broken(place: str, error: Exception) -> DataError:
    words = "its end is missing" if isinstance(error, EOFError) else str(error).rstrip(".").splitlines()[0]
    return DataError(
        "CX112", place, f"the archive cannot be unpacked whole ({words}).", "Copy or export it again; it is damaged."
    )


def _read_zip(file: IO[bytes], packed: int, place: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            raise DataError(
                "CX113", place, f"the archive holds {len(members)} files.", "Unpack it and name the file that is meant."
            )
        with archive.open(members[0]) as stream:
            return _read_all(stream, packed, place)


def _read_all(stream: IO[bytes] | gzip.GzipFile, packed: int, place: str) -> bytes:
    target = io.BytesIO()
    while chunk := stream.read(CHUNK):
        target.write(chunk)
        size = target.tell()
        if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * packed):
            raise DataError(
                "CX116",
                place,
                f"unpacks to more than {MAX_RATIO} times its size or {MAX_BYTES >> 30} GB.",
                "Check where it comes from; unpack it yourself if it is right.",
            )
    return target.getvalue()


def _decode(raw: bytes, place: str, encoding: str | None) -> Decoded:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _decode_strictly(raw, codec, place)
    if encoding is not None and _codec(encoding, place).startswith(_STATEFUL):
        return _decode_strictly(raw, _codec(encoding, place), place)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            return _decode_strictly(raw, _codec(encoding, place), place)
        return _decode_leniently(raw, error, place)


def _codec(encoding: str, place: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, TypeError):
        raise DataError(
            "CX111", place, f'"{encoding}" is not an encoding.', 'Use a name such as encoding = "cp1252".'
        ) from None
    return name


def _decode_strictly(raw: bytes, codec: str, place: str) -> Decoded:
    try:
        return Decoded(raw.decode(codec), codec.removesuffix("-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            "CX111", f"{place} line {line}", f"the text is not {codec.removesuffix('-sig')}.", ENCODING_REMEDY
        ) from None


def _decode_leniently(raw: bytes, error: UnicodeDecodeError, place: str) -> Decoded:
    """Keep a file that is UTF-8 but for a few lines; those are held back later, by their lone surrogates."""
    text = raw.decode("utf-8", "surrogateescape")
    bad = [line for line in text.split("\n") if has_undecodable(line)]
    is_utf8 = any("\x80" <= letter <= "\ud7ff" for letter in set(text))
    if len(bad) <= FEW_BAD_LINES and is_utf8:
        return Decoded(text, "utf-8")
    line = raw.count(b"\n", 0, error.start) + 1
    raise DataError("CX111", f"{place} line {line}", "the text is not UTF-8.", ENCODING_REMEDY)


def has_undecodable(text: str) -> bool:
    """Tell whether bytes of a text could not be decoded.

    Parameters
    ----------
    text : str
        From `Decoded`.

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
        From `Decoded`.

    Returns
    -------
    str
        Encodable as UTF-8.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
