"""Teams' engagement and how they serve, as a section of plain cells."""

from __future__ import annotations

from collections.abc import Iterator

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Employees, ServiceOutcome
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.section import Kind, Section

TITLE = "Teams and how they serve"


def build_employee_section(employees: Employees | NotEstimable) -> Section:
    """Show what goes with one point more of a team's engagement.

    Parameters
    ----------
    employees : Employees or NotEstimable
        With small cells hidden where that is wanted.

    Returns
    -------
    Section
        Without rows where there is a refusal.
    """
    if isinstance(employees, NotEstimable):
        return Section("employees", TITLE, (), (), (f"Cannot be told: {employees.reason}. Needs: {employees.needs}.",))
    columns: tuple[tuple[str, Kind], ...] = (
        ("By one point of engagement", "text"),
        ("Same month", "text"),
        ("A month later", "text"),
        ("Two months later", "text"),
        ("All three", "text"),
        ("Placebo: a month earlier", "text"),
    )
    rows = tuple(
        (one.name, *(figure_or_dash(answer, signed=True) for answer in (*one.lags, one.total, one.lead)))
        for one in employees.outcomes
    )
    answers = (answer for one in employees.outcomes for answer in (*one.lags, one.total, one.lead))
    notes = (*_notes(employees), *explain_dashes(dict.fromkeys(answers)))
    return Section("employees", TITLE, columns, rows, notes)


def _notes(employees: Employees) -> Iterator[str]:
    yield (
        f"{employees.teams} teams, {employees.months} months: each team beside itself, less what the month did to all."
        " It does not say what moved engagement, and no money follows from it. Evidence: within the same teams (B)"
        " where the placebo holds zero, else descriptive (D)."
    )
    for one in employees.outcomes:
        if _fails(one):
            yield f"{one.name}: engagement of the month after goes with it as well, so it is not an effect (D)."


def _fails(one: ServiceOutcome) -> bool:
    return isinstance(one.lead, Estimate) and not one.lead.low <= 0 <= one.lead.high
