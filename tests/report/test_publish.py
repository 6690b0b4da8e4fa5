"""A folder of results appears whole or not at all, and nobody's files are lost."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cxlink.errors import CannotCreateError, ExitCode, LockedError, ReadWriteError
from cxlink.report import publish as module
from cxlink.report.lock import hold_lock
from cxlink.report.publish import publish


def writer(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "report.txt").write_text(text)
        (folder / "tables").mkdir()
        (folder / "tables" / "a.csv").write_text(text)
        files = [{"path": "report.txt"}, {"path": "tables/a.csv"}]
        (folder / "manifest.json").write_text(json.dumps({"program": "cxlink", "files": files}))

    return write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "out"
    publish(path, writer("old"))
    return path


def beside(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


def test_a_new_folder_is_for_its_owner_only(out: Path) -> None:
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "tables" / "a.csv").stat().st_mode) == 0o600
    assert beside(out) == ["out"]


def test_an_old_folder_of_ours_is_replaced(out: Path) -> None:
    publish(out, writer("new"))
    assert (out / "report.txt").read_text() == "new"
    assert beside(out) == ["out"]


def test_the_files_of_others_are_carried_over(out: Path) -> None:
    (out / "notes").mkdir()
    (out / "notes" / "mine.txt").write_text("mine")
    (out / "link").symlink_to("/nowhere")
    publish(out, writer("new"))
    assert (out / "notes" / "mine.txt").read_text() == "mine"
    assert (out / "link").is_symlink()
    assert (out / "report.txt").read_text() == "new"


def test_files_that_we_no_longer_write_go_away(out: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "manifest.json").write_text('{"program": "cxlink", "files": []}')

    publish(out, write)
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("manifest", [None, "", "[]", '{"program": "other"}'])
def test_a_foreign_folder_is_refused(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("x")
    if manifest is not None:
        (tmp_path / "photos" / "manifest.json").write_text(manifest)
    with pytest.raises(CannotCreateError, match="CX701") as caught:
        publish(tmp_path / "photos", writer("new"))
    assert caught.value.exit_code is ExitCode.CANNOT_CREATE
    assert (tmp_path / "photos" / "a.jpg").read_text() == "x"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    publish(tmp_path / "out", writer("new"))
    assert (tmp_path / "out" / "report.txt").exists()


def test_a_file_and_a_link_are_refused(tmp_path: Path, out: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(out)
    for path in (tmp_path / "file", tmp_path / "link", tmp_path / "file" / "below", Path("/")):
        with pytest.raises(CannotCreateError, match="CX701"):
            publish(path, writer("new"))
    assert (out / "report.txt").read_text() == "old"


@pytest.mark.parametrize("error", [RuntimeError("bug"), KeyboardInterrupt()])
def test_a_crash_while_writing_leaves_the_old_whole(out: Path, error: BaseException) -> None:
    def crash(folder: Path) -> None:
        writer("new")(folder)
        raise error

    with pytest.raises(type(error)):
        publish(out, crash)
    assert (out / "report.txt").read_text() == "old"
    assert (out / "tables" / "a.csv").read_text() == "old"
    assert beside(out) == ["out"]


def test_a_full_disk_is_an_error_of_ours(out: Path) -> None:
    def fill(folder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ReadWriteError, match=r"CX703.*no space left") as caught:
        publish(out, fill)
    assert caught.value.exit_code is ExitCode.IO_FAILED
    assert (out / "report.txt").read_text() == "old"


def test_a_failed_exchange_puts_the_old_back(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(ReadWriteError, match="CX703"):
        publish(out, writer("new"))
    assert (out / "report.txt").read_text() == "old"
    assert beside(out) == ["out"]


def test_leftovers_of_dead_runs_are_cleaned(out: Path) -> None:
    dead = out.parent / ".out.new-dead"
    dead.mkdir()
    (dead / "half.txt").write_text("half")
    (out.parent / ".out.old-dead").mkdir()
    (out.parent / ".output.new-other").mkdir()
    publish(out, writer("new"))
    assert beside(out) == [".output.new-other", "out"]


def test_a_run_that_died_between_the_renames_is_undone(out: Path) -> None:
    out.rename(out.parent / ".out.old-dead")
    with pytest.raises(RuntimeError):
        publish(out, lambda folder: (_ for _ in ()).throw(RuntimeError("again")))
    assert (out / "report.txt").read_text() == "old"


def test_a_second_run_is_refused_while_the_first_holds_the_folder(out: Path) -> None:
    def write(folder: Path) -> None:
        code = (
            "from pathlib import Path\nfrom cxlink.errors import LockedError\n"
            "from cxlink.report.publish import publish\n"
            f"try:\n    publish(Path({str(out)!r}), lambda folder: None)\n"
            "except LockedError as error:\n    print(error.exit_code.value, error)"
        )
        command = [sys.executable, "-c", code]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
        assert told.startswith("75 CX702")
        assert f"process {os.getpid()}" in told
        writer("new")(folder)

    publish(out, write)
    assert (out / "report.txt").read_text() == "new"
    assert beside(out) == ["out"]


def test_the_lock_is_free_again_and_leaves_no_file(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_lock(tmp_path / "lock"), pytest.raises(LockedError), hold_lock(tmp_path / "lock"):
            pass
    assert not (tmp_path / "lock").exists()


def test_a_name_with_brackets_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / ".a.new-x").mkdir()
    publish(tmp_path / "[a]", writer("new"))
    assert (tmp_path / ".a.new-x").exists()
    assert module.read_manifest(tmp_path / "[a]") is not None
