"""Existing customers beside new ones, as a section of plain cells."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import CustomerGroup, CustomerGroups
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.numbers import round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import show_count

TITLE = "Existing and new customers"
_FIGURES = ("price", "leaving", "incidents", "hours_to_close", "margin", "over_winning")


def build_group_section(groups: CustomerGroups | NotEstimable, *, currency: str, published: bool) -> Section:
    """Show how customers fare and are treated, by tenure and by year of acquisition.

    Parameters
    ----------
    groups : CustomerGroups or NotEstimable
        With small groups hidden where that is wanted.
    currency : str
        Of the project.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    Section
        Without rows where there is a refusal.
    """
    if isinstance(groups, NotEstimable):
        return Section("customer_groups", TITLE, (), (), (f"Cannot be told: {groups.reason}. Needs: {groups.needs}.",))
    columns: tuple[tuple[str, Kind], ...] = (
        ("Customers", "text"),
        ("Active", "text"),
        (f"Price a month, {currency}", "text"),
        ("Leave a month, %", "text"),
        ("Incidents a month", "text"),
        ("Hours to close a ticket, median", "text"),
        (f"Margin in {groups.horizon_months} months if kept, {currency}", "text"),
        ("- over winning a new one", "text"),
    )
    everyone = (*groups.bands, *groups.cohorts)
    rows = [_row(group, group.name, published=published) for group in groups.bands]
    rows += [_row(group, f"acquired in {group.name}", published=published) for group in groups.cohorts]
    refusals = dict.fromkeys(answer for group in everyone for answer in _answers(group) if answer != groups.winning)
    notes = (*_notes(groups, currency), *explain_dashes(refusals))
    return Section("customer_groups", TITLE, columns, tuple(rows), notes)


def _answers(group: CustomerGroup) -> Iterator[Answer]:
    yield from (getattr(group, name) for name in _FIGURES)


def _row(group: CustomerGroup, name: str, *, published: bool) -> tuple[Value, ...]:
    customers = group.customers
    active = "-" if isinstance(customers, NotEstimable) else show_count(customers, published=published)
    leaving = figure_or_dash(group.leaving, times=100)
    others = (group.incidents, group.hours_to_close, group.margin, group.over_winning)
    return (name, active, figure_or_dash(group.price), leaving, *(figure_or_dash(answer) for answer in others))


def _notes(groups: CustomerGroups, currency: str) -> Iterator[str]:
    yield (
        "What happened in the last year, by tenure on the day it happened, and a projection of the active customers as"
        " is. Evidence: descriptive (D). It shows how each group is treated, and not what that does."
    )
    won = groups.winning
    if isinstance(won, Estimate):
        yield f"Winning a new customer is worth {currency} {round_estimate(won).text}, after the cost of acquisition."
        return
    if isinstance(groups.new_margin, Estimate):
        yield f"A new customer is expected to bring {currency} {round_estimate(groups.new_margin).text} of margin."
    yield f"Keeping one is not compared with winning one: {won.reason}. Needs: {won.needs}."
