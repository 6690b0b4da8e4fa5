"""Sheet Read me: what the workbook holds, how to recalculate it, and what not to conclude."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.report.parts import Document, render_sentence
from cxlink.report.shown_text import Sink
from cxlink.report.workbook.checks import EDITED, ChecksOnSheet
from cxlink.report.workbook.sheet import Book, Live, Sheet

NAME = "Read me"
SHEETS = {
    "Assumptions": "cells to edit: gross margin, discount rate, horizon, reductions and costs of changes.",
    "Components": "what each component's incidents cost, alone and together, with intervals, joint shares and a chart.",
    "Behind the figures": "incidents, churn ratios, scores and ranks.",
    "Segments": "the component table by segment.",
    "Causes": "root causes, how often they are named, and examples.",
    "Tagged comments": "what customers wrote, redacted, with component and cause.",
    "Call list": "active customers at risk, with their value and what happened to them.",
    "Drivers": "what goes with a score.",
    "Changes": "what each change would bring, its NPV and how it builds up.",
    "Claims": "what was said of scores and money, and the verdict.",
    "Ledger": "every file, row and amount that was read, and what became of it.",
    "Checks": "totals held against results.json, the ledger and one another.",
    "Data": "money of components by month and draw, from which Components recalculates.",
    "Data changes": "money of changes by size, month and draw, from which Changes recalculates.",
}
RECALCULATE = (
    "Edit the cells of column Value on Assumptions: money on Components, Changes and Checks follows at once.",
    "To have everything told again: cxlink run --assumptions workbook.xlsx takes the edited cells for its settings.",
    "LibreOffice asks whether to recalculate a file of another program: say yes, or press Ctrl+Shift+F9.",
)
PUBLISHED = (
    "For a published audience: no tagged comments, no call list and no draws are in this workbook, and nothing in it"
    " recalculates. Small counts are suppressed."
)


def write_readme(book: Book, document: Document, checks: ChecksOnSheet | None) -> None:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        What is shown.
    checks : ChecksOnSheet or None
        What is told in a line.
    """
    sheet = book.sheet(NAME, widths=(68,), wrap_text=True)
    sheet.raw.set_portrait()
    lines = [document.headline, document.tenth_line]
    sheet.write_header([_said(document.header)])
    for line in (*map(_said, lines), document.experience_line, document.ledger_line, _said(document.churn_line)):
        if line:
            sheet.write_row([line])
    if checks is not None:
        sheet.write_row([_overall(checks)])
    is_live = document.workings is not None and document.workings.is_live
    if document.published:
        sheet.write_row([PUBLISHED])
    _part(sheet, "How to recalculate", RECALCULATE if is_live else ())
    _part(sheet, "Sheets", [f"{name}: {SHEETS[name]}" for name in book.names if name in SHEETS])
    _part(sheet, "How it was done", document.method)
    _part(sheet, "What not to conclude", document.not_to_conclude)
    _part(sheet, "Warnings", [f"{one.code} {one.message} {one.remedy}" for one in document.notices])
    missing = [f"{item.output}: needs {item.needs}" for item in document.wanted if not item.ready]
    _part(sheet, "What we cannot tell yet", missing)


def _part(sheet: Sheet, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    sheet.row += 1
    sheet.write_row([title], bold=True)
    for line in lines:
        sheet.write_row([line])


def _overall(checks: ChecksOnSheet) -> Live:
    n, at = checks.n_rows, checks.outcomes
    fine, edited = f'COUNTIF({at},"OK")', f'COUNTIF({at},"{EDITED}")'
    wrong = f'"Checks: "&({n}-{fine}-{edited})&" of {n} differ; see sheet Checks."'
    some = f'"Checks: "&{fine}&" of {n} hold; the others are of the run before assumptions were edited."'
    told = f"Checks: all {n} hold."
    now = told if not checks.wrong else f"Checks: {checks.wrong} of {n} differ; see sheet Checks."
    return Live(f'=IF({fine}={n},"{told}",IF({fine}+{edited}={n},{some},{wrong}))', now)


def _said(sentence: tuple[str, ...]) -> str:
    return render_sentence(sentence, Sink.PLAIN)
