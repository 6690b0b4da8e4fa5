"""Gates and data checks as JUnit XML, which build servers show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxlink.gates import Outcome
from cxlink.report.shown_text import Sink, render_text


def render_junit(outcomes: Sequence[Outcome], diagnostics: Sequence[dict[str, Any]]) -> str:
    """Render gates and what the run warned about.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Of the gates.
    diagnostics : sequence of dict
        As in ``results.json``; an error fails its test, a warning is told in its output.

    Returns
    -------
    str
        A document with one suite of gates and one of data checks.
    """
    gates = [_gate(one) for one in outcomes]
    checks = [_check(one) for one in diagnostics if one["severity"] != "info"]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<testsuites name="cxlink">',
            *_suite("gates", gates),
            *_suite("data", checks),
            "</testsuites>",
            "",
        ]
    )


def _suite(name: str, cases: Sequence[str]) -> list[str]:
    failed = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0" skipped="{skipped}" time="0"'
    return [f'  <testsuite name="{name}" {counts}>', *cases, "  </testsuite>"]


def _gate(one: Outcome) -> str:
    inner = {
        "held": "",
        "broken": f'<failure message="{_quoted(one.reason)}">{_quoted(one.rule)}: {_quoted(one.reason)}</failure>',
        "skipped": f'<skipped message="{_quoted(one.reason)}"/>',
    }[one.status]
    return f'    <testcase classname="cxlink.gates" name="{_quoted(one.rule)}" time="0">{inner}</testcase>'


def _check(one: dict[str, Any]) -> str:
    message = _quoted(f"{one['message']} {one['remedy']}")
    if one["severity"] == "error":
        inner = f'<failure message="{message}">{message}</failure>'
    else:
        inner = f"<system-out>{message}</system-out>"
    name = _quoted(f"{one['code']} {one['stage']}")
    return f'    <testcase classname="cxlink.data" name="{name}" time="0">{inner}</testcase>'


def _quoted(text: str) -> str:
    """Escape for XML, on one line; what XML cannot hold is shown as an escape."""
    shown = "".join(c if _is_xml(c) else f"\\u{ord(c):04x}" for c in render_text(text, Sink.TERMINAL))
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        shown = shown.replace(sign, entity)
    return shown


def _is_xml(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
