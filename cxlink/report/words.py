"""Headings and remarks that several renderings share."""

from __future__ import annotations

from cxlink.report.numbers import Figure
from cxlink.report.parts import Column, DetailRow, DetailTable

WHAT = {
    "net_benefit": "margin and cost",
    "margin_kept": "margin",
    "revenue_kept": "revenue",
    "cost_saved": "cost",
}
"""What money is of."""

OVERLAP = "overlap: together less the sum of the rows, so that nobody adds them up"
UNEXPLAINED = "What no cause explains:"
REST = (
    "not explained: what leaving of one's own will is expected to cost beyond that; no known incident stands behind it"
)
ABSENT_CAUSES = "No cause was named in feedback or tickets."
DETAILS_REMARK = (
    "The scores after an incident and otherwise are what was answered, not an effect: other things differ between those"
    " customers too. A churn ratio of 2 means leaving at twice the rate in the weeks after an incident."
)
COVERAGE_COLUMNS = ("Source", "File", "Read", "Accepted", "Excluded", "Held back", "Money accepted", "Money held back")


def column_heading(column: Column) -> str:
    """Name a column with its unit.

    Parameters
    ----------
    column : Column
        Of the main table.

    Returns
    -------
    str
        Such as ``Margin kept, EUR thousand``, or ``NPS points`` where the unit says it all.
    """
    return column.unit if column.label in column.unit else f"{column.label}, {column.unit}"


def detail_columns(details: DetailTable) -> list[str]:
    """Name the columns of the second table.

    Parameters
    ----------
    details : DetailTable
        Its KPI and unit.

    Returns
    -------
    list of str
        One a column.
    """
    kpi = details.kpi
    after, otherwise = f"{kpi} answered after an incident", f"{kpi} answered otherwise"
    return ["Component", "Incidents", "Churn ratio", after, otherwise, details.tenth_label, "Rank", "Warnings"]


def detail_values(row: DetailRow) -> list[str]:
    """Show the values of the second table, but for the name.

    Parameters
    ----------
    row : DetailRow
        A component.

    Returns
    -------
    list of str
        One a column.
    """
    cells = (row.hazard_ratio, row.seen_after, row.seen_otherwise, row.tenth)
    return [row.incidents, *(cell.text for cell in cells), row.rank, row.warnings or "-"]


def say_amount_of(figure: Figure, key: str, *, kpi_unit: str, unit: str) -> str:
    """Say an amount with its interval and what it is of.

    Parameters
    ----------
    figure : Figure
        Rounded, in `unit`.
    key : str
        Which quantity, as in results.json.
    kpi_unit : str
        Of experience.
    unit : str
        Of money, such as ``EUR thousand``.

    Returns
    -------
    str
        Such as ``EUR 186 thousand (80-290) of margin and cost``.
    """
    if key == "experience":
        return f"{figure.text} {kpi_unit}"
    currency, _, size = unit.partition(" ")
    scaled = f" {size}" if size else ""
    return f"{currency} {figure.point_text}{scaled} ({figure.interval_text}) of {WHAT[key]}"
