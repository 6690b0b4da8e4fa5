"""``cxlink diff``: what changed between two runs, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption
from cxlink.cli.printing import show
from cxlink.cli.state import STATE
from cxlink.errors import UsageError

if TYPE_CHECKING:
    from cxlink.diff import Snapshot

LARGEST = 256 * 1024 * 1024


def diff(
    earlier: Annotated[Path | None, typer.Argument(metavar="[OUT_A]", help="Folder of the earlier run.")] = None,
    later: Annotated[Path | None, typer.Argument(metavar="[OUT_B]", help="Folder of the later run.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    form: FormatOption = "table",
) -> None:
    """Print what changed between two runs, and why."""
    from cxlink.diff import compare_runs
    from cxlink.report.gate_sections import build_comparison_sections

    if (earlier is None) != (later is None):
        raise UsageError("CX019", "cxlink diff", "needs two folders, or none.", "Name the earlier run, then the later.")
    if earlier is not None and later is not None:
        first, second = _read_folder(earlier), _read_folder(later)
    else:
        first, second = _last_two(config)
    for key in ("project", "currency"):
        if first[key] != second[key]:
            raise UsageError(
                "CX647", "cxlink diff", f"the runs differ in their {key}.", "Name two runs of the same project."
            )
    show(build_comparison_sections(compare_runs(first, second), brief=form == "table"), form)


def _read_folder(folder: Path) -> Snapshot:
    import json

    from cxlink.diff import take_snapshot
    from cxlink.report.publish import read_manifest

    manifest = read_manifest(folder)
    path = folder / "results.json"
    try:
        text = path.read_text(encoding="utf-8") if manifest and path.stat().st_size <= LARGEST else "null"
        results = json.loads(text)
        if manifest is None or results is None or not str(results["schema"]).startswith("cxlink.results/"):
            raise _refuse(folder)
        found = take_snapshot(results, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _refuse(folder) from None
    if not all(isinstance(found[key], str) for key in ("from", "to")):
        raise _refuse(folder)
    return found


def _refuse(folder: Path) -> UsageError:
    return UsageError(
        "CX645", str(folder), "holds no results of cxlink.", "Name a folder that cxlink run wrote, as out/2025-12-31."
    )


def _last_two(config: Path) -> tuple[Snapshot, Snapshot]:
    from cxlink.diff import read_kept

    kept = read_kept(config.parent / STATE)
    if len(kept) < 2:
        there = f"one run to {kept[0]['to']} is" if kept else "no run is"
        raise UsageError(
            "CX646",
            f"{STATE}/runs",
            f"{there} kept, and two are needed.",
            "Run an earlier month with cxlink run --as-of, or name two folders.",
        )
    return kept[-2], kept[-1]
