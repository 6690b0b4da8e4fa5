"""``cxlink selfcheck``: how often the method is right about companies shaped like the data."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cxlink.cli.consoles import progress_bar, say_messages
from cxlink.cli.linked import linked_data
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    QuietOption,
    SeedOption,
)
from cxlink.cli.printing import show
from cxlink.errors import DataError

MOST_PROCESSES = 8
CompaniesOption = Annotated[int, typer.Option("--companies", min=3, help="How many companies are drawn.")]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", min=1, help=f"How many work at once; one a core, at most {MOST_PROCESSES}."),
]


def selfcheck(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    companies: CompaniesOption = 200,
    seed: SeedOption = None,
    processes: ProcessesOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Draw companies shaped like yours, and count how often this method is right about them."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.selfcheck import prepare_selfcheck, run_selfcheck
    from cxlink.report.selfcheck_sections import build_selfcheck_sections
    from cxlink.report.selfcheck_table import selfcheck_table

    with linked_data(config, as_of, quiet=quiet) as (settings, data), progress_bar(quiet=quiet) as progress:
        setup = prepare_selfcheck(settings, data, seed, progress)
    say_messages(data.messages, quiet=quiet)
    if isinstance(setup, NotEstimable):
        raise DataError("CX401", "selfcheck", f"no company can be drawn: {setup.reason}.", f"Needs {setup.needs}.")
    at_once = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    with progress_bar(quiet=quiet) as progress:
        told = run_selfcheck(setup, companies=companies, seed=seed, processes=at_once, progress=progress)
    published = settings.report.audience == "published"
    if form == "csv":
        sys.stdout.write(selfcheck_table(told, published=published).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(selfcheck_table(told, published=published).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_selfcheck_sections(told, published=published), form)
