"""``cxlink tag reasons`` on a made-up company, in every format."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.simulate import simulate


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=250, seed=6, scenario="base", with_effects=False)
    return folder


def run_here(config: Path, form: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        arguments = ["tag", "reasons", "--config", str(config), "--format", form, "--quiet"]
        app(args=arguments, prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def changed(company: Path, name: str, old: str, new: str) -> Path:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    assert old in text
    path = company / name
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_formats_say_the_same(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run_here(company / "cxlink.toml", "csv"))))
    told = json.loads(run_here(company / "cxlink.toml", "json"))
    assert [(row["section"], row["name"], row["measure"]) for row in rows] == [
        (one["section"], one["name"], one["measure"]) for one in told
    ]
    numbers = [(float(row["point"]), one["point"]) for row, one in zip(rows, told, strict=True) if row["point"]]
    assert len(numbers) > 10
    assert all(abs(here - there) < 1e-9 for here, there in numbers)
    reasons = {row["name"] for row in rows if row["section"] == "reasons"}
    assert {"no reason", "no words"} < reasons
    shown = run_here(company / "cxlink.toml", "table")
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert all(reason in shown for reason in reasons - {"no reason", "no words"})
    assert "gave no reason" in shown
    words = " ".join(shown.split())
    assert "No number of leavers and no money:" in words
    assert "needs 20" in words


def test_the_public_sees_no_small_share(company: Path) -> None:
    published = changed(company, "published.toml", "[model]", '[report]\naudience = "published"\n\n[model]')
    rows = list(csv.DictReader(io.StringIO(run_here(published, "csv"))))
    shares = [row for row in rows if row["section"] == "reasons" and row["measure"] != "weight" and row["point"]]
    assert shares
    assert all(int(row["events"]) >= 10 for row in shares)
    assert any("suppressed" in row["reason"] for row in rows)


def test_without_scores_there_is_nothing_to_explain(company: Path) -> None:
    answers = pd.read_csv(company / "feedback.csv", dtype=str)
    answers.drop(columns="nps").to_csv(company / "other.csv", index=False)
    config = changed(company, "other.toml", 'path = "feedback.csv"', 'path = "other.csv"')
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('kpi = "nps"', 'kpi = "csat"'), encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX308"):
        run_here(config, "table")
