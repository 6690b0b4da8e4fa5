"""``.cxlink/runs/``: the last two runs of different cut-offs, kept to be committed.

A whole ``results.json`` would grow the repository month by month. What is kept is what a comparison reads: numbers,
months, settings, versions and hashes; some ten kilobytes, and the same bytes for the same run.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from cxlink.diff.snapshot import SCHEMA, Snapshot

FOLDER = "runs"
KEPT = 2
LARGEST = 64 * 1024 * 1024
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.json\.gz")


def read_kept(state: Path) -> list[Snapshot]:
    """Read the runs that are kept.

    Parameters
    ----------
    state : Path
        ``.cxlink``.

    Returns
    -------
    list of dict
        By cut-off, the earliest first; a damaged record counts as none.
    """
    found = [_read(path) for path in _paths(state)]
    return [one for one in found if one is not None]


def latest_before(state: Path | None, now: Snapshot) -> tuple[Snapshot | None, str]:
    """Find the run with which a run is compared: the last one of an earlier cut-off, so that a rerun meets the same.

    Parameters
    ----------
    state : Path or None
        ``.cxlink``.
    now : dict
        The run.

    Returns
    -------
    dict or None, str
        None with the reason where there is none.
    """
    if state is None:
        return None, "the configuration's folder cannot be written to, so that no earlier run is kept"
    ours = [one for one in read_kept(state) if all(one[key] == now[key] for key in ("project", "currency"))]
    earlier = [one for one in ours if str(one["to"]) < str(now["to"])]
    if not earlier:
        return None, "there is no earlier run to compare with"
    return earlier[-1], ""


def keep_run(state: Path, now: Snapshot) -> None:
    """Keep a run for later ones, and let go of all but the last two.

    Parameters
    ----------
    state : Path
        ``.cxlink``.
    now : dict
        The run; takes the place of one of the same cut-off.
    """
    folder = state / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(now, sort_keys=False, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    _replace(folder / f"{now['to']}.json.gz", gzip.compress(text.encode("ascii"), mtime=0))
    for path in _paths(state)[:-KEPT]:
        path.unlink(missing_ok=True)


def _paths(state: Path) -> list[Path]:
    folder = state / FOLDER
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and not path.is_symlink())


def _read(path: Path) -> Snapshot | None:
    try:
        with gzip.open(path) as file:
            data = file.read(LARGEST + 1)
        document = json.loads(data) if len(data) <= LARGEST else None
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return document if isinstance(document, dict) and document.get("schema") == SCHEMA else None


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file and move: whoever reads sees the old one or the new one, whole."""
    with NamedTemporaryFile("wb", dir=path.parent, suffix=".tmp", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
