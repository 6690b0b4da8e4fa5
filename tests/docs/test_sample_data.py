"""The data dictionary of the sample data beside what is written."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from cxlink.settings import read_settings
from cxlink.simulate import simulate

REPOSITORY = Path(__file__).resolve().parents[2]
DICTIONARY = (REPOSITORY / "sample_data" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=60, seed=1, scenario="base", with_effects=False)
    return folder


def test_every_column_of_every_file_is_described(company: Path) -> None:
    stated = {}
    for part in DICTIONARY.split("\n## ")[1:]:
        heading = part.split("\n", maxsplit=1)[0]
        if heading.endswith(".csv"):
            stated[heading] = re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
    written = {}
    for path in sorted(company.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            written[path.name] = next(csv.reader(file))
    assert stated == written


def test_its_configuration_is_valid(company: Path) -> None:
    assert read_settings(company / "cxlink.toml").model.kpi == "nps"
