"""Which files a source of the configuration means."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cxlink.errors import CxlinkError, DataError, Faults, InputMissingError
from cxlink.load.decode import show_bytes
from cxlink.settings import SourceSettings, expand_path

N_SIMILAR = 5
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read.

    Parameters
    ----------
    path : Path
        Absolute; opened literally.
    name : str
        Relative to the configuration, with ``/``.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """One source of one table.

    Parameters
    ----------
    label : str
        The table's name, then ``revenue-2``, ``revenue-3``.
    table : str
        The canonical table.
    settings : SourceSettings
        How to read it.
    folder : Path
        The configuration's folder.
    """

    label: str
    table: str
    settings: SourceSettings
    folder: Path

    @property
    def zone(self) -> ZoneInfo | None:
        """The export's own time zone, where the configuration names one."""
        return None if self.settings.timezone is None else ZoneInfo(self.settings.timezone)

    @property
    def key(self) -> str:
        """The heading to look for in the configuration."""
        return f"[[sources.{self.table}]]"


def find_files(patterns: Sequence[str], folder: Path) -> tuple[list[SourceFile], list[str]]:
    """Find the files that a source names.

    Parameters
    ----------
    patterns : sequence of str
        As written: names, or globs where no file has that very name.
    folder : Path
        Where relative names start.

    Returns
    -------
    files : list of SourceFile
        Each file once: in the order of the patterns, sorted within one.
    repeated : list of str
        Names under which a file was met again.

    Raises
    ------
    InputMissingError
        If one pattern matches nothing (CX101).
    DataError
        If one is an address of the network (CX118).
    Faults
        If several of these.
    """
    files: dict[str, SourceFile] = {}
    repeated: list[str] = []
    faults: list[CxlinkError] = []
    for pattern in patterns:
        try:
            for path in _expand(pattern, folder):
                file = SourceFile(path, relative_name(path, folder))
                if files.setdefault(os.path.realpath(path), file) is not file:
                    repeated.append(file.name)
        except CxlinkError as error:
            faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
    return list(files.values()), repeated


def relative_name(path: Path, folder: Path) -> str:
    """Name a file as the ledger does.

    Parameters
    ----------
    path : Path
        Absolute.
    folder : Path
        The configuration's folder.

    Returns
    -------
    str
        Relative to the folder, with ``/``.
    """
    return show_bytes(os.path.relpath(path, folder).replace(os.sep, "/"))


def _expand(pattern: str, folder: Path) -> list[Path]:
    if _URL.match(pattern):
        raise DataError("CX118", pattern, "is an address, not a file.", "Download the file and name it here.")
    text = expand_path(pattern, folder)
    if _is_file(text):
        return [Path(text)]
    names = glob.glob(text) if glob.has_magic(text) else []  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = sorted(Path(name) for name in names if _is_file(name))
    if not found:
        raise InputMissingError("CX101", pattern, _what_is_missing(pattern, text), _similar(text))
    return found


def _is_file(text: str) -> bool:
    return os.path.isfile(text)  # noqa: PTH113 - False, too, for a name that the system cannot have


def _what_is_missing(pattern: str, text: str) -> str:
    if os.path.isdir(text):  # noqa: PTH112 - likewise
        return "is a folder, not a file."
    return "no file matches." if glob.has_magic(pattern) else "there is no such file."


def _similar(text: str) -> str:
    path = Path(text)
    folder, suffix = (path, "") if os.path.isdir(text) else (path.parent, path.suffix)  # noqa: PTH112 - likewise
    try:
        present = sorted(entry.name for entry in folder.iterdir() if entry.is_file() and entry.name[:1] != ".")
    except OSError:
        return "Its folder does not exist either; correct the path in cxlink.toml."
    alike = [other for other in present if other.endswith(suffix)] or present
    if not alike:
        return "Its folder is empty; correct the path in cxlink.toml."
    listed = ", ".join(f'"{other}"' for other in alike[:N_SIMILAR]) + (", ..." if len(alike) > N_SIMILAR else "")
    return f"The folder has {listed}. Correct the path in cxlink.toml, or add the file."
