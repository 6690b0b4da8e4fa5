"""The main table: what each component's incidents cost, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentEffect, Impact, JointEffect
from cxlink.report.notes import Notes, explain
from cxlink.report.numbers import Figure, MoneyUnit, round_estimate
from cxlink.report.parts import Cell, Column, ComponentTable, Row, Sentence, Untrusted
from cxlink.report.suppress import show_count

EVIDENCE = {"A": "A experiment", "B": "B within the same customers", "C": "C adjusted", "D": "D descriptive"}
MONEY = ("revenue_kept", "margin_kept", "cost_saved", "net_benefit")
LEFT_OUT_OF = ("customers_kept", "revenue_kept", "margin_kept", "net_benefit")
"""What of a joint effect hangs on who leaves."""

_Effect = ComponentEffect | JointEffect


def build_component_table(impact: Impact, unit: MoneyUnit, *, published: bool) -> ComponentTable:
    """Choose the columns that can be told, and fill them.

    Parameters
    ----------
    impact : Impact
        Effects of each component and of all together.
    unit : MoneyUnit
        In what money is shown.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    ComponentTable
        Costliest first; a column without a single figure is left out, and a remark says why.
    """
    effects = sort_effects(impact.components)
    columns, dropped = _choose_columns(impact, unit)
    notes = Notes()
    rows = [_component_row(effect, columns, unit, notes, published=published) for effect in effects]
    rows += _overlap_rows(impact.overlap, columns, unit)
    if len(effects) > 1 and columns:
        rows.append(_together_row(impact.joint, columns, unit, notes))
    rows += _rest_rows(impact.not_explained, columns, unit)
    remarks = (*_remarks(effects, dropped), *_remark_on_together(impact, columns))
    return ComponentTable(columns, tuple(rows), notes.sentences(), remarks)


def sort_effects(effects: Sequence[ComponentEffect]) -> list[ComponentEffect]:
    """Sort components, costliest first.

    Parameters
    ----------
    effects : sequence of ComponentEffect
        In any order.

    Returns
    -------
    list of ComponentEffect
        By net benefit, margin, revenue, cost or experience, whichever is the first that is estimable; names break ties.
    """
    return sorted(effects, key=lambda effect: (*_size(effect), effect.component))


def figure_of(answer: Answer, column: Column, unit: MoneyUnit) -> Figure | None:
    """Round an answer for a column.

    Parameters
    ----------
    answer : Answer
        An estimate, or the reason why there is none.
    column : Column
        Where it stands.
    unit : MoneyUnit
        In what money is shown.

    Returns
    -------
    Figure or None
        None where it is not estimable.
    """
    if not isinstance(answer, Estimate):
        return None
    if column.key in MONEY:
        return round_estimate(answer, divisor=unit.divisor)
    return round_estimate(answer, signed=column.key == "experience")


def cell_of(answer: Answer, column: Column, unit: MoneyUnit, notes: Notes, row: str) -> Cell:
    """Make a cell: a figure, or a dash with a note.

    Parameters
    ----------
    answer : Answer
        An estimate, or the reason why there is none.
    column : Column
        Where it stands.
    unit : MoneyUnit
        In what money is shown.
    notes : Notes
        Where the reason is collected.
    row : str
        Name of the row, for the note.

    Returns
    -------
    Cell
        Never empty.
    """
    if isinstance(answer, NotEstimable):
        return Cell(None, notes.add(answer, row, column.label))
    return Cell(figure_of(answer, column, unit))


def _size(effect: ComponentEffect) -> tuple[int, float]:
    order = ("net_benefit", "margin_kept", "revenue_kept", "cost_saved", "experience")
    for place, key in enumerate(order):
        answer = getattr(effect, key)
        if isinstance(answer, Estimate):
            return place, -answer.point
    return len(order), -float(effect.incidents)


def _choose_columns(impact: Impact, unit: MoneyUnit) -> tuple[tuple[Column, ...], list[tuple[str, str]]]:
    """Columns with at least one figure, and those left out as (key, label)."""
    kpi = Column("experience", impact.kpi.upper(), impact.kpi_unit)
    money = Column("margin_kept", "Margin kept", unit.name)
    wanted = [Column("customers_kept", "Kept", "customers"), money, Column("cost_saved", "Cost saved", unit.name), kpi]
    columns: list[Column] = []
    dropped: list[tuple[str, str]] = []
    for column in wanted:
        if _any(impact.components, column.key):
            columns.append(column)
            continue
        dropped.append((column.key, column.label))
        if column is money and _any(impact.components, "revenue_kept"):
            columns.append(Column("revenue_kept", "Revenue kept", unit.name))
    return tuple(columns), dropped


def _any(effects: Sequence[ComponentEffect], key: str) -> bool:
    return any(isinstance(answer, Estimate) for answer in _answers(effects, key))


def _answers(effects: Sequence[_Effect], key: str) -> list[Answer]:
    return [getattr(effect, key) for effect in effects]


def _component_row(
    effect: ComponentEffect, columns: tuple[Column, ...], unit: MoneyUnit, notes: Notes, *, published: bool
) -> Row:
    name, reached = effect.component, show_count(effect.customers_reached, published=published)
    answers = [getattr(effect, column.key) for column in columns]
    reasons = [answer for answer in answers if isinstance(answer, NotEstimable)]
    if columns and len(reasons) == len(columns):
        return _untold_row("component", name, reached, reasons, columns, notes)
    cells = tuple(cell_of(a, column, unit, notes, name) for a, column in zip(answers, columns, strict=True))
    return Row("component", name, reached, cells, EVIDENCE[effect.grade])


def _cannot_tell(reasons: list[NotEstimable], marks: list[int]) -> Sentence:
    """Say the first reason; the others are notes."""
    first = reasons[0]
    needs = ("; needs ", Untrusted(first.needs.rstrip(". "))) if first.needs else ()
    others = "".join(f" [{mark}]" for mark in dict.fromkeys(marks))
    return ("cannot tell: ", Untrusted(first.reason.rstrip(". ")), *needs, others)


def _untold_row(
    kind: Literal["component", "together"],
    name: str,
    reached: str,
    answers: list[NotEstimable],
    columns: tuple[Column, ...],
    notes: Notes,
) -> Row:
    others = [(a, c) for a, c in zip(answers, columns, strict=True) if a != answers[0]]
    marks = [notes.add(answer, name, column.label) for answer, column in others]
    return Row(kind, name, reached, (), "", _cannot_tell(answers, marks))


def _overlap_rows(overlap: JointEffect, columns: tuple[Column, ...], unit: MoneyUnit) -> list[Row]:
    cells = tuple(Cell(figure_of(getattr(overlap, column.key), column, unit)) for column in columns)
    return [Row("overlap", "overlap", "", cells, "")] if any(cell.figure for cell in cells) else []


def _rest_rows(rest: JointEffect | None, columns: tuple[Column, ...], unit: MoneyUnit) -> list[Row]:
    if rest is None:
        return []
    cells = tuple(Cell(figure_of(getattr(rest, column.key), column, unit)) for column in columns)
    return [Row("rest", "not explained", "", cells, "")] if any(cell.figure for cell in cells) else []


def _together_row(joint: JointEffect, columns: tuple[Column, ...], unit: MoneyUnit, notes: Notes) -> Row:
    answers = [getattr(joint, column.key) for column in columns]
    reasons = [answer for answer in answers if isinstance(answer, NotEstimable)]
    if len(reasons) == len(columns):
        return _untold_row("together", "together", "", reasons, columns, notes)
    cells = tuple(cell_of(a, column, unit, notes, "together") for a, column in zip(answers, columns, strict=True))
    return Row("together", "together", "", cells, "")


def _remarks(effects: list[ComponentEffect], dropped: list[tuple[str, str]]) -> tuple[Sentence, ...]:
    places: dict[NotEstimable, dict[str, list[str]]] = {}
    for key, label in dropped:
        for effect in effects:
            answer = getattr(effect, key)
            if isinstance(answer, NotEstimable):
                places.setdefault(answer, {}).setdefault(label, []).append(effect.component)
    return tuple(_remark(answer, labels, len(effects)) for answer, labels in places.items())


def _remark_on_together(impact: Impact, columns: tuple[Column, ...]) -> tuple[Sentence, ...]:
    """Say whose money the row of all components does not hold."""
    keys = [column.key for column in columns if column.key in LEFT_OUT_OF]
    if not impact.left_out or not any(isinstance(getattr(impact.joint, key), Estimate) for key in keys):
        return ()
    names = [part for name in impact.left_out for part in (Untrusted(name), ", ")][:-1]
    return (("Customers and money in the row of all together are without ", *names, "."),)


def _remark(answer: NotEstimable, labels: dict[str, list[str]], n_effects: int) -> Sentence:
    names = list(dict.fromkeys(name for components in labels.values() for name in components))
    of: list[str] = []
    if len(names) < n_effects:
        of = [" of ", *(part for name in names for part in (Untrusted(name), ", "))][:-1]
    return (", ".join(labels), *of, " cannot be told: ", *explain(answer))
