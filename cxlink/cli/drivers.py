"""``cxlink drivers``: what in the journey moves the score, by itself."""

from __future__ import annotations

import sys

from cxlink.cli.consoles import say_messages
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


def drivers(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print what moves each score: incidents compared in several ways, and ratings."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.drivers import find_drivers_alone
    from cxlink.report.driver_results import drivers_table
    from cxlink.report.driver_sections import build_driver_sections
    from cxlink.report.suppress_drivers import suppress_drivers

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        found = find_drivers_alone(settings, data, seed)
    if isinstance(found, NotEstimable):
        say_messages(data.messages, quiet=quiet)
        raise DataError("CX522", "feedback", f"{found.reason}.", f"Needs {found.needs}.")
    published = settings.report.audience == "published"
    shown = suppress_drivers(found) if published else found
    if isinstance(shown, NotEstimable):
        raise ValueError("drivers that were found are not refused")
    say_messages((*data.messages, *shown.messages), quiet=quiet)
    if form == "csv":
        sys.stdout.write(drivers_table(shown).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(drivers_table(shown).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_driver_sections(shown, published=published), form)
