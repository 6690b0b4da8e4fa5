"""``cxlink monitor`` on a made-up company, from files to charts."""

from __future__ import annotations

import csv
import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.simulate import simulate


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=600, seed=6, scenario="base", with_effects=False)
    return folder


def run_here(company: Path, *arguments: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        whole = ["monitor", "--config", str(company / "cxlink.toml"), "--quiet", *arguments]
        app(args=whole, prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def test_every_figure_has_its_months_and_limits(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run_here(company, "--format", "csv"))))
    assert {row["series"] for row in rows} == {"experience", "reach", "tags", "leaving", "cost", "revenue"}
    assert all(float(row["low"]) <= float(row["high"]) for row in rows)
    assert {row["phase"] for row in rows} == {"1", "2"}
    shares = [row for row in rows if row["unit"].startswith("share")]
    assert all(0 <= float(row["value"]) <= 1 for row in shares)
    assert not (company / ".cxlink" / "baselines.json").exists()


def test_one_component_by_itself(company: Path) -> None:
    shown = run_here(company, "--component", "billing")
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "delivery" not in shown
    with pytest.raises(CxlinkError, match="There are: "):
        run_here(company, "--component", "shipping")


def test_a_damaged_file_of_baselines_is_left_alone(company: Path) -> None:
    path = company / ".cxlink" / "baselines.json"
    path.write_text("<<<<<<< mine", encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX610"):
        run_here(company)
    assert path.read_text(encoding="utf-8") == "<<<<<<< mine"
    path.unlink()


def test_too_short_a_window_says_what_it_needs(company: Path) -> None:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    lines = ["observed_from = 2025-01-01" if line.startswith("observed_from") else line for line in text.splitlines()]
    short = company / "short.toml"
    short.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CxlinkError, match="12 whole calendar months are observed, needs 20"):
        app(args=["monitor", "--config", str(short), "--quiet"], prog_name="cxlink", standalone_mode=False)
