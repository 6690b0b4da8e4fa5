"""The main job from exports to reports, on a made-up company."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cxlink.report.results import results_schema
from cxlink.simulate import simulate
from tests.real_data import REPOSITORY

QUANTITIES = ("experience", "customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=1200, seed=5, scenario="base", with_effects=False)
    text = (folder / "cxlink.toml").read_text(encoding="utf-8")
    (folder / "cxlink.toml").write_text(text.replace("[model]", "[model]\ndraws = 100"), encoding="utf-8")
    return folder


def run(company: Path, out: Path, *, hash_seed: str, threads: str, engine_threads: str) -> str:
    environment = {
        **os.environ,
        "CXLINK_THREADS": engine_threads,
        "PYTHONHASHSEED": hash_seed,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "COLUMNS": "80",
    }
    command = [sys.executable, "-m", "cxlink", "run", "--config", str(company / "cxlink.toml"), "--out", str(out)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=REPOSITORY, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def outputs(company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    folder = tmp_path_factory.mktemp("outputs")
    shown = run(company, folder / "one" / "out", hash_seed="1", threads="1", engine_threads="1")
    # what the first run keeps for the next would hide whether reading depends on the threads
    shutil.rmtree(company / ".cxlink", ignore_errors=True)
    run(company, folder / "two" / "out", hash_seed="2", threads="2", engine_threads="4")
    return folder / "one" / "out", folder / "two" / "out", shown


def results_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def hashes(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_two_runs_write_the_same_bytes(outputs: tuple[Path, Path, str]) -> None:
    one, two, _ = outputs
    assert hashes(one) == hashes(two)
    assert {"results.json", "report.html", "report.md", "workbook.xlsx", "ledger.json"} <= set(hashes(one))


def test_results_follow_their_schema(outputs: tuple[Path, Path, str]) -> None:
    jsonschema.validate(results_of(outputs[0]), results_schema())


def test_rows_and_cents_add_up(outputs: tuple[Path, Path, str]) -> None:
    for entry in json.loads((outputs[0] / "ledger.json").read_text(encoding="utf-8")):
        assert entry["rows_read"] == entry["rows_accepted"] + entry["rows_excluded"] + entry["rows_quarantined"]
        assert len(entry["quarantine"]) == entry["rows_quarantined"]


def test_every_cell_is_an_estimate_or_a_refusal(outputs: tuple[Path, Path, str]) -> None:
    results = results_of(outputs[0])
    cells = [one[name] for one in [*results["components"], results["joint"]] for name in QUANTITIES]
    for cell in cells:
        if "not_estimable" in cell:
            assert cell["needs"]
            continue
        assert cell["low"] <= cell["point"] <= cell["high"]
        assert all(math.isfinite(cell[key]) for key in ("point", "low", "high"))
        assert cell["method"]


def test_shapley_parts_add_up_to_the_joint_effect(outputs: tuple[Path, Path, str]) -> None:
    results = results_of(outputs[0])
    compared = 0
    for name in ("cost_saved", "margin_kept", "experience"):
        parts = [one["joint_share"][name] for one in results["components"]]
        if all("point" in part for part in parts):
            compared += 1
            assert sum(part["point"] for part in parts) == pytest.approx(results["joint"][name]["point"], rel=1e-6)
    assert compared


def test_the_terminal_keeps_to_80_columns(outputs: tuple[Path, Path, str]) -> None:
    lines = outputs[2].splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any(line.startswith("Ledger balances to the cent") for line in lines)
    assert any("10% fewer" in line for line in lines)


def test_check_says_what_will_be_possible(company: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "cxlink",
        "check",
        "--config",
        str(company / "cxlink.toml"),
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "churn" in done.stdout
    assert (tmp_path / "out" / "ledger.json").is_file()
