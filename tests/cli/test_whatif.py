"""``cxlink whatif`` on a made-up company: what could be asked, what is told, and questions that are not whole."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cxlink.cli.app import app
from cxlink.errors import UsageError
from cxlink.simulate.exports import DECISIONS, simulate


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company") / "data"
    simulate(folder, customers=400, seed=3, scenario="base", months=24, with_effects=False, with_decisions=True)
    path = folder / "cxlink.toml"
    text = path.read_text(encoding="utf-8").replace("[model]\n", "[model]\ndraws = 100\n")
    path.write_text(text, encoding="utf-8")
    bare = text.replace(DECISIONS, "")
    (folder / "bare.toml").write_text(bare, encoding="utf-8")
    return path


def ask(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["whatif", "--config", str(config), "--quiet", *arguments])


def test_a_question_is_answered_in_every_format(config: Path) -> None:
    question = ("--component", "support", "--reduce", "0.2,0.3,0.4", "--cost", "100", "--ramp-months", "2")
    told = json.loads(ask(config, *question, "--format", "json").stdout)
    assert told["budget"] is None
    change = told["changes"][0]
    assert change["name"] == "support (asked)"
    assert change["asked"]["likely"] == 0.3
    assert change["incidents_fewer"]["point"] > 0
    row = next(csv.DictReader(io.StringIO(ask(config, *question, "--format", "csv").stdout)))
    assert float(row["npv_point"]) == change["npv"]["point"]
    assert float(row["probability_npv_positive"]) == change["probability_npv_positive"]
    for form in ("table", "md"):
        text = " ".join(ask(config, *question, "--format", form).stdout.replace("\\", "").split())
        assert all(sentence in text for sentence in change["sentences"])


def test_without_a_change_it_lists_what_could_be_asked(config: Path) -> None:
    listed = ask(config.parent / "bare.toml")
    assert listed.exit_code == 0
    assert "delivery" in listed.stdout
    assert "--reduce 0.3 --cost 20000" in " ".join(listed.stdout.split())


def test_a_named_change_is_that_of_the_configuration(config: Path) -> None:
    told = json.loads(ask(config, "--change", "check of invoices", "--format", "json").stdout)
    assert [one["name"] for one in told["changes"]] == ["check of invoices"]
    assert told["budget"] is None


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (["--change", "unheard of"], "--change"),
        (["--reduce", "0.3"], "--component"),
        (["--component", "delivery"], "--component"),
        (["--component", "delivery", "--reduce", "a lot"], "--reduce"),
        (["--component", "delivery", "--reduce", "0.4,0.3,0.2"], "reduce"),
        (["--component", "delivery", "--voucher", "5"], "--voucher"),
    ],
)
def test_questions_that_are_not_whole_are_refused(config: Path, arguments: list[str], place: str) -> None:
    result = ask(config, *arguments)
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "CX588"
    assert place in str(result.exception)


def test_a_budget_needs_changes(config: Path) -> None:
    result = ask(config.parent / "bare.toml", "--budget", "100")
    assert isinstance(result.exception, UsageError)
