"""``cxlink monitor``: what moved this month, and what is noise."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cxlink.cli.consoles import say_messages
from cxlink.cli.linked import linked_data
from cxlink.cli.options import DEFAULT_CONFIG, AsOfOption, ConfigOption, FormatOption, QuietOption
from cxlink.cli.printing import show
from cxlink.cli.state import state_folder
from cxlink.errors import DataError


def monitor(
    config: ConfigOption = DEFAULT_CONFIG,
    component: Annotated[str | None, typer.Option("--component", help="Its charts alone.")] = None,
    as_of: AsOfOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print what moved in the latest month, and what is noise."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.monitor import monitor_alone, of_component
    from cxlink.report.monitor_results import monitor_table
    from cxlink.report.monitor_sections import build_monitor_sections
    from cxlink.report.suppress_monitor import suppress_monitoring

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        found = monitor_alone(settings, data, state_folder(settings))
    shown = suppress_monitoring(found) if settings.report.audience == "published" else found
    if isinstance(shown, NotEstimable):
        say_messages(data.messages, quiet=quiet)
        raise DataError("CX615", "monitor", f"{shown.reason}.", f"Needs {shown.needs}.")
    if component is not None:
        shown = of_component(shown, component)
    say_messages((*data.messages, *shown.messages), quiet=quiet)
    if form == "csv":
        sys.stdout.write(monitor_table(shown).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(monitor_table(shown).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_monitor_sections(shown), form)
