"""``cxlink ci init``: a workflow that runs every month."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import typer

from cxlink import __version__
from cxlink.cli.consoles import say
from cxlink.cli.options import DEFAULT_CONFIG, QuietOption
from cxlink.cli.state import STATE
from cxlink.errors import CannotCreateError

Service = Literal["github", "gitlab"]
TARGETS = {"github": Path(".github/workflows/cxlink.yml"), "gitlab": Path(".gitlab-ci.yml")}

app = typer.Typer(help="A workflow that runs every month: init.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def ci() -> None:
    """Write a workflow that runs every month."""


@app.command("init")
def init(
    service: Annotated[Service, typer.Argument(help="Whose workflow.")],
    folder: Annotated[Path, typer.Option("--folder", help="The repository's root.", metavar="FOLDER")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a workflow that is there.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Write a monthly workflow for GitHub or GitLab."""
    if not folder.is_dir():
        raise CannotCreateError("CX657", str(folder), "is no folder.", "Name the repository's root with --folder.")
    target = folder / TARGETS[service]
    if target.exists() and not force:
        raise CannotCreateError("CX655", str(target), "exists already.", "Overwrite it with --force.")
    config = _find_config(folder)
    if config is None:
        code, place = "CX656", (folder / DEFAULT_CONFIG).as_posix()
        say(f"warning: {code} there is no {place}. Write one, or correct CXLINK_CONFIG in {target}.", quiet=quiet)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(fill_in(service, config or DEFAULT_CONFIG), encoding="utf-8", newline="\n")
    marked = 'the step "Fetch the exports"' if service == "github" else 'the part "FILL IN"'
    say(f"wrote {target}; fill in {marked}, which fails until then", quiet=quiet)


def fill_in(service: Service, config: Path) -> str:
    """Write the text of a workflow.

    Parameters
    ----------
    service : {"github", "gitlab"}
        Whose workflow.
    config : Path
        The configuration, relative to the repository's root.

    Returns
    -------
    str
        YAML.
    """
    template = (files("cxlink.cli") / "workflows" / f"{service}.yml.txt").read_text(encoding="utf-8")
    state = config.parent / STATE
    names = {"CONFIG": config, "STATE": state, "CACHE": state / "cache"}
    for key, path in names.items():
        # what is a text in JSON is one in YAML
        template = template.replace(f"@@{key}@@", json.dumps(path.as_posix(), ensure_ascii=False))
    return template.replace("@@VERSION@@", __version__)


def _find_config(folder: Path) -> Path | None:
    """The configuration in the root, else the only one in a folder of it."""
    if (folder / DEFAULT_CONFIG).is_file():
        return DEFAULT_CONFIG
    found = [path for path in folder.glob(f"[!.]*/{DEFAULT_CONFIG}") if path.is_file()]
    return found[0].relative_to(folder) if len(found) == 1 else None
