"""Sheet Data changes: money of each change by size, month and draw, and what it comes to as assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlink.report.numbers import round_exact
from cxlink.report.workbook.assumptions import AssumptionCells
from cxlink.report.workbook.data import FACTOR, MONEY, DataCells, discount_factors, ends_of
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Live, Number, Sheet
from cxlink.report.workings import ChangeMonths, Months, WorkedChange, Workings
from cxlink.stats.elicited import Shape, elicited_quantiles

NAME = "Data changes"
SIZE, WEIGHTS = 4, 5
SHARE = "0.0000%"
NOTES = (
    "Each block: the sizes at which the run projected the change, the point estimate, then one row a joint draw.",
    "A size is the share of the component's incidents that is removed (below zero: added), or of their harm that is"
    " taken away. Weights make the polynomial through the projected sizes; the money of a size is the weighted sum.",
    "Drawn sizes are quantiles of the stated range, at the chance of each draw. Months are not discounted.",
)


@dataclass(frozen=True, slots=True)
class ChangeBlock:
    """Where one change's money stands: cells of the point, and columns of the draws (None where not held)."""

    size: Place
    revenue: Place
    cost: Place
    vouchers: Place
    npv: Place
    weights: Place
    ramp: Place
    blocks: tuple[tuple[Place, ...], ...]
    revenue_draws: Place | None = None
    cost_draws: Place | None = None
    npv_draws: Place | None = None
    in_reach: str = "TRUE"


@dataclass(slots=True)
class ChangeCells:
    """Blocks by number of the change."""

    blocks: dict[int, ChangeBlock] = field(default_factory=dict)
    came: dict[int, np.ndarray] = field(default_factory=dict)

    def reckon(self, number: int, key: str, workings: Workings) -> tuple[float, float, float] | None:
        """What the formulas come to, computed here: point, low and high from the rows of a block.

        Parameters
        ----------
        number : int
            Of the change.
        key : str
            As in ``results.json``.
        workings : Workings
            Margin and level.

        Returns
        -------
        tuple of float or None
            None where the sheet does not hold the draws.
        """
        rows = self.came.get(number)
        if rows is None or len(rows) < 2:
            return None
        column = {"revenue_kept": 0, "margin_kept": 0, "cost_saved": 1, "npv": 3}[key]
        factor = workings.gross_margin if key == "margin_kept" else 1.0
        return None if factor is None else ends_of(factor * rows[:, column], workings.level)


def weights_at(sizes: Sequence[float], at: float) -> np.ndarray:
    """Weights of the polynomial through all sizes.

    Parameters
    ----------
    sizes : sequence of float
        Distinct.
    at : float
        Where it is read off.

    Returns
    -------
    ndarray
        (n_sizes,).
    """
    return np.array(
        [np.prod([(at - other) / (one - other) for other in sizes if other != one]) for one in sizes], dtype=float
    )


