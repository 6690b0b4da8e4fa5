"""Sheet Claims: what was said of scores and money, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.report.claim_sections import NOTE
from cxlink.report.sheet_rows import ClaimLine
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Number, number_form
from cxlink.report.workings import Told

NAME = "Claims"
CLAIMED, ESTIMATE, INFLATION = 4, 5, 11
FORM = "#,##0.0000"


def write_claims(book: Book, claims: Sequence[ClaimLine]) -> tuple[Place, ...]:
    """Write the claims with their verdicts.

    Parameters
    ----------
    book : Book
        Of the run.
    claims : sequence of ClaimLine
        At least one.

    Returns
    -------
    tuple of Place
        Rows of the claims, at their first cell.
    """
    widths = (30, 18, 16, 22, 10, 12, 9, 9, 12, 9, 9, 12, 9, 9, 20, 70)
    sheet = book.sheet(NAME, widths=widths, wrap_text=True)
    heads = ["Claim", "Source", "Verdict", "Unit", "Claimed", "Here (90%)", "low", "high", "As mostly computed", "low",
             "high", "Times too high (95%)", "low", "high", "Its set in words", "Why"]  # fmt: skip
    sheet.write_header(heads, numbers=(CLAIMED,))
    places = []
    for claim in claims:
        claimed: object = "-" if claim.claimed is None else Number(claim.claimed, FORM)
        figures = [value for told in (claim.estimate, claim.naive, claim.inflation) for value in _three(told)]
        row = sheet.write_row(
            [claim.text, claim.source, claim.verdict, claim.unit, claimed, *figures, claim.inflation_set, claim.words]
        )
        places.append(Place(NAME, row, 0))
    sheet.filter(0, len(heads))
    sheet.row += 1
    sheet.write_notes([NOTE, "As of the run: claims do not hang on the assumptions of this workbook."])
    return tuple(places)


def _three(told: Told) -> list[object]:
    if told.point is None or told.low is None or told.high is None:
        return ["-", "", ""]
    form = number_form(max(told.decimals, 2))
    return [Number(value, form) for value in (told.point, told.low, told.high)]
