"""What moved the score and recurring revenue, as sections of plain cells and as one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Bridge, Bridges, BridgeTerm
from cxlink.report.cell_texts import figure_or_dash
from cxlink.report.hiding import show_count
from cxlink.report.numbers import MoneyUnit, choose_money_unit, format_count, round_estimate
from cxlink.report.section import Kind, Section, Value

TITLE = "What moved the score"
REVENUE_TITLE = "What moved recurring revenue"
TERMS = {
    "within": "the same customers score otherwise",
    "leavers": "customers who answered before have left",
    "joiners": "customers who joined since answer",
    "customer_mix": "those who stayed grew older with us (tenure)",
    "response_mix": "other kinds of customers answer",
    "rate": "comparable customers, who answered once, score otherwise",
    "expansion": "existing customers pay more",
    "contraction": "existing customers pay less",
    "returned": "customers came back",
    "correction": "corrections",
    "currency": "exchange rates",
    "customers": "number of customers",
    "revenue_per_customer": "revenue per customer",
}
REVENUE_TERMS = {"leavers": "customers left", "joiners": "customers joined"}
NOTE = (
    "The terms add up to the move. Each customer counts once in a period, with the mean of its answers; answers without"
    " a known customer are left out. Fewer than 10 who left, joined or answered in both periods are not told apart:"
    " they are among those who answered once. Intervals are over customers drawn again, 95%. What not to conclude: a"
    " score that rises because low scorers left, or because other customers answer, says nothing of better service;"
    " within and rate say how people score, not why."
)
REVENUE_NOTE = (
    "Counted from recurring charges by month, to the cent: each month of the later period less its counterpart is the"
    " sum of the movements between them. It is an account and no sample, so it has no interval. One-off charges are not"
    " in it. Number of customers and revenue per customer are the same move seen otherwise, not to be added to it. What"
    " not to conclude: that customers left, or pay more, because of what was done for them."
)
MOST_SAID = 2
SAID = {
    "within": ("the same customers score higher", "the same customers score lower"),
    "leavers": ("low scorers left", "high scorers left"),
    "joiners": ("new customers score higher", "new customers score lower"),
    "rate": ("comparable customers score higher", "comparable customers score lower"),
}
"""By the sign of a term."""


def build_bridge_sections(bridges: Bridges | NotEstimable, *, published: bool) -> tuple[Section, ...]:
    """Show the terms of each move.

    Parameters
    ----------
    bridges : Bridges or NotEstimable
        With small cells hidden where that is wanted.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        One of the score, one of revenue.
    """
    if isinstance(bridges, NotEstimable):
        refused = f"Cannot be told: {bridges.reason}. Needs: {bridges.needs}."
        return (Section("bridge", TITLE, (), (), (refused,)),)
    of_score = [one for one in bridges.bridges if one.kpi != "revenue"]
    of_revenue = [one for one in bridges.bridges if one.kpi == "revenue"]
    return (
        _section("bridge", TITLE, of_score, NOTE, published=published),
        _section("revenue_bridge", REVENUE_TITLE, of_revenue, REVENUE_NOTE, published=published),
    )


def say_bridge(bridges: Bridges | NotEstimable) -> str:
    """Say in one sentence what moved the score from the quarter before.

    Parameters
    ----------
    bridges : Bridges or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    str
        Empty where that cannot be told.
    """
    if isinstance(bridges, NotEstimable):
        return ""
    return next((_say(one) for one in bridges.bridges if one.kpi != "revenue" and one.move is not None), "")


def _section(name: str, title: str, bridges: list[Bridge], note: str, *, published: bool) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (("Term", "text"), ("Move", "text"), ("Customers", "text"))
    told = [one for one in bridges if one.move is not None]
    rows = tuple(row for one in told for row in _rows(one))
    notes = (*(_say(one) for one in told), *(line for one in bridges for line in _remarks(one, published=published)))
    return Section(name, title, columns if rows else (), rows, (*notes, note) if rows else notes)


def _rows(one: Bridge) -> Iterator[tuple[Value, ...]]:
    if one.move is None:
        return
    unit = _money(one)

    def show(value: Estimate) -> str:
        if unit is None:
            return figure_or_dash(value, signed=True)
        return f"{round_estimate(value, divisor=unit.divisor, signed=True).point_text} {unit.name}"

    for term in one.terms:
        if one.kpi != "revenue" or term.value.point:
            customers = "" if one.kpi == "revenue" else format_count(term.customers)
            yield f"{one.against}: {_label(one, term)}", show(term.value), customers
    yield f"{one.against}: in all", show(one.move), format_count(one.move.n)
    for term in one.factors:
        yield f"{one.against}, seen as {_label(one, term)}", show(term.value), ""


def _money(one: Bridge) -> MoneyUnit | None:
    if one.kpi != "revenue":
        return None
    levels = [level for level in (one.level_from, one.level_to) if level is not None]
    return choose_money_unit(levels[0].unit, levels)


def _label(one: Bridge, term: BridgeTerm) -> str:
    words = {**TERMS, **REVENUE_TERMS} if one.kpi == "revenue" else TERMS
    return words[term.name]


def _say(one: Bridge) -> str:
    """One sentence: from where to where, and the largest terms."""
    if one.move is None or one.level_from is None or one.level_to is None:
        return ""
    unit = _money(one)

    def show(value: float, *, signed: bool = True) -> str:
        amount = value if unit is None else value / float(unit.divisor)
        return f"{amount:+,.1f}" if signed else f"{amount:,.1f}"

    name = one.kpi.upper() if unit is None else f"Recurring revenue ({unit.name})"
    # a move of less than what is shown is none
    verb = "stayed" if show(abs(one.move.point), signed=False) == "0.0" else "rose" if one.move.point > 0 else "fell"
    largest = sorted(one.terms, key=lambda term: -abs(term.value.point))[:MOST_SAID]
    parts = [f"{show(term.value.point)} because {_reason(one, term)}" for term in largest]
    rest = one.move.point - sum(term.value.point for term in largest)
    sure = one.kpi == "revenue" or not one.move.low <= 0 <= one.move.high
    doubt = "" if sure else " The move as a whole may be chance."
    first, last = (show(level.point, signed=False) for level in (one.level_from, one.level_to))
    because = ", ".join(parts)
    return (
        f"{name} {verb} from {first} ({one.period_from}) to {last} ({one.period_to}): {because}, {show(rest)} the rest."
        f"{doubt}"
    )


def _reason(one: Bridge, term: BridgeTerm) -> str:
    said = None if one.kpi == "revenue" else SAID.get(term.name)
    return _label(one, term) if said is None else said[term.value.point < 0]


def _remarks(one: Bridge, *, published: bool) -> Iterator[str]:
    if one.refusal is not None:
        needs = f" Needs: {one.refusal.needs}." if one.refusal.needs else ""
        yield f"Against the {one.against}: cannot be told: {one.refusal.reason}.{needs}"
        return
    if one.kpi != "revenue":
        left_out = show_count(one.unknown, published=published)
        yield f"Against the {one.against}: segments by {', '.join(one.segments)}; {left_out} answers left out."
