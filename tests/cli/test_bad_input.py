"""Bad input: one clear error each, with code, place and remedy, the right exit code, and no traceback."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.cli.test_help import cxlink

CUSTOMERS = "customer_id,acquired_on,ended_on\n" + "".join(f"c{k},2023-01-{k % 28 + 1:02d},\n" for k in range(40))
REVENUE = "customer_id,charged_on,amount\n" + "".join(f"c{k},2024-01-{k % 28 + 1:02d},10.00\n" for k in range(40))
FEEDBACK = "response_id,customer_id,responded_at,nps\n" + "".join(
    f"r{k},c{k},2024-01-{k % 28 + 1:02d} 10:00:00,{k % 11}\n" for k in range(40)
)
CONFIG = """
[project]
name = "Test"
currency = "EUR"
[[sources.customers]]
path = "customers.csv"
[[sources.revenue]]
path = "revenue.csv"
[[sources.feedback]]
path = "feedback.csv"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("cxlink.toml", CONFIG),
        ("customers.csv", CUSTOMERS),
        ("revenue.csv", REVENUE),
        ("feedback.csv", FEEDBACK),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def ambiguous_dates(folder: Path) -> None:
    rows = "".join(f"c{k},{k % 12 + 1:02d}/{(k + 3) % 12 + 1:02d}/2024,10.00\n" for k in range(40))
    (folder / "revenue.csv").write_text("customer_id,charged_on,amount\n" + rows, encoding="utf-8")


def broken_gzip(folder: Path) -> None:
    whole = gzip.compress(REVENUE.encode())
    (folder / "revenue.csv.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "cxlink.toml").write_text(CONFIG.replace("revenue.csv", "revenue.csv.gz"), encoding="utf-8")


def unknown_key(folder: Path) -> None:
    (folder / "cxlink.toml").write_text(CONFIG + '[modle]\nkpi = "nps"\n', encoding="utf-8")


FAULTS = {
    "missing file": (lambda folder: (folder / "revenue.csv").unlink(), 66, "CX101", "revenue.csv"),
    "missing column": (
        lambda folder: (folder / "revenue.csv").write_text(REVENUE.replace("amount", "total"), encoding="utf-8"),
        65,
        "CX102",
        "amount",
    ),
    "unknown key": (unknown_key, 78, "CX003", '"model"'),
    "ambiguous date": (ambiguous_dates, 65, "CX121", "dates"),
    "broken gzip": (broken_gzip, 65, "CX11", "revenue.csv.gz"),
    "empty file": (lambda folder: (folder / "revenue.csv").write_bytes(b""), 65, "CX104", "revenue.csv"),
    "only a header": (
        lambda folder: (folder / "revenue.csv").write_text("customer_id,charged_on,amount\n", encoding="utf-8"),
        65,
        "CX103",
        "revenue.csv",
    ),
    "bad TOML": (lambda folder: (folder / "cxlink.toml").write_text("[project\n"), 78, "CX002", "cxlink.toml"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["run", "check"])
def test_each_fault_is_one_clear_error(fault: str, command: str, folder: Path) -> None:
    spoil, code, said, place = FAULTS[fault]
    spoil(folder)  # type: ignore[no-untyped-call]  # parametrised with lambdas
    done = cxlink(command, "--out", "out", cwd=str(folder))
    assert done.returncode == code, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert said in errors[0]
    assert place in errors[0]
    assert "Traceback" not in done.stderr
    assert not (folder / "out" / "results.json").exists()


def test_faults_of_several_sources_come_together(folder: Path) -> None:
    (folder / "revenue.csv").unlink()
    (folder / "feedback.csv").write_bytes(b"")
    done = cxlink("check", cwd=str(folder))
    assert {"CX101", "CX104"} <= {line.split()[1] for line in done.stderr.splitlines() if line.startswith("error: ")}


def test_clean_input_runs_and_refuses_what_it_cannot_know(folder: Path) -> None:
    done = cxlink("run", "--out", "out", cwd=str(folder))
    assert done.returncode == 0, done.stderr
    assert "CX401" in done.stderr
    assert (folder / "out" / "results.json").is_file()


def test_a_foreign_folder_is_not_replaced(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "thesis.doc").write_text("years of work", encoding="utf-8")
    done = cxlink("run", "--out", "out", cwd=str(folder))
    assert done.returncode == 73
    assert (folder / "out" / "thesis.doc").read_text(encoding="utf-8") == "years of work"
