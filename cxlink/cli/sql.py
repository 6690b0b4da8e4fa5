"""``cxlink sql``: a look into the linked tables."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cxlink.cli.consoles import progress_bar
from cxlink.cli.options import DEFAULT_CONFIG, AsOfOption, ConfigOption, QuietOption, read_day
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import UsageError


def sql(
    query: Annotated[str, typer.Argument(help='Such as "SELECT count(*) FROM linked_incidents".')],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Run a query over the linked tables and print the rows as CSV."""
    from cxlink.engine.interface import QueryError
    from cxlink.pipeline import load_and_link
    from cxlink.settings import read_settings

    settings = read_settings(config)
    cut_off = read_day(as_of)
    engine = open_engine_for(settings)
    try:
        with progress_bar(quiet=quiet) as progress:
            load_and_link(settings, engine=engine, as_of=cut_off, progress=progress, state=state_folder(settings))
        rows = engine.frame(query)
    except QueryError as failed:
        raise UsageError("CX017", "query", f"{failed.message}.", "Correct it.") from None
    finally:
        engine.close()
    sys.stdout.write(rows.to_csv(index=False, lineterminator="\n"))
