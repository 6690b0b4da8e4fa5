"""``cxlink churn fit|score|validate``: the churn stage by itself, in depth."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import progress_bar, result_console, say_messages
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    QuietOption,
    TableFormat,
    read_day,
)
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from cxlink.handoff import ChurnFit, Message
    from cxlink.pipeline import LinkedData
    from cxlink.report.section import Section
    from cxlink.settings import Settings

N_REPLICATES = 500
app = typer.Typer(help="Who leaves, and why: fit, score, validate.", no_args_is_help=True, rich_markup_mode=None)
GapOption = Annotated[
    int | None,
    typer.Option("--gap", min=1, help="Days without an order that mean gone; shown for .75, 1 and 1.5 times as many."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Instead of the configuration's.")]


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
    from cxlink.churn import compare_forms, fit_churn
    from cxlink.pipeline import start_draws
    from cxlink.report.churn_sections import build_fit_sections

    with _linked(config, as_of, quiet=quiet) as (settings, data):
        draws = start_draws(settings, seed, len(data.linked.customers))
        if data.linked.business == "orders":
            say_messages(data.messages, quiet=quiet)
            _print(_order_sections(settings, data, draws.for_futures, gap), form)
            return
        churn = fit_churn(data.linked, data.loaded, settings, weights=draws.weights)
        say_messages(_worth_saying(data, churn), quiet=quiet)
        forms = compare_forms(data.linked, settings)
    if churn.refusal is not None:
        raise _refused(churn.refusal.reason, churn.refusal.needs)
    _print(build_fit_sections(churn, forms), form)


@app.command("score")
def score(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Print each active customer's risk of leaving within 3, 6 and 12 months."""
    from cxlink.churn import fit_churn
    from cxlink.pipeline import start_draws
    from cxlink.report.churn_sections import build_score_section
    from cxlink.report.scores import render_scores_csv

    with _linked(config, as_of, quiet=quiet) as (settings, data):
        if settings.report.audience == "published":
            remedy = 'Set audience = "internal" under [report].'
            raise UsageError("CX018", "churn score", "shows single customers.", remedy)
        draws = start_draws(settings, seed, len(data.linked.customers))
        churn = fit_churn(data.linked, data.loaded, settings, weights=draws.weights)
        say_messages(_worth_saying(data, churn), quiet=quiet)
    if churn.refusal is not None:
        raise _refused(churn.refusal.reason, churn.refusal.needs)
    if churn.scores is None:
        raise ValueError("a fitted model has scores")
    if form == "csv":
        sys.stdout.write(render_scores_csv(churn.scores, data.linked))
    else:
        _print([build_score_section(churn.scores, data.linked)], form)


@app.command("validate")
def validate(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Fit on what was known 3, 6 and 12 months ago, and compare with what came."""
    from cxlink.churn import validate_churn
    from cxlink.pipeline import start_draws
    from cxlink.report.churn_sections import build_validation_sections

    with _linked(config, as_of, quiet=quiet) as (settings, data):
        refusal = data.linked.churn_refusal
        if refusal is not None:
            raise _refused(refusal.reason, refusal.needs)
        draws = start_draws(settings, seed, len(data.linked.customers))
        found = validate_churn(
            data.linked, exposure_days=settings.model.exposure_days, n_replicates=N_REPLICATES, rng=draws.for_validation
        )
        say_messages(data.messages, quiet=quiet)
    _print(build_validation_sections(found), form)


def _order_sections(
    settings: Settings, data: LinkedData, rng: np.random.Generator, gap: int | None
) -> tuple[Section, ...]:
    from cxlink.churn import fit_gaps, fit_orders, read_orders
    from cxlink.currencies import exponent_of
    from cxlink.report.churn_sections import build_order_sections

    days, divisor = settings.model.exposure_days, 10 ** exponent_of(settings.project.currency)
    orders = read_orders(data.loaded)
    gaps = () if gap is None else fit_gaps(data.linked, orders, gap_days=gap, exposure_days=days)
    return build_order_sections(fit_orders(data.linked, orders, exposure_days=days, divisor=divisor, rng=rng), gaps)


@contextmanager
def _linked(config: Path, as_of: str | None, *, quiet: bool) -> Iterator[tuple[Settings, LinkedData]]:
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
        yield settings, data
    finally:
        engine.close()


def _worth_saying(data: LinkedData, churn: ChurnFit) -> tuple[Message, ...]:
    """A refusal is said once, as the error that it becomes."""
    return data.messages if churn.refusal is not None else (*data.messages, *churn.messages)


def _refused(reason: str, needs: str) -> DataError:
    return DataError("CX401", "churn", f"{reason}.", f"Needs {needs}.")


def _print(sections: Sequence[Section], form: TableFormat) -> None:
    from cxlink.report.section_formats import render_csv_sections, render_json_sections, render_markdown_sections
    from cxlink.report.terminal import print_sections

    if form == "table":
        print_sections(sections, result_console())
    elif form == "json":
        sys.stdout.write(render_json_sections(sections))
    else:
        sys.stdout.write((render_csv_sections if form == "csv" else render_markdown_sections)(sections))
