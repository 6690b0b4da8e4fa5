"""The console script: its commands in four groups, and how every fault becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import typer

from cxlink.cli import check, demo, explain, init, rows, run, schema, simulate, sql
from cxlink.cli.consoles import say_error
from cxlink.errors import CxlinkError, ExitCode, Faults

app = typer.Typer(
    name="cxlink",
    help="Link customer feedback to churn, revenue and the cost of serving.",
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
app.command("rows", rich_help_panel="Decide")(rows.rows)
app.command("simulate", rich_help_panel="Advanced")(simulate.simulate)
app.command("schema", rich_help_panel="Advanced")(schema.schema)
app.command("explain", rich_help_panel="Advanced")(explain.explain)
app.command("sql", rich_help_panel="Advanced")(sql.sql)


class Terminated(BaseException):
    """The process was asked to stop."""


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, _terminate)
    debug = "--debug" in sys.argv[1:]
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    sys.exit(_run(arguments, debug=debug))


def _run(arguments: list[str], *, debug: bool) -> int:
    try:
        return _invoke(arguments)
    except (CxlinkError, Faults) as error:
        for fault in error.faults if isinstance(error, Faults) else (error,):
            say_error(str(fault))
        if debug:
            raise
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except Terminated:
        return int(ExitCode.TERMINATED)
    except MemoryError:
        say_error("CX901 memory: there is not enough of it. Close other programs, or observe a shorter window.")
        return int(ExitCode.OUT_OF_MEMORY)
    except BrokenPipeError:
        # whoever read our output has left; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except OSError as error:
        if debug:
            raise
        say_error(f"CX902 {error.filename or 'file'}: {error.strerror or 'cannot be read or written'}. Check the place.")
        return int(ExitCode.IO_FAILED)
    except Exception as error:
        if debug:
            raise
        say_error(f"CX900 cxlink: this is a bug ({type(error).__name__}). Run again with --debug and report what it prints.")
        return int(ExitCode.BUG)


def _invoke(arguments: list[str]) -> int:
    import click

    try:
        result = app(args=arguments, prog_name="cxlink", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.exceptions.Abort:
        return int(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    return int(result) if isinstance(result, int) else int(ExitCode.DONE)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated
