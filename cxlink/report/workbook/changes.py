"""Sheet Changes: what each change would bring, as assumed, and how its NPV builds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlink.report.numbers import round_exact
from cxlink.report.workbook.assumptions import RUN_AGAIN, AssumptionCells
from cxlink.report.workbook.change_data import ChangeBlock, ChangeCells, weights_at
from cxlink.report.workbook.data import DataCells, discount_factors
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Live, Number, number_form
from cxlink.report.workings import Told, WorkedChange, Workings

NAME = "Changes"
FIGURES = ("revenue_kept", "margin_kept", "cost_saved", "npv")
LABELS = {"revenue_kept": "Revenue kept", "margin_kept": "Margin kept", "cost_saved": "Cost saved", "npv": "NPV"}
PERCENT = "0.0%"
MONEY = number_form(0)
NOT_TOLD = "-"
NOTES = (
    "NPV: margin kept and cost saved, discounted at mid-month, less what the change costs once and every month.",
    'Money recalculates when Assumptions are edited; "run again" marks what only a new run can tell.',
    "Likely to pay: share of the draws with an NPV above zero. It holds what the model is unsure of, not what it leaves"
    " out; the column after it allows for causes that were not measured.",
)


@dataclass(slots=True)
class ChangesOnSheet:
    """Where figures stand, by number of the change and key; and the last month of the cumulated NPV."""

    figures: dict[tuple[int, str], Place] = field(default_factory=dict)
    cumulated: dict[int, tuple[Place, float]] = field(default_factory=dict)


def write_changes(
    book: Book,
    workings: Workings,
    given: AssumptionCells | None,
    data: DataCells | None,
    held: ChangeCells | None,
    budget: Sequence[str] = (),
) -> ChangesOnSheet:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    workings : Workings
        With changes.
    given, data, held : AssumptionCells, DataCells, ChangeCells or None
        What formulas refer to; without them figures are plain numbers.
    budget : sequence of str
        What is said of a budget.

    Returns
    -------
    ChangesOnSheet
        For the checks.
    """
    writer = _Writer(book, workings, given, data, held)
    writer.main()
    writer.more()
    writer.months()
    writer.words(budget)
    return writer.found


