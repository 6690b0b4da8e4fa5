"""Gates of ``cxlink run``: read before anything is loaded, told after everything is published."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cxlink.cli.consoles import say

if TYPE_CHECKING:
    from cxlink.gates import Outcome, Rule
    from cxlink.handoff import Message
    from cxlink.settings import Settings

MOST_ANNOTATIONS = 10
"""GitHub shows so many of a kind for one step."""


def rules_of(settings: Settings, more: Sequence[str]) -> tuple[Rule, ...]:
    """Read the configuration's gates and those of the command line.

    Parameters
    ----------
    settings : Settings
        The configuration.
    more : sequence of str
        As given with ``--gate``.

    Returns
    -------
    tuple of Rule
        The configuration's first.

    Raises
    ------
    Faults
        Where one cannot be read, or names what cannot be (CX640, CX641, CX642).
    """
    from cxlink.gates import check_rules, read_rules

    rules = read_rules([*settings.gates.rules, *more])
    if rules:
        from cxlink.cli.codes import all_codes
        from cxlink.report.results import results_schema

        check_rules(rules, results_schema(), _known(settings), all_codes())
    return rules


def _known(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Names that the configuration alone settles."""
    from cxlink.load.months import DATED

    given = [table for table in DATED if table != "ended" and settings.sources.of(table)]
    return {
        "changes": tuple(one.name for one in settings.changes),
        "claims": tuple(one.text for one in settings.claims),
        "fresh": tuple(given),
    }


def reference_day(as_of: date | None) -> date:
    """Tell the day from which ``fresh`` counts back: ``--as-of``, else SOURCE_DATE_EPOCH, else today.

    Parameters
    ----------
    as_of : date or None
        As given on the command line.

    Returns
    -------
    date
        In UTC.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if as_of is not None:
        return as_of
    return (datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)).date()


def tell_outcomes(outcomes: Sequence[Outcome], *, quiet: bool) -> bool:
    """Print what became of the gates; broken ones always, skipped ones and the count unless silence was asked for.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of all gates.
    quiet : bool
        Whether the user asked for silence.

    Returns
    -------
    bool
        Whether one is broken.
    """
    from cxlink.report.shown_text import Sink, render_text

    broken = [one for one in outcomes if one.status == "broken"]
    for one in outcomes:
        if one.status != "held":
            told = render_text(f"{one.rule}: {one.reason}", Sink.TERMINAL)
            say(f"gate {one.status}: {told}", quiet=quiet and one.status == "skipped")
    if outcomes:
        counts = [f"{sum(one.status == name for one in outcomes)} {name}" for name in ("held", "broken", "skipped")]
        say(f"gates: {', '.join(counts)}", quiet=quiet)
    return bool(broken)


def annotate(outcomes: Sequence[Outcome], messages: Sequence[Message]) -> None:
    """Print broken gates and warnings as GitHub's annotations, where its runner reads them.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of all gates.
    messages : sequence of Message
        Diagnostics of the run.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    errors = [("gate broken", f"{one.rule}: {one.reason}") for one in outcomes if one.status == "broken"]
    errors += [(one.code, f"{one.message} {one.remedy}") for one in messages if one.severity == "error"]
    warnings = [(one.code, f"{one.message} {one.remedy}") for one in messages if one.severity == "warning"]
    for level, found in (("error", errors), ("warning", warnings)):
        for title, text in found[:MOST_ANNOTATIONS]:
            sys.stderr.write(annotation(level, title, text) + "\n")


def annotation(level: str, title: str, text: str) -> str:
    """Write one annotation, escaped as GitHub's runner unescapes it.

    Parameters
    ----------
    level : {"error", "warning"}
        How grave it is.
    title, text : str
        What is told.

    Returns
    -------
    str
        One line.
    """
    from cxlink.report.shown_text import Sink, render_text

    def escape(told: str) -> str:
        shown = render_text(told, Sink.TERMINAL)
        return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    return f"::{level} title={escape(f'cxlink {title}').replace(':', '%3A').replace(',', '%2C')}::{escape(text)}"
