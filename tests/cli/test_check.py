"""``cxlink check``: what is there, in every format, and what a run still does where hardly anything matches."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rich.cells import cell_len

from cxlink.engine.open import open_engine
from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import RunResult
from cxlink.pipeline import LinkedData, load_and_link, run
from cxlink.report.check_document import render_check_csv, render_check_json, render_check_markdown
from cxlink.report.results import build_results
from cxlink.report.terminal_check import render_check
from cxlink.settings import Settings, read_settings
from cxlink.simulate import simulate
from tests.cli.test_help import cxlink

SECTIONS = ["Found its customer", "Without a customer", "Days covered", "Who answered and who did not"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    simulate(folder, customers=300, seed=2, scenario="base", with_effects=False)
    return folder


@pytest.fixture(scope="module")
def data(folder: Path) -> LinkedData:
    engine = open_engine("duckdb")
    try:
        settings = read_settings(folder / "cxlink.toml")
        return load_and_link(settings, engine=engine, as_of=None, progress=lambda _stage, _share: None)
    finally:
        engine.close()


@pytest.mark.parametrize("width", [40, 80])
def test_every_section_is_there_and_holds_its_width(data: LinkedData, width: int) -> None:
    text = render_check(data.loaded, data.linked, data.readiness, width=width).plain
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for title in [*SECTIONS, "What will be possible"]:
        assert title in text
    assert "leavers among" in " ".join(text.split())


def test_csv_has_a_line_a_cell(data: LinkedData) -> None:
    rows = list(csv.DictReader(io.StringIO(render_check_csv(data.loaded, data.linked, data.readiness))))
    assert set(rows[0]) == {"section", "row", "column", "value"}
    found = {(row["section"], row["row"], row["column"]): row["value"] for row in rows}
    assert int(found["ledger", "revenue.csv", "read"]) == data.loaded.ledger[1].rows_read
    assert float(found["matched", "feedback", "by id"]) <= 1
    assert found["readiness", "churn", "ready"] in ("yes", "no")


def test_markdown_has_a_table_a_section(data: LinkedData) -> None:
    text = render_check_markdown(data.loaded, data.linked, data.readiness)
    for title in ["Ledger", *SECTIONS]:
        assert f"## {title}" in text
    assert text.endswith("\n")


def test_json_has_the_shape_of_the_results(data: LinkedData) -> None:
    document = json.loads(render_check_json(data.loaded, data.linked, data.readiness, data.messages))
    assert document["schema"] == "cxlink.check/1"
    assert list(document) == ["schema", "observed", "ledger", "linkage", "money", "readiness", "diagnostics"]
    lines = [line["minor_units"] for line in document["money"]["lines"]]
    accepted = sum(entry.minor_units_accepted.get("EUR", 0) for entry in data.loaded.ledger)
    assert sum(lines) == accepted
    assert {key["table"] for key in document["linkage"]["keys"]} >= {"revenue", "feedback"}
    assert document["linkage"]["coverage"][0]["source"] == "revenue"


@pytest.mark.parametrize("form", ["json", "csv", "md", "table"])
def test_the_result_alone_goes_to_stdout(folder: Path, tmp_path: Path, form: str) -> None:
    out = str(tmp_path / "out")
    done = cxlink("check", "--config", str(folder / "cxlink.toml"), "--out", out, "--format", form)
    assert done.returncode == 0, done.stderr
    assert "warning:" not in done.stdout
    starts = {"json": "{", "csv": "section,", "md": "## Ledger", "table": "300 customers"}
    assert done.stdout.startswith(starts[form])
    assert (tmp_path / "out" / "ledger.json").exists()


def test_an_unknown_format_is_a_usage_error(folder: Path) -> None:
    assert cxlink("check", "--config", str(folder / "cxlink.toml"), "--format", "xml").returncode == 2


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A run in which the revenue's ids are of another system."""
    folder = tmp_path_factory.mktemp("strangers")
    simulate(folder, customers=300, seed=2, scenario="base", with_effects=False)
    revenue = pd.read_csv(folder / "revenue.csv", dtype=str, keep_default_na=False, on_bad_lines="skip")
    revenue["customer_id"] = "other-" + revenue["customer_id"]
    revenue.drop(columns="email", errors="ignore").to_csv(folder / "revenue.csv", index=False)
    engine = open_engine("duckdb")
    try:
        settings = _with_costs(read_settings(folder / "cxlink.toml"))
        return run(settings, engine=engine, as_of=None, seed=1, progress=lambda _stage, _share: None)
    finally:
        engine.close()


def _with_costs(settings: Settings) -> Settings:
    finance = settings.finance.model_copy(update={"cost_per_handle_minute": 0.9, "avoidable_share": 0.6})
    return settings.model_copy(update={"finance": finance})


def test_below_five_percent_money_and_churn_stop_and_the_rest_goes_on(strangers: RunResult) -> None:
    assert strangers.linked.linkage.revenue_matched_by_amount == 0
    assert isinstance(strangers.churn.refusal, NotEstimable)
    joint = strangers.impact.joint
    for answer in (joint.customers_kept, joint.revenue_kept, joint.margin_kept):
        assert isinstance(answer, NotEstimable)
    assert isinstance(strangers.impact.experience_level, Estimate)
    assert isinstance(joint.cost_saved, Estimate)
    assert isinstance(joint.experience, Estimate)
    assert strangers.causes
    ready = {one.output: one.ready for one in strangers.readiness}
    assert (ready["churn"], ready["revenue"], ready["margin"]) == (False, False, False)
    assert (ready["root causes"], ready["experience"], ready["cost to serve"]) == (True, True, True)


def test_the_results_tell_what_did_not_match(strangers: RunResult) -> None:
    linkage = build_results(strangers)["linkage"]
    keys = {(key["table"], key["key"]) for key in linkage["keys"]}
    assert ("revenue", "unknown id") in keys
    assert ("revenue", "id") not in keys
    published = build_results(replace(strangers, audience="published"))
    assert published["linkage"]["keys"] == published["money"]["lines"] == []
