"""Sheet Data: money of components by month and draw, and what it comes to at the assumed rate and horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxlink.report.numbers import round_exact
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Live, Number, Sheet, number_form
from cxlink.report.workings import MoneyMonths, Months, WorkedEffect, Workings

NAME = "Data"
MONEY, FACTOR = number_form(2), "0.000000"
FIRST_MONTH = 6
ALONE, SHARE, TOGETHER, OVERLAP = "alone", "joint share", "together", "overlap"
NOTES = (
    "Each block: the point estimate, then a row for each joint draw of all that was fitted. Months are not discounted.",
    "Columns D to F discount and add them up at the assumed rate, horizon and margin. Intervals on Components are"
    " quantiles of these rows (PERCENTILE.EXC), widened to hold the point.",
)


@dataclass(frozen=True, slots=True)
class Block:
    """Where one effect's money stands: its point, and its draws (None where they are not held)."""

    revenue: Place | None
    cost: Place | None
    net: Place | None
    revenue_draws: Place | None = None
    cost_draws: Place | None = None
    net_draws: Place | None = None


@dataclass(slots=True)
class DataCells:
    """Where the blocks stand, by effect's place in the workings and part; and the discount factors of the months."""

    blocks: dict[tuple[int, str], Block] = field(default_factory=dict)
    factors: Place | None = None
    came: dict[tuple[int, str], np.ndarray] = field(default_factory=dict)

    def reckon(self, place: int, part: str, key: str, workings: Workings) -> tuple[float, float, float] | None:
        """What the formulas come to, computed here: point, low and high from the rows of a block.

        Parameters
        ----------
        place, part : int, str
            Of the block.
        key : str
            As in ``results.json``.
        workings : Workings
            Margin and level.

        Returns
        -------
        tuple of float or None
            None where the sheet does not hold the draws, or the money.
        """
        rows = self.came.get((place, part))
        if rows is None or len(rows) < 2:
            return None
        column = {"revenue_kept": 0, "margin_kept": 0, "cost_saved": 1, "net_benefit": 2}[key]
        factor = workings.gross_margin if key == "margin_kept" else 1.0
        return None if factor is None else ends_of(factor * rows[:, column], workings.level)


