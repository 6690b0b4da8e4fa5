"""Cost to serve: as a section of plain cells, in the shape of ``results.json``, and as the public may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentServing
from cxlink.report.answer_results import answer_result
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.hiding import DOMINATED, FEW, clean_answer, is_suppressed
from cxlink.report.numbers import round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.serving_models import ServingResult

TITLE = "What it costs to serve"
FIGURES = tuple(one.name for one in fields(ComponentServing) if one.name != "component")
MONEY = ("by_ledger", "by_model", "first_contact", "with_chain")
SHOWN = ("by_ledger", "by_model", "repeated_week", "repeated_month", "first_contact", "with_chain")
SHARES = ("repeated_week", "repeated_month")
NOTE = (
    "Handling and credits in full, whether or not they would be saved: cost saved in the main table counts the"
    " avoidable share of handling only. By model: a second opinion for today's customers, from a two-part model of"
    " customers' months (any cost; how much), adjusted for attributes and tenure; cost saved does not rest on it."
    " Again: share of first contacts that another about the same component followed. Do not conclude that a chain costs"
    " more because the first contact failed: harder matters make both."
)


def build_serving_section(serving: Sequence[ComponentServing], *, currency: str) -> tuple[Section, ...]:
    """Show what an incident of each component costs to serve, and how often contacts come again.

    Parameters
    ----------
    serving : sequence of ComponentServing
        With small cells hidden where that is wanted.
    currency : str
        Of the project.

    Returns
    -------
    tuple of Section
        None where no component has any figure.
    """
    told = [one for one in serving if any(isinstance(getattr(one, name), Estimate) for name in SHOWN)]
    if not told:
        return ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("Component", "text"),
        (f"An incident by the ledger, {currency}", "text"),
        (f"- by model, {currency}", "text"),
        ("Again in 7 days, %", "text"),
        ("Again in 30 days, %", "text"),
        (f"A lone contact, {currency}", "text"),
        (f"A first contact and its chain, {currency}", "text"),
    )
    rows = [_row(one) for one in told]
    refusals = dict.fromkeys(getattr(one, name) for one in told for name in SHOWN)
    notes = (*_sentence(told, currency), NOTE, *explain_dashes(refusals))
    return (Section("serving", TITLE, columns, tuple(rows), notes),)


def build_serving_results(serving: Sequence[ComponentServing]) -> list[ServingResult]:
    """Put the cost to serve into the shape of ``results.json``.

    Parameters
    ----------
    serving : sequence of ComponentServing
        With small cells hidden where that is wanted.

    Returns
    -------
    list of ServingResult
        One a component.
    """
    return [
        ServingResult(component=one.component, **{name: answer_result(getattr(one, name)) for name in FIGURES})
        for one in serving
    ]


def suppress_serving(
    serving: Sequence[ComponentServing], hidden: Mapping[str, NotEstimable | None]
) -> tuple[ComponentServing, ...]:
    """Leave out what fewer than ten customers are behind, or one makes up.

    Parameters
    ----------
    serving : sequence of ComponentServing
        Of the internal audience.
    hidden : mapping of str to NotEstimable or None
        Components that are hidden in the main table; of one that a single customer makes up, money is hidden alone.

    Returns
    -------
    tuple of ComponentServing
        Means, from which nothing of another component follows.
    """
    return tuple(_suppress(one, hidden.get(one.component)) for one in serving)


def _suppress(one: ComponentServing, reason: NotEstimable | None) -> ComponentServing:
    def shown(name: str) -> Answer:
        if reason is not None and (reason is not DOMINATED or name in MONEY):
            return reason
        answer = clean_answer(getattr(one, name))
        return FEW if name in SHARES and _tells_of_few(answer) else answer

    return ComponentServing(one.component, **{name: shown(name) for name in FIGURES})


def _tells_of_few(share: Answer) -> bool:
    """Whether a share tells of fewer than ten contacts, or of all but so few."""
    if isinstance(share, NotEstimable):
        return False
    again = round(share.point * share.events)
    return is_suppressed(min(again, share.events - again), published=True)


def _row(one: ComponentServing) -> tuple[Value, ...]:
    figures = [figure_or_dash(getattr(one, name), times=100 if name in SHARES else 1) for name in SHOWN]
    return (one.component, *figures)


def _sentence(told: Sequence[ComponentServing], currency: str) -> tuple[str, ...]:
    """Say of the dearest incident what it costs."""
    known = [(one.by_ledger.point, one) for one in told if isinstance(one.by_ledger, Estimate)]
    if not known:
        return ()
    dearest = max(known, key=lambda pair: pair[0])[1]
    ledger, model = dearest.by_ledger, dearest.by_model
    if not isinstance(ledger, Estimate):
        return ()
    second = f"; {currency} {round_estimate(model).text} by model" if isinstance(model, Estimate) else ""
    text = round_estimate(ledger).text
    return (f"An incident of {dearest.component} costs most to serve: {currency} {text} by the ledger{second}.",)
