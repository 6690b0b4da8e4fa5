"""A folder of results appears whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from cxlink.errors import CannotCreateError, CxlinkError, ReadWriteError
from cxlink.report.lock import hold_lock

MANIFEST = "manifest.json"
PROGRAM = "cxlink"
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP}


def publish(out: Path, write: Callable[[Path], None]) -> None:
    """Write a folder beside `out` and put it in the place of `out` when it is complete.

    Files in the old folder that its manifest does not name, such as somebody's notes, are carried over.

    Parameters
    ----------
    out : Path
        Folder of the results; absent, empty, or one that was published before.
    write : callable
        Writes all files, the manifest among them, into the folder that it is given.

    Raises
    ------
    CannotCreateError
        If `out` is a file, a symbolic link, a folder that is not ours, or cannot be made (CX701).
    LockedError
        If another run holds it (CX702).
    ReadWriteError
        If writing fails (CX703); the old folder is then as it was.
    """
    out = _absolute(out)
    try:
        check_out(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(out.parent / f".{out.name}.lock"):
            _publish(out, write)
    except OSError as error:
        raise _explain(error, out) from error


def check_out(out: Path) -> None:
    """Refuse a path that must not be replaced.

    Parameters
    ----------
    out : Path
        Folder of the results.

    Raises
    ------
    CannotCreateError
        If it is a file, a symbolic link or a folder that is not ours (CX701).
    """
    out = _absolute(out)
    if out.is_symlink():
        raise _refusal(out, "is a symbolic link.")
    if not out.name or (out.exists() and not out.is_dir()):
        raise _refusal(out, "is not a folder.")
    if out.is_dir() and any(out.iterdir()) and read_manifest(out) is None:
        raise _refusal(out, f"holds files that cxlink did not write (no {MANIFEST} of ours).")


def read_manifest(out: Path) -> dict[str, object] | None:
    """Read the manifest of a published folder.

    Parameters
    ----------
    out : Path
        A folder.

    Returns
    -------
    dict or None
        None where there is none, or it is not ours.
    """
    path = out / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("program") == PROGRAM else None


def _absolute(out: Path) -> Path:
    """Make a path absolute without following links: a link in the last place must be seen."""
    return Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link


def _publish(out: Path, write: Callable[[Path], None]) -> None:
    _recover(out)
    check_out(out)
    staged = out.parent / f".{out.name}.new-{secrets.token_hex(6)}"
    staged.mkdir(mode=0o700)
    try:
        write(staged)
        _carry_over(out, staged)
        _seal(staged)
        _exchange(out, staged)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _recover(out: Path) -> None:
    """Clean what dead runs left; we hold the lock, so nothing of it is in use."""
    for retired in sorted(out.parent.glob(f".{_literal(out.name)}.old-*")):
        if out.exists() or retired.is_symlink():
            shutil.rmtree(retired, ignore_errors=True)
        else:
            retired.rename(out)
    for staged in out.parent.glob(f".{_literal(out.name)}.new-*"):
        shutil.rmtree(staged, ignore_errors=True)


def _literal(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


def _carry_over(out: Path, staged: Path) -> None:
    """Copy the files of others; ours are those that the old manifest names."""
    manifest = read_manifest(out)
    if manifest is None:
        return
    listed = manifest.get("files")
    ours = {str(item.get("path")) for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
    for path in sorted(out.rglob("*")):
        relative = path.relative_to(out)
        target = staged / relative
        foreign = relative.as_posix() not in ours | {MANIFEST} and (path.is_symlink() or path.is_file())
        if foreign and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)


def _seal(folder: Path) -> None:
    """Only the owner may read; all bytes are on the disk before the folder gets its name."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink():
            continue
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(out: Path, staged: Path) -> None:
    retired = out.parent / f".{out.name}.old-{secrets.token_hex(6)}"
    had_old = out.exists()
    if had_old:
        out.rename(retired)
    try:
        staged.rename(out)
    except BaseException:
        if had_old:
            retired.rename(out)
        raise
    _sync(out.parent)
    shutil.rmtree(retired, ignore_errors=True)


def _refusal(out: Path, message: str) -> CannotCreateError:
    return CannotCreateError("CX701", str(out), message, "Choose another folder with --out, or move what is there.")


def _explain(error: OSError, out: Path) -> CxlinkError:
    reason = (error.strerror or type(error).__name__).lower()
    if error.errno in _DENIED:
        return CannotCreateError(
            "CX701", str(out), f"cannot be created: {reason}.", "Choose another folder with --out."
        )
    return ReadWriteError(
        "CX703", str(out), f"writing failed: {reason}.", "The old results are untouched. Make room and run again."
    )
