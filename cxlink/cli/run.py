"""``cxlink run``: every stage, every report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import progress_bar, result_console, say, say_messages
from cxlink.cli.gates import annotate, reference_day, rules_of, tell_outcomes
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    EngineName,
    OutOption,
    QuietOption,
    read_day,
)
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import ExitCode, Faults, ReadWriteError

if TYPE_CHECKING:
    from cxlink.handoff import RunResult
    from cxlink.report.outputs import Outputs
    from cxlink.settings import Settings


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    out: OutOption = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the draws.")] = None,
    engine: Annotated[EngineName, typer.Option("--engine", help="Where the tables live.")] = "duckdb",
    as_of: AsOfOption = None,
    gate: Annotated[
        list[str] | None, typer.Option("--gate", help="A condition that must hold; may be repeated.", metavar="RULE")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Gates and data checks as JUnit XML.", metavar="FILE")
    ] = None,
    assumptions: Annotated[
        Path | None,
        typer.Option("--assumptions", help="A run's workbook whose edited assumptions count.", metavar="WORKBOOK"),
    ] = None,
    open_report: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Run the main job: every stage, every report."""
    run_job(
        config,
        out=out,
        seed=seed,
        engine=engine,
        as_of=as_of,
        gates=gate or (),
        junit=junit,
        assumptions=assumptions,
        open_report=open_report,
        quiet=quiet,
    )


def run_job(
    config: Path,
    *,
    out: Path | None,
    seed: int | None = None,
    engine: EngineName = "duckdb",
    as_of: str | None = None,
    gates: Sequence[str] = (),
    junit: Path | None = None,
    assumptions: Path | None = None,
    open_report: bool = False,
    quiet: bool = False,
) -> Path:
    """Run every stage and write every report.

    Parameters
    ----------
    config : Path
        The configuration.
    out : Path or None
        Folder of the reports; ``out/<cut-off date>`` where None.
    seed : int or None
        Overrides the configuration's.
    engine : str
        Where the tables live.
    as_of : str or None
        Overrides the configuration's cut-off.
    gates : sequence of str
        Conditions that must hold, beside the configuration's.
    junit : Path or None
        File for gates and data checks as JUnit XML.
    assumptions : Path or None
        A run's workbook: its edited assumptions take the place of settings, and each is told.
    open_report : bool
        Whether to open the report in the browser.
    quiet : bool
        Whether to leave out messages.

    Returns
    -------
    Path
        The folder of the reports.

    Raises
    ------
    typer.Exit
        With exit code 1 where a gate is broken, after everything is published and printed.
    """
    from cxlink.claims import read_claims
    from cxlink.cli.provenance import keep_ledger, provenance_of
    from cxlink.diff import keep_run, latest_before
    from cxlink.load import RefusedData
    from cxlink.pipeline import run as run_stages
    from cxlink.report.outputs import History, build_outputs
    from cxlink.report.publish import check_out
    from cxlink.report.terminal import print_document
    from cxlink.report.write import write_outputs
    from cxlink.settings import read_settings

    settings = read_settings(config)
    settings, assumed = _assume(settings, assumptions, quiet=quiet)
    read_claims(settings)  # what cannot be read is told before anything is loaded
    rules = rules_of(settings, gates)
    cut_off = read_day(as_of)
    if out is not None:
        check_out(out)
    opened = open_engine_for(settings, engine)
    state = state_folder(settings)
    try:
        with progress_bar(quiet=quiet) as progress:
            result = run_stages(settings, engine=opened, as_of=cut_off, seed=seed, progress=progress, state=state)
            folder = out or Path("out") / result.loaded.observed_to.isoformat()
            progress("report", 0.0)
            provenance = replace(provenance_of(config, settings, result.loaded.ledger), assumptions=assumed)
            history = History(rules, lambda now: latest_before(state, now), reference_day(cut_off), cut_off is not None)
            outputs = build_outputs(result, provenance, history)
            write_outputs(result, folder, provenance, outputs)
            _keep_forecasts(result, state)
            _keep_baselines(result, state)
            if state is not None:
                keep_run(state, outputs.snapshot)
    except (RefusedData, Faults) as error:
        keep_ledger(error, config, settings, out)
        raise
    finally:
        opened.close()
    say_messages(result.messages, quiet=quiet)
    print_document(outputs.document, result_console(), folder)
    if junit is not None:
        _write_junit(junit, outputs)
    annotate(outputs.outcomes, result.messages)
    broken = tell_outcomes(outputs.outcomes, quiet=quiet)
    if open_report:
        say("opening the report", quiet=quiet)
        typer.launch((folder / "report.html").resolve().as_uri())
    if broken:
        raise typer.Exit(int(ExitCode.GATE_FAILED))
    return folder


def _assume(settings: Settings, path: Path | None, *, quiet: bool) -> tuple[Settings, Mapping[str, object]]:
    """Put a workbook's assumptions in the place of settings, and tell each; the manifest is told of them."""
    from cxlink.cli.provenance import describe_assumptions
    from cxlink.report.workbook.read_assumptions import read_assumptions

    if path is None:
        return settings, {}
    assumed = read_assumptions(path, settings)
    for override in assumed.overrides:
        say(override.words, quiet=quiet)
    if not assumed.overrides:
        say(f"assumptions: nothing in {path.name} differs from {settings.file}", quiet=quiet)
    for one in assumed.messages:  # the reports do not know of them, so they are said on any terminal
        say(f"warning: {one.code} {one.message} {one.remedy}", quiet=quiet)
    return assumed.settings, describe_assumptions(path, assumed)


def _write_junit(path: Path, outputs: Outputs) -> None:
    from cxlink.report.files import write_text
    from cxlink.report.junit import render_junit

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        write_text(path, render_junit(outputs.outcomes, outputs.results["diagnostics"]))
    except OSError as error:
        reason = (error.strerror or "writing failed").lower()
        raise ReadWriteError("CX021", str(path), f"cannot be written: {reason}.", "Name another place.") from error


def _keep_forecasts(result: RunResult, state: Path | None) -> None:
    """Remember what is told of planned changes, so that it can be held against what comes."""
    from cxlink import __version__
    from cxlink.track import forecasts_of, record_forecast
    from cxlink.track.forecast_file import FILE

    told = forecasts_of(
        result.impact.changes,
        as_of=result.loaded.observed_to,
        seed=result.seed,
        version=__version__,
        horizon_months=result.horizon_months,
    )
    if told and state is not None:
        record_forecast(state / FILE, told)


def _keep_baselines(result: RunResult, state: Path | None) -> None:
    """Remember what monthly figures were held against, so that limits do not move from month to month."""
    from cxlink.estimate import NotEstimable
    from cxlink.monitor import write_baselines
    from cxlink.monitor.baseline_file import FILE

    if state is not None and not isinstance(result.monitoring, NotEstimable):
        write_baselines(state / FILE, result.monitoring.baselines)
