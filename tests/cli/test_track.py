"""``cxlink track`` on a made-up company, from files to figures."""

from __future__ import annotations

import csv
import io
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.handoff import Forecast, ForecastFigure
from cxlink.simulate import simulate
from cxlink.track import record_forecast

CHANGES = """
[[changes]]
name = "courier"
component = "delivery"
started_on = 2025-01-01
exposed = "usage > 7"

[[changes]]
name = "planned"
component = "billing"
reduce = 0.2
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=600, seed=6, scenario="base", with_effects=False)
    text = (folder / "cxlink.toml").read_text(encoding="utf-8")
    (folder / "cxlink.toml").write_text(text + CHANGES, encoding="utf-8")
    (folder / "none.toml").write_text(text, encoding="utf-8")
    figure = ForecastFigure(0.3, 0.2, 0.4)
    record_forecast(
        folder / ".cxlink" / "forecasts.json", [Forecast("courier", date(2024, 12, 31), 1, "0", 12, figure)]
    )
    return folder


def run_here(config: Path, form: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        arguments = ["track", "--config", str(config), "--format", form, "--quiet"]
        app(args=arguments, prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def test_the_change_is_judged_beside_its_forecast(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run_here(company / "cxlink.toml", "csv"))))
    told = [row for row in rows if row["figure"] == "told"]
    assert [(row["change"], float(row["point"])) for row in told] == [("courier", 0.3)]
    assert {row["outcome"] for row in rows} >= {"incidents", "leaving", "revenue", "score"}
    assert "planned" not in {row["change"] for row in rows}
    shown = run_here(company / "cxlink.toml", "table")
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "forecast on 2024-12-31: 30 (20 to 40) percent" in shown.replace("\n", " ")


def test_without_a_change_that_was_made_it_says_so(company: Path) -> None:
    with pytest.raises(CxlinkError, match="CX596"):
        run_here(company / "none.toml", "table")


def test_a_damaged_file_of_forecasts_is_left_alone(company: Path) -> None:
    path = company / ".cxlink" / "forecasts.json"
    before = path.read_bytes()
    path.write_text("<<<<<<< mine", encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX590"):
        run_here(company / "cxlink.toml", "table")
    assert path.read_text(encoding="utf-8") == "<<<<<<< mine"
    path.write_bytes(before)
