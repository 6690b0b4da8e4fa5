"""Sheet Assumptions: cells to edit, with what the run had in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Input, Live, Number, number_form
from cxlink.report.workings import WorkedChange, Workings

NAME = "Assumptions"
HEADS = ("Assumption", "Of", "Value (edit)", "Unit", "Allowed, and what it does", "As run", "Changed?", "Setting")
VALUE, AS_RUN, CHANGED = 2, 5, 6
PERCENT, WHOLE, MONEY = "0.0##%", "0", number_form(2)
RUN_AGAIN = "run again"
NOTES = (
    "Edit the column Value alone. Money on Components, Changes and Checks recalculates from the draws on Data.",
    'What these cannot tell shows "run again": cxlink run --assumptions workbook.xlsx reads this sheet back.',
    "Column Setting is how the sheet is read back: leave it, and the names in column Of, as they are.",
    "Where a reduction was stated as one number, lowest and highest follow the likely one until you type over them.",
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """One row: what is assumed, by the setting that it stands for."""

    label: str
    of: str
    value: float | None
    form: str
    unit: str
    what: str
    setting: str
    low: float | None
    high: float | None
    follows: str = ""


@dataclass(slots=True)
class AssumptionCells:
    """Where assumptions stand: (change, setting) to the cell; change is -1 for those of the whole run."""

    value: dict[tuple[int, str], Place] = field(default_factory=dict)
    as_run: dict[tuple[int, str], Place] = field(default_factory=dict)
    changed: str = ""

    def same(self, *keys: tuple[int, str]) -> str:
        """Formula that is true while assumptions are as in the run.

        Parameters
        ----------
        *keys : tuple of (int, str)
            Which ones.

        Returns
        -------
        str
            Without the equals sign.
        """
        return "AND(" + ",".join(f"{self.value[key]}={self.as_run[key]}" for key in keys) + ")"


def list_assumptions(workings: Workings) -> Iterator[tuple[int, Assumption]]:
    """List what can be edited.

    Parameters
    ----------
    workings : Workings
        Of the run.

    Yields
    ------
    tuple of (int, Assumption)
        Number of the change (-1: of the whole run), and the row.
    """
    months = workings.months
    margin, rate = workings.gross_margin, workings.discount_rate
    what = "0% to 100%; turns revenue kept into margin kept"
    yield -1, Assumption("Gross margin", "all", margin, PERCENT, "share of revenue", what, "finance.gross_margin", 0, 1)
    what = "0% to 100%; applied at mid-month"
    yield -1, Assumption("Discount rate", "all", rate, PERCENT, "a year", what, "finance.discount_rate", 0, 1)
    what = f"1 to {months} here; a longer one needs a new run"
    yield -1, Assumption("Horizon", "all", months, WHOLE, "months", what, "model.horizon_months", 1, months)
    for number, change in enumerate(workings.changes):
        for row in _of_change(change, workings.currency) if change.months is not None else ():
            yield number, row


def _of_change(change: WorkedChange, currency: str) -> Iterator[Assumption]:
    is_recovery = change.kind == "recovery"
    what = "Share of harm taken away" if is_recovery else "Incidents fewer"
    group = "changes.recovery.relief" if is_recovery else "changes.reduce"
    floor = 0.0 if is_recovery else -5.0
    one = change.low == change.likely == change.high
    rule = "0% to 100%" if is_recovery else "up to 100%; below zero: more incidents"
    for key, value in (("likely", change.likely), ("low", change.low), ("high", change.high)):
        follows = "likely" if one and key != "likely" else ""
        word = {"likely": "most likely", "low": "lowest", "high": "highest"}[key]
        yield Assumption(f"{what}, {word}", change.name, value, PERCENT, "share of incidents", rule,
                         f"{group}.{key}", floor, 1.0, follows)  # fmt: skip
    for side, words in (("cost", "Cost"), ("saving", "Saving")):
        for key, of, when in (("one_off", "once", "at the start"), ("per_month", "a month", "every month")):
            value = getattr(change, key if side == "cost" else f"saving_{key}")
            told = f"0 or more; {when}" + (", with the ramp" if (side, key) == ("saving", "per_month") else "")
            yield Assumption(f"{words}, {of}", change.name, value, MONEY, currency, told,
                             f"changes.{side}.{key}", 0.0, None)  # fmt: skip


def write_assumptions(book: Book, workings: Workings) -> AssumptionCells:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    workings : Workings
        Of the run.

    Returns
    -------
    AssumptionCells
        For the formulas of other sheets.
    """
    sheet = book.sheet(NAME, widths=(34, 26, 14, 20, 52, 14, 11, 28))
    sheet.write_header(list(HEADS), frozen_columns=3, numbers=(VALUE, AS_RUN))
    cells = AssumptionCells()
    for number, row in list_assumptions(workings):
        here = sheet.row
        value, as_run = Place(NAME, here, VALUE), Place(NAME, here, AS_RUN)
        cells.value[number, row.setting], cells.as_run[number, row.setting] = value, as_run
        leader = row.setting.rpartition(".")[0] + "." + row.follows
        formula = f"={cells.value[number, leader].local}" if row.follows else ""
        before: object = "" if row.value is None else Number(row.value, row.form)
        changed = Live(f'=IF({value.local}={as_run.local},"no","changed")', "no")
        shown = Input(row.value, row.form, formula)
        sheet.write_row([row.label, row.of, shown, row.unit, row.what, before, changed, row.setting])
        sheet.raw.data_validation(here, VALUE, here, VALUE, _rule(row))
        if number < 0:
            book.workbook.define_name(row.setting.rpartition(".")[2], f"={value}")
    last = sheet.row - 1
    cells.changed = f'COUNTIF({Place(NAME, 1, CHANGED, last, CHANGED)},"changed")'
    sheet.raw.autofilter(0, 0, last, len(HEADS) - 1)
    sheet.row += 1
    sheet.write_notes([*NOTES, workings.without_draws and f"Intervals do not recalculate: {workings.without_draws}."])
    return cells


def _rule(row: Assumption) -> dict[str, object]:
    kind = "integer" if row.form == WHOLE else "decimal"
    told = {"error_title": "cxlink", "error_message": f"{row.label}: {row.what}"[:255]}
    if row.high is None:
        return {"validate": kind, "criteria": ">=", "value": row.low, **told}
    return {"validate": kind, "criteria": "between", "minimum": row.low, "maximum": row.high, **told}
