"""``cxlink claim`` and ``[[claims]]`` on a made-up company: verdicts in every format, and faults in their place."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import ExitCode, Faults, UsageError
from cxlink.simulate import simulate
from tests.cli.test_help import cxlink

CLAIM = "detractors: 50% leave in 90 days"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=400, seed=4, scenario="base", with_effects=False)
    config = folder / "cxlink.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[model]\n", "[model]\ndraws = 100\n"), encoding="utf-8")
    return folder


def run_here(*arguments: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        app(args=[*arguments, "--quiet"], prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def claim(company: Path, *arguments: str) -> str:
    return run_here("claim", *arguments, "--config", str(company / "cxlink.toml"))


def with_claims(company: Path, *texts: str) -> Path:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    path = company / "claims.toml"
    path.write_text(text + "".join(f"\n[[claims]]\ntext = {json.dumps(one)}\n" for one in texts), encoding="utf-8")
    return path


def test_every_format_says_the_same(company: Path) -> None:
    (found,) = json.loads(claim(company, CLAIM, "--format", "json"))
    assert (found["text"], found["verdict"]) == (CLAIM, "overstated")
    assert found["claimed"] == 50
    assert found["estimate"]["level"] == 0.9
    assert found["inflation"]["point"] == pytest.approx(50 / found["estimate"]["point"])
    shown = claim(company, CLAIM)
    assert "overstated" in shown
    assert all(cell_len(line) <= 80 for line in shown.splitlines())
    rows = list(csv.reader(io.StringIO(claim(company, CLAIM, "--format", "csv"))))
    assert any("overstated" in row for row in rows)


def test_the_library_is_listed_whole(company: Path) -> None:
    found = json.loads(claim(company, "--library", "--format", "json"))
    assert len(found) == 16
    assert all(one["source"] and one["sentence"] for one in found)


def test_a_run_writes_its_claims(company: Path, tmp_path: Path) -> None:
    config = with_claims(company, CLAIM, "+25% NPS = 5% revenue")
    shown = run_here("run", "--config", str(config), "--out", str(tmp_path / "out"))
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [one["verdict"] for one in results["claims"]] == ["overstated", "not_identifiable"]
    alone = json.loads(claim(company, CLAIM, "--format", "json"))
    assert results["claims"][0] == alone[0]
    assert CLAIM in shown
    assert "\n## Claims\n" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert [one["code"] for one in results["diagnostics"] if one["stage"] == "claims"] == ["CX565"]
    assert not any(one["code"] == "CX222" for one in results["diagnostics"])


def test_all_faults_of_a_configuration_are_told_together(company: Path) -> None:
    config = with_claims(company, "NPS rules", CLAIM, "+1 NPS = GBP 5")
    with pytest.raises(Faults) as caught:
        run_here("check", "--config", str(config))
    assert [fault.code for fault in caught.value.faults] == ["CX560", "CX562"]
    assert [fault.place for fault in caught.value.faults] == ["claims.toml claims[1]", "claims.toml claims[3]"]
    assert caught.value.exit_code == ExitCode.CONFIG_WRONG


def test_the_place_is_marked_under_the_text(company: Path) -> None:
    done = cxlink("claim", "+1 NPS = 5% happiness\n::error::", "--config", str(company / "cxlink.toml"))
    assert done.returncode == ExitCode.USAGE
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: CX560 claim: ")
    assert lines[1].index("happiness") == lines[2].index("^")
    assert not any(line.startswith("::") for line in lines)


def test_a_text_or_the_library(company: Path) -> None:
    for arguments in ((), (CLAIM, "--library"), ("--library", "--among", "plan = 'pro'")):
        with pytest.raises(UsageError, match="CX019"):
            claim(company, *arguments)


def test_a_claim_can_be_about_some_customers(company: Path, tmp_path: Path) -> None:
    condition = "usage >= 0"
    (found,) = json.loads(claim(company, CLAIM, "--among", condition, "--format", "json"))
    (of_all,) = json.loads(claim(company, CLAIM, "--format", "json"))
    assert (found["among"], of_all["among"]) == (condition, "")
    assert found["estimate"] == of_all["estimate"]
    for wrong, why in (("plam = 'pro'", "customers have no column"), ("", "is empty"), (" ", "names no column")):
        with pytest.raises(UsageError, match=f"CX591 --among: {why}"):
            claim(company, CLAIM, "--among", wrong)
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    own = company / "among.toml"
    own.write_text(f'{text}\n[[claims]]\ntext = "{CLAIM}"\namong = "{condition}"\n', encoding="utf-8")
    shown = run_here("run", "--config", str(own), "--out", str(tmp_path / "out"))
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["claims"] == [found]
    assert f"{CLAIM}, among {condition}" in " ".join(shown.split())
