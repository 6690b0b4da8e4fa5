"""A small company with changes: one run of it, its workbook, and what the run was made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxlink.simulate import simulate
from tests.real_data import REPOSITORY
from tests.report.conftest import document, result

__all__ = ["company", "document", "result"]

CHANGES = """
[[changes]]
name = "=cmd|'/c calc'!A0 courier"
component = "delivery"
reduce = { low = 0.2, likely = 0.3, high = 0.45 }
cost = { one_off = 1500, per_month = 20 }
ramp_months = 3

[[changes]]
name = "vouchers"
component = "delivery"
recovery = { voucher = 2.5, relief = 0.4 }
shape = "pert"
saving = { per_month = 5 }
cost = { one_off = 10 }

[[claims]]
text = "+1 NPS = +0.5% revenue"
"""


@dataclass(frozen=True)
class Company:
    """Its folder, and the folder of its run."""

    folder: Path

    @property
    def workbook(self) -> bytes:
        return (self.folder / "out" / "workbook.xlsx").read_bytes()

    def results(self, out: str = "out") -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / out / "results.json").read_text(encoding="utf-8"))
        return found

    def manifest(self, out: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / out / "manifest.json").read_text(encoding="utf-8"))
        return found

    def run(self, out: str, *more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1", "GITHUB_ACTIONS": "false"}
        return subprocess.run(
            [sys.executable, "-m", "cxlink", "run", "--out", out, *more],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=300, seed=5, scenario="base", with_effects=False)
    config = folder / "cxlink.toml"
    text = config.read_text(encoding="utf-8").replace("[model]", "[model]\ndraws = 100")
    config.write_text(text + CHANGES, encoding="utf-8")
    made = Company(folder)
    done = made.run("out")
    assert done.returncode == 0, done.stderr
    return made
