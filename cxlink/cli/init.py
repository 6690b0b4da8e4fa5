"""``cxlink init``: a commented configuration to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from cxlink.cli.consoles import say
from cxlink.cli.options import QuietOption
from cxlink.errors import CannotCreateError


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write cxlink.toml.")],
    quiet: QuietOption = False,
) -> None:
    """Write a commented cxlink.toml into a folder."""
    target = folder / "cxlink.toml"
    if target.exists():
        raise CannotCreateError("CX015", str(target), "exists already.", "Edit it, or choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    template = (files("cxlink.cli") / "cxlink.toml.txt").read_text(encoding="utf-8")
    target.write_text(template, encoding="utf-8")
    say(f"wrote {target}; fill in the paths of your exports, then: cxlink check --config {target}", quiet=quiet)
