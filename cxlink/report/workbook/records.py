"""Sheets of records: Causes, Tagged comments, Call list and Ledger."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.build_calls import LOOK_BACK_DAYS
from cxlink.report.parts import CauseRow, Document, LedgerRow
from cxlink.report.sheet_rows import CallList, CommentTable
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Number, number_form
from cxlink.report.workbook.tables import count

LEDGER = "Ledger"
PERCENT, MONEY = "0.0%", number_form(2)


@dataclass(frozen=True, slots=True)
class LedgerCells:
    """Where the ledger stands: columns of its counts, and the reconciled lines (None where there are none)."""

    first: int
    last: int
    accounts: Place | None


def write_causes(book: Book, document: Document) -> None:
    """Write the root causes.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        What is shown.
    """
    if not document.causes:
        return
    sheet = book.sheet("Causes", widths=(28, 28, 11, 11, 11, 20, 18, 18, 90), wrap_text=True)
    heads = ["Component", "Cause", "Comments", "Tickets", "Customers", "A year", "Share of comments", "Corrected share"]
    sheet.write_header([*heads, "Examples"], frozen_columns=2, numbers=(2, 3, 4))
    for cause in document.causes:
        sheet.write_row(_cause_values(cause))
    sheet.filter(0, 9)


def _cause_values(cause: CauseRow) -> list[object]:
    counts = [count(one) for one in (cause.comments, cause.tickets, cause.customers)]
    shares = (cause.trend, cause.share, cause.corrected_share)
    return [cause.component, cause.cause, *counts, *shares, " / ".join(cause.examples)]


def write_comments(book: Book, table: CommentTable) -> None:
    """Write the tagged comments.

    Parameters
    ----------
    book : Book
        Of the run.
    table : CommentTable
        Redacted.
    """
    sheet = book.sheet("Tagged comments", widths=(12, 16, 11, 22, 26, 10, 8, 100), wrap_text=True)
    heads = ["Day", "Record", "Table", "Component", "Cause", "Tag from", table.kpi, "Words, redacted"]
    left = table.of - len(table.lines)
    cut = f"The newest {len(table.lines):,} of {table.of:,}; {left:,} are left out here and stand in tables/tags.csv."
    sheet.write_notes(
        [
            cut if left else f"All {table.of:,} tags of records with words in the window, newest first.",
            "A record has a row for each of its tags. Addresses, numbers and keys are taken out by rule; names may"
            " remain: not for publication.",
        ]
    )
    sheet.row += 1
    first = sheet.write_header(heads, frozen_columns=2, numbers=(6,))
    for line in table.lines:
        score: object = "" if line.score is None else Number(line.score, "0.##")
        sheet.write_row(
            [line.day, line.record_id, line.table, line.component, line.cause, line.source, score, line.text]
        )
    sheet.filter(first, len(heads))


def write_calls(book: Book, calls: CallList) -> None:
    """Write the customers to call.

    Parameters
    ----------
    book : Book
        Of the run.
    calls : CallList
        By value at risk.
    """
    widths = (20, 14, 13, 11, 11, 16, 20, 14, 20, 24, 13, 9, 18, 13)
    sheet = book.sheet("Call list", widths=widths)
    heads = ["Customer", f"A month, {calls.currency}", f"Risk, {calls.months} months", "low", "high",
             f"Value at risk, {calls.currency}", "Recent incidents behind it", "Last incident", "Component", "Cause",
             "Last answer", calls.kpi, "Low score waits since", "Open tickets"]  # fmt: skip
    sheet.write_notes(_call_notes(calls))
    sheet.row += 1
    first = sheet.write_header(heads, numbers=(1, 5, 11, 13))
    for line in calls.lines:
        sheet.write_row(
            [
                line.customer_id,
                Number(line.monthly_price, MONEY),
                Number(line.risk, PERCENT),
                Number(line.low, PERCENT),
                Number(line.high, PERCENT),
                Number(line.at_risk, MONEY),
                line.behind,
                line.incident_day,
                line.component,
                line.cause,
                line.score_day,
                "" if line.score is None else Number(line.score, "0.##"),
                line.waiting_since,
                line.open_tickets if calls.has_tickets else "not known",
            ]
        )
    sheet.filter(first, len(heads))


def _call_notes(calls: CallList) -> list[str]:
    left = calls.of - len(calls.lines)
    shown = f"{len(calls.lines):,} of {calls.of:,} active customers, most value at risk first."
    others = f" {left:,} are left out here: tables/churn_scores.csv has the risk of all." if left else ""
    priceless = (
        f" {calls.without_price:,} have no recurring charge, and hence no value here." if calls.without_price else ""
    )
    waits = (
        f"A low score waits when nobody came back to it by the cut-off; told for the last {LOOK_BACK_DAYS} days."
        if calls.has_answers
        else "Whether somebody came back to a low score is not known: it needs tickets, or feedback.answered_at."
    )
    return [
        shown + others + priceless,
        "A prediction, not a promise: of customers at a risk of 30%, seven in ten stay. The interval is what the fit is"
        " unsure of, not one customer's luck.",
        f"Value at risk: risk of leaving of their own will within {calls.months} months, times {calls.months} monthly"
        " prices, not discounted: revenue, not margin, and more than is lost where somebody leaves late.",
        *calls.doubts,
        waits,
        "It says who is likely to leave, not whom a call would keep: that takes a trial in which some are not called.",
    ]


def write_ledger(book: Book, document: Document) -> LedgerCells:
    """Write what became of every file, and of revenue.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        What is shown.

    Returns
    -------
    LedgerCells
        For the checks.
    """
    sheet = book.sheet(LEDGER, widths=(34, 36, 14, 12, 12, 12, 24, 24, 28))
    heads = [
        "Source",
        "File",
        "Read",
        "Accepted",
        "Excluded",
        "Held back",
        "Money accepted",
        "Money held back",
        "Read as",
    ]
    sheet.write_header(heads, frozen_columns=2, numbers=(2, 3, 4, 5))
    first = sheet.row
    for row in document.ledger:
        sheet.write_row(_ledger_values(row))
    last = sheet.row - 1
    sheet.filter(0, len(heads))
    accounts = None
    if document.matches:
        sheet.row += 1
        sheet.write_row(["Found its customer"], bold=True)
        for name, value in document.matches:
            sheet.write_row([name, value])
    if document.reconciliation:
        sheet.row += 1
        sheet.write_row(["Accepted revenue"], bold=True)
        begin = sheet.row
        amounts = dict(enumerate(amount for _, amount in document.accounts))
        for place, (name, value) in enumerate(document.reconciliation):
            sheet.write_row([name, value, Number(amounts[place], MONEY) if place in amounts else ""])
        accounts = Place(LEDGER, begin, 2, sheet.row - 1, 2) if document.accounts else None
    if document.held_back:
        sheet.row += 1
        sheet.write_row(["Held back in", "Reason", "Rows", "Code", "Column"], bold=True, numbers=(2,))
        for held in document.held_back:
            sheet.write_row([held.source, held.reason, held.rows, held.code, held.column])
    return LedgerCells(first, last, accounts)


def _ledger_values(row: LedgerRow) -> list[object]:
    counts = [row.rows_read, row.rows_accepted, row.rows_excluded, row.rows_quarantined]
    money = [row.money_accepted, row.money_quarantined, row.read_as]
    return [row.source, row.file, *counts, *money]
