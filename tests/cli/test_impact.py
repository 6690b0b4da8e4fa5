"""``cxlink impact`` on a made-up company: the figures of a run, in every format, each in words."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cxlink.cli.app import app
from cxlink.simulate.exports import simulate


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company") / "data"
    simulate(folder, customers=500, seed=3, scenario="base", months=24, with_effects=False)
    path = folder / "cxlink.toml"
    text = path.read_text(encoding="utf-8").replace("[model]\n", "[model]\ndraws = 100\n")
    path.write_text(text, encoding="utf-8")
    return path


def told(config: Path, form: str) -> str:
    result = CliRunner().invoke(app, ["impact", "--config", str(config), "--format", form, "--quiet"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_figures_are_those_of_a_run(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert CliRunner().invoke(app, ["run", "--config", str(config), "--out", str(out), "--quiet"]).exit_code == 0
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    table = pd.read_csv(io.StringIO(told(config, "csv")), keep_default_na=False).set_index(["component", "quantity"])
    compared = 0
    for component in results["components"]:
        for quantity in ("experience", "customers_kept", "margin_kept", "cost_saved", "net_benefit", "hazard_ratio"):
            row, answer = table.loc[(component["component"], quantity)], component[quantity]
            assert row["in_words"] == component["sentences"][quantity]
            if "point" in answer:
                compared += 1
                assert [float(row[end]) for end in ("point", "low", "high")] == [
                    answer[end] for end in ("point", "low", "high")
                ]
            else:
                assert row["not_estimable"] == answer["not_estimable"]
    assert compared > 10


def test_formats_say_the_same(config: Path) -> None:
    rows = json.loads(told(config, "json"))
    names = {row["component"] for row in rows}
    for form in ("table", "md"):
        text = " ".join(told(config, form).replace("\\", "").split())
        assert all(name in text for name in names - {"overlap", "not explained"})
        assert "Without delivery incidents," in text
        assert "CEILING" in text
