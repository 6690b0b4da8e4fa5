"""``cxlink init --from`` as people run it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tests.cli.test_help import cxlink
from tests.profiles.conftest import EXPORTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    for name in ("zendesk/tickets.csv", "recurly-subscriptions/subscriptions.csv", "companions/revenue.csv"):
        shutil.copy(EXPORTS / name, tmp_path / "exports")
    (tmp_path / "exports" / "[bold]מה?\u202e.csv").write_text("[red]weather[/red],גשם\n1,2\n", encoding="utf-8")
    return tmp_path


def test_init_says_what_it_understood(folder: Path) -> None:
    done = cxlink("init", "acme", "--from", "exports", cwd=str(folder))
    assert done.returncode == 0, done.stderr
    assert "Zendesk tickets (view or legacy export) -> tickets: 3 rows" in done.stdout
    assert "Recurly subscriptions -> customers: 3 rows" in done.stdout
    assert "put together by recurly_customers.sql" in done.stdout
    assert "Still needed: an export of feedback." in done.stdout
    assert "What else to export:" in done.stdout
    # nothing of a customer's text is taken for markup, and what is invisible is shown
    assert "[red]weather[/red]" in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\u202e" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    for personal in ("ada@", "Ada L", "Parcel is late"):
        assert personal not in done.stdout + done.stderr
    assert "cxlink check --config" in done.stderr
    assert {path.name for path in (folder / "acme").iterdir()} == {
        "cxlink.toml",
        "mapping.xlsx",
        "recurly_customers.sql",
    }
    document = tomllib.loads((folder / "acme" / "cxlink.toml").read_text(encoding="utf-8"))
    assert "gross_margin" not in document["finance"]
    assert "avoidable_share" not in document["finance"]


def test_init_overwrites_nothing(folder: Path) -> None:
    (folder / "acme").mkdir()
    (folder / "acme" / "cxlink.toml").write_text("mine", encoding="utf-8")
    for arguments in (("init", "acme"), ("init", "acme", "--from", "exports")):
        done = cxlink(*arguments, cwd=str(folder))
        assert done.returncode == 73
        assert "CX015" in done.stderr
    assert (folder / "acme" / "cxlink.toml").read_text(encoding="utf-8") == "mine"


def test_init_from_an_edited_sheet(folder: Path) -> None:
    assert cxlink("init", "acme", "--from", "exports", cwd=str(folder)).returncode == 0
    done = cxlink("init", "acme", "--from", "exports", "--mapping", "acme/mapping.xlsx", cwd=str(folder))
    assert done.returncode == 0, done.stderr
    assert "kept acme" in done.stderr
    assert "as in mapping.xlsx" in (folder / "acme" / "cxlink.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "nowhere"), 66, "CX171"),
        (("--mapping", "mapping.xlsx"), 2, "CX180"),
        (("--from", "exports", "--mapping", "nowhere.xlsx"), 78, "CX173"),
    ],
)
def test_wrong_use_is_one_line(arguments: tuple[str, ...], code: int, said: str, folder: Path) -> None:
    done = cxlink("init", "acme", *arguments, cwd=str(folder))
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "acme").exists()


def test_the_placeholder_fails_loudly(folder: Path) -> None:
    shutil.copy(EXPORTS / "companions" / "feedback.csv", folder / "exports")
    text = (folder / "exports" / "revenue.csv").read_text(encoding="utf-8")
    (folder / "exports" / "revenue.csv").write_text(
        "\n".join(line.rpartition(",")[0] for line in text.splitlines()) + "\n", encoding="utf-8"
    )
    assert cxlink("init", "acme", "--from", "exports", cwd=str(folder)).returncode == 0
    done = cxlink("check", "--config", "acme/cxlink.toml", cwd=str(folder))
    assert done.returncode == 78
    assert "CX005" in done.stderr
    assert "ISO 4217" in done.stderr
