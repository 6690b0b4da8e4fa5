"""``cxlink check``: load and link only; what is there, and what will be possible."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cxlink.cli.consoles import progress_bar, result_console, say_messages
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    OutOption,
    QuietOption,
    TableFormat,
    read_day,
)
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import Faults

if TYPE_CHECKING:
    from cxlink.pipeline import LinkedData


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    out: OutOption = None,
    as_of: AsOfOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Load and link only: ledger, quarantine, coverage and readiness."""
    from cxlink.claims import read_claims
    from cxlink.cli.provenance import keep_ledger, provenance_of
    from cxlink.load import RefusedData
    from cxlink.pipeline import load_and_link
    from cxlink.report.terminal import print_check
    from cxlink.report.write import write_ledger
    from cxlink.settings import read_settings

    settings = read_settings(config)
    read_claims(settings)  # what cannot be read is told before anything is loaded
    cut_off = read_day(as_of)
    engine = open_engine_for(settings)
    try:
        with progress_bar(quiet=quiet) as progress:
            data = load_and_link(
                settings, engine=engine, as_of=cut_off, progress=progress, state=state_folder(settings)
            )
            folder = out or Path("out") / f"{data.loaded.observed_to.isoformat()}-check"
            write_ledger(
                data.loaded.ledger,
                folder,
                provenance_of(config, settings, data.loaded.ledger),
                with_rows=settings.report.audience == "internal",
            )
    except (RefusedData, Faults) as error:
        keep_ledger(error, config, settings, out)
        raise
    finally:
        engine.close()
    say_messages(data.messages, quiet=quiet)
    if form == "table":
        print_check(data.loaded, data.linked, data.readiness, result_console(), folder)
    else:
        sys.stdout.write(_written(data, form))


def _written(data: LinkedData, form: TableFormat) -> str:
    from cxlink.report.check_document import render_check_csv, render_check_json, render_check_markdown

    if form == "json":
        return render_check_json(data.loaded, data.linked, data.readiness, data.messages)
    render = render_check_csv if form == "csv" else render_check_markdown
    return render(data.loaded, data.linked, data.readiness)
