"""``cxlink simulate``: exports of made-up customers with known effects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cxlink.cli.consoles import say
from cxlink.cli.options import QuietOption
from cxlink.errors import CannotCreateError, UsageError


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write; new or empty.")],
    customers: Annotated[int, typer.Option("--customers", min=50, max=1_000_000, help="How many.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything.")] = 1,
    scenario: Annotated[str, typer.Option("--scenario", help="Which world.")] = "base",
    compressed: Annotated[bool, typer.Option("--compressed", help="Write the tables as .csv.gz.")] = False,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Ask about changes and a claim in cxlink.toml.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Write exports of made-up customers with known effects."""
    from cxlink.simulate import SCENARIOS
    from cxlink.simulate import simulate as write_company

    if scenario not in SCENARIOS:
        raise UsageError("CX014", scenario, "is no scenario.", "Choose one of: " + ", ".join(SCENARIOS) + ".")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotCreateError("CX015", str(folder), "is not an empty folder.", "Choose a new one.")
    write_company(
        folder,
        customers=customers,
        seed=seed,
        scenario=scenario,
        compressed=compressed,
        with_decisions=decisions,
    )
    say(f"wrote {folder}; run it with: cxlink run --config {folder / 'cxlink.toml'}", quiet=quiet)