class _Writer:
    """Writes the tables of the sheet."""

    def __init__(
        self,
        book: Book,
        workings: Workings,
        given: AssumptionCells | None,
        data: DataCells | None,
        held: ChangeCells | None,
    ) -> None:
        self._book, self._workings, self._given, self._data, self._held = book, workings, given, data, held
        self._sheet = book.sheet(NAME, widths=(30, 18, 18, 12, 13, *([13, 11, 11] * len(FIGURES)), 13, 12, 13, 14))
        self.found = ChangesOnSheet()

    def main(self) -> None:
        """Money of each change."""
        sheet, currency = self._sheet, self._workings.currency
        heads = [head for key in FIGURES for head in (f"{LABELS[key]}, {currency}", "low", "high")]
        sheet.write_header(
            ["Change", "Component", "Cause", "Kind", "Size, mean", *heads,
             f"Spent, {currency}", "Return on it", "Likely to pay", "Allowing for hidden causes"],
            numbers=(4, *range(5 + 3 * len(FIGURES), 9 + 3 * len(FIGURES))),
        )  # fmt: skip
        for number, change in enumerate(self._workings.changes):
            block = self._block(number)
            row: list[object] = [change.name, change.component, change.cause, change.kind]
            row.append(NOT_TOLD if block is None else Live(f"={block.size}", self._size(change), PERCENT))
            for k, key in enumerate(FIGURES):
                row += self._figures(number, change, key, 5 + 3 * k)
            sheet.write_row([*row, *self._payoff(number, change, 5 + 3 * len(FIGURES))])
        sheet.filter(0, 9 + 3 * len(FIGURES))
        sheet.row += 1
        sheet.write_notes(NOTES)
        sheet.write_notes(
            [f"{c.name}: {told.refusal}" for c in self._workings.changes if (told := dict(c.told)["npv"]).refusal]
        )
        sheet.row += 1

    def _block(self, number: int) -> ChangeBlock | None:
        return None if self._held is None else self._held.blocks.get(number)

    @staticmethod
    def _size(change: WorkedChange) -> float:
        months = change.months
        if months is None:
            return 0.0
        weight = 4.0 if months.shape == "pert" else 1.0
        return round_exact(months.cause_share * (change.low + weight * change.likely + change.high) / (weight + 2.0))

    def _figures(self, number: int, change: WorkedChange, key: str, column: int) -> list[object]:
        told = dict(change.told)[key]
        place = Place(NAME, self._sheet.row, column)
        if told.point is None or told.low is None or told.high is None:
            return [NOT_TOLD, "", ""]
        self.found.figures[number, key] = place
        form = number_form(told.decimals)
        values = (told.point, told.low, told.high)
        block = self._block(number)
        if block is None or self._given is None:
            return [Number(value, form) for value in values]
        if key == "margin_kept":
            revenue = self.found.figures[number, "revenue_kept"]
            parts = [Place(NAME, revenue.row, revenue.column + shift).local for shift in range(3)]
            return [
                Live(f"=IF(ISNUMBER({part}),gross_margin*{part},{part})", value, form)
                for part, value in zip(parts, values, strict=True)
            ]
        point, draws = {
            "revenue_kept": (block.revenue, block.revenue_draws),
            "cost_saved": (block.cost, block.cost_draws),
        }.get(key, (block.npv, block.npv_draws))
        tail = (1 - self._workings.level) / 2
        live = [self._live(block, str(point), values[0], form)]
        if draws is None:
            return [*live, *(self._as_run(number, value, form) for value in values[1:])]
        for name, at, value in (("MIN", tail, values[1]), ("MAX", 1 - tail, values[2])):
            end = f"{name}({place.local},_xlfn.PERCENTILE.EXC({draws},{round(at, 10)}))"
            live.append(self._live(block, end, value, form))
        return list(live)

    def _live(self, block: ChangeBlock, formula: str, value: float, form: str) -> Live:
        return Live(f'=IF({block.in_reach},{formula},"{RUN_AGAIN}")', value, form)

    def _as_run(self, number: int, value: float, form: str) -> Live:
        """A number that cannot be reckoned: it stands while all that it hangs on is as in the run."""
        if self._given is None:
            raise ValueError("only where there are assumptions")
        keys = [key for key in self._given.value if key[0] in (-1, number)]
        return Live(f'=IF({self._given.same(*keys)},{value!r},"{RUN_AGAIN}")', value, form)

    def _payoff(self, number: int, change: WorkedChange, column: int) -> list[object]:
        numbers, block = dict(change.payoff), self._block(number)
        if not numbers:
            return [NOT_TOLD] * 4
        spent, roi, chance = numbers["spent"], numbers["roi"], numbers["probability"]
        doubt = numbers["allowing_for_doubt"]
        if block is None or self._given is None or self._data is None or spent is None or chance is None:
            forms = (MONEY, PERCENT, PERCENT, PERCENT)
            return [
                NOT_TOLD if one is None else Number(one, form)
                for one, form in zip((spent, roi, chance, doubt), forms, strict=True)
            ]
        cell = Place(NAME, self._sheet.row, column).local
        npv = self.found.figures[number, "npv"].local
        once, monthly = (str(self._given.value[number, f"changes.cost.{key}"]) for key in ("one_off", "per_month"))
        paid = f"{once}+{monthly}*SUM({self._data.factors})+{block.vouchers}"
        likely: object = Number(chance, PERCENT)
        if block.npv_draws is not None:
            counted = f'COUNTIF({block.npv_draws},">0")/COUNT({block.npv_draws})'
            likely = self._live(block, counted, chance, PERCENT)
        else:
            likely = self._as_run(number, chance, PERCENT)
        back = f'=IF(AND(ISNUMBER({npv}),{cell}>0),{npv}/{cell},"{NOT_TOLD}")'
        return [
            self._live(block, paid, spent, MONEY),
            Live(back, NOT_TOLD if roi is None else roi, PERCENT),
            likely,
            NOT_TOLD if doubt is None else self._as_run(number, doubt, PERCENT),
        ]

    def more(self) -> None:
        """Quantiles of the NPV, and what only a run can tell."""
        changes = [(number, one) for number, one in enumerate(self._workings.changes) if one.payoff]
        if not changes:
            return
        sheet, currency, kpi = self._sheet, self._workings.currency, self._workings.kpi_unit
        shares = [f"NPV, {share:.0%} quantile" for share, _ in changes[0][1].quantiles]
        sheet.write_row(
            ["More of each change", *shares, "Pays back, months", "Never pays back", "Breaks even at",
             "Hazard ratio there", f"Worth of knowing, {currency}", "Customers kept",
             "low", "high", kpi, "low", "high"],
            bold=True,
            numbers=range(1, 17),
        )  # fmt: skip
        for number, change in changes:
            numbers = dict(change.payoff)
            row: list[object] = [change.name]
            row += [self._quantile(number, share, value) for share, value in change.quantiles]
            for key, form in (("payback_months", "0"), ("never", PERCENT), ("break_even", PERCENT),
                              ("break_even_ratio", "0.00"), ("information", MONEY)):  # fmt: skip
                value = numbers[key]
                row.append(NOT_TOLD if value is None else self._fixed(number, value, form))
            for key in ("customers_kept", "experience"):
                row += self._three(number, dict(change.told)[key])
            sheet.write_row(row)
        sheet.row += 1

    def _quantile(self, number: int, share: float, value: float) -> object:
        block = self._block(number)
        if block is None or block.npv_draws is None:
            return self._fixed(number, value, MONEY)
        return self._live(block, f"_xlfn.PERCENTILE.EXC({block.npv_draws},{share})", value, MONEY)

    def _fixed(self, number: int, value: float, form: str) -> object:
        return Number(value, form) if self._given is None else self._as_run(number, value, form)

    def _three(self, number: int, told: Told) -> list[object]:
        if told.point is None or told.low is None or told.high is None:
            return [NOT_TOLD, "", ""]
        form = number_form(told.decimals, signed=told.signed)
        return [self._fixed(number, one, form) for one in (told.point, told.low, told.high)]

    def months(self) -> None:
        """The NPV as it builds up, month by month, at the point estimate; and its chart."""
        if (
            self._held is None
            or self._data is None
            or self._data.factors is None
            or self._workings.gross_margin is None
        ):
            return
        told = [
            (number, one) for number, one in enumerate(self._workings.changes) if (number, "npv") in self.found.figures
        ]
        if not told:
            return
        sheet, n_months = self._sheet, self._workings.months
        head = sheet.write_row(
            [
                f"NPV so far, {self._workings.currency}, after month",
                *(Number(month, "0") for month in range(n_months + 1)),
            ],
            bold=True,
        )
        first = sheet.row
        for number, change in told:
            path = self._path(number, change)
            row = sheet.write_row([change.name, *path])
            self.found.cumulated[number] = Place(NAME, row, 1 + n_months), float(path[-1].value)
        last = sheet.row - 1
        sheet.row += 1
        sheet.write_notes(["NPV so far: discounted, at the point estimate, from what is spent at the start on."])
        self._chart(head, first, last)

    def _path(self, number: int, change: WorkedChange) -> list[Live]:
        block, months = self._block(number), change.months
        if block is None or months is None or self._given is None or self._data is None or self._data.factors is None:
            raise ValueError("only changes with money by month have a path")
        keys = [f"changes.{side}.{when}" for side in ("saving", "cost") for when in ("one_off", "per_month")]
        given = {key: str(self._given.value[number, key]) for key in keys}
        weights = weights_at(months.sizes, self._size(change))
        revenue, cost = (weights @ np.array(one) for one in (months.revenue, months.cost))
        vouchers = weights @ np.array(months.vouchers) if months.vouchers else np.zeros(len(months.ramp))
        flows = (self._workings.gross_margin or 0.0) * revenue + cost - vouchers
        flows = flows + change.saving_per_month * np.array(months.ramp) - change.per_month
        so_far = change.saving_one_off - change.one_off
        cells = [Live(f"={given['changes.saving.one_off']}-{given['changes.cost.one_off']}", so_far, MONEY)]
        values = so_far + np.cumsum(flows * discount_factors(self._workings))
        row, factors = self._sheet.row, self._data.factors
        for month, value in enumerate(values):

            def paths(kind: int, month: int = month) -> str:
                columns = [Place(p.sheet, p.row, p.column + month) for p in block.blocks[kind]]
                weighted = [
                    Place(block.weights.sheet, block.weights.row, block.weights.column + k) for k in range(len(columns))
                ]
                return "(" + "+".join(f"{w}*{c}" for w, c in zip(weighted, columns, strict=True)) + ")"

            paid = f"-{paths(2)}" if months.vouchers else ""
            ramp = Place(block.ramp.sheet, block.ramp.row, block.ramp.column + month)
            flow = (
                f"gross_margin*{paths(0)}+{paths(1)}{paid}+{given['changes.saving.per_month']}*{ramp}"
                f"-{given['changes.cost.per_month']}"
            )
            factor = Place(factors.sheet, factors.row, factors.column + month)
            before = Place(NAME, row, 1 + month).local
            cells.append(Live(f"={before}+{factor}*({flow})", round_exact(float(value)), MONEY))
        return cells

    def _chart(self, head: int, first: int, last: int) -> None:
        n_months = self._workings.months
        chart = self._book.workbook.add_chart({"type": "line"})
        dashes = ("solid", "dash", "round_dot", "long_dash", "dash_dot")
        colors = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555")
        for place, row in enumerate(range(first, last + 1)):
            chart.add_series(
                {
                    "name": f"={Place(NAME, row, 0)}",
                    "categories": f"={Place(NAME, head, 1, head, 1 + n_months)}",
                    "values": f"={Place(NAME, row, 1, row, 1 + n_months)}",
                    "line": {"width": 2, "color": colors[place % 5], "dash_type": dashes[(place + place // 5) % 5]},
                }
            )
        title = f"NPV so far, {self._workings.currency}, by month"
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"name": "month", "label_position": "low"})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D0D0D0"}}})
        chart.set_size({"width": 760, "height": 320})
        described = f"Line chart. {title}, one line a change. The numbers stand in the table above it."
        self._sheet.raw.insert_chart(self._sheet.row + 1, 0, chart, {"description": described})
        self._sheet.row += 18

    def words(self, budget: Sequence[str]) -> None:
        """Each change in sentences, as the run told it."""
        self._sheet.write_row(["In words, as of the run"], bold=True)
        self._sheet.write_notes([f"{change.name}: {change.words}" for change in self._workings.changes])
        self._sheet.write_notes(list(budget))
