"""ARCHITECTURE.md beside the code: names, order of stages, layers."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "cxlink"
TEXT = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    found = re.findall(rf"```{name}\n(.*?)```", TEXT, re.DOTALL)
    assert len(found) == 1
    return str(found[0]).strip()


def stated_stages() -> list[str]:
    return block("stages").split(" -> ")


def imported_from(tree: ast.Module) -> dict[str, str]:
    """Module that each imported name comes from, by the name that the code uses."""
    return {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def calls_in_order(function: ast.FunctionDef) -> list[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [call.func.id for call in calls if isinstance(call.func, ast.Name)]


def functions_of(path: Path) -> tuple[ast.Module, dict[str, ast.FunctionDef]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tree, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def stages_called(function: str, functions: dict[str, ast.FunctionDef], sources: dict[str, str]) -> list[str]:
    """Stages in the order of their first call, calls of the module's own functions included."""
    found: list[str] = []
    for name in calls_in_order(functions[function]):
        if name in functions:
            found += stages_called(name, functions, sources)
        elif sources.get(name, "").startswith("cxlink."):
            found.append(sources[name].split(".")[1])
    return list(dict.fromkeys(stage for stage in found if stage in stated_stages()))


def test_every_package_and_module_is_listed_and_exists() -> None:
    table = TEXT.split("## What is where")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `([\w/.]+)` \|", table, re.MULTILINE)
    there = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    there |= {path.name for path in PACKAGE.glob("*.py")}
    assert sorted(listed) == sorted(there)


def test_the_order_of_stages_is_that_of_the_calls() -> None:
    tree, functions = functions_of(PACKAGE / "pipeline.py")
    assert [*stages_called("run", functions, imported_from(tree)), "report"] == stated_stages()


def test_the_report_comes_after_the_stages() -> None:
    tree, functions = functions_of(PACKAGE / "cli" / "run.py")
    sources = imported_from(tree)
    called = calls_in_order(functions["run_job"])
    stages = [place for place, name in enumerate(called) if sources.get(name) == "cxlink.pipeline" and "run" in name]
    reports = [place for place, name in enumerate(called) if name == "write_outputs"]
    assert len(stages) == len(reports) == 1
    assert stages < reports


def test_each_stage_is_described() -> None:
    table = TEXT.split("## Stages")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == stated_stages()


def test_layers_are_those_of_the_contract() -> None:
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = document["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert block("layers").splitlines() == layers
