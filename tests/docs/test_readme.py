"""The documents beside the program: commands, options, exit codes, configurations, links."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cxlink.errors import ExitCode
from cxlink.settings import read_settings
from cxlink.tag.match import tag_texts
from cxlink.tag.read_taxonomy import read_taxonomy

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
IGNORED = {".venv", ".git", "node_modules", "cxlink-demo", "out", "build", "dist"}
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not IGNORED & set(path.relative_to(REPOSITORY).parts) and "snapshots" not in path.parts
)
CONFIGURATIONS = [
    REPOSITORY / "cxlink" / "cli" / "cxlink.toml.txt",
    *sorted(REPOSITORY.glob("examples/*/cxlink.toml")),
    *sorted(REPOSITORY.glob("sample_data/cxlink.toml")),
]
OPTION = re.compile(r"--[a-z][a-z-]*")
# hosts of package registries, in parts so that this file does not name them
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("crates", "io"))]
FOLDERS = [re.compile(rf"(?<![\w.~/-])/{name}/\w") for name in ("work", "home", "Users", "root")]


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def show_help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cxlink", *command, "--help"], capture_output=True, text=True, check=True
    )
    return done.stdout


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def stated_commands() -> dict[str, tuple[str, set[str]]]:
    """Group and options of each command in the README's table."""
    rows = [re.split(r"(?<!\\)\|", line) for line in section(README, "Commands").splitlines() if "| `cxlink " in line]
    cells = [[cell.strip() for cell in row[1:-1]] for row in rows]
    names = [re.match(r"`cxlink ([a-z]+(?: [a-z]+(?=`))?)", row[1]) for row in cells]
    return {
        name.group(1): (row[0], set(OPTION.findall(row[2]))) for name, row in zip(names, cells, strict=True) if name
    }


def real_commands() -> dict[str, str]:
    """Group of each command in ``cxlink --help``."""
    found: dict[str, str] = {}
    group = ""
    for line in show_help().splitlines():
        if heading := re.fullmatch(r"(\w+):", line):
            group = heading.group(1)
        elif group not in ("", "Options") and (command := re.match(r"  ([a-z]+)\s{2,}\S", line)):
            found |= dict.fromkeys(_with_those_below(command.group(1)), group)
    return found


def _with_those_below(command: str) -> list[str]:
    """The command itself, or those of which it is the first word."""
    below = show_help(command).split("\nCommands:\n")[1:]
    names = [re.match(r"  ([a-z]+)", line) for text in below for line in text.splitlines()]
    return [f"{command} {name.group(1)}" for name in names if name] or [command]


def toml_blocks() -> list[tuple[str, str]]:
    return [
        (f"{name_of(path)}-{number}", block)
        for path in DOCUMENTS
        for number, block in enumerate(re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL))
    ]


def is_configuration(document: dict[str, object]) -> bool:
    return "project" in document and "sources" in document


def test_the_table_of_commands_is_that_of_the_help() -> None:
    assert {name: group for name, (group, _) in stated_commands().items()} == real_commands()


@pytest.mark.parametrize("command", sorted(stated_commands()))
def test_the_options_are_those_of_the_help(command: str) -> None:
    options = [line for line in show_help(*command.split()).splitlines() if line.startswith("  -")]
    assert stated_commands()[command][1] == set(OPTION.findall(" ".join(line.split("  ")[1] for line in options))) - {
        "--help"
    }


def test_the_exit_codes_are_those_of_the_program() -> None:
    stated = [int(code) for code in re.findall(r"^\| (\d+) \|", section(README, "Exit codes"), re.MULTILINE)]
    assert stated == [int(code) for code in ExitCode]


def test_the_excerpt_and_the_truth_are_filled_in() -> None:
    for name, sign in (("excerpt", "CEILING"), ("truth", "| together |")):
        assert sign in README.split(f"<!-- {name}: begin")[1].split(f"<!-- {name}: end -->")[0]


@pytest.mark.parametrize(("name", "block"), toml_blocks())
def test_toml_in_documents_is_valid(name: str, block: str, tmp_path: Path) -> None:
    if is_configuration(tomllib.loads(block)):
        (tmp_path / "cxlink.toml").write_text(block, encoding="utf-8")
        read_settings(tmp_path / "cxlink.toml")


def test_fragments_of_configuration_fit_a_whole_one(tmp_path: Path) -> None:
    whole = (
        '[project]\nname = "A"\ncurrency = "EUR"\n'
        '[[sources.revenue]]\npath = "r.csv"\n[[sources.feedback]]\npath = "f.csv"\n'
    )
    n_checked = 0
    for name, block in toml_blocks():
        document = tomllib.loads(block)
        if is_configuration(document) or "components" in document:
            continue
        lines = [
            line
            for line in whole.splitlines()
            if "project" not in document or not line.startswith(("[project]", "name", "curr"))
        ]
        path = tmp_path / f"{name.replace('/', '-')}.toml"
        path.write_text(block + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
        read_settings(path)
        n_checked += 1
    assert n_checked > 0


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=name_of)
def test_shipped_configurations_are_valid(configuration: Path, tmp_path: Path) -> None:
    shutil.copyfile(configuration, tmp_path / "cxlink.toml")
    read_settings(tmp_path / "cxlink.toml")


def test_the_taxonomy_in_the_documents_finds_what_it_should(tmp_path: Path) -> None:
    blocks = [block for _, block in toml_blocks() if "components" in tomllib.loads(block)]
    assert len(blocks) == 1
    (tmp_path / "taxonomy.toml").write_text(blocks[0], encoding="utf-8")
    taxonomy = read_taxonomy(tmp_path / "taxonomy.toml")
    texts = [
        "The ferry was late again.",
        "The boat was never late.",
        "The ferry was cancelled.",
        "The boat was on time.",
    ]
    found = [
        [f"{tag.component}.{tag.cause}" for tag in tags if tag.is_complaint] for tags in tag_texts(texts, taxonomy).tags
    ]
    assert found == [["boat.late"], [], ["boat.cancelled"], []]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_relative_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    git = shutil.which("git")
    if git is None or not (REPOSITORY / ".git").exists():
        pytest.skip("no git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = REPOSITORY / name
        if not name or not path.is_file() or name == name_of(Path(__file__)):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {host}" for host in HOSTS if host in text]
        found += [f"{name}: {match.group()}" for folder in FOLDERS for match in folder.finditer(text)]
    assert found == []
