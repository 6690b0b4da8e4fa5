"""The document as a workbook: numbers as numbers, money as formulas over the run's own draws."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from cxlink.report.parts import Document
from cxlink.report.workbook.assumptions import write_assumptions
from cxlink.report.workbook.change_data import write_change_data
from cxlink.report.workbook.changes import write_changes
from cxlink.report.workbook.checks import write_checks
from cxlink.report.workbook.claims import write_claims
from cxlink.report.workbook.components import ComponentCells, write_components
from cxlink.report.workbook.data import write_data
from cxlink.report.workbook.drivers import write_drivers
from cxlink.report.workbook.readme import write_readme
from cxlink.report.workbook.records import write_calls, write_causes, write_comments, write_ledger
from cxlink.report.workbook.sheet import Book
from cxlink.report.workbook.tables import write_details, write_segments

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def render_workbook(document: Document) -> bytes:
    """Render a document as a workbook.

    Sheets without anything to show are left out. Where the run's draws are there, money is formulas, each with the
    run's own value, so that programs that do not recalculate show it too.

    Parameters
    ----------
    document : Document
        What is shown.

    Returns
    -------
    bytes
        XLSX; the same bytes for the same document.

    Raises
    ------
    CannotCreateError
        If a text or a table is too large for a sheet (CX704); nothing is cut in silence.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = Workbook(buffer, options)
    workbook.set_properties({"title": "cxlink", "created": _CREATED})
    workings = document.workings
    book = Book(workbook, _sheets(document), document.language)
    given = data = held = changes = None
    components = ComponentCells()
    if workings is not None and workings.is_live:
        given = write_assumptions(book, workings)
        data = write_data(book, workings)
        if any(one.months is not None for one in workings.changes):
            held = write_change_data(book, workings, given, data)
    if workings is not None and document.table.rows:
        components = write_components(book, document, workings, given, data)
    write_details(book, document)
    write_segments(book, document)
    write_causes(book, document)
    if document.comments is not None:
        write_comments(book, document.comments)
    if document.calls is not None:
        write_calls(book, document.calls)
    write_drivers(book, document.drivers)
    if workings is not None and workings.changes:
        budget = [f"{name}: {line}" for name, line in document.changes[len(workings.changes) :]]
        changes = write_changes(book, workings, given, data, held, budget)
    claims = write_claims(book, document.claims) if document.claims else ()
    ledger = write_ledger(book, document)
    checks = None
    if workings is not None and document.ledger:
        checks = write_checks(book, document, workings, given, data, held, components, changes, claims, ledger)
    write_readme(book, document, checks)
    workbook.close()
    return buffer.getvalue()


def _sheets(document: Document) -> list[str]:
    """Names of the sheets that have something to show, in their order."""
    workings = document.workings
    is_live = workings is not None and workings.is_live
    changes = workings.changes if workings is not None else ()
    there = {
        "Read me": True,
        "Assumptions": is_live,
        "Components": workings is not None and bool(document.table.rows),
        "Behind the figures": bool(document.details.rows),
        "Segments": document.segments is not None and bool(document.segments.rows),
        "Causes": bool(document.causes),
        "Tagged comments": document.comments is not None,
        "Call list": document.calls is not None,
        "Drivers": bool(document.drivers),
        "Changes": bool(changes),
        "Claims": bool(document.claims),
        "Ledger": True,
        "Checks": workings is not None and bool(document.ledger),
        "Data": is_live,
        "Data changes": is_live and any(one.months is not None for one in changes),
    }
    return [name for name, is_there in there.items() if is_there]
