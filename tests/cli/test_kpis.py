"""``cxlink kpis`` on a made-up company, in every format, from files to figures."""

from __future__ import annotations

import csv
import io
import json
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
    simulate(folder, customers=500, seed=6, scenario="base", with_effects=False)
    return folder


def run_here(config: Path, form: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        arguments = ["kpis", "--config", str(config), "--format", form, "--quiet"]
        app(args=arguments, prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def test_the_formats_say_the_same(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run_here(company / "cxlink.toml", "csv"))))
    told = json.loads(run_here(company / "cxlink.toml", "json"))
    names = ("outcome", "kpi", "form")
    assert [[row[name] for name in names] for row in rows] == [[one[name] for name in names] for one in told]
    numbers = [(float(row["point"]), one["point"]) for row, one in zip(rows, told, strict=True) if row["point"]]
    assert numbers
    assert all(abs(here - there) < 1e-9 for here, there in numbers)
    shown = run_here(company / "cxlink.toml", "table")
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "judged on" in shown
    assert "| revenue" in run_here(company / "cxlink.toml", "md")


def test_without_ends_nothing_can_be_told(company: Path) -> None:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    (company / "orders.toml").write_text(text.replace('business = "subscription"', 'business = "orders"'), "utf-8")
    with pytest.raises(CxlinkError, match="CX511"):
        run_here(company / "orders.toml", "table")
