"""Signals, streams and hostile names: one line or silence, and the right exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import jsonschema
import pytest

from cxlink.settings import settings_schema
from cxlink.simulate import simulate
from tests.cli.test_help import cxlink
from tests.real_data import REPOSITORY


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=300, seed=2, scenario="base", with_effects=False)
    return folder


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_stops_quietly_and_leaves_nothing(number: int, code: int, company: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cxlink", "run", "--config", str(company / "cxlink.toml"), "--out", "out"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2.0)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert "CX900" not in said
    assert not (tmp_path / "out").exists()


def test_hostile_names_reach_no_log_raw(company: Path) -> None:
    done = cxlink("rows", "\x1b[31mred\n::error::boom", "--config", str(company / "cxlink.toml"))
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert not any(line.startswith("::") for line in done.stderr.splitlines())


def test_unprintable_locales_do_not_stop_a_command(company: Path, tmp_path: Path) -> None:
    text = (company / "cxlink.toml").read_text(encoding="utf-8").replace("Made-up company", "Uzņēmums")
    (company / "latvian.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "cxlink", "check", "--config", str(company / "latvian.toml"), "--out", "out"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 0, done.stderr


def test_sql_reads_and_touches_no_file(company: Path, tmp_path: Path) -> None:
    config = ["--config", str(company / "cxlink.toml")]
    counted = cxlink("sql", "SELECT count(*) AS n FROM linked_customers", *config)
    assert counted.stdout.splitlines() == ["n", "300"]
    for query in ("SELECT * FROM read_text('/etc/hostname')", f"COPY customers TO '{tmp_path}/x.csv'", ""):
        done = cxlink("sql", query, *config)
        assert done.returncode == 2, query
        assert "CX017" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_gates_that_are_wrong_are_said_even_when_quiet(company: Path, tmp_path: Path) -> None:
    text = (company / "cxlink.toml").read_text(encoding="utf-8") + '\n[gates]\nrules = ["no monitor.signal ="]\n'
    (company / "gates.toml").write_text(text, encoding="utf-8")
    done = cxlink("run", "--quiet", "--config", str(company / "gates.toml"), "--out", str(tmp_path / "out"))
    assert done.returncode == 78
    assert "CX640" in done.stderr


@pytest.mark.parametrize(
    "path", ["sample_data/cxlink.toml", "examples/olist/cxlink.toml", "examples/online-retail/cxlink.toml"]
)
def test_shipped_configurations_follow_the_schema(path: str) -> None:
    document = tomllib.loads((REPOSITORY / path).read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(document, default=str))
    jsonschema.validate(plain, settings_schema())


def test_short_forms_follow_the_schema() -> None:
    change = {"name": "courier", "component": "delivery", "reduce": 0.3}
    source = [{"path": ["a.csv", "b.csv"]}]
    document = {
        "project": {"name": "x", "currency": "EUR"},
        "sources": {"feedback": source, "revenue": source},
        "changes": [change],
    }
    jsonschema.validate(document, settings_schema())
