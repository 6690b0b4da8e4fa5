"""One run at a time may write an output folder."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cxlink.errors import LockedError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock file for as long as the block runs; the system frees it when the process dies.

    Parameters
    ----------
    path : Path
        The lock file; it is removed again.

    Yields
    ------
    None
        While the lock is held.

    Raises
    ------
    LockedError
        If another process holds it (CX702).
    """
    handle = _open_locked(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def _open_locked(path: Path) -> int:
    """Open and lock; again, if the file was removed by its last holder in between."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            _try_lock(handle)
        except OSError:
            holder = os.read(handle, 200).decode("utf-8", "replace").strip()
            os.close(handle)
            raise LockedError(
                "CX702",
                path.name,
                f"another run holds the output folder ({holder or 'unknown process'}).",
                "Wait until it has ended, or choose another folder with --out.",
            ) from None
        if _is_current(handle, path):
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
            return handle
        os.close(handle)


def _is_current(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
