"""The console script: its commands in four groups, and how every fault becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

import typer
from typer.exceptions import TyperException

from cxlink.cli import (
    check,
    churn,
    ci,
    claim,
    demo,
    diff,
    drivers,
    explain,
    impact,
    init,
    kpis,
    monitor,
    report,
    rows,
    run,
    schema,
    selfcheck,
    simulate,
    sql,
    tag,
    track,
    whatif,
)
from cxlink.cli.consoles import say, say_error
from cxlink.cli.groups import GroupedCommands
from cxlink.errors import CxlinkError, ExitCode, Faults

app = typer.Typer(
    name="cxlink",
    cls=GroupedCommands,
    help="Link customer feedback to churn, revenue and the cost of serving.",
    epilog="Every command also takes --debug, which shows the traceback of an error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", rich_help_panel="Start")(demo.demo)
app.command("init", rich_help_panel="Start")(init.init)
app.command("check", rich_help_panel="Start")(check.check)
app.command("run", rich_help_panel="Monthly")(run.run)
app.command("diff", rich_help_panel="Monthly")(diff.diff)
app.add_typer(ci.app, name="ci", rich_help_panel="Monthly")
app.command("claim", rich_help_panel="Decide")(claim.claim)
app.command("whatif", rich_help_panel="Decide")(whatif.whatif)
app.command("rows", rich_help_panel="Decide")(rows.rows)
app.command("report", rich_help_panel="Decide")(report.report)
app.command("track", rich_help_panel="Decide")(track.track)
app.add_typer(tag.app, name="tag", rich_help_panel="Advanced")
app.add_typer(churn.app, name="churn", rich_help_panel="Advanced")
app.command("drivers", rich_help_panel="Advanced")(drivers.drivers)
app.command("impact", rich_help_panel="Advanced")(impact.impact)
app.command("kpis", rich_help_panel="Advanced")(kpis.kpis)
app.command("monitor", rich_help_panel="Advanced")(monitor.monitor)
app.command("selfcheck", rich_help_panel="Advanced")(selfcheck.selfcheck)
app.command("simulate", rich_help_panel="Advanced")(simulate.simulate)
app.command("schema", rich_help_panel="Advanced")(schema.schema)
app.command("explain", rich_help_panel="Advanced")(explain.explain)
app.command("sql", rich_help_panel="Advanced")(sql.sql)


class Stopped(BaseException):
    """The process was asked to stop."""


_stopped_by: list[int] = []


def main() -> None:
    """Run the command line and exit with its code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    _open_streams()
    debug = "--debug" in sys.argv[1:]
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    sys.exit(_run(arguments, debug=debug))


def _run(arguments: list[str], *, debug: bool) -> int:
    try:
        return _invoke(arguments)
    except BrokenPipeError:
        # whoever read our output has left; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except (Stopped, KeyboardInterrupt):
        return _exit_code_of_signal()
    except Exception as error:
        if _stopped_by:  # a library turned the signal into an error of its own
            return _exit_code_of_signal()
        lines, code = _explain(error)
        for line in lines:
            (say if line.startswith("  ") else say_error)(line)
        if debug:
            raise
        return int(code)


def _exit_code_of_signal() -> int:
    terminated = _stopped_by and _stopped_by[0] == signal.SIGTERM
    return int(ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED)


def _explain(error: Exception) -> tuple[list[str], ExitCode]:
    if isinstance(error, Faults):
        return [line for fault in error.faults for line in (str(fault), *fault.below)], error.exit_code
    if isinstance(error, CxlinkError):
        return [str(error), *error.below], error.exit_code
    if type(error).__name__ == "QueryError":
        return [
            f"CX903 engine: {error}. Look for amounts too large to add up, or report it with --debug."
        ], ExitCode.DATA_UNUSABLE
    if isinstance(error, MemoryError):
        return [
            "CX901 memory: there is not enough of it. Close other programs, or observe a shorter window."
        ], ExitCode.OUT_OF_MEMORY
    if isinstance(error, OSError):
        place, reason = error.filename or "file", error.strerror or "cannot be read or written"
        return [f"CX902 {place}: {reason}. Check the place."], ExitCode.IO_FAILED
    return [
        f"CX900 cxlink: this is a bug ({type(error).__name__}). Run again with --debug and report what it prints."
    ], ExitCode.BUG


def _invoke(arguments: list[str]) -> int:
    try:
        result = app(args=arguments, prog_name="cxlink", standalone_mode=False)
    except typer.Exit as stop:
        return int(stop.exit_code)
    except typer.Abort:
        return int(ExitCode.INTERRUPTED)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show is None:
            say_error(error.format_message())
        else:
            show()
        return int(ExitCode.USAGE)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def _stop(number: int, _frame: FrameType | None) -> None:
    _stopped_by.append(number)
    raise Stopped


def _open_streams() -> None:
    """Make every text printable, whatever the locale, and print nowhere where a stream is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open as long as we run
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
