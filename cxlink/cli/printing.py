"""Sections in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cxlink.cli.consoles import result_console
from cxlink.cli.options import TableFormat

if TYPE_CHECKING:
    from cxlink.report.section import Section


def show(sections: Sequence[Section], form: TableFormat) -> None:
    """Print sections as results.

    Parameters
    ----------
    sections : sequence of Section
        What to print.
    form : {"table", "json", "csv", "md"}
        How.
    """
    from cxlink.report.section_formats import render_csv_sections, render_json_sections, render_markdown_sections
    from cxlink.report.terminal import print_sections

    if form == "table":
        print_sections(sections, result_console())
    elif form == "json":
        sys.stdout.write(render_json_sections(sections))
    else:
        sys.stdout.write((render_csv_sections if form == "csv" else render_markdown_sections)(sections))
