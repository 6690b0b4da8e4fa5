"""Who answers, and what the silent would say, as a section of plain cells."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import Answering
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.numbers import round_estimate
from cxlink.report.section import Kind, Section, Value

TITLE = "Who answers"
_PERCENT = Decimal("0.01")
NOTE = (
    "Weighted: the silent answer as others do who are like them in attributes, tenure and incidents. Of all asked:"
    " answering may hang on the very score; how it does is told by customers who were asked repeatedly. Whatever the"
    " silent say: all of them at one end of the scale, or at the other; no assumption is behind it. The effects in the"
    " table of components are those of all asked. Evidence: adjusted (C)."
)


def build_answering_section(answering: Answering | NotEstimable, *, kpi_unit: str) -> Section:
    """Show level and effects among answers beside those of all who were asked.

    Parameters
    ----------
    answering : Answering or NotEstimable
        With small cells hidden where that is wanted.
    kpi_unit : str
        Of the KPI.

    Returns
    -------
    Section
        Without rows where there is a refusal.
    """
    if isinstance(answering, NotEstimable):
        needs = f" Needs: {answering.needs}." if answering.needs else ""
        return Section("answering", TITLE, (), (), (f"Silence is not allowed for: {answering.reason}.{needs}",))
    columns: tuple[tuple[str, Kind], ...] = (
        (kpi_unit, "text"),
        ("Among answers", "text"),
        ("Weighted", "text"),
        ("Of all asked", "text"),
        ("Whatever the silent say", "text"),
    )
    bounds = "-"
    if isinstance(answering.bounds, Estimate):
        bounds = f"{answering.bounds.low:.0f} to {answering.bounds.high:.0f}"
    level: tuple[Value, ...] = (
        "Level",
        figure_or_dash(answering.among_answers, signed=True),
        figure_or_dash(answering.weighted, signed=True),
        figure_or_dash(answering.of_all, signed=True),
        bounds,
    )
    effects: list[tuple[Value, ...]] = [
        (
            f"after an incident of {name}",
            figure_or_dash(among, signed=True),
            "",
            figure_or_dash(answering.effect_of_all[name], signed=True),
            "",
        )
        for name, among in answering.effect_among_answers.items()
    ]
    told = (answering.among_answers, answering.weighted, answering.of_all, *answering.effect_of_all.values())
    notes = (*_sentences(answering), NOTE, *explain_dashes(dict.fromkeys(told)))
    return Section("answering", TITLE, columns, (level, *effects), notes)


def _sentences(answering: Answering) -> Iterator[str]:
    parts = [
        f"{round_estimate(share, divisor=_PERCENT).text}% of {said}"
        for said, share in answering.shares.items()
        if isinstance(share, Estimate)
    ]
    if parts:
        yield f"Of those asked, these answer: {', '.join(parts)}."
    if answering.every_days is not None:
        yield (
            f"There are no invitations: each customer is taken to be asked every {answering.every_days:.0f} days, as"
            " close as answers of one customer follow one another. An invitations export would tell."
        )
