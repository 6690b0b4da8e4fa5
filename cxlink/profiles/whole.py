"""Whole files through the loader's own readers, so that what init decides is what the loader will see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxlink.engine.open import open_engine
from cxlink.errors import CxlinkError, Faults
from cxlink.load.files import Wanted, read_file
from cxlink.load.guess import guess_encoding
from cxlink.load.sources import SourceFile
from cxlink.profiles.file_cells import FileCells, cells_of
from cxlink.profiles.heads import Head, Unreadable
from cxlink.settings import SourceSettings

ANY_BYTES = "latin-1"
MAX_COLUMNS = 2000


def read_whole(
    head: Head, names: Sequence[str], required: Sequence[str], settings: Mapping[str, object]
) -> tuple[FileCells, bool] | Unreadable:
    """Read all records of a file.

    Parameters
    ----------
    head : Head
        Its first rows.
    names : sequence of str
        Of the header that was recognised.
    required : sequence of str
        Names that tell this header from other lines.
    settings : mapping
        ``delimiter`` and ``header_rows`` as they were recognised.

    Returns
    -------
    raw : FileCells
        All columns whose name stands once.
    is_utf8 : bool
        Whether the text could be decoded without being told how.
    """
    own = SourceSettings.model_validate(
        {"path": [head.path.name], "member": head.member, "sheet": head.sheet, **settings}
    )
    wanted = Wanted(frozenset(names), frozenset(required), None, _every_name)
    file = SourceFile(head.path, head.label)
    try:
        return _read(file, own, wanted), True
    except (CxlinkError, Faults) as error:
        if isinstance(error, Faults) or error.code != "CX111":
            return _unreadable(head, error)
    try:
        guess = guess_encoding(head.path, place=head.label, member=head.member) or ANY_BYTES
        raw = _read(file, own.model_copy(update={"encoding": guess}), wanted)
    except (CxlinkError, Faults) as error:
        return _unreadable(head, error)
    return replace(raw, encoding=""), False


def _read(file: SourceFile, settings: SourceSettings, wanted: Wanted) -> FileCells:
    engine = open_engine("duckdb")
    try:
        return cells_of(read_file(engine, file, settings, wanted))
    finally:
        engine.close()


def _unreadable(head: Head, error: CxlinkError | Faults) -> Unreadable:
    first = error.faults[0] if isinstance(error, Faults) else error
    return Unreadable(head.label, f"{first.code} {first.message} {first.remedy}")


def _every_name(header: tuple[str, ...]) -> list[str]:
    return [name for name in dict.fromkeys(header) if name][:MAX_COLUMNS]
