"""Sheet Checks: every total held against results.json, the ledger, and the other totals of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.report.numbers import round_exact
from cxlink.report.parts import Document
from cxlink.report.workbook.assumptions import AssumptionCells
from cxlink.report.workbook.change_data import ChangeCells
from cxlink.report.workbook.changes import LABELS, ChangesOnSheet
from cxlink.report.workbook.claims import CLAIMED, ESTIMATE, INFLATION
from cxlink.report.workbook.components import MONEY_KEYS, PARTS, SHARES, ComponentCells, heading
from cxlink.report.workbook.data import DataCells
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.records import LEDGER, LedgerCells
from cxlink.report.workbook.sheet import Book, Live, Number, Sheet, number_form
from cxlink.report.workings import Workings

NAME = "Checks"
HEADS = ("Check", "Of", "In this workbook", "Held against", "Tolerance", "Difference", "Outcome")
OUTCOME = 6
MONEY, FINE = number_form(2), "0.000000"
CENT = 0.005
DIGITS = 2e-8
"""results.json has nine significant digits, and so has each month on Data: sums agree to about eight."""

EDITED = "edited"
ENDS = ("", ", low", ", high")


@dataclass(frozen=True, slots=True)
class ChecksOnSheet:
    """Where the outcomes stand."""

    outcomes: Place
    n_rows: int
    wrong: int


class _Writer:
    def __init__(self, sheet: Sheet, given: AssumptionCells | None) -> None:
        self._sheet, self._given = sheet, given
        self.wrong = 0

    def hold(
        self, what: str, of: str, here: str, value: float, against: float, other: str = "", *, only_as_run: bool
    ) -> None:
        """One check: a formula and what it comes to in the run, against a number or another formula and its value."""
        row = self._sheet.row
        left, right, tolerance, difference = (Place(NAME, row, column).local for column in (2, 3, 4, 5))
        allowed, gap_now = max(CENT, DIGITS * abs(against)), round(value - against, 6) + 0.0
        is_fine = abs(gap_now) <= allowed
        self.wrong += not is_fine
        outcome = f'IF(ABS({difference})<={tolerance},"OK","differs")'
        outcome = f'IF(ISNUMBER({difference}),{outcome},"{EDITED}")'
        if only_as_run and self._given is not None:
            outcome = f'IF({self._given.changed}>0,"{EDITED}",{outcome})'
        held: object = Live(f"={other}", against, MONEY) if other else Number(against, MONEY)
        gap = f'IF(AND(ISNUMBER({left}),ISNUMBER({right})),{left}-{right},"{EDITED}")'
        self._sheet.write_row(
            [
                what,
                of,
                Live(f"={here}", round_exact(value), MONEY),
                held,
                Number(allowed, "0.0000"),
                Live(f"={gap}", gap_now, FINE),
                Live(f"={outcome}", "OK" if is_fine else "differs"),
            ]
        )


def write_checks(
    book: Book,
    document: Document,
    workings: Workings,
    given: AssumptionCells | None,
    data: DataCells | None,
    held: ChangeCells | None,
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
    data, held : DataCells, ChangeCells or None
        What the formulas come to.
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
        _check_changes(writer, workings, changes, held)
    _check_claims(writer, document, claims)
    _check_ledger(writer, document, ledger)
    _check_effects(writer, workings, components, data)
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
    return ChecksOnSheet(outcomes, n, writer.wrong)


def _check_effects(writer: _Writer, workings: Workings, cells: ComponentCells, data: DataCells | None) -> None:
    for (place, key), at in cells.figures.items():
        effect = workings.effects[place]
        told = dict(effect.told)[key]
        if key not in MONEY_KEYS or told.point is None or told.low is None or told.high is None:
            continue
        numbers = (told.point, told.low, told.high)
        part = PARTS.get(effect.kind, "")
        came = None if data is None else data.reckon(place, part, key, workings)
        for shift, (end, against, value) in enumerate(zip(ENDS, numbers, came or numbers, strict=True)):
            here = str(Place(at.sheet, at.row, at.column + shift))
            what = f"{heading(key, workings)}{end} = results.json"
            writer.hold(what, effect.name, here, value, against, only_as_run=True)


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
            total = sum(dict(workings.effects[at].told_share)[key].point or 0.0 for at in places)
            writer.hold(what, "all components", f"SUM({span})", total, value, str(whole), only_as_run=False)
        gap = cells.figures.get((overlap, key)) if overlap is not None else None
        alone = [at for at in places if (at, key) in cells.figures]
        if gap is not None and overlap is not None and alone:
            formula = "+".join([*(str(cells.figures[at, key]) for at in alone), str(gap)])
            total = sum(dict(workings.effects[at].told)[key].point or 0.0 for at in (*alone, overlap))
            what = f"{heading(key, workings)}: alone and overlap add up to the joint effect"
            writer.hold(what, "all components", formula, total, value, str(whole), only_as_run=False)
    for at in places:
        parts = [cells.figures.get((at, key)) for key in ("margin_kept", "cost_saved", "net_benefit")]
        margin, cost, net = parts
        if margin is not None and cost is not None and net is not None:
            told = {key: one.point or 0.0 for key, one in workings.effects[at].told}
            total = told["margin_kept"] + told["cost_saved"]
            what, name = "Margin kept and cost saved = both", workings.effects[at].name
            writer.hold(what, name, f"{margin}+{cost}", total, told["net_benefit"], str(net), only_as_run=False)


def _check_changes(writer: _Writer, workings: Workings, changes: ChangesOnSheet, held: ChangeCells | None) -> None:
    for (number, key), at in changes.figures.items():
        change = workings.changes[number]
        told = dict(change.told)[key]
        if told.point is None or told.low is None or told.high is None:
            continue
        numbers = (told.point, told.low, told.high)
        came = None if held is None else held.reckon(number, key, workings)
        for shift, (end, against, value) in enumerate(zip(ENDS, numbers, came or numbers, strict=True)):
            here = str(Place(at.sheet, at.row, at.column + shift))
            what = f"{LABELS[key]} of a change{end} = results.json"
            writer.hold(what, change.name, here, value, against, only_as_run=True)
    for number, (at, so_far) in changes.cumulated.items():
        change = workings.changes[number]
        value = dict(change.told)["npv"].point or 0.0
        npv = str(changes.figures[number, "npv"])
        writer.hold("NPV so far at the last month = NPV", change.name, str(at), so_far, value, npv, only_as_run=False)


def _check_claims(writer: _Writer, document: Document, places: Sequence[Place]) -> None:
    for claim, at in zip(document.claims, places, strict=True):
        if claim.claimed is None or not claim.estimate.point or not claim.inflation.point:
            continue
        claimed, estimate, times = (str(Place(at.sheet, at.row, k)) for k in (CLAIMED, ESTIMATE, INFLATION))
        what = "Claimed, over what is found = times too high"
        ratio = claim.claimed / claim.estimate.point
        writer.hold(what, claim.text, f"{claimed}/{estimate}", ratio, claim.inflation.point, times, only_as_run=False)


def _check_ledger(writer: _Writer, document: Document, cells: LedgerCells) -> None:
    for row, at in zip(document.ledger, range(cells.first, cells.last + 1), strict=True):
        read = Place(LEDGER, at, 2)
        parts = "+".join(str(Place(LEDGER, at, column)) for column in (3, 4, 5))
        what, total = "Rows accepted, excluded and held back = rows read", row.rows_accepted + row.rows_excluded
        total += row.rows_quarantined
        of = f"{row.source}, {row.file}"
        writer.hold(what, of, parts, float(total), float(row.rows_read), str(read), only_as_run=False)
    if document.ledger:
        rows = Place(LEDGER, cells.first, 3, cells.last, 3)
        value = float(sum(row.rows_accepted for row in document.ledger))
        writer.hold("Rows accepted = ledger.json", "all files", f"SUM({rows})", value, value, only_as_run=False)
    if cells.accounts is not None and document.accepted_revenue is not None:
        lines = sum(amount for _, amount in document.accounts)
        what = "Lines of accepted revenue add up to ledger.json"
        against = document.accepted_revenue
        writer.hold(what, "revenue", f"SUM({cells.accounts})", lines, against, only_as_run=False)
