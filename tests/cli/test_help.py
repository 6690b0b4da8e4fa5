"""The command line's help, its speed of start, and its exit codes for wrong usage."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("pandas", "lifelines", "statsmodels", "sklearn", "duckdb", "scipy", "matplotlib")
COMMANDS = ("demo", "init", "check", "run", "rows", "simulate", "schema", "explain", "sql")


def cxlink(*arguments: str, cwd: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cxlink", *arguments], capture_output=True, text=True, check=False, cwd=cwd, timeout=300
    )


def test_help_names_all_commands_in_four_groups() -> None:
    shown = cxlink("--help").stdout
    assert [
        line.rstrip(":") for line in shown.splitlines() if line in {"Start:", "Monthly:", "Decide:", "Advanced:"}
    ] == [
        "Start",
        "Monthly",
        "Decide",
        "Advanced",
    ]
    listed = [line.split()[0] for line in shown.splitlines() if line.startswith("  ") and "  " in line.strip()]
    assert set(COMMANDS) <= set(listed)


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import json, sys\nsys.argv = ['cxlink', '--help']\nimport cxlink.cli.app as app\n"
        "try:\n    app.main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = cxlink(command, "--help")
    assert done.returncode == 0
    assert f"cxlink {command}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "--nosuch"], 2, "--nosuch"),
        (["frobnicate"], 2, "frobnicate"),
        (["explain", "CX999"], 2, "CX013"),
        (["run", "--config", "nowhere.toml"], 66, "CX001"),
        (["simulate", "x", "--scenario", "nosuch"], 2, "CX014"),
    ],
)
def test_wrong_usage_is_one_line_and_its_code(arguments: list[str], code: int, said: str, tmp_path: object) -> None:
    done = cxlink(*arguments, cwd=str(tmp_path))
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_explain_lists_and_tells() -> None:
    listed = cxlink("explain").stdout.splitlines()
    assert listed == sorted(listed)
    told = cxlink("explain", "cx204").stdout
    assert "What to do:" in told


def test_schemas_are_json() -> None:
    for of in ("config", "results"):
        assert json.loads(cxlink("schema", of).stdout)["type"] == "object"