def write_change_data(book: Book, workings: Workings, given: AssumptionCells, data: DataCells) -> ChangeCells:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    workings : Workings
        That are live, with changes.
    given : AssumptionCells
        Reductions and costs.
    data : DataCells
        Discount factors.

    Returns
    -------
    ChangeCells
        For the formulas of sheet Changes.
    """
    sheet = book.sheet(NAME, widths=(26, 9, 11, 11, 11, *([11] * 10)))
    sheet.write_row(["Change", "Draw", "Chance", "Part of incidents", "Size"], bold=True, numbers=(1, 2, 3, 4))
    sheet.raw.freeze_panes(1, 2)
    cells = ChangeCells()
    for number, change in enumerate(workings.changes):
        if change.months is not None:
            writer = _Writer(sheet, workings, number, change, change.months, given, data)
            cells.blocks[number] = writer.write()
            cells.came[number] = np.array(writer.came)
            sheet.row += 1
    sheet.write_notes(NOTES)
    return cells


class _Writer:
    """Writes the block of one change."""

    def __init__(
        self,
        sheet: Sheet,
        workings: Workings,
        number: int,
        change: WorkedChange,
        months: ChangeMonths,
        given: AssumptionCells,
        data: DataCells,
    ) -> None:
        self._sheet, self._workings, self._number, self._change, self._months = sheet, workings, number, change, months
        self._given, self._factors = given, str(data.factors)
        self._discount = discount_factors(workings)
        self._n, self._n_months = len(months.sizes), workings.months
        self._first = WEIGHTS + self._n  # revenue, cost, vouchers, NPV; then months
        self._begin = self._first + 4
        self._kinds = 3 if months.vouchers else 2
        self.came: list[list[float]] = []
        """By row: revenue, cost, vouchers and NPV."""

    def write(self) -> ChangeBlock:
        """Heading, sizes, ramp, point and draws."""
        sheet, months, n = self._sheet, self._months, self._n
        heads = [f"weight {place + 1}" for place in range(n)] + ["Revenue kept", "Cost saved", "Vouchers", "NPV"]
        kinds = ("Revenue", "Cost", "Vouchers")[: self._kinds]
        blocks = [
            f"{kind}, size {k + 1}, month {m + 1}" for kind in kinds for k in range(n) for m in range(self._n_months)
        ]
        sheet.write_row(
            ["Change", "Draw", "Chance", "Part of incidents", "Size", *heads, *blocks],
            bold=True,
            numbers=range(1, 5000),
        )
        self._sizes = sheet.write_row(
            ["Projected sizes", "", "", "", "", *(Number(one, SHARE) for one in months.sizes)]
        )
        gap = [""] * (self._begin - 1)
        ramp = sheet.write_row(["Ramp of a saving", *gap, *(Number(one, FACTOR) for one in months.ramp)])
        self._ramp = Place(NAME, ramp, self._begin, ramp, self._begin + self._n_months - 1)
        point = self._row("point", None, months.cause_share, months.revenue, months.cost, months.vouchers)
        held = len(months.chance)
        for draw in range(held):
            vouchers = months.voucher_draws[draw] if months.vouchers else ()
            self._row(draw + 1, months.chance[draw], months.cause_draws[draw], months.revenue_draws[draw],
                      months.cost_draws[draw], vouchers)  # fmt: skip

        def draws(column: int) -> Place | None:
            return Place(NAME, point + 1, column, point + held, column) if held else None

        f = self._first
        size = Place(NAME, point, SIZE)
        sizes = Place(NAME, self._sizes, WEIGHTS, self._sizes, WEIGHTS + n - 1)
        every = Place(NAME, point, SIZE, point + held, SIZE)
        return ChangeBlock(
            size=size,
            revenue=Place(NAME, point, f),
            cost=Place(NAME, point, f + 1),
            vouchers=Place(NAME, point, f + 2),
            npv=Place(NAME, point, f + 3),
            weights=Place(NAME, point, WEIGHTS, point, WEIGHTS + n - 1),
            ramp=self._ramp,
            blocks=tuple(tuple(self._block(point, kind, k) for k in range(n)) for kind in range(self._kinds)),
            revenue_draws=draws(f),
            cost_draws=draws(f + 1),
            npv_draws=draws(f + 3),
            in_reach=f"AND(MIN({every})>=MIN({sizes})-0.000001,MAX({every})<=MAX({sizes})+0.000001)",
        )

    def _block(self, row: int, kind: int, size: int) -> Place:
        first = self._begin + (kind * self._n + size) * self._n_months
        return Place(NAME, row, first, row, first + self._n_months - 1)

    def _given_cell(self, key: str) -> str:
        group = "changes.recovery.relief" if self._change.kind == "recovery" else "changes.reduce"
        setting = f"{group}.{key}" if key in ("low", "likely", "high") else key
        return str(self._given.value[self._number, setting])

    def _row(
        self,
        label: object,
        chance: float | None,
        cause: float,
        revenue: Sequence[Months],
        cost: Sequence[Months],
        vouchers: Sequence[Months],
    ) -> int:
        row = self._sheet.row
        size = cause * (self._mean() if chance is None else self._quantile(chance))
        weights = weights_at(self._months.sizes, size)
        came = [
            float(weights @ (np.array(one) @ self._discount)) if len(one) else 0.0 for one in (revenue, cost, vouchers)
        ]
        npv = self._npv(row, came)
        self.came.append([*came, npv.value if isinstance(npv.value, float) else float("nan")])
        told: list[object] = [
            self._change.name,
            label,
            "" if chance is None else Number(chance, FACTOR),
            Number(cause, FACTOR),
            Live(f"={self._size_formula(row, chance)}", round_exact(size), SHARE),
            *(self._weight(row, k, float(weight)) for k, weight in enumerate(weights)),
            *(self._present(row, kind, value) for kind, value in enumerate(came)),
            npv,
        ]
        for amounts in (revenue, cost, vouchers)[: self._kinds]:
            told += [Number(one, MONEY) for path in amounts for one in path]
        return self._sheet.write_row(told)

    def _mean(self) -> float:
        c, weight = self._change, 4.0 if self._months.shape == "pert" else 1.0
        return (c.low + weight * c.likely + c.high) / (weight + 2.0)

    def _quantile(self, chance: float) -> float:
        c = self._change
        shape: Shape = "pert" if self._months.shape == "pert" else "triangular"
        return float(elicited_quantiles(c.low, c.likely, c.high, [chance], shape=shape)[0])

    def _size_formula(self, row: int, chance: float | None) -> str:
        low, likely, high = (self._given_cell(key) for key in ("low", "likely", "high"))
        cause, drawn = Place(NAME, row, 3).local, Place(NAME, row, 2).local
        is_pert = self._months.shape == "pert"
        if chance is None:
            return f"{cause}*({low}+{4 if is_pert else 1}*{likely}+{high})/{6 if is_pert else 3}"
        width = f"({high}-{low})"
        if is_pert:
            mode = f"({likely}-{low})/{width}"
            return f"{cause}*IF({high}={low},{likely},{low}+{width}*BETAINV({drawn},1+4*{mode},5-4*{mode}))"
        below = f"{drawn}*{width}<({likely}-{low})"
        rising = f"{low}+SQRT({drawn}*{width}*({likely}-{low}))"
        falling = f"{high}-SQRT((1-{drawn})*{width}*({high}-{likely}))"
        return f"{cause}*IF({high}={low},{likely},IF({below},{rising},{falling}))"

    def _weight(self, row: int, place: int, value: float) -> Live:
        size = Place(NAME, row, SIZE).local
        of = [Place(NAME, self._sizes, WEIGHTS + k).local for k in range(self._n)]
        parts = [f"({size}-{other})/({of[place]}-{other})" for k, other in enumerate(of) if k != place]
        return Live("=" + ("*".join(parts) or "1"), round_exact(value), FACTOR)

    def _present(self, row: int, kind: int, value: float) -> object:
        if kind >= self._kinds:
            return Number(0.0, MONEY)
        parts = [
            f"{Place(NAME, row, WEIGHTS + k).local}*SUMPRODUCT({self._factors},{self._block(row, kind, k).local})"
            for k in range(self._n)
        ]
        return Live("=" + "+".join(parts), round_exact(value), MONEY)

    def _npv(self, row: int, came: Sequence[float]) -> Live:
        revenue, cost, vouchers = (Place(NAME, row, self._first + k).local for k in range(3))
        c, factors = self._change, self._factors
        once = f"{self._given_cell('changes.saving.one_off')}-{self._given_cell('changes.cost.one_off')}"
        saved = f"{self._given_cell('changes.saving.per_month')}*SUMPRODUCT({factors},{self._ramp.local})"
        paid = f"{self._given_cell('changes.cost.per_month')}*SUM({factors})"
        formula = f"gross_margin*{revenue}+{cost}-{vouchers}+{once}+{saved}-{paid}"
        margin = self._workings.gross_margin
        if margin is None:
            return Live(f'=IF(ISNUMBER(gross_margin),{formula},"")', "", MONEY)
        value = margin * came[0] + came[1] - came[2] + c.saving_one_off - c.one_off
        value += c.saving_per_month * float(np.dot(self._months.ramp, self._discount))
        value -= c.per_month * float(self._discount.sum())
        return Live("=" + formula, round_exact(value), MONEY)
