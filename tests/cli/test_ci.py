"""``cxlink ci init``: workflows that GitHub and GitLab accept, whose shell runs, and that leak nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cxlink import __version__
from cxlink.cli.app import app
from cxlink.cli.ci import TARGETS, Service, fill_in
from cxlink.errors import CxlinkError

SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}
SERVICES: tuple[Service, ...] = ("github", "gitlab")
BASH = shutil.which("bash") or ""
needs_bash = pytest.mark.skipif(not BASH, reason="no bash")


def init(*arguments: str) -> None:
    app(args=["ci", "init", *arguments], prog_name="cxlink", standalone_mode=False)


def read(service: Service, config: str = "cxlink.toml") -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(fill_in(service, Path(config)))
    return found


def steps() -> dict[str, dict[str, Any]]:
    return {step.get("name", step.get("uses")): step for step in read("github")["jobs"]["run"]["steps"]}


def scripts(service: Service) -> list[str]:
    if service == "github":
        return [step["run"] for step in steps().values() if "run" in step]
    job = read("gitlab")["cxlink"]
    return ["\n".join([*job["before_script"], *job["script"]])]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("config", ["cxlink.toml", 'money "and: more"/cxlink.toml'])
def test_the_workflow_follows_its_published_schema(service: Service, config: str, tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(fill_in(service, Path(config)), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[service]]
    done = subprocess.run([*command, str(tmp_path / "workflow.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_check_finds_a_fault(tmp_path: Path) -> None:
    broken = fill_in("github", Path("cxlink.toml")).replace("runs-on:", "runs-in:")
    (tmp_path / "workflow.yml").write_text(broken, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS["github"]]
    done = subprocess.run([*command, str(tmp_path / "workflow.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 1


@needs_bash
@pytest.mark.parametrize("service", SERVICES)
def test_every_shell_step_is_valid_bash(service: Service) -> None:
    for script in scripts(service):
        done = subprocess.run([BASH, "-n"], input=script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_nothing_is_put_into_the_shell_by_text() -> None:
    # what somebody types as as_of would be run otherwise
    assert not any("${{" in script for script in scripts("github"))


@pytest.mark.parametrize("service", SERVICES)
def test_the_version_is_that_of_the_program_and_all_is_filled_in(service: Service) -> None:
    text = fill_in(service, Path("cxlink.toml"))
    assert f'"cxlink=={__version__}"' in text
    assert "@@" not in text


def test_permissions_are_few_and_actions_are_of_one_major_version() -> None:
    workflow = read("github")
    assert workflow["permissions"] == {"contents": "read", "actions": "read"}
    used = [step["uses"] for step in steps().values() if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)
    assert workflow["concurrency"] == {"group": "cxlink", "cancel-in-progress": False}
    assert [list(event) for event in workflow["on"]["schedule"]] == [["cron"]]
    assert list(workflow["on"]["workflow_dispatch"]["inputs"]) == ["as_of"]


def test_artifacts_expire_and_are_kept_where_a_gate_failed() -> None:
    kept = [step for step in steps().values() if step.get("uses", "").startswith("actions/upload-artifact")]
    assert [(step["with"]["name"], step["with"]["retention-days"]) for step in kept] == [
        ("cxlink-report", 30),
        ("cxlink-state", 90),
    ]
    assert all("!cancelled()" in step["if"] for step in kept)
    artifacts = read("gitlab")["cxlink"]["artifacts"]
    assert (artifacts["when"], artifacts["access"]) == ("always", "developer")
    assert artifacts["reports"]["junit"] == "junit.xml"
    assert artifacts["expire_in"]


@needs_bash
def test_the_exports_must_be_filled_in() -> None:
    done = subprocess.run(
        [BASH, "-e", "-c", steps()["Fetch the exports"]["run"]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "not filled in" in done.stdout


@needs_bash
@pytest.mark.parametrize(("as_of", "code"), [("", 0), ("2025-10-31; touch hacked", 1)])
def test_a_failed_gate_fails_the_job_and_its_state_is_kept(as_of: str, code: int, tmp_path: Path) -> None:
    """The steps after the exports, with programs that only write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    calls = tmp_path / "calls"
    for name, does in (
        ("cxlink", f'mkdir -p .cxlink/runs out/report; echo x > .cxlink/runs/x; echo "# R" > out/report/report.md\n'
                   f"exit {code}"),
        ("gh", 'echo ""'),
        ("curl", 'for a in "$@"; do [ "$a" = "%{http_code}" ] && printf 404; done; true'),
        ("python", "true"),
    ):  # fmt: skip
        (tools / name).write_text(f'#!{BASH}\nprintf "%s|" {name} "$@" >> "{calls}"; echo >> "{calls}"\n{does}\n')
        (tools / name).chmod(0o755)
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "AS_OF": as_of,
        "CXLINK_CONFIG": "cxlink.toml",
        "CXLINK_STATE": ".cxlink",
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_REF_NAME": "main",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "CI_COMMIT_TIMESTAMP": "2025-12-03T05:17:00+00:00",
        "CI_PROJECT_VISIBILITY": "private",
        "CI_JOB_TOKEN": "t",
        "STATE_URL": "u",
    }

    def bash(script: str, folder: Path) -> int:
        done = subprocess.run(
            [BASH, "-eo", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, check=False
        )
        return done.returncode

    named = steps()
    for service in SERVICES:
        folder = tmp_path / service
        folder.mkdir()
        if service == "github":
            names = ("Restore what earlier runs kept", "Run", "Summary", "Pack what is kept")
            codes = {name: bash(named[name]["run"], folder) for name in names}
            assert codes == {**dict.fromkeys(codes, 0), "Run": code}
            assert (tmp_path / "summary.md").read_text() == "# R\n"
            packed = folder / "cxlink-state.tgz"
        else:
            whole = scripts("gitlab")[0]
            marked = re.search(r'echo "The part .*\nexit 1\n', whole)
            assert marked is not None
            assert bash(whole, folder) == 1
            assert bash(whole.replace(marked.group(), ""), folder) == code
            packed = folder / "state.tgz"
        listed = subprocess.run(["tar", "-tzf", str(packed)], capture_output=True, text=True, check=True).stdout
        assert "runs/x" in listed.split()
        assert not (folder / "hacked").exists()
    options = "--config|cxlink.toml|--out|out/report|--junit|junit.xml|" + (f"--as-of|{as_of}|" if as_of else "")
    called = [line for line in calls.read_text().splitlines() if line.startswith("cxlink|")]
    assert called == [f"cxlink|run|{options}"] * 2
    assert any("--upload-file|state.tgz" in line for line in calls.read_text().splitlines())


@needs_bash
def test_a_long_report_is_cut_to_what_a_summary_may_hold(tmp_path: Path) -> None:
    report = tmp_path / "out" / "report" / "report.md"
    report.parent.mkdir(parents=True)
    text = "x" + "\u20ac" * 500_000  # the cut falls within a character
    report.write_text(text, encoding="utf-8")
    summary = tmp_path / "summary.md"
    environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(summary)}
    command = [BASH, "-eo", "pipefail", "-c", steps()["Summary"]["run"]]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    shown = summary.read_text(encoding="utf-8")
    assert text.startswith(shown)
    assert 999_990 < len(shown.encode()) <= 2**20


@pytest.mark.parametrize("service", SERVICES)
def test_a_workflow_that_is_there_stays(service: Service, tmp_path: Path) -> None:
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "cxlink.toml").write_text("", encoding="utf-8")
    init(service, "--folder", str(tmp_path), "--quiet")
    target = tmp_path / TARGETS[service]
    written = target.read_text(encoding="utf-8")
    assert 'CXLINK_CONFIG: "analysis/cxlink.toml"' in written
    assert 'CXLINK_STATE: "analysis/.cxlink"' in written
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(CxlinkError, match="CX655"):
        init(service, "--folder", str(tmp_path))
    assert target.read_text(encoding="utf-8") == "mine"
    init(service, "--folder", str(tmp_path), "--force", "--quiet")
    assert target.read_text(encoding="utf-8") == written


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CxlinkError, match="CX657"):
        init("github", "--folder", str(tmp_path / "nowhere"))
    init("github", "--folder", str(tmp_path))
    assert "warning: CX656" in capsys.readouterr().err
