"""Month after month: the cache of one serves the next, gates decide the exit code, and runs are compared.

Four runs of a small company, some 40 seconds of CPU: months cannot be told from one run.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxlink.simulate import simulate
from tests.real_data import REPOSITORY

DAYS = {"revenue": "charged_on", "feedback": "responded_at", "tickets": "opened_at", "events": "occurred_at"}
LAST = "2025-11-30"
GATES = ("no diff.restated", "linkage.feedback_matched >= 10%", "fresh.revenue <= 9999 days")


def cxlink(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1", "GITHUB_ACTIONS": "false"}
    return subprocess.run(
        [sys.executable, "-m", "cxlink", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def run(folder: Path, out: str, *more: str) -> subprocess.CompletedProcess[str]:
    gates = [part for rule in GATES for part in ("--gate", rule)]
    return cxlink(folder, "run", "--out", out, *gates, *more)


def results_of(folder: Path, out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / out / "results.json").read_text(encoding="utf-8"))
    return found


def rewrite(path: Path, day: str, *, until: str = "9999", restate: str = "") -> None:
    """Cut an export off, or add one euro to its first whole charge of a month; faulty rows stay as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    place = names.index(day)
    kept = [row for row in rows if row[place][:10] <= until]
    if restate:
        amount = names.index("amount")
        charge = next(row for row in kept if row[place].startswith(restate) and float(row[amount]) > 0)
        charge[amount] = f"{float(charge[amount]) + 1:.2f}"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, *kept])


@dataclass(frozen=True)
class Months:
    folder: Path
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    restated: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Months:
    folder = tmp_path_factory.mktemp("months")
    simulate(folder, customers=300, seed=5, scenario="base", with_effects=False)
    config = folder / "cxlink.toml"
    lines = config.read_text(encoding="utf-8").replace("[model]", "[model]\ndraws = 100").splitlines()
    config.write_text("\n".join(line for line in lines if not line.startswith("observed_to")), encoding="utf-8")
    whole = {name: (folder / f"{name}.csv").read_bytes() for name in DAYS}
    for name, day in DAYS.items():
        rewrite(folder / f"{name}.csv", day, until=LAST)
    first = run(folder, "first", "--junit", "junit.xml")
    for name, data in whole.items():
        (folder / f"{name}.csv").write_bytes(data)
    shutil.copytree(folder / ".cxlink", folder / "kept")
    second = run(folder, "second")
    shutil.rmtree(folder / ".cxlink")
    (folder / ".cxlink").mkdir()
    shutil.copytree(
        folder / "kept", folder / ".cxlink", ignore=shutil.ignore_patterns("cache", "tmp"), dirs_exist_ok=True
    )
    assert run(folder, "fresh").returncode == 0
    rewrite(folder / "revenue.csv", "charged_on", restate="2025-06")
    restated = run(folder, "restated")
    return Months(folder, first, second, restated)


def test_last_months_cache_changes_no_byte(months: Months) -> None:
    for file in ("results.json", "report.html", "report.md", "workbook.xlsx"):
        assert (months.folder / "second" / file).read_bytes() == (months.folder / "fresh" / file).read_bytes()


def test_the_cut_off_follows_the_data(months: Months) -> None:
    first, second = (results_of(months.folder, out)["observed"]["to"] for out in ("first", "second"))
    assert first <= LAST < second


def test_the_first_month_skips_what_needs_an_earlier_one(months: Months) -> None:
    assert months.first.returncode == 0, months.first.stderr
    assert "gate skipped: no diff.restated: there is no earlier run" in months.first.stderr
    gates = results_of(months.folder, "first")["gates"]
    assert [(one["rule"], one["status"]) for one in gates] == [(GATES[0], "skipped"), (GATES[1], "held")]
    suites = ET.parse(months.folder / "junit.xml").getroot().findall("testsuite")  # noqa: S314 - our own text
    assert suites[0].get("tests") == str(len(GATES))


def test_the_next_month_is_compared_and_holds(months: Months) -> None:
    assert months.second.returncode == 0, months.second.stderr
    diff = results_of(months.folder, "second")["diff"]
    assert diff["against"]["to"] == results_of(months.folder, "first")["observed"]["to"]
    assert diff["restated"] == []
    assert diff["changed"] == []


def test_a_restated_amount_breaks_the_gate_after_publishing(months: Months) -> None:
    assert months.restated.returncode == 1
    assert "gate broken: no diff.restated: there is 1: revenue 2025-06 EUR" in months.restated.stderr
    (restated,) = results_of(months.folder, "restated")["diff"]["restated"]
    assert restated["now"] - restated["earlier"] == 100
    assert "no diff.restated" in (months.folder / "restated" / "report.html").read_text(encoding="utf-8")


def test_the_comparison_of_folders_and_of_the_last_two_runs(months: Months) -> None:
    by_folder = cxlink(months.folder, "diff", "first", "restated")
    assert by_folder.returncode == 0, by_folder.stderr
    assert "data restated" in by_folder.stdout
    assert "run --as-of" in " ".join(by_folder.stdout.split())
    assert max(map(len, by_folder.stdout.splitlines())) <= 80
    assert cxlink(months.folder, "diff").stdout == by_folder.stdout
    assert cxlink(months.folder, "diff", "first", "kept").returncode == 2


def test_without_a_terminal_nothing_is_coloured(months: Months) -> None:
    assert "\x1b" not in months.first.stdout + months.first.stderr
    assert "\r" not in months.first.stderr
