"""``cxlink check``: load and link only; what is there, and what will be possible."""

from __future__ import annotations

from pathlib import Path

from cxlink.cli.consoles import progress_bar, result_console, say_messages
from cxlink.cli.options import DEFAULT_CONFIG, AsOfOption, ConfigOption, OutOption, QuietOption, read_day
from cxlink.errors import Faults


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    out: OutOption = None,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Load and link only: ledger, quarantine, coverage and readiness."""
    from cxlink.cli.provenance import keep_ledger, provenance_of
    from cxlink.load import RefusedData
    from cxlink.pipeline import load_and_link, open_engine
    from cxlink.report.terminal import print_check
    from cxlink.report.write import write_ledger
    from cxlink.settings import read_settings

    settings = read_settings(config)
    cut_off = read_day(as_of)
    engine = open_engine("duckdb")
    try:
        with progress_bar(quiet=quiet) as progress:
            data = load_and_link(settings, engine=engine, as_of=cut_off, progress=progress)
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
    print_check(data.loaded, data.linked, data.readiness, result_console(), folder)
