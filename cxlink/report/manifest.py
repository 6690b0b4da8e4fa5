"""What a folder of results was made of, and from what: the only file that may differ between two runs."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cxlink import __version__
from cxlink.report.files import write_text
from cxlink.report.publish import MANIFEST, PROGRAM
from cxlink.report.results import dump_json

LIBRARIES = (
    "duckdb",
    "jinja2",
    "lifelines",
    "numpy",
    "pandas",
    "pydantic",
    "rich",
    "scipy",
    "statsmodels",
    "xlsxwriter",
)
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: its path as the ledger names it, its size in bytes and its SHA-256."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run was made from, beyond its result.

    ``settings_sha256`` is the hash of the configuration, ``settings`` its keys and values, without absolute paths;
    ``assumptions`` says which of them a workbook overrode. All may be left empty where they are not known.
    """

    settings_sha256: str = ""
    inputs: tuple[InputFile, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    assumptions: Mapping[str, object] = field(default_factory=dict)


def describe_input(path: Path, file: str) -> InputFile:
    """Measure a file that was read.

    Parameters
    ----------
    path : Path
        Where it is.
    file : str
        How the ledger names it.

    Returns
    -------
    InputFile
        With its size and hash.
    """
    return InputFile(file, path.stat().st_size, _sha256(path))


def write_manifest(folder: Path, provenance: Provenance, more: Mapping[str, object]) -> None:
    """Write ``manifest.json`` for all files that are in a folder.

    Parameters
    ----------
    folder : Path
        Complete but for the manifest.
    provenance : Provenance
        What the run was made from.
    more : mapping
        Further keys, such as the seed.
    """
    manifest = {
        **describe_run(provenance, more),
        "created_at": _now(),
        "files": [_describe_output(path, folder) for path in _files(folder)],
    }
    write_text(folder / MANIFEST, dump_json(manifest))


def rewrite_manifest(folder: Path, earlier: Mapping[str, object], *, of_old: Path) -> None:
    """Write ``manifest.json`` again where some files of a run were made anew; all it says of the run stays.

    Parameters
    ----------
    folder : Path
        Complete but for the manifest.
    earlier : mapping
        The manifest of the run.
    of_old : Path
        The folder that it is of: files that it does not name are somebody's notes, and stay unnamed.
    """
    listed = earlier.get("files")
    named = {str(one.get("path")) for one in listed if isinstance(one, dict)} if isinstance(listed, list) else set()
    there = {path.relative_to(of_old).as_posix() for path in _files(of_old)}
    ours = [
        path for path in _files(folder) if (name := path.relative_to(folder).as_posix()) in named or name not in there
    ]
    manifest = {**earlier, "rendered_at": _now(), "rendered_by": __version__}
    write_text(folder / MANIFEST, dump_json({**manifest, "files": [_describe_output(path, folder) for path in ours]}))


def describe_run(provenance: Provenance, more: Mapping[str, object]) -> dict[str, object]:
    """Name what a run was made from: all of the manifest but its time and the files that were written.

    Parameters
    ----------
    provenance : Provenance
        What the run was made from.
    more : mapping
        Further keys, such as the seed.

    Returns
    -------
    dict
        Of JSON values.
    """
    return {
        "program": PROGRAM,
        "schema": "cxlink.manifest/1",
        "version": __version__,
        **more,
        "settings_sha256": provenance.settings_sha256,
        "settings": dict(provenance.settings),
        **({"assumptions": dict(provenance.assumptions)} if provenance.assumptions else {}),
        "inputs": [{"file": i.file, "size": i.size, "sha256": i.sha256} for i in provenance.inputs],
        "python": platform.python_version(),
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def _describe_output(path: Path, folder: Path) -> dict[str, object]:
    return {"path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": _sha256(path)}


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.isoformat(timespec="seconds")
