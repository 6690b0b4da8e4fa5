"""``cxlink churn fit|score|validate``: the churn stage by itself, in depth."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

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
from cxlink.errors import DataError, UsageError

if TYPE_CHECKING:
    from cxlink.estimate import NotEstimable
    from cxlink.handoff import ChurnFit
    from cxlink.pipeline import LinkedData

app = typer.Typer(help="Who leaves, and why: fit, score, validate.", no_args_is_help=True, rich_markup_mode=None)
GapOption = Annotated[
    int | None,
    typer.Option("--gap", min=1, help="Days without an order that mean gone; shown for .75, 1 and 1.5 times as many."),
]


@app.command("fit")
def fit(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    gap: GapOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print hazard ratios, also by month since the incident and by tenure; of orders, what moves their rate."""
    from cxlink.in_depth.churn import fit_churn_alone, fit_orders_alone
    from cxlink.report.churn_sections import build_fit_sections, build_order_sections

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        if data.linked.business == "orders":
            orders, gaps = fit_orders_alone(settings, data, seed, gap_days=gap)
            say_messages(data.messages, quiet=quiet)
            show(build_order_sections(orders, gaps), form)
            return
        churn = fit_churn_alone(settings, data, seed)
    _say(data, churn, quiet=quiet)
    show(build_fit_sections(churn), form)


@app.command("score")
def score(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print each active customer's risk of leaving within 3, 6 and 12 months."""
    from cxlink.in_depth.churn import fit_churn_alone
    from cxlink.report.churn_sections import build_score_section
    from cxlink.report.scores import render_scores_csv, render_scores_json

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        if settings.report.audience == "published":
            remedy = 'Set audience = "internal" under [report].'
            raise UsageError("CX018", "churn score", "shows single customers.", remedy)
        churn = fit_churn_alone(settings, data, seed)
    _say(data, churn, quiet=quiet)
    if churn.scores is None:
        raise ValueError("a fitted model has scores")
    if form in ("csv", "json"):
        render = render_scores_csv if form == "csv" else render_scores_json
        sys.stdout.write(render(churn.scores, data.linked))
    else:
        show([build_score_section(churn.scores, data.linked)], form)


@app.command("validate")
def validate(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Fit on what was known 3, 6 and 12 months ago, and compare with what came."""
    from cxlink.estimate import NotEstimable
    from cxlink.in_depth.churn import validate_alone
    from cxlink.report.churn_sections import build_validation_sections

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        found = validate_alone(settings, data, seed)
    say_messages(data.messages, quiet=quiet)
    if isinstance(found, NotEstimable):
        raise _refused(found)
    show(build_validation_sections(found), form)


def _say(data: LinkedData, churn: ChurnFit, *, quiet: bool) -> None:
    """Say what there is to say; a refusal is said once, as the error that it becomes."""
    say_messages(data.messages if churn.refusal else (*data.messages, *churn.messages), quiet=quiet)
    if churn.refusal is not None:
        raise _refused(churn.refusal)


def _refused(refusal: NotEstimable) -> DataError:
    return DataError("CX401", "churn", f"{refusal.reason}.", f"Needs {refusal.needs}.")
