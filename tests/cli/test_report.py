"""``cxlink report``: a run's reports again, from its folder alone."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import pytest

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.handoff import RunResult
from cxlink.report.charts.png import _find_fonts
from cxlink.report.page_charts import draw_all
from cxlink.report.saved_document import read_document
from cxlink.report.write import RENDERINGS, write_outputs
from tests.report.conftest import result
from tests.report.full_results import full_result

__all__ = ["result"]


@pytest.fixture
def run(result: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_outputs(full_result(result), tmp_path / "out" / "2025-12-31")
    monkeypatch.chdir(tmp_path)
    return Path("out") / "2025-12-31"


def report(*arguments: str) -> tuple[str, str]:
    told, said = io.StringIO(), io.StringIO()
    with redirect_stdout(told), redirect_stderr(said):
        app(args=["report", *arguments], prog_name="cxlink", standalone_mode=False)
    return told.getvalue(), said.getvalue()


def test_the_latest_run_is_rendered_and_printed(run: Path) -> None:
    before = {name: (run / name).read_bytes() for name in RENDERINGS}
    for name in RENDERINGS:
        (run / name).unlink()
    told, said = report()
    assert {name: (run / name).read_bytes() for name in RENDERINGS} == before
    assert all(f"wrote {run / name}" in said for name in RENDERINGS)
    assert told.startswith("Acme | 4,012 active customers")
    assert f"Next: open {run / 'report.html'}" in told
    assert report("--quiet", "--from", str(run)) == (told, "")


def test_no_engine_and_no_settings_are_needed(run: Path) -> None:
    # neither configuration nor data is in the folder
    assert [path.name for path in Path().iterdir()] == ["out"]
    assert "Do next" in report("--from", str(run))[0]


@pytest.mark.parametrize(("folder", "code"), [("nowhere", "CX680"), (".", "CX680")])
def test_other_folders_are_refused(run: Path, folder: str, code: str) -> None:
    with pytest.raises(CxlinkError, match=code):
        report("--from", folder)


def test_without_a_run_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CxlinkError, match=r"CX680 out: .*--from"):
        report()


def test_pictures_need_the_extra_and_are_one_a_chart(run: Path, tmp_path: Path) -> None:
    if find_spec("resvg_py") is None:
        with pytest.raises(CxlinkError, match="CX660"):
            report("--from", str(run), "--png", "pictures")
        assert not Path("pictures").exists()
        return
    assert _find_fonts()
    report("--from", str(run), "--png", "pictures")
    names = {f"{name}.png" for name in draw_all(read_document(run))}
    assert {path.name for path in Path("pictures").iterdir()} == names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in Path("pictures").iterdir())
    Path("file").write_text("", encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX684"):
        report("--from", str(run), "--png", "file")
