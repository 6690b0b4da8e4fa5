"""``cxlink demo``: the main job on the sample data that comes with the package."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from cxlink.cli.consoles import say
from cxlink.cli.options import QuietOption
from cxlink.cli.run import run_job
from cxlink.errors import CannotCreateError, ReadWriteError

REPORTS = ("report.html", "report.md", "workbook.xlsx", "results.json")


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to work in.", metavar="FOLDER")] = Path("cxlink-demo"),
    quiet: QuietOption = False,
) -> None:
    """Run everything on the sample data, offline."""
    data = out / "data"
    _copy_sample(data)
    reports = run_job(data / "cxlink.toml", out=out / "reports", quiet=quiet)
    say(f"\nThe sample data and its configuration: {data}", quiet=quiet)
    say("The reports:", quiet=quiet)
    for name in REPORTS:
        say(f"  {reports / name}", quiet=quiet)


def sample_folder() -> Path:
    """Folder of the sample data, in a wheel or in a checkout.

    Returns
    -------
    Path
        A folder that holds ``cxlink.toml``.

    Raises
    ------
    ReadWriteError
        If the installation lacks it (CX011).
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_sample", package.parent / "sample_data"):
        if (folder / "cxlink.toml").is_file():
            return folder
    raise ReadWriteError("CX011", "sample data", "is missing from this installation.", "Install cxlink again.")


def _copy_sample(target: Path) -> None:
    source = sample_folder()
    if target.exists() and not (target / "cxlink.toml").is_file():
        raise CannotCreateError("CX012", str(target), "exists and is not our sample data.", "Choose another --out.")
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.is_file():
            shutil.copyfile(path, target / path.name)
