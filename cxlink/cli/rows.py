"""``cxlink rows``: the records behind a component's figures."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cxlink.cli.consoles import progress_bar
from cxlink.cli.options import DEFAULT_CONFIG, AsOfOption, ConfigOption, QuietOption, read_day
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import UsageError


def rows(
    component: Annotated[str, typer.Argument(help="Such as delivery.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    quiet: QuietOption = False,
) -> None:
    """Print the records behind a component's figures as CSV."""
    from cxlink.pipeline import load_and_link
    from cxlink.settings import read_settings

    settings = read_settings(config)
    cut_off = read_day(as_of)
    engine = open_engine_for(settings)
    try:
        with progress_bar(quiet=quiet) as progress:
            data = load_and_link(
                settings, engine=engine, as_of=cut_off, progress=progress, state=state_folder(settings)
            )
        if component not in data.linked.components:
            there = ", ".join(data.linked.components) or "none"
            raise UsageError("CX016", component, "is no component of this data.", f"Components: {there}.")
        records = engine.frame(
            "select c.customer_id, i.happened_on, i.cause, i.table_name as source, i.record_id"
            " from linked_incidents as i join linked_customers as c on c.customer = i.customer"
            " where i.component = ? and i.happened_on >= ? order by i.happened_on, c.customer_id, i.record_id",
            [component, data.loaded.observed_from],
        )
    finally:
        engine.close()
    sys.stdout.write(records.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))
