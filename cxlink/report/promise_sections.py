"""What was done against what was promised, as a section of plain cells."""

from __future__ import annotations

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import PromiseGap
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import show_count

TITLE = "Promises kept"
NOTE = (
    "A gap is the value less the promise, in the measure's own unit. Within and between: standard deviations of the gap"
    " among one customer's touchpoints, and of the customers' own levels. Score and churn ratio: by one unit late, by"
    " one early, and for the score by one unit of the customer's spread, beside the plain incident's effect in the same"
    " model. Evidence: adjusted (C)."
)


def build_promise_section(
    promises: tuple[PromiseGap, ...] | NotEstimable, *, kpi_unit: str, published: bool
) -> Section:
    """Show each measure's gap, how even it is, and what it does.

    Parameters
    ----------
    promises : tuple of PromiseGap or NotEstimable
        With small cells hidden where that is wanted.
    kpi_unit : str
        Of the KPI.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    Section
        Without rows where there is a refusal.
    """
    if isinstance(promises, NotEstimable):
        return Section("promises", TITLE, (), (), (f"Cannot be told: {promises.reason}. Needs: {promises.needs}.",))
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component, measure", "text"),
        ("Touchpoints", "text"),
        ("Mean gap", "text"),
        ("Late, %", "text"),
        ("Within customers", "text"),
        ("Between customers", "text"),
        (f"Late, {kpi_unit}", "text"),
        (f"Early, {kpi_unit}", "text"),
        (f"Spread, {kpi_unit}", "text"),
        (f"Incident, {kpi_unit}", "text"),
        ("Late, churn ratio", "text"),
        ("Early, churn ratio", "text"),
        ("Incident, churn ratio", "text"),
    )
    rows = [_row(one, published=published) for one in promises]
    refusals = dict.fromkeys(answer for one in promises for answer in answers_of(one))
    return Section("promises", TITLE, columns, tuple(rows), (NOTE, *explain_dashes(refusals)))


def answers_of(one: PromiseGap) -> tuple[Answer, ...]:
    """All answers of a measure, in the order of the columns.

    Parameters
    ----------
    one : PromiseGap
        A measure.

    Returns
    -------
    tuple of Answer
        Eleven.
    """
    return (
        one.mean_gap,
        one.share_late,
        one.within,
        one.between,
        one.score_late,
        one.score_early,
        one.score_spread,
        one.score_incident,
        one.leaving.late,
        one.leaving.early,
        one.leaving.incident,
    )


def _row(one: PromiseGap, *, published: bool) -> tuple[Value, ...]:
    mean, late, within, between, *effects = answers_of(one)
    score, ratios = effects[:4], effects[4:]
    return (
        f"{one.component}, {one.measure or 'measure not named'}",
        show_count(one.touchpoints, published=published),
        figure_or_dash(mean, signed=True),
        figure_or_dash(late, times=100),
        figure_or_dash(within),
        figure_or_dash(between),
        *(figure_or_dash(answer, signed=True) for answer in score),
        *(figure_or_dash(answer) for answer in ratios),
    )
