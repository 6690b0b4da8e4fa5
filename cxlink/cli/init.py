"""``cxlink init``: a commented configuration to start from, or one written from the exports that are there."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from cxlink.cli.consoles import say
from cxlink.cli.options import QuietOption
from cxlink.errors import CannotCreateError, UsageError

FromOption = Annotated[
    Path | None, typer.Option("--from", help="Folder of exports to recognise and map.", metavar="EXPORTS")
]
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", help="The mapping.xlsx that was edited; goes with --from.", metavar="FILE"),
]


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write cxlink.toml.")],
    exports: FromOption = None,
    mapping: MappingOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a commented cxlink.toml into a folder, from your exports with --from."""
    if exports is not None:
        _init_from(folder, exports, mapping, quiet=quiet)
    elif mapping is not None:
        raise UsageError("CX180", "--mapping", "goes with --from.", "Name the folder of the exports with --from.")
    else:
        _init_empty(folder, quiet=quiet)


def _init_empty(folder: Path, *, quiet: bool) -> None:
    target = folder / "cxlink.toml"
    if target.exists():
        raise CannotCreateError("CX015", str(target), "exists already.", "Edit it, or choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    template = (files("cxlink.cli") / "cxlink.toml.txt").read_text(encoding="utf-8")
    target.write_text(template, encoding="utf-8")
    say(f"wrote {target}; fill in the paths of your exports, then: cxlink check --config {target}", quiet=quiet)


def _init_from(folder: Path, exports: Path, mapping: Path | None, *, quiet: bool) -> None:
    from cxlink.cli.consoles import result_console
    from cxlink.cli.init_summary import print_summary
    from cxlink.profiles.folder import read_folder
    from cxlink.profiles.mapping_back import apply_mapping
    from cxlink.profiles.mapping_book import read_mapping_book
    from cxlink.profiles.writing import check_target, write_folder

    check_target(folder, may_rewrite=mapping is not None)
    rows = read_mapping_book(mapping) if mapping is not None else None
    draft = read_folder(exports)
    if rows is not None and mapping is not None:
        draft = apply_mapping(draft, rows, mapping.name)
    written = write_folder(draft, folder, mapping=mapping)
    print_summary(draft, result_console())
    for name in written.kept:
        say(f"kept {folder / name}, which was there", quiet=quiet)
    config = folder / "cxlink.toml"
    say(f"wrote {', '.join(str(folder / name) for name in written.files)}", quiet=quiet)
    say(f"read {config}, then: cxlink check --config {config}", quiet=quiet)
