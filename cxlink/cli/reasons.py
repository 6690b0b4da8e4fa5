"""``cxlink tag reasons``: the reasons behind the score, and whether they tell who leaves."""

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


def reasons(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Show why detractors and passives score as they do, and whether their reasons tell who leaves."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.reasons import explain_scores
    from cxlink.report.reason_sections import build_reason_sections, reasons_table

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        told = explain_scores(settings, data, seed)
    say_messages(data.messages, quiet=quiet)
    if isinstance(told, NotEstimable):
        raise DataError("CX308", "feedback", f"{told.reason}.", f"Needs {told.needs}.")
    published = settings.report.audience == "published"
    if form == "csv":
        sys.stdout.write(reasons_table(told, published=published).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(reasons_table(told, published=published).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_reason_sections(told, published=published), form)
