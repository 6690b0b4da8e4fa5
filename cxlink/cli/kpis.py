"""``cxlink kpis``: which score tells who leaves and what they pay, by itself."""

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


def kpis(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print which score tells who leaves and what they pay, judged on later customers."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.kpis import compare_kpis_alone
    from cxlink.report.kpi_results import kpis_table
    from cxlink.report.kpi_sections import build_kpi_section
    from cxlink.report.suppress_kpis import suppress_kpis

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        found = compare_kpis_alone(settings, data, seed)
    published = settings.report.audience == "published"
    shown = suppress_kpis(found) if published else found
    if isinstance(shown, NotEstimable):
        say_messages(data.messages, quiet=quiet)
        raise DataError("CX511", "feedback", f"{shown.reason}.", f"Needs {shown.needs}.")
    say_messages((*data.messages, *shown.messages), quiet=quiet)
    if form == "csv":
        sys.stdout.write(kpis_table(shown).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(kpis_table(shown).to_json(orient="records", indent=2) + "\n")
    else:
        show((build_kpi_section(shown, published=published),), form)
