"""``cxlink impact``: what each component costs, by itself, figure by figure in words."""

from __future__ import annotations

import sys

from cxlink.cli.consoles import progress_bar, result_console, say_messages
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


def impact(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print what each component does to cost, revenue and experience, and what each figure means."""
    from cxlink.in_depth.impact import estimate_impact_alone
    from cxlink.report.effect_words import Frame
    from cxlink.report.impact_sections import build_impact_sections, impact_table
    from cxlink.report.terminal import print_impact

    with linked_data(config, as_of, quiet=quiet) as (settings, data), progress_bar(quiet=quiet) as progress:
        without_changes = settings.model_copy(update={"changes": ()})  # cxlink whatif shows them
        found = estimate_impact_alone(without_changes, data, seed, progress)
    say_messages((*data.messages, *found.messages), quiet=quiet)
    model = settings.model
    frame = Frame(found.population, model.horizon_months, model.exposure_days, settings.project.currency, found.kpi)
    if form == "table":
        print_impact(found, frame, result_console(), published=settings.report.audience == "published")
    elif form == "csv":
        sys.stdout.write(impact_table(found, frame).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(impact_table(found, frame).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_impact_sections(found, frame), form)