def ends_of(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Point, low and high as the formulas have them.

    Parameters
    ----------
    values : ndarray
        (n_draws + 1,) the point first.
    level : float
        Of the interval.

    Returns
    -------
    tuple of float
        The interval holds the point.
    """
    tail, point = (1 - level) / 2, float(values[0])
    low, high = (float(one) for one in np.quantile(values[1:], [tail, 1 - tail], method="weibull"))
    return point, min(low, point), max(high, point)


def discount_factors(workings: Workings) -> np.ndarray:
    """Factors at mid-month, as the run had them.

    Parameters
    ----------
    workings : Workings
        Of the run.

    Returns
    -------
    ndarray
        (n_months,).
    """
    factors: np.ndarray = (1 + workings.discount_rate) ** -((np.arange(workings.months) + 0.5) / 12)
    return factors


def write_data(book: Book, workings: Workings) -> DataCells:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    workings : Workings
        That are live.

    Returns
    -------
    DataCells
        For the formulas of other sheets.
    """
    months = workings.months
    sheet = book.sheet(NAME, widths=(28, 12, 8, 14, 14, 14, *([11] * (2 * months))))
    heads = ["Effect", "Part", "Draw", "Revenue kept", "Cost saved", "Margin and cost"]
    heads += [f"{what}, month {month + 1}" for what in ("Revenue", "Cost") for month in range(months)]
    sheet.write_header(heads, frozen_columns=FIRST_MONTH, numbers=range(2, len(heads)))
    sheet.write_row(["Month", "", "", "", "", "", *([Number(month + 1, "0") for month in range(months)] * 2)])
    factors = discount_factors(workings)
    row = sheet.row
    sheet.write_row(["Discount factor", "", "", "", "", "", *_factors(row, factors), *_factors(row, factors, months)])
    sheet.raw.freeze_panes(3, FIRST_MONTH)
    cells = DataCells(factors=Place(NAME, row, FIRST_MONTH, row, FIRST_MONTH + months - 1))
    writer = _Writer(sheet, workings, factors, cells)
    for place, effect in enumerate(workings.effects):
        if effect.kind == "component":
            writer.block(place, ALONE, effect.name, effect.alone)
            writer.block(place, SHARE, effect.name, effect.share)
        elif effect.kind == "together":
            writer.block(place, TOGETHER, effect.name, effect.alone)
    for place, effect in enumerate(workings.effects):
        if effect.kind == "overlap":
            writer.overlap(place, effect)
    sheet.row += 1
    sheet.write_notes(NOTES)
    return cells


def _factors(row: int, factors: np.ndarray, shift: int = 0) -> list[object]:
    found: list[object] = []
    for month, factor in enumerate(factors):
        number = Place(NAME, row - 1, FIRST_MONTH + shift + month).local
        beyond = f"horizon_months>{len(factors)}"
        formula = f"=IF({beyond},NA(),IF({number}<=horizon_months,(1+discount_rate)^(-({number}-0.5)/12),0))"
        found.append(Live(formula, round_exact(float(factor)), FACTOR))
    return found


class _Writer:
    """Writes blocks, and remembers where they stand and what they came to in the run."""

    def __init__(self, sheet: Sheet, workings: Workings, factors: np.ndarray, cells: DataCells) -> None:
        self._sheet, self._workings, self._factors, self._cells = sheet, workings, factors, cells
        self._values: dict[tuple[int, str], np.ndarray] = {}

    def block(self, place: int, part: str, name: str, money: MoneyMonths) -> None:
        """One effect: a row for its point, and one a draw."""
        if not money.revenue and not money.cost:
            return
        first = self._sheet.row
        rows = [(money.revenue, money.cost)]
        held = max(len(money.revenue_draws), len(money.cost_draws))
        nothing: Sequence[Months] = ((),) * held
        rows += list(zip(money.revenue_draws or nothing, money.cost_draws or nothing, strict=True))
        values = [self._row(name, part, number, *one) for number, one in enumerate(rows)]
        self._values[place, part] = self._cells.came[place, part] = np.array(values)
        has_net = bool(money.revenue and money.cost)
        self._remember(place, part, first, held, (bool(money.revenue), bool(money.cost), has_net))

    def _row(self, name: str, part: str, number: int, revenue: Months, cost: Months) -> list[float]:
        row, months = self._sheet.row, self._workings.months
        told: list[object] = [name, part, "point" if number == 0 else number]
        came: list[float] = []
        for shift, amounts in ((0, revenue), (months, cost)):
            came.append(float(np.dot(amounts, self._factors)) if amounts else float("nan"))
            if not amounts:
                told.append("")
                continue
            first, last = FIRST_MONTH + shift, FIRST_MONTH + shift + months - 1
            block, factors = Place(NAME, row, first, row, last), Place(NAME, 2, first, 2, last)
            told.append(Live(f"=SUMPRODUCT({factors.local},{block.local})", round_exact(came[-1]), MONEY))
        margin = self._workings.gross_margin
        came.append(float("nan") if margin is None else margin * came[0] + came[1])
        told.append(self._net(row, came[-1]) if revenue and cost else "")
        told += [
            Number(one, MONEY) if amounts else "" for amounts in (revenue, cost) for one in amounts or [0.0] * months
        ]
        self._sheet.write_row(told)
        return came

    def _net(self, row: int, value: float) -> Live:
        revenue, cost = Place(NAME, row, 3).local, Place(NAME, row, 4).local
        if self._workings.gross_margin is None:
            return Live(f'=IF(ISNUMBER(gross_margin),gross_margin*{revenue}+{cost},"")', "", MONEY)
        return Live(f"=gross_margin*{revenue}+{cost}", round_exact(value), MONEY)

    def _remember(self, place: int, part: str, first: int, held: int, has: tuple[bool, bool, bool]) -> None:
        points = [Place(NAME, first, column) if there else None for column, there in zip((3, 4, 5), has, strict=True)]
        draws = [
            Place(NAME, first + 1, column, first + held, column) if there and held else None
            for column, there in zip((3, 4, 5), has, strict=True)
        ]
        self._cells.blocks[place, part] = Block(*points, *draws)

    def overlap(self, place: int, effect: WorkedEffect) -> None:
        """What the effects together have less than the sum of those alone, draw by draw."""
        workings, told = self._workings, dict(effect.told)
        whole = next(at for at, one in enumerate(workings.effects) if one.kind == "together")
        joint = self._cells.blocks.get((whole, TOGETHER))
        if joint is None:
            return
        keys = ("revenue_kept", "cost_saved", "net_benefit")
        has = tuple(told[key].point is not None for key in keys)
        if not any(has):
            return
        parts = [self._parts(key) for key in keys]
        held = len(self._values[whole, TOGETHER]) - 1
        first = self._sheet.row
        came = np.full((held + 1, 3), np.nan)
        for column in (column for column, there in enumerate(has) if there):
            total = np.sum([self._values[at, ALONE][:, column] for at in parts[column]], axis=0)
            came[:, column] = self._values[whole, TOGETHER][:, column] - total
        self._cells.came[place, OVERLAP] = came
        for number in range(held + 1):
            row: list[object] = [effect.name, OVERLAP, "point" if number == 0 else number]
            for column, there in enumerate(has):
                value = float(came[number, column])
                row.append(self._difference(whole, parts[column], column, number, value) if there else "")
            self._sheet.write_row(row)
        self._remember(place, OVERLAP, first, held, (has[0], has[1], has[2]))

    def _parts(self, key: str) -> list[int]:
        effects = enumerate(self._workings.effects)
        return [at for at, one in effects if one.kind == "component" and dict(one.told)[key].point is not None]

    def _difference(self, whole: int, parts: list[int], column: int, number: int, value: float) -> Live:
        def at(place: int, part: str) -> str:
            block = self._cells.blocks[place, part]
            point = (block.revenue, block.cost, block.net)[column]
            if point is None:
                raise ValueError("what is told stands on the sheet")
            return Place(NAME, point.row + number, point.column).local

        formula = f"={at(whole, TOGETHER)}-({'+'.join(at(place, ALONE) for place in parts) or '0'})"
        return Live(formula, round_exact(value), MONEY)
