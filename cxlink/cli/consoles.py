"""Where things are printed: results on stdout, talk on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from cxlink.handoff import Message

NARROW = 80


def result_console() -> Console:
    """Console for results: stdout, without markup, highlighting or emoji.

    Returns
    -------
    Console
        80 columns wide where stdout is not a terminal.
    """
    from rich.console import Console

    width = None if sys.stdout.isatty() else NARROW
    return Console(markup=False, highlight=False, emoji=False, width=width, soft_wrap=False)


def say(text: str, *, quiet: bool = False) -> None:
    """Print a line of talk.

    Parameters
    ----------
    text : str
        The line.
    quiet : bool
        Whether the user asked for silence.
    """
    if not quiet:
        _write(text)


def say_error(text: str) -> None:
    """Print an error, whatever the user asked for.

    Parameters
    ----------
    text : str
        Code, place, what is wrong and the remedy.
    """
    from cxlink.report.shown_text import Sink, render_text

    _write("error: " + render_text(text, Sink.TERMINAL))


def _write(line: str) -> None:
    """Write to stderr, if anybody listens."""
    with suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def say_messages(messages: Sequence[Message], *, quiet: bool) -> None:
    """Print warnings, one line each; notes are left to the reports.

    Where a person looks at both streams on one terminal, the result itself shows the warnings, and once is enough.

    Parameters
    ----------
    messages : sequence of Message
        Diagnostics of all stages.
    quiet : bool
        Whether the user asked for silence.
    """
    from cxlink.report.shown_text import Sink, render_text

    if sys.stdout.isatty() and sys.stderr.isatty():
        return
    for message in messages:
        if message.severity != "info":
            # what somebody relies on and does not get is said whatever was asked
            said = render_text(f"{message.message.rstrip('.')}. {message.remedy}", Sink.TERMINAL)
            say(f"warning: {message.code} {said}", quiet=quiet and message.severity != "error")


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Show the stage on stderr; plain silence where stderr is not a terminal.

    Parameters
    ----------
    quiet : bool
        Whether the user asked for silence.

    Yields
    ------
    callable
        Takes the stage and the share of it that is done.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _stage, _share: None
        return
    from rich.console import Console

    with Console(stderr=True).status("load") as status:

        def show(stage: str, share: float) -> None:
            status.update(f"{stage} {share:.0%}" if share else stage)

        yield show
