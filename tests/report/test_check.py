"""What ``check`` prints: every file, every reason, and what will be possible."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from cxlink.handoff import Readiness, RunResult
from cxlink.report.terminal import print_check
from cxlink.report.terminal_check import render_check
from tests.report.conftest import HOSTILE_NAMES


def test_files_reasons_and_readiness_are_told(result: RunResult) -> None:
    text = render_check(result.loaded, result.linked, result.readiness).plain
    assert "exports/invoices.csv (revenue)" in text
    assert "40,103" in text
    assert "EUR 4,123,456.78 accepted, EUR 12.50 held back" in text
    assert "! 2 held back in revenue, amount: not a number (CX121)" in text
    assert "yes  customers kept" in text
    assert "no   cost saved by website: needs handle_minutes or cost in tickets" in text
    assert "2025-02-31" not in text


@pytest.mark.parametrize("width", [40, 80, 100])
def test_it_holds_its_width_whatever_the_names(result: RunResult, width: int) -> None:
    entry = result.loaded.ledger[1]
    ledger = tuple(replace(entry, file=name, source=name) for name in HOSTILE_NAMES)
    readiness = tuple(Readiness(name, ready=False, needs=name) for name in HOSTILE_NAMES)
    buffer = io.StringIO()
    loaded = replace(result.loaded, ledger=ledger)
    print_check(loaded, result.linked, readiness, Console(file=buffer, width=width))
    lines = buffer.getvalue().splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert not any(line.lstrip().startswith("::") for line in lines)
    assert "\x1b" not in buffer.getvalue()
