"""The sheet in which people say what records complain of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from cxlink.tag.label_sheet import CAUSE_COLUMNS, NONE
from cxlink.tag.taxonomy import Taxonomy

HEADINGS = ("customer", "record_id", "table", "day", "language", "text", *CAUSE_COLUMNS, "probability")
WIDTHS = (9, 14, 9, 11, 9, 80, 26, 26, 26, 11)
MAX_CELL = 32_000
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - the same bytes for the same rows
READ_ME = (
    "Say for each record what the customer complains of: up to three causes, from the lists. Choose none where the"
    " record complains of nothing. Leave a row empty until you have read it.",
    "Judge by the words alone. What only names a component, praises it, or says that there was no trouble, is no"
    " complaint.",
    "Records of one customer stand together. Read all records of a customer, or none.",
    "Leave the other columns as they are: probability says how likely this customer was to be drawn, and every estimate"
    " made from your labels needs it.",
    "For agreement, have a second person fill in a copy, without seeing the first one's.",
    "Then: cxlink tag review --read labels.xlsx --by YOUR-NAME --out labels.csv",
)


@dataclass(frozen=True, slots=True)
class RecordToLabel:
    """One record of a customer who was drawn."""

    customer: int
    record_id: str
    table: str
    day: date
    language: str
    text: str
    probability: float


def label_book(records: Sequence[RecordToLabel], taxonomy: Taxonomy) -> bytes:
    """Write records as a workbook to fill in.

    Parameters
    ----------
    records : sequence of RecordToLabel
        In the order in which they are to be read.
    taxonomy : Taxonomy
        Whose causes can be chosen.

    Returns
    -------
    bytes
        XLSX with the sheets Labels, Read me and Causes; the same bytes for the same records.
    """
    from xlsxwriter import Workbook

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    book.set_properties({"title": "cxlink labels", "created": _CREATED})
    top = {"text_wrap": True, "valign": "top"}
    bold, plain = book.add_format({"bold": True, "bottom": 1, **top}), book.add_format(top)
    filled = book.add_format({"bg_color": "#FFF9DB", "border": 1, "border_color": "#CCCCCC", **top})
    sheet, about, causes = (book.add_worksheet(name) for name in ("Labels", "Read me", "Causes"))
    for place, (title, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, bold)
    first = HEADINGS.index(CAUSE_COLUMNS[0])
    for number, record in enumerate(records, start=1):
        sheet.write_number(number, 0, record.customer, plain)
        words = (record.record_id, record.table, record.day.isoformat(), record.language, record.text[:MAX_CELL])
        for place, text in enumerate(words, start=1):
            sheet.write_string(number, place, text, plain)
        for place in range(first, first + len(CAUSE_COLUMNS)):
            sheet.write_blank(number, place, None, filled)
        sheet.write_number(number, len(HEADINGS) - 1, record.probability, plain)
    names = [NONE, *(f"{cause.component}.{cause.name}" for cause in taxonomy.causes)]
    if records:
        choice = {"validate": "list", "source": f"=Causes!$A$2:$A${len(names) + 1}", "error_title": "cxlink"}
        sheet.data_validation(1, first, len(records), first + len(CAUSE_COLUMNS) - 1, choice)
    sheet.freeze_panes(1, 0)
    about.set_column(0, 0, 110, plain)
    for number, line in enumerate(READ_ME):
        about.write_string(number, 0, line, plain)
    causes.set_column(0, 0, 36)
    causes.set_column(1, 1, 80)
    told = {NONE: "The record complains of nothing"} | {
        f"{cause.component}.{cause.name}": cause.description for cause in taxonomy.causes
    }
    for number, (name, description) in enumerate([("cause", "what it means"), *told.items()]):
        causes.write_string(number, 0, name, bold if number == 0 else plain)
        causes.write_string(number, 1, description, bold if number == 0 else plain)
    book.close()
    return buffer.getvalue()
