"""``cxlink tag``: counts, single records, explanations and lint, also of hostile words."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.cells import cell_len

from cxlink.cli.app import app
from cxlink.errors import CxlinkError
from cxlink.simulate import simulate
from tests.cli.test_help import cxlink


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=200, seed=3, scenario="base", with_effects=False)
    return folder


def run_here(*arguments: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        app(args=["tag", *arguments], prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


def apply(company: Path, form: str) -> str:
    return run_here("apply", "--config", str(company / "cxlink.toml"), "--format", form, "--quiet")


def test_records_as_csv_and_json_are_the_same(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(apply(company, "csv"))))
    told = json.loads(apply(company, "json"))
    assert len(rows) > 100
    assert [row["record_id"] for row in rows] == [one["record_id"] for one in told]
    assert {row["source"] for row in rows} <= {"given", "text", "tags"}
    assert {row["language"] for row in rows} <= {"en", "pt", "es", "de", "he", "ar", "lv", "und"}


def test_counts_are_those_of_the_records(company: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(apply(company, "csv"))))
    late = {row["record_id"] for row in rows if (row["component"], row["cause"]) == ("delivery", "late")}
    lines = apply(company, "table").splitlines()
    assert max(map(cell_len, lines)) <= 80
    (line,) = [line for line in lines if line.startswith("delivery.late ")]
    total, *by_language = [int(number.replace(",", "")) for number in line.split()[1:]]
    assert total == len(late) == sum(by_language)


def test_single_records_are_not_for_publication(company: Path) -> None:
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    published = company / "published.toml"
    published.write_text(text.replace("[model]", '[report]\naudience = "published"\n\n[model]'), encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX018"):
        run_here("apply", "--config", str(published), "--format", "csv", "--quiet")


@pytest.mark.parametrize(
    ("text", "language", "tags"),
    [
        ("The parcel never arrived and I was charged twice", "en", ["delivery.not_received", "billing.overcharge"]),
        ("O aplicativo trava toda hora e ninguém responde", "pt", ["app.crash", "support.slow_reply"]),
        ("Me cobraron dos veces la misma factura este mes", "es", ["billing.overcharge"]),
        ("Das Paket kam beschädigt an, sehr ärgerlich", "de", ["delivery.damaged"]),
        ("המשלוח לא הגיע", "he", ["delivery.not_received"]),
        ("لم يصل الطلب حتى الآن", "ar", ["delivery.not_received"]),
        ("Sūtījums joprojām nav pienācis, ļoti ilgi jāgaida", "lv", ["delivery.not_received"]),
    ],
)
def test_one_comment_of_each_language_is_followed(text: str, language: str, tags: Sequence[str]) -> None:
    told = json.loads(run_here("apply", "--explain", text, "--format", "json"))
    way, rules, found = told
    assert f"language: {language}" in way["notes"]
    assert rules["rows"]
    assert {row[0] for row in found["rows"] if row[1] == "complaint"} >= set(tags)


HOSTILE = {
    "long": "late delivery " * 3_000,
    "one word": "a" * 40_000,
    "marks": "a" + "\u0301" * 500 + " delivery was late",
    "nul": "delivery\x00 was\x00late",
    "bidi": "\u202edelivery was late\u202c \u2066charged twice\u2069",
    "negations": "not " * 10_000 + "late",
    "brackets": "((((((((" * 2_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_words_are_tagged_within_a_second(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_here("apply", "--explain", "warm")
    monkeypatch.setattr("sys.stdin", io.StringIO(HOSTILE[name]))
    began = time.process_time()
    shown = run_here("apply", "--explain", "-")
    # a bound against hanging, not a measurement: such words take some milliseconds
    assert time.process_time() - began < 1.0
    assert "incident" in shown
    assert not {letter for letter in shown if ord(letter) < 32 and letter != "\n"}
    assert not {"\u202e", "\u2066"} & set(shown)


def test_a_lone_surrogate_from_a_pipe_is_shown_as_an_escape() -> None:
    done = cxlink("tag", "apply", "--explain", "late \udce9 delivery")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_lint_tells_faults_and_exits_with_the_configurations_code(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'version = "1"\n[components.pool]\ndirty = {}\n[patterns.en.pool]\ndirty = ["can\'t swim"]\n', encoding="utf-8"
    )
    done = cxlink("tag", "lint", str(path))
    assert done.returncode == 78
    assert "CX304" in done.stderr
    assert "cant swim" in done.stdout
    assert max(map(cell_len, done.stdout.splitlines())) <= 80


def test_lint_takes_the_name_of_a_shipped_taxonomy() -> None:
    assert "0 errors" in run_here("lint", "default")
