"""The sample data is what its make target writes, and small enough to travel in the wheel."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from cxlink.cli.demo import demo
from cxlink.simulate import simulate
from tests.real_data import REPOSITORY

SAMPLE = REPOSITORY / "sample_data"
MAX_BYTES = 3_000_000


def content(path: Path) -> bytes:
    """Bytes of a file; unpacked, because another zlib packs the same bytes otherwise."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def sample_files() -> list[Path]:
    """What is kept of the sample; a run leaves its state beside it."""
    return [path for path in SAMPLE.iterdir() if path.is_file()]


def test_rebuilding_changes_nothing(tmp_path: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    customers, seed = (
        int(re.findall(rf"^SAMPLE_{name} := (\d+)$", makefile, re.MULTILINE)[0]) for name in ("CUSTOMERS", "SEED")
    )
    simulate(tmp_path, customers=customers, seed=seed, scenario="base", compressed=True, with_decisions=True)
    rebuilt = {path.name: content(path) for path in tmp_path.iterdir()}
    kept = {path.name: content(path) for path in sample_files() if path.name != "README.md"}
    assert {name for name in rebuilt.keys() | kept.keys() if rebuilt.get(name) != kept.get(name)} == set()


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in sample_files()) < MAX_BYTES


def test_the_demo_ends_with_the_paths_of_the_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo(out=tmp_path / "demo", quiet=False)
    said = capsys.readouterr().err.splitlines()
    for line, name in zip(said[-4:], ("report.html", "report.md", "workbook.xlsx", "results.json"), strict=True):
        assert line.strip().endswith(name)
        assert Path(line.strip()).is_file()
