"""``cxlink drivers`` on a made-up company with ratings, in every format, from files to figures."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.simulate import simulate

ODD = 'rating_call centre "A"'


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=250, seed=6, scenario="base", with_effects=False)
    answers = pd.read_csv(folder / "feedback.csv", dtype=str)
    rng = np.random.default_rng(1)
    score = pd.to_numeric(answers["nps"]).fillna(7).to_numpy()
    answers["rating_delivery"] = np.clip(np.round(score / 2 + rng.normal(size=len(score))), 1, 5).astype(int)
    noise = pd.Series(rng.integers(1, 6, len(score)).astype(str))
    answers[ODD] = noise.where(rng.random(len(score)) < 0.6, "")
    answers.to_csv(folder / "feedback.csv", index=False)
    return folder


def run_here(config: Path, form: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        arguments = ["drivers", "--config", str(config), "--format", form, "--quiet"]
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
    assert [(row["kpi"], row["component"], row["way"]) for row in rows] == [
        (one["kpi"], one["component"], one["way"]) for one in told
    ]
    numbers = [(float(row["point"]), one["point"]) for row, one in zip(rows, told, strict=True) if row["point"]]
    assert len(numbers) > 10
    assert all(abs(here - there) < 1e-9 for here, there in numbers)
    shown = run_here(company / "cxlink.toml", "table")
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "What moves NPS:" in shown
    assert "## What moves NPS" in run_here(company / "cxlink.toml", "md")


def test_ratings_come_from_the_files(company: Path) -> None:
    """The delivery's rating follows the score, the call centre's is noise that four in ten did not give."""
    rows = list(csv.DictReader(io.StringIO(run_here(company / "cxlink.toml", "csv"))))
    shares = {row["component"]: row for row in rows if row["way"] == "share_of_variance" and row["kpi"] == "nps"}
    assert set(shares) == {"delivery", ODD.removeprefix("rating_")}
    delivery, odd = shares["delivery"], shares[ODD.removeprefix("rating_")]
    assert float(delivery["low"]) > 0.3 > 0.1 > float(odd["point"])
    assert {delivery["grade"], odd["grade"]} == {"D"}
    assert int(odd["events"]) < 0.75 * int(delivery["events"])


def test_the_public_sees_no_figure_of_few(company: Path) -> None:
    published = changed(company, "published.toml", "[model]", '[report]\naudience = "published"\n\n[model]')
    rows = list(csv.DictReader(io.StringIO(run_here(published, "csv"))))
    assert rows
    assert all(int(row["n"]) >= 10 for row in rows if row["point"])


def test_without_scores_there_is_nothing_to_tell(company: Path) -> None:
    answers = pd.read_csv(company / "feedback.csv", dtype=str)
    answers.assign(nps="", csat="").to_csv(company / "other.csv", index=False)
    config = changed(company, "other.toml", 'path = "feedback.csv"', 'path = "other.csv"')
    with pytest.raises(CxlinkError, match="CX522"):
        run_here(config, "table")
