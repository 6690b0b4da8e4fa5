"""``cxlink claim``: whether what somebody says of scores and money holds here."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cxlink.cli.consoles import progress_bar, say_messages
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
from cxlink.errors import ConfigError, UsageError

ClaimArgument = Annotated[str | None, typer.Argument(help='Such as "+1 NPS = +0.5% revenue".', metavar="TEXT")]
AmongOption = Annotated[
    str | None, typer.Option("--among", help="Of which customers, such as: plan = 'pro'.", metavar="CONDITION")
]
LibraryOption = Annotated[bool, typer.Option("--library", help="Test well-known published claims.")]


def claim(
    text: ClaimArgument = None,
    among: AmongOption = None,
    library: LibraryOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Test a claim such as "+1 NPS = +0.5% revenue" on the data."""
    from cxlink.claims import read_claim, read_library
    from cxlink.in_depth.claims import audit_alone, horizon_of, keep_prices
    from cxlink.report.claim_results import build_claim_results
    from cxlink.report.claim_sections import build_claim_sections
    from cxlink.report.results import dump_json
    from cxlink.settings import Settings, read_settings

    if library == (text is not None):
        raise UsageError("CX019", "claim", "needs either a text or --library.", 'Such as: "+1 NPS = +0.5% revenue".')
    if among == "":
        raise UsageError("CX591", "--among", "is empty.", "Write a condition, or leave it out.")
    if library and among is not None:
        raise UsageError("CX019", "claim", "--among goes with a text.", "Leave out --library.")
    own = read_settings(config)
    claims = read_library(own.project.currency) if text is None else (read_claim(text, own, among=among),)

    def asking(settings: Settings) -> Settings:
        return keep_prices(settings, claims) if library else horizon_of(claims[0], settings)

    try:
        with (
            linked_data(config, as_of, quiet=quiet, changed=asking) as (settings, data),
            progress_bar(quiet=quiet) as progress,
        ):
            audit = audit_alone(settings, data, claims, seed, progress)
    except ConfigError as fault:
        if among is None or fault.place != "claims.[1].among":
            raise
        raise UsageError(fault.code, "--among", fault.message, fault.remedy) from None
    say_messages((*data.messages, *audit.messages), quiet=quiet)
    if form == "json":
        sys.stdout.write(dump_json([one.model_dump(mode="json") for one in build_claim_results(audit)]))
        return
    sections = build_claim_sections(audit.claims)
    show(sections[:1] if library and form == "table" else sections, form)
