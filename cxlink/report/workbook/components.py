"""Sheet Components: effects alone, their overlap, all together, joint shares, and a chart of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxlink.report.parts import Document, Row, render_sentence
from cxlink.report.shown_text import Sink
from cxlink.report.words import OVERLAP as OVERLAP_REMARK
from cxlink.report.words import REST
from cxlink.report.workbook.assumptions import RUN_AGAIN, AssumptionCells
from cxlink.report.workbook.data import ALONE, OVERLAP, SHARE, TOGETHER, Block, DataCells
from cxlink.report.workbook.places import Place
from cxlink.report.workbook.sheet import Book, Live, Number, Sheet, number_form
from cxlink.report.workings import Told, WorkedEffect, Workings

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

NAME = "Components"
KEYS = ("customers_kept", "revenue_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
SHARES = ("margin_kept", "cost_saved", "net_benefit")
LABELS = {
    "customers_kept": "Customers kept",
    "revenue_kept": "Revenue kept",
    "margin_kept": "Margin kept",
    "cost_saved": "Cost saved",
    "net_benefit": "Margin and cost",
}
MONEY_KEYS = ("net_benefit", "margin_kept", "revenue_kept", "cost_saved")
WHOLE_RUN = ((-1, "finance.discount_rate"), (-1, "model.horizon_months"))
NEEDS_MARGIN = "needs a gross margin"
EXACT = "Amounts are what the run computed, shown to whole units where they are large; the report rounds to what the"
EXACT_2 = " interval allows. Point, low and high stand in three columns."
PARTS = {"component": ALONE, "together": TOGETHER, "overlap": OVERLAP}


@dataclass(slots=True)
class ComponentCells:
    """Where figures stand: by effect's place in the workings and key, point, low and high; shares likewise."""

    figures: dict[tuple[int, str], Place] = field(default_factory=dict)
    shares: dict[tuple[int, str], Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reckoner:
    """Turns a row's answers into formulas, or leaves them numbers where nothing is live."""

    workings: Workings
    given: AssumptionCells | None
    data: DataCells | None

    def figures(
        self, sheet: Sheet, column: int, place: int, key: str, cells: dict[tuple[int, str], Place]
    ) -> list[object]:
        """Point, low and high of an effect that is told, to be written from a column on."""
        effect, row = self.workings.effects[place], sheet.row
        told = dict(effect.told)[key]
        part = PARTS.get(effect.kind, "")
        block = self.data.blocks.get((place, part)) if self.data is not None else None
        cells[place, key] = Place(sheet.name, row, column)
        return self._reckon(sheet, column, key, told, block, cells.get((place, "revenue_kept")))

    def shares(
        self, sheet: Sheet, column: int, place: int, key: str, cells: dict[tuple[int, str], Place]
    ) -> list[object]:
        """Point, low and high of a joint share that is told."""
        told = dict(self.workings.effects[place].told_share)[key]
        block = self.data.blocks.get((place, SHARE)) if self.data is not None else None
        cells[place, key] = Place(sheet.name, sheet.row, column)
        return self._reckon(sheet, column, key, told, block, None)

    def _reckon(
        self,
        sheet: Sheet,
        column: int,
        key: str,
        told: Told,
        block: Block | None,
        revenue: Place | None,
    ) -> list[object]:
        form = number_form(told.decimals, signed=told.signed)
        values = [value for value in (told.point, told.low, told.high) if value is not None]
        if self.given is None:
            return [Number(value, form) for value in values]
        if key in ("customers_kept", "experience"):
            same = self.given.same(WHOLE_RUN[1])
            return [Live(f'=IF({same},{value!r},"{RUN_AGAIN}")', value, form) for value in values]
        if key == "margin_kept" and revenue is not None:
            return self._margin(revenue, values, form)
        source = _source(block, key)
        if source is None:
            same = self.given.same(*WHOLE_RUN, *([(-1, "finance.gross_margin")] if key != "revenue_kept" else []))
            return [Live(f'=IF({same},{value!r},"{RUN_AGAIN}")', value, form) for value in values]
        point, draws = source
        factor = "gross_margin*" if key == "margin_kept" else ""
        here = Place(sheet.name, sheet.row, column).local
        return [Live(f"={factor}{point}", values[0], form), *self._ends(here, factor, draws, key, values, form)]

    def _margin(self, revenue: Place, values: list[float], form: str) -> list[object]:
        parts = [Place(revenue.sheet, revenue.row, revenue.column + shift).local for shift in range(3)]
        return [
            Live(f"=IF(ISNUMBER({part}),gross_margin*{part},{part})", value, form)
            for part, value in zip(parts, values, strict=True)
        ]

    def _ends(
        self, here: str, factor: str, draws: Place | None, key: str, values: list[float], form: str
    ) -> list[object]:
        tail = (1 - self.workings.level) / 2
        if draws is None:
            keys = [*WHOLE_RUN, *([(-1, "finance.gross_margin")] if key in ("margin_kept", "net_benefit") else [])]
            same = self.given.same(*keys) if self.given is not None else "TRUE"
            return [Live(f'=IF({same},{value!r},"{RUN_AGAIN}")', value, form) for value in values[1:]]
        ends = []
        for name, at, value in (("MIN", tail, values[1]), ("MAX", 1 - tail, values[2])):
            ends.append(Live(f"={name}({here},{factor}_xlfn.PERCENTILE.EXC({draws},{round(at, 10)}))", value, form))
        return list(ends)

    def margin_to_come(self, sheet: Sheet, place: int, key: str, cells: dict[tuple[int, str], Place]) -> list[object]:
        """Formulas for what only lacks a gross margin; empty where more is missing."""
        if self.given is None or self.workings.gross_margin is not None:
            return []
        told = dict(self.workings.effects[place].told)
        if told[key].point is not None or told["revenue_kept"].point is None:
            return []
        revenue = cells[place, "revenue_kept"]
        parts = [Place(sheet.name, revenue.row, revenue.column + shift).local for shift in range(3)]
        if key == "margin_kept":
            return [_if_margin(f"gross_margin*{part}", told["revenue_kept"].decimals) for part in parts]
        part = PARTS.get(self.workings.effects[place].kind, "")
        block = self.data.blocks.get((place, part)) if self.data is not None else None
        if key != "net_benefit" or block is None or block.net is None or block.net_draws is None:
            return []
        tail = (1 - self.workings.level) / 2
        ends = [
            f"{name}({block.net},_xlfn.PERCENTILE.EXC({block.net_draws},{round(at, 10)}))"
            for name, at in (("MIN", tail), ("MAX", 1 - tail))
        ]
        return [_if_margin(one, told["revenue_kept"].decimals) for one in (str(block.net), *ends)]


def _if_margin(formula: str, decimals: int) -> Live:
    return Live(f'=IF(ISNUMBER(gross_margin),{formula},"{NEEDS_MARGIN}")', NEEDS_MARGIN, number_form(decimals))


def _source(block: Block | None, key: str) -> tuple[Place, Place | None] | None:
    if block is None:
        return None
    point, draws = {
        "cost_saved": (block.cost, block.cost_draws),
        "net_benefit": (block.net, block.net_draws),
    }.get(key, (block.revenue, block.revenue_draws))
    return None if point is None else (point, draws)


def write_components(
    book: Book, document: Document, workings: Workings, given: AssumptionCells | None, data: DataCells | None
) -> ComponentCells:
    """Write the sheet.

    Parameters
    ----------
    book : Book
        Of the run.
    document : Document
        Names, evidence and remarks.
    workings : Workings
        The figures.
    given, data : AssumptionCells, DataCells or None
        What formulas refer to; without them figures are plain numbers.

    Returns
    -------
    ComponentCells
        For the checks.
    """
    reckoner, cells = _Reckoner(workings, given, data), ComponentCells()
    keys = _keys(workings, given)
    n = 2 + 3 * len(keys) + 2
    sheet = book.sheet(NAME, widths=(30, 11, *([13, 11, 11] * len(keys)), 28, 50))
    figures = [head for key in keys for head in (heading(key, workings), "low", "high")]
    sheet.write_header(["Component", "Reached", *figures, "Evidence", "Remark"], numbers=(1,))
    for row in document.table.rows:
        place = _find(workings, row)
        told = [
            value
            for k, key in enumerate(keys)
            for value in _cell(reckoner, sheet, row, document, place, key, 2 + 3 * k, cells)
        ]
        sheet.write_row([row.name, _count(row.reached), *told, row.evidence, _remark(row, workings, place, keys)])
    sheet.filter(0, n)
    sheet.row += 1
    said = [f"[{number}] {_said(note)}" for number, note in enumerate(document.table.notes, start=1)]
    remarks = [document.ceiling_line, *(_said(remark) for remark in document.table.remarks), OVERLAP_REMARK, REST]
    sheet.write_notes([*said, *remarks, EXACT + EXACT_2])
    sheet.row += 1
    _write_shares(sheet, workings, reckoner, cells)
    _write_chart(book, sheet, document, workings, cells)
    return cells


def heading(key: str, workings: Workings) -> str:
    """Name a column with its unit.

    Parameters
    ----------
    key : str
        As in ``results.json``.
    workings : Workings
        Currency and unit of the KPI.

    Returns
    -------
    str
        Such as ``Margin kept, EUR``.
    """
    if key == "experience":
        return workings.kpi_unit
    return LABELS[key] if key == "customers_kept" else f"{LABELS[key]}, {workings.currency}"


def _keys(workings: Workings, given: AssumptionCells | None) -> tuple[str, ...]:
    told = [dict(effect.told) for effect in workings.effects if effect.kind == "component"]
    found = [key for key in KEYS if any(one[key].point is not None for one in told)]
    if given is not None and workings.gross_margin is None and "revenue_kept" in found:
        found = [key for key in KEYS if key in (*found, "margin_kept", "net_benefit")]
    return tuple(found)


def _find(workings: Workings, row: Row) -> int:
    return next(at for at, one in enumerate(workings.effects) if (one.kind, one.name) == (row.kind, row.name))


def _cell(
    reckoner: _Reckoner,
    sheet: Sheet,
    row: Row,
    document: Document,
    place: int,
    key: str,
    column: int,
    cells: ComponentCells,
) -> list[object]:
    told = dict(reckoner.workings.effects[place].told)[key]
    if told.point is not None:
        return reckoner.figures(sheet, column, place, key, cells.figures)
    coming = reckoner.margin_to_come(sheet, place, key, cells.figures)
    if coming:
        return coming
    marks = dict(zip((one.key for one in document.table.columns), row.cells, strict=False))
    shown = marks[key].point_text if key in marks else ""
    return [shown or ("-" if row.kind != "rest" else ""), "", ""]


def _remark(row: Row, workings: Workings, place: int, keys: tuple[str, ...]) -> str:
    if row.cannot_tell or row.kind == "rest":
        return _said(row.cannot_tell)
    told = dict(workings.effects[place].told)
    reasons: dict[str, list[str]] = {}
    for key in keys:
        if told[key].point is None:
            reasons.setdefault(told[key].refusal, []).append(heading(key, workings))
    return "; ".join(f"{', '.join(labels)}: {reason}" for reason, labels in reasons.items())


def _write_shares(sheet: Sheet, workings: Workings, reckoner: _Reckoner, cells: ComponentCells) -> None:
    """The joint effect, shared among the components by Shapley: these add up, unlike the effects alone."""
    places = [place for place, one in enumerate(workings.effects) if one.kind == "component"]
    shares = [dict(workings.effects[place].told_share) for place in places]
    keys = [key for key in SHARES if any(one[key].point is not None for one in shares)]
    if not keys:
        return
    heads = [head for key in keys for head in (heading(key, workings), "low", "high")]
    sheet.write_row(["Joint share of", "", *heads], bold=True)
    for place, told in zip(places, shares, strict=True):
        row: list[object] = [workings.effects[place].name, ""]
        for k, key in enumerate(keys):
            there = told[key].point is not None
            row += reckoner.shares(sheet, 2 + 3 * k, place, key, cells.shares) if there else ["-", "", ""]
        sheet.write_row(row)
    sheet.write_notes(
        ["Joint shares: what all together keep, shared among components (Shapley); they add up to the joint effect."]
    )
    sheet.row += 1


def _write_chart(book: Book, sheet: Sheet, document: Document, workings: Workings, cells: ComponentCells) -> None:
    components = [place for row in document.table.rows if row.kind == "component" for place in [_find(workings, row)]]
    key = next((one for one in MONEY_KEYS if any((place, one) in cells.figures for place in components)), None)
    if key is None:
        return
    drawn = [place for place in components if (place, key) in cells.figures]
    first = sheet.write_row([f"Drawn: {heading(key, workings)}", "point", "below", "above"], bold=True) + 1
    for place in drawn:
        effect, at = workings.effects[place], cells.figures[place, key]
        point, low, high = (Place(NAME, at.row, at.column + shift).local for shift in range(3))
        told = _numbers(effect, key)
        form = number_form(dict(effect.told)[key].decimals)
        below, above = (
            Live(f"=IF(ISNUMBER({low}),{point}-{low},0)", told[0] - told[1], form),
            Live(f"=IF(ISNUMBER({high}),{high}-{point},0)", told[2] - told[0], form),
        )
        sheet.write_row([effect.name, Live(f"={point}", told[0], form), below, above])
    last = sheet.row - 1
    chart: Chart = book.workbook.add_chart({"type": "bar"})
    bars = {
        "type": "custom",
        "plus_values": f"={Place(NAME, first, 3, last, 3)}",
        "minus_values": f"={Place(NAME, first, 2, last, 2)}",
    }
    title = f"{heading(key, workings)}: what each component's incidents cost, with its interval"
    chart.add_series(
        {
            "name": heading(key, workings),
            "categories": f"={Place(NAME, first, 0, last, 0)}",
            "values": f"={Place(NAME, first, 1, last, 1)}",
            "fill": {"color": "#3B6EA5"},
            "x_error_bars": bars,
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D0D0D0"}}})
    chart.set_size({"width": 760, "height": 90 + 40 * len(drawn)})
    described = f"Bar chart. {title}. The numbers stand in the table above it."
    sheet.raw.insert_chart(sheet.row + 1, 0, chart, {"description": described})
    sheet.row += 6 + 2 * len(drawn)


def _numbers(effect: WorkedEffect, key: str) -> tuple[float, float, float]:
    told = dict(effect.told)[key]
    if told.point is None or told.low is None or told.high is None:
        raise ValueError("only what is told is drawn")
    return told.point, told.low, told.high


def _count(shown: str) -> object:
    plain = shown.replace(",", "")
    return int(plain) if plain.isdigit() else shown


def _said(sentence: tuple[str, ...]) -> str:
    return render_sentence(sentence, Sink.PLAIN)
