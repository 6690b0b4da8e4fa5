"""Sheet Checks: every total held against results.json, the ledger, and the other totals of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.parts import Document
from cxlink.report.workbook.assumptions import AssumptionCells
from cxlink.report.workbook.changes import LABELS, ChangesOnSheet
from cxlink.report.workbook.claims import CLAIMED, ESTIMATE, INFLATION
from cxlink.report.workbook.components import MONEY_KEYS, SHARES, ComponentCells, heading
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.records import LEDGER, LedgerCells
from cxlink.report.workbook.sheet import Book, Live, Number, Sheet, number_form
from cxlink.report.workings import Workings

NAME = "Checks"
HEADS = ("Check", "Of", "In this workbook", "Held against", "Tolerance", "Difference", "Outcome")
OUTCOME = 6
MONEY, FINE = number_form(2), "0.00E+00"
CENT = 0.005
DIGITS = 2e-8
"""results.json has nine significant digits, and so has each month on Data: sums agree to about eight."""

EDITED = "edited"


@dataclass(frozen=True, slots=True)
class ChecksOnSheet:
    """Where the outcomes stand."""

    outcomes: Place
    n_rows: int


class _Writer:
    def __init__(self, sheet: Sheet, given: AssumptionCells | None) -> None:
        self._sheet, self._given = sheet, given

    def hold(self, what: str, of: str, here: str, value: float, against: float | str, *, only_as_run: bool) -> None:
        """One check: a formula, its value in the run, and a number or another formula with the same value."""
        row = self._sheet.row
        left, right, tolerance, difference = (Place(NAME, row, column).local for column in (2, 3, 4, 5))
        size = abs(value)
        outcome = f'IF(ABS({difference})<={tolerance},"OK","differs")'
        outcome = f'IF(ISNUMBER({difference}),{outcome},"{EDITED}")'
        if only_as_run and self._given is not None:
            outcome = f'IF({self._given.changed}>0,"{EDITED}",{outcome})'
        other: object = Number(against, MONEY) if isinstance(against, float) else Live(f"={against}", value, MONEY)
        gap = f'IF(AND(ISNUMBER({left}),ISNUMBER({right})),{left}-{right},"{EDITED}")'
        self._sheet.write_row(
            [
                what,
                of,
                Live(f"={here}", value, MONEY),
                other,
                Number(max(CENT, DIGITS * size), "0.0000"),
                Live(f"={gap}", 0.0, FINE),
                Live(f"={outcome}", "OK"),
            ]
        )


def write_checks(
    book: Book,
    document: Document,
    workings: Workings,
    given: AssumptionCells | None,
    components: ComponentCells,
    changes: ChangesOnSheet | None,
    claims: Sequence[Place],
    ledger: LedgerCells,
) -> ChecksOnSheet:
    """Write the checks.

    Parameters
    ----------
    book : Book
        Of the run.
    document, workings : Document, Workings
        What stands in the results.
    given : AssumptionCells or None
        To tell what was edited.
    components, changes, claims, ledger : ComponentCells, ChangesOnSheet, sequence of Place, LedgerCells
        What stands on the other sheets.

    Returns
    -------
    ChecksOnSheet
        For a line on sheet Read me.
    """
    sheet = book.sheet(NAME, widths=(52, 30, 18, 18, 12, 13, 12))
    sheet.write_header(list(HEADS), numbers=(2, 3, 4, 5))
    writer = _Writer(sheet, given)
    _check_sums(writer, workings, components)
    if changes is not None:
        _check_changes(writer, workings, changes)
    _check_claims(writer, document, claims)
    _check_ledger(writer, document, ledger)
    _check_effects(writer, workings, components)
    n = sheet.row - 1
    sheet.filter(0, len(HEADS))
    outcomes = Place(NAME, 1, OUTCOME, n, OUTCOME)
    sheet.row += 1
    sheet.write_notes(
        [
            f"OK: equal to half a cent, or to eight digits where amounts are large. {EDITED}: an assumption was edited,"
            " so that the run's own number no longer applies. Other checks hold whatever is assumed.",
            "Held against: results.json and ledger.json of the same run, or another cell of this workbook.",
        ]
    )
    return ChecksOnSheet(outcomes, n)


def _check_effects(writer: _Writer, workings: Workings, cells: ComponentCells) -> None:
    for (place, key), at in cells.figures.items():
        effect = workings.effects[place]
        told = dict(effect.told)[key]
        for shift, end, value in ((0, "", told.point), (1, ", low", told.low), (2, ", high", told.high)):
            if key in MONEY_KEYS and value is not None:
                here = str(Place(at.sheet, at.row, at.column + shift))
                what = f"{heading(key, workings)}{end} = results.json"
                writer.hold(what, effect.name, here, value, value, only_as_run=True)


def _check_sums(writer: _Writer, workings: Workings, cells: ComponentCells) -> None:
    """Joint shares add up to the joint effect; overlap and effects alone do too."""
    places = [at for at, one in enumerate(workings.effects) if one.kind == "component"]
    together = next((at for at, one in enumerate(workings.effects) if one.kind == "together"), None)
    overlap = next((at for at, one in enumerate(workings.effects) if one.kind == "overlap"), None)
    for key in MONEY_KEYS:
        whole = cells.figures.get((together, key)) if together is not None else None
        if whole is None or together is None:
            continue
        value = dict(workings.effects[together].told)[key].point or 0.0
        if key in SHARES and all((at, key) in cells.shares for at in places):
            first, last = (cells.shares[at, key] for at in (places[0], places[-1]))
            span = Place(first.sheet, first.row, first.column, last.row, last.column)
            what = f"{heading(key, workings)}: joint shares add up to the joint effect"
            writer.hold(what, "all components", f"SUM({span})", value, str(whole), only_as_run=False)
        gap = cells.figures.get((overlap, key)) if overlap is not None else None
        alone = [cells.figures[at, key] for at in places if (at, key) in cells.figures]
        if gap is not None and alone:
            total = "+".join([*(str(one) for one in alone), str(gap)])
            what = f"{heading(key, workings)}: alone and overlap add up to the joint effect"
            writer.hold(what, "all components", total, value, str(whole), only_as_run=False)
    for at in places:
        parts = [cells.figures.get((at, key)) for key in ("margin_kept", "cost_saved", "net_benefit")]
        margin, cost, net = parts
        if margin is not None and cost is not None and net is not None:
            value = dict(workings.effects[at].told)["net_benefit"].point or 0.0
            name = workings.effects[at].name
            writer.hold(
                "Margin kept and cost saved = both", name, f"{margin}+{cost}", value, str(net), only_as_run=False
            )


def _check_changes(writer: _Writer, workings: Workings, changes: ChangesOnSheet) -> None:
    for (number, key), at in changes.figures.items():
        change = workings.changes[number]
        told = dict(change.told)[key]
        for shift, end, value in ((0, "", told.point), (1, ", low", told.low), (2, ", high", told.high)):
            if value is not None:
                here = str(Place(at.sheet, at.row, at.column + shift))
                what = f"{LABELS[key]} of a change{end} = results.json"
                writer.hold(what, change.name, here, value, value, only_as_run=True)
    for number, at in changes.cumulated.items():
        change = workings.changes[number]
        value = dict(change.told)["npv"].point or 0.0
        npv = str(changes.figures[number, "npv"])
        writer.hold("NPV so far at the last month = NPV", change.name, str(at), value, npv, only_as_run=False)


def _check_claims(writer: _Writer, document: Document, places: Sequence[Place]) -> None:
    for claim, at in zip(document.claims, places, strict=True):
        if claim.claimed is None or not claim.estimate.point or not claim.inflation.point:
            continue
        claimed, estimate, times = (str(Place(at.sheet, at.row, k)) for k in (CLAIMED, ESTIMATE, INFLATION))
        what = "Claimed, over what is found = times too high"
        writer.hold(what, claim.text, f"{claimed}/{estimate}", claim.inflation.point, times, only_as_run=False)


def _check_ledger(writer: _Writer, document: Document, cells: LedgerCells) -> None:
    for row, at in zip(document.ledger, range(cells.first, cells.last + 1), strict=True):
        read = Place(LEDGER, at, 2)
        parts = "+".join(str(Place(LEDGER, at, column)) for column in (3, 4, 5))
        value = float(row.rows_read)
        what = "Rows accepted, excluded and held back = rows read"
        writer.hold(what, f"{row.source}, {row.file}", parts, value, str(read), only_as_run=False)
    if document.ledger:
        rows = Place(LEDGER, cells.first, 3, cells.last, 3)
        value = float(sum(row.rows_accepted for row in document.ledger))
        writer.hold("Rows accepted = ledger.json", "all files", f"SUM({rows})", value, value, only_as_run=False)
    if cells.accounts is not None and document.accepted_revenue is not None:
        value = document.accepted_revenue
        what = "Lines of accepted revenue add up to ledger.json"
        writer.hold(what, "revenue", f"SUM({cells.accounts})", value, value, only_as_run=False)
