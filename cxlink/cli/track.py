"""``cxlink track``: what past changes were forecast to do, and what they did."""

from __future__ import annotations

import sys

from cxlink.cli.consoles import say_messages
from cxlink.cli.linked import linked_data
from cxlink.cli.options import DEFAULT_CONFIG, AsOfOption, ConfigOption, FormatOption, QuietOption
from cxlink.cli.printing import show
from cxlink.cli.state import state_folder
from cxlink.errors import DataError


def track(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print what past changes were forecast to do, and what they did."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.track import track_alone
    from cxlink.report.suppress_track import suppress_tracking
    from cxlink.report.track_results import track_table
    from cxlink.report.track_sections import build_track_sections

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        found = track_alone(settings, data, state_folder(settings))
    published = settings.report.audience == "published"
    shown = suppress_tracking(found) if published else found
    if isinstance(shown, NotEstimable):
        say_messages(data.messages, quiet=quiet)
        raise DataError("CX596", "[[changes]]", f"{shown.reason}.", f"Needs {shown.needs}.")
    say_messages((*data.messages, *shown.messages), quiet=quiet)
    if form == "csv":
        sys.stdout.write(track_table(shown).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(track_table(shown).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_track_sections(shown, published=published), form)
